/*
 * Links: what was read reads as itself, what is found lies in the text and
 * grows with it, and no walk goes on for ever.
 *
 *	HOW		(a letter: read, walk, find, join)
 *	the link, or the text; join: the base, and then the link
 */
#include "base/printable.h"
#include "fuzz.h"
#include "message/link.h"

static bool
lies_in(struct span part, struct span whole)
{
	return part.n == 0 || (part.p >= whole.p && part.n <= whole.n &&
	    (size_t)(part.p - whole.p) <= whole.n - part.n);
}

static void
check_link(const struct link *link)
{
	MUST(link->url.n > 0 && link->url.n <= LINK_READ_MAX);
	MUST(lies_in(link->host, link->url));
	MUST(lies_in(link->scheme, link->url));
	MUST(utf8_valid(link->url));
	MUST(link->scheme.n < link->url.n &&
	    link->url.p[link->scheme.n] == ':');
	for (size_t i = 0; i < link->url.n; i++)
		MUST((unsigned char)link->url.p[i] > ' ' &&
		    link->url.p[i] != 0x7f);
}

static void
check_read(struct span text)
{
	struct buf once, twice;
	struct link link, again;

	buf_init(&once, LINK_READ_MAX);
	buf_init(&twice, LINK_READ_MAX);
	if (link_read(text, &once, &link)) {
		MUST(!once.cut);
		check_link(&link);
		/* Unless it has grown so that it is cut. */
		if (link.url.n <= LINK_MAX) {
			MUST(link_read(link.url, &twice, &again));
			MUST(span_equal(link.url, again.url));
			MUST(span_equal(link.host, again.host));
			MUST(!again.hides);
		}
	}
	buf_clear(&once);
	buf_clear(&twice);
}

struct tally {
	size_t links;
	unsigned depth;
};

static void
count(void *context, const struct link *link)
{
	struct tally *tally = context;

	check_link(link);
	MUST(link->depth <= LINK_DEPTH && link->depth <= tally->depth + 1);
	tally->depth = link->depth;
	MUST(++tally->links <= 1 + LINK_TARGETS);
}

static void
check_find(struct span text)
{
	struct link_finder finder;
	struct span written;
	size_t end = 0, last = 0;

	link_find_init(&finder, text);
	while (link_find(&finder, &written)) {
		size_t at = (size_t)(written.p - text.p);

		MUST(written.n > 0 && lies_in(written, text));
		/* The shorter one of two comes behind the longer. */
		MUST(at >= end || (at == last && at + written.n < end));
		last = at;
		if (at + written.n > end)
			end = at + written.n;
	}
}

/* Below its base a link leads somewhere, or it is whole. */
static void
check_join(struct span text)
{
	struct span written = span_skip(text, span_find(text, '\n') + 1);
	struct buf base, joined, out;
	struct link link;

	buf_init(&base, LINK_READ_MAX);
	buf_init(&joined, LINK_READ_MAX + LINK_MAX);
	buf_init(&out, LINK_READ_MAX);
	if (link_read(span_head(text, span_find(text, '\n')), &base, &link) &&
	    link_is_base(&link)) {
		if (link_join(link.url, written, &joined)) {
			MUST(link_is_relative(written));
			MUST(!joined.cut);
			if (link_read(buf_span(&joined), &out, &link))
				check_link(&link);
		} else {
			(void)link_is_relative(written);
		}
	}
	buf_clear(&base);
	buf_clear(&joined);
	buf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_make((const char *)data, size), text;
	size_t how = fuzz_choice(&rest, 4);
	struct tally tally = { 0 };
	struct link_sink sink = { count, &tally };

	fuzz_line(&rest);
	text = fuzz_copy(rest);
	if (how == 0)
		check_read(text);
	else if (how == 1)
		MUST(link_walk(text, &sink));
	else if (how == 2)
		check_find(text);
	else
		check_join(text);
	fuzz_free(text);
	return 0;
}
