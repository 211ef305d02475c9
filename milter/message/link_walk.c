/* link_walk - the links that stand in links.  See link.h. */
#include "message/link.h"

#include "message/link_parts.h"

/* What encodes a link may have been encoded again, so many times. */
#define ENCODED_MAX	3
/* In one parameter, "?" begins parameters of its own so many times. */
#define QUERIES_MAX	4

struct walk {
	const struct link_sink *sink;
	size_t left;		/* of LINK_TARGETS */
	bool failed;
};

static void visit(struct walk *walk, struct span written, unsigned depth);

static bool
begins_link(struct span text)
{
	return span_casestarts(text, SPAN("http:")) ||
	    span_casestarts(text, SPAN("https:")) ||
	    span_casestarts(text, SPAN("ftp:")) ||
	    span_casestarts(text, SPAN("www.")) ||
	    (span_starts(text, SPAN("//")) && span_find(text, '.') < text.n);
}

/* Where base64 of "http" begins: Bing puts two letters in front. */
static struct span
base64_of(struct span value)
{
	struct span http = SPAN("aHR0c");

	if (span_starts(value, http))
		return value;
	if (span_starts(span_skip(value, 2), http))
		return span_skip(value, 2);
	return span_make(NULL, 0);
}

/* Can it be a link, once it is decoded?  Most values cannot. */
static bool
may_be_link(struct span value)
{
	return base64_of(value).n > 0 || begins_link(value) ||
	    span_casestarts(value, SPAN("http%")) ||
	    span_casestarts(value, SPAN("https%")) ||
	    span_casestarts(value, SPAN("ftp%")) ||
	    span_casestarts(value, SPAN("%2F"));
}

static void
decode_again(struct buf *text)
{
	struct buf again;

	buf_init(&again, LINK_READ_MAX);
	link_decode(buf_span(text), &again);
	buf_clear(text);
	*text = again;
}

/* A value that is a link is one that this leads to. */
static bool
try_value(struct walk *walk, struct span value, unsigned depth)
{
	struct span base64 = base64_of(value);
	struct buf text;
	bool is_link;

	if (!may_be_link(value))
		return false;
	buf_init(&text, LINK_READ_MAX);
	if (base64.n > 0)
		link_add_base64(base64, &text);
	else
		link_decode(value, &text);
	for (int i = 1; i < ENCODED_MAX && !begins_link(buf_span(&text)) &&
	    may_be_link(buf_span(&text)); i++)
		decode_again(&text);
	is_link = begins_link(buf_span(&text));
	if (is_link)
		visit(walk, buf_span(&text), depth);
	walk->failed |= text.cut;
	buf_clear(&text);
	return is_link;
}

/* What stands between two '&'; a '?' in it may begin parameters again. */
static void
try_parameter(struct walk *walk, struct span text, unsigned depth)
{
	for (int i = 0; i < QUERIES_MAX && text.n > 0; i++) {
		size_t equals = span_find(text, '=');
		size_t question = span_find(text, '?');

		if (try_value(walk, text, depth) || (equals < text.n &&
		    try_value(walk, span_skip(text, equals + 1), depth)))
			return;
		text = span_skip(text, question + 1);
	}
}

/* The query, and a fragment, which may look like one. */
static void
try_query(struct walk *walk, struct span text, unsigned depth)
{
	while (text.n > 0) {
		size_t n = 0;

		while (n < text.n && text.p[n] != '&' && text.p[n] != '#')
			n++;
		try_parameter(walk, span_head(text, n), depth);
		text = span_skip(text, n + 1);
	}
}

/*
 * The parts of the path, and the whole rest of the URL where a link begins in
 * it; false after that.
 */
static bool
try_path(struct walk *walk, struct span path, struct span rest, unsigned depth)
{
	while (path.n > 0) {
		size_t n = span_find(path, '/');

		path = span_skip(path, n + 1);
		rest = span_skip(rest, n + 1);
		if (span_casestarts(path, SPAN("http:/")) ||
		    span_casestarts(path, SPAN("https:/"))) {
			visit(walk, rest, depth);
			return false;
		}
		try_value(walk, span_head(path, span_find(path, '/')), depth);
	}
	return true;
}

/* The next "http://" or "https://", up to what ends it, or nothing. */
static struct span
next_url(struct span *text)
{
	size_t n = 0;

	while (text->n > 0 && !span_casestarts(*text, SPAN("http://")) &&
	    !span_casestarts(*text, SPAN("https://")))
		*text = span_skip(*text, 1);
	while (n < text->n && (unsigned char)text->p[n] > ' ' &&
	    strchr("'\"`<>\\", text->p[n]) == NULL)
		n++;
	return span_head(*text, n);
}

/* All that look like links in something that is none. */
static void
try_text(struct walk *walk, struct span text, unsigned depth)
{
	while (text.n > 0 && walk->left > 0) {
		struct span url = next_url(&text);

		if (url.n > 0)
			visit(walk, url, depth);
		text = span_skip(text, url.n > 0 ? url.n : 1);
	}
}

/* What a picture holds is for no reader. */
static bool
is_picture(struct span type)
{
	return (span_casestarts(type, SPAN("image/")) &&
	    !span_casestarts(type, SPAN("image/svg"))) ||
	    span_casestarts(type, SPAN("audio/")) ||
	    span_casestarts(type, SPAN("video/")) ||
	    span_casestarts(type, SPAN("font/"));
}

/*
 * javascript:, ms-word: and others with links somewhere in them; data: with a
 * page.
 */
static void
try_opaque(struct walk *walk, const struct link *link, unsigned depth)
{
	struct span text = span_skip(link->url, link->scheme.n + 1);
	bool data = span_equal(link->scheme, SPAN("data"));
	struct span head = span_head(text, data ? span_find(text, ',') : 0);
	struct buf plain, bytes;

	if (data && is_picture(head))
		return;
	buf_init(&plain, LINK_READ_MAX);
	buf_init(&bytes, LINK_READ_MAX);
	link_decode(span_skip(text, head.n), &plain);
	if (data && head.n >= 7 && span_caseequal(span_skip(head, head.n - 7),
	    SPAN(";base64"))) {
		link_add_base64(span_skip(buf_span(&plain), 1), &bytes);
		try_text(walk, buf_span(&bytes), depth);
	} else {
		try_text(walk, buf_span(&plain), depth);
	}
	walk->failed |= plain.cut || bytes.cut;
	buf_clear(&plain);
	buf_clear(&bytes);
}

/* Everything that stands in a link with a host, in its order. */
static void
visit_targets(struct walk *walk, const struct link *link, unsigned depth)
{
	struct span rest = link_after_host(link), path;
	struct buf target;
	bool served;

	buf_init(&target, LINK_READ_MAX);
	served = link_service(link, &target);
	if (served)
		visit(walk, buf_span(&target), depth);
	walk->failed |= target.cut;
	buf_clear(&target);
	if (served)
		return;
	path = span_head(rest, span_find(rest, '#'));
	path = span_head(path, span_find(path, '?'));
	if (try_path(walk, path, rest, depth))
		try_query(walk, span_skip(rest, path.n + 1), depth);
}

static void
visit_inside(struct walk *walk, const struct link *link, unsigned depth)
{
	if (link->host.n == 0)
		try_opaque(walk, link, depth);
	else if (!span_equal(link->scheme, SPAN("mailto")))
		visit_targets(walk, link, depth);
}

/* As deep as LINK_DEPTH, by what it calls. */
static void
visit(struct walk *walk, struct span written, unsigned depth)
{
	struct link link;
	struct buf out;

	if (walk->left == 0)
		return;
	buf_init(&out, LINK_READ_MAX);
	if (link_read(written, &out, &link)) {
		walk->left--;
		link.depth = depth;
		walk->sink->link(walk->sink->context, &link);
		if (depth < LINK_DEPTH)
			visit_inside(walk, &link, depth + 1);
	}
	walk->failed |= out.cut;
	buf_clear(&out);
}

bool
link_walk(struct span written, const struct link_sink *sink)
{
	struct walk walk = { .sink = sink, .left = 1 + LINK_TARGETS };

	visit(&walk, written, 0);
	return !walk.failed;
}
