/* link_join - links that say only a part of where they lead.  See link.h. */
#include "message/link_parts.h"

/* The parts of a base, as link_read() writes it. */
struct base {
	struct span scheme;
	struct span origin;	/* "http://host:80" */
	struct span path, all;	/* up to the last slash; without fragment */
};

static bool
is_slash(char c)
{
	return c == '/' || c == '\\';
}

static size_t
path_length(struct span text)
{
	return span_find(span_head(text, span_find(text, '#')), '?');
}

bool
link_is_base(const struct link *link)
{
	return link->host.n > 0 && link_port(link->scheme) > 0;
}

static void
take_apart(struct span url, struct base *base)
{
	size_t host = span_find(url, ':') + 3, n;

	base->scheme = span_head(url, span_find(url, ':'));
	base->all = span_head(url, span_find(url, '#'));
	base->origin = span_head(url, host + span_find(span_skip(url, host),
	    '/'));
	n = span_find(base->all, '?');
	base->path = span_head(base->all, span_rfind(span_head(base->all, n),
	    '/') + 1);
}

/* What is left of it behind a scheme that only repeats that of the base. */
static bool
without_scheme(const struct base *base, struct span *written)
{
	size_t n = link_scheme_length(*written);

	if (n == 0)
		return true;
	if (!span_caseequal(span_head(*written, n), base->scheme))
		return false;
	*written = span_skip(*written, n + 1);
	return written->n < 2 || !is_slash(written->p[0]) ||
	    !is_slash(written->p[1]);
}

static void
join(const struct base *base, struct span written, struct buf *out)
{
	char c = written.n > 0 ? written.p[0] : '#';

	if (written.n > 1 && is_slash(c) && is_slash(written.p[1])) {
		buf_add(out, base->scheme);
		buf_addc(out, ':');
	} else if (is_slash(c)) {
		buf_add(out, base->origin);
	} else if (c == '#') {
		buf_add(out, base->all);
	} else if (c == '?') {
		buf_add(out, span_head(base->all, path_length(base->all)));
	} else {
		buf_add(out, base->path);
	}
	buf_add(out, written);
}

bool
link_join(struct span url, struct span written, struct buf *out)
{
	struct base base;
	struct buf text;
	bool joined;

	take_apart(url, &base);
	buf_init(&text, LINK_MAX);
	link_clean(written, &text);
	written = buf_span(&text);
	joined = without_scheme(&base, &written);
	if (joined) {
		buf_reset(out);
		join(&base, written, out);
	}
	buf_clear(&text);
	return joined;
}

bool
link_leads(struct span written)
{
	struct buf url;
	struct link link;
	bool leads;

	buf_init(&url, LINK_READ_MAX);
	leads = link_read(written, &url, &link);
	buf_clear(&url);
	return leads;
}

bool
link_is_relative(struct span written)
{
	struct buf text;
	size_t n;
	bool relative;

	buf_init(&text, LINK_MAX);
	link_clean(written, &text);
	written = buf_span(&text);
	n = link_scheme_length(written);
	/* "https:x" is, below a base of that scheme. */
	relative = n == 0 || (link_port(span_head(written, n)) > 0 &&
	    !(written.n > n + 2 && is_slash(written.p[n + 1]) &&
	    is_slash(written.p[n + 2])));
	buf_clear(&text);
	return relative;
}
