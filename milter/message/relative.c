/* relative - the links of an HTML part, made whole.  See relative.h. */
#include "message/relative.h"

#include "message/link.h"

/* A link that waits; its URL and its text lie behind it. */
struct waiting {
	enum html_link link;
	bool hidden, cut;
	size_t url, text;
};

void
relative_init(struct relative *relative, const struct relative_sink *sink)
{
	*relative = (struct relative){ .sink = *sink };
	for (size_t i = 0; i < RELATIVE_BASES_MAX; i++)
		buf_init(&relative->bases[i], LINK_READ_MAX);
	buf_init(&relative->waiting, RELATIVE_WAIT_MAX);
	buf_init(&relative->joined, LINK_READ_MAX + LINK_MAX);
}

void
relative_clear(struct relative *relative)
{
	for (size_t i = 0; i < RELATIVE_BASES_MAX; i++)
		buf_clear(&relative->bases[i]);
	buf_clear(&relative->waiting);
	buf_clear(&relative->joined);
}

static bool
is_known(const struct relative *relative, struct span url)
{
	for (size_t i = 0; i < relative->n; i++)
		if (span_equal(buf_span(&relative->bases[i]), url))
			return true;
	return false;
}

/* False where it can be none, there is no room, or it is known. */
static bool
add_base(struct relative *relative, struct span url)
{
	struct buf read;
	struct link link;
	bool good;

	buf_init(&read, LINK_READ_MAX);
	good = relative->n < RELATIVE_BASES_MAX &&
	    link_read(url, &read, &link) && link_is_base(&link) &&
	    !is_known(relative, link.url);
	if (good) {
		struct buf *base = &relative->bases[relative->n++];

		buf_reset(base);
		buf_add(base, link.url);
		relative->failed |= base->failed;
	}
	relative->failed |= read.failed;
	buf_clear(&read);
	return good;
}

/* The header's base, of the part or of the next one around it. */
void
relative_begins(struct relative *relative, const struct part *part)
{
	relative->n = 0;
	buf_reset(&relative->waiting);
	for (; part != NULL; part = part->outer)
		if (part->base.n > 0 && add_base(relative, part->base))
			return;
}

/* False: the link is whole. */
static bool
tell(struct relative *relative, const struct html_event *link, size_t base)
{
	struct html_event whole = *link;

	if (!link_join(buf_span(&relative->bases[base]), link->url,
	    &relative->joined))
		return false;
	relative->failed |= relative->joined.failed;
	whole.url = buf_span(&relative->joined);
	relative->sink.link(relative->sink.context, &whole);
	return true;
}

static void
wait(struct relative *relative, const struct html_event *link)
{
	struct waiting waiting = {
		link->link, link->hidden, link->cut, link->url.n, link->text.n
	};

	if (sizeof(waiting) + waiting.url + waiting.text >
	    RELATIVE_WAIT_MAX - relative->waiting.n)
		return;
	buf_add(&relative->waiting, span_make((const char *)&waiting,
	    sizeof(waiting)));
	buf_add(&relative->waiting, link->url);
	buf_add(&relative->waiting, link->text);
	relative->failed |= relative->waiting.failed;
}

/* A base that they waited for is there. */
static void
go_on(struct relative *relative, size_t base)
{
	struct span rest = buf_span(&relative->waiting);
	struct waiting waiting;

	while (rest.n >= sizeof(waiting) && !relative->failed) {
		struct html_event link = { .kind = HTML_LINK };

		memcpy(&waiting, rest.p, sizeof(waiting));
		rest = span_skip(rest, sizeof(waiting));
		link.link = waiting.link;
		link.hidden = waiting.hidden;
		link.cut = waiting.cut;
		link.url = span_head(rest, waiting.url);
		rest = span_skip(rest, waiting.url);
		link.text = span_head(rest, waiting.text);
		rest = span_skip(rest, waiting.text);
		(void)tell(relative, &link, base);
	}
}

static void
see_base(struct relative *relative, const struct html_event *link)
{
	size_t before = relative->n;

	if (!link_is_relative(link->url))
		(void)add_base(relative, link->url);
	else if (before > 0 && link_join(buf_span(&relative->bases[0]),
	    link->url, &relative->joined))
		(void)add_base(relative, buf_span(&relative->joined));
	if (relative->n > before)
		go_on(relative, before);
}

void
relative_link(struct relative *relative, const struct html_event *link)
{
	if (!link_is_relative(link->url) || link_leads(link->url))
		relative->sink.link(relative->sink.context, link);
	if (link_is_relative(link->url)) {
		for (size_t i = 0; i < relative->n; i++)
			(void)tell(relative, link, i);
		if (link->link != HTML_BASE)
			wait(relative, link);
	}
	if (link->link == HTML_BASE)
		see_base(relative, link);
}
