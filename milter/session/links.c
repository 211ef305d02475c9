/*
 * links - where a message leads: each link by its URL, and by its host.
 *
 * The same link often stands in a message many times, in its alternatives and
 * in windows of a paragraph that overlap, and many links lead to the same host;
 * each is looked up once.
 */
#include "session/state.h"

#include <inttypes.h>
#include <search.h>

#include "message/idn.h"
#include "message/link.h"

/* Of links that are remembered; past it, they may be looked up again. */
#define SEEN_MAX	((size_t)1 << 20)

void
links_begin(struct transaction *t)
{
	region_init(&t->links.region, SEEN_MAX);
}

static void
keep_node(void *node)
{
	(void)node;
}

void
links_clear(struct transaction *t)
{
	tdestroy(t->links.seen, keep_node);
	tdestroy(t->links.hosts, keep_node);
	t->links.seen = t->links.hosts = NULL;
	region_clear(&t->links.region);
}

static int
compare(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return memcmp(x->p, y->p, x->n);
}

/* True the first time, and where there is no room to remember it. */
static bool
is_new(struct links *links, void **seen, struct span key)
{
	struct span *kept;

	if (tfind(&key, seen, compare) != NULL)
		return false;
	if ((kept = region_alloc(&links->region, sizeof(*kept))) == NULL)
		return true;
	*kept = region_copy(&links->region, key);
	if (kept->n < key.n)
		return true;
	/* Without memory it will be new once more. */
	(void)tsearch(kept, seen, compare);
	return true;
}

static bool
goes_on(const struct session *s)
{
	return !s->t->decided && !s->t->passed;
}

static bool
is_within_limit(struct session *s)
{
	const struct conf *conf = &s->policy->conf;
	uint64_t max = conf->link_limit;

	s->t->links.n++;
	if (max == 0 || s->t->links.n <= max)
		return true;
	if (!is_exempt(s, EXEMPT_SIZE))
		limit_passed(s, LIMIT_LINKS, conf->link_action, "link_limit",
		    "Number of links", s->t->links.n, max);
	return false;
}

/* A link that is followed, and what its reader sees of it. */
struct walk {
	struct session *s;
	struct span text, shown;	/* all of it, and the host in it */
};

static void
add_key(struct session *s, struct span key, struct span host)
{
	struct links *links = &s->t->links;

	if (!goes_on(s) || !is_new(links, &links->seen, key) ||
	    !is_within_limit(s))
		return;
	/* A name that DNS cannot have leads nowhere, and has many parents. */
	if (host.n > IDN_MAX || (host.n > 0 &&
	    !is_new(links, &links->hosts, host)))
		host = SPAN("");
	batch_link(s, key, host);
}

/* So that a rule can compare them: postern-tables(5). */
static void
add_shown(const struct walk *walk, const struct link *link)
{
	struct buf key;

	buf_init(&key, 3 * LINK_READ_MAX + HTML_LABEL_MAX);
	buf_add(&key, SPAN("shown="));
	buf_add(&key, walk->shown);
	buf_add(&key, SPAN(" host="));
	buf_add(&key, link->host);
	buf_add(&key, SPAN(" url="));
	buf_add(&key, link->url);
	buf_add(&key, SPAN(" text="));
	buf_add(&key, walk->text);
	if (key.cut)
		fail_message(walk->s, "out of memory");
	add_key(walk->s, buf_span(&key), SPAN(""));
	buf_clear(&key);
}

static void
see_link(void *context, const struct link *link)
{
	const struct walk *walk = context;

	add_key(walk->s, link->url, link->host);
	if (walk->text.n > 0)
		add_shown(walk, link);
}

static void
follow(struct walk *walk, struct span written)
{
	const struct link_sink sink = { see_link, walk };

	if (!link_walk(written, &sink))
		fail_message(walk->s, "out of memory");
}

/* What looks like another host than it leads to is seen as it stands, too. */
static void
see_written(struct session *s, struct span written)
{
	struct link link;
	struct buf url;

	buf_init(&url, LINK_READ_MAX);
	if (span_find(written, '@') < written.n &&
	    link_read(written, &url, &link) && link.hides)
		add_key(s, written, SPAN(""));
	buf_clear(&url);
}

void
links_text(struct session *s, struct span text)
{
	struct walk walk = { .s = s };
	struct link_finder finder;
	struct span written;

	link_find_init(&finder, text);
	while (goes_on(s) && link_find(&finder, &written)) {
		follow(&walk, written);
		see_written(s, written);
	}
}

/* "bank.example", or with a path; but no word with a dot in a sentence. */
static bool
is_like_host(struct span text)
{
	struct span host = span_head(text, span_find(text, '/'));
	size_t dot = span_rfind(host, '.');

	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == '@')
			return false;
	return dot > 0 && host.n - dot > 2 &&
	    !ascii_digit((unsigned char)host.p[dot + 1]);
}

/* The host that a reader takes the text for a link to; or empty. */
static void
find_shown(struct span text, struct buf *host)
{
	struct link_finder finder;
	struct span written;
	struct buf url, name;
	struct link link;

	buf_init(&url, LINK_READ_MAX);
	buf_init(&name, HTML_LABEL_MAX + 2);
	link_find_init(&finder, text);
	if (!link_find(&finder, &written)) {
		buf_add(&name, SPAN("//"));
		if (is_like_host(text))
			buf_add(&name, text);
		written = buf_span(&name);
	}
	if (link_read(written, &url, &link))
		buf_add(host, link.host);
	buf_clear(&name);
	buf_clear(&url);
}

void
links_html(struct session *s, const struct html_event *event)
{
	struct walk walk = { .s = s };
	struct buf shown;

	buf_init(&shown, LINK_READ_MAX);
	if (event->link == HTML_HREF && event->text.n > 0) {
		find_shown(event->text, &shown);
		walk.text = event->text;
		walk.shown = buf_span(&shown);
	}
	follow(&walk, event->url);
	see_written(s, event->url);
	buf_clear(&shown);
}

static void
ask_domain(struct session *s, struct span url, struct span host)
{
	struct seen seen = { "link", url };
	struct question question = {
		.class = ACCESS_LINK_DOMAIN, .subject = host, .name = host,
		.seen = &seen, .effects = true,
	};
	struct ruling ruling = { .reject = false };

	ask_access(s, &question, &ruling);
	if (ruling.reject)
		refuse_message(s, &ruling.reply, ruling.rule, &seen);
	if (s->t->discard)
		discard_message(s, s->t->discard_rule);
}

void
check_link(struct session *s, const struct asked *asked, struct span host)
{
	check_url(s, asked);
	if (goes_on(s) && host.n > 0)
		ask_domain(s, asked->key, host);
}

/* Somebody may hide behind the limit. */
void
links_end(struct session *s)
{
	uint64_t max = s->policy->conf.link_limit, n = s->t->links.n;

	if (max > 0 && n > max)
		note_stage(s, "note", span_of(region_printf(&s->event,
		    "%" PRIu64 " of %" PRIu64 " links were not looked at",
		    n - max, n)), SPAN("link_limit"));
}
