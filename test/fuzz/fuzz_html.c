/*
 * HTML to text: any way of cutting the page gives the same events, and no
 * more text comes out than went in.
 *
 *	CUT		(a letter)
 *	the page
 */
#include "base/buf.h"
#include "fuzz.h"
#include "message/html.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define EVENTS_MAX	((size_t)64 << 20)

struct seen {
	struct buf events;
	int open;		/* the kind of the run of text, which is cut */
	bool some[3];		/* text since the last paragraph, by stream */
	size_t text;
};

static void
see(void *context, const struct html_event *event)
{
	struct seen *seen = context;
	unsigned stream = event->within ? 2 : event->hidden;
	int kind = (int)event->kind * 3 + (int)stream;

	switch (event->kind) {
	case HTML_TEXT:
		MUST(event->text.n > 0);
		seen->some[stream] = true;
		seen->text += event->text.n;
		break;
	case HTML_PARAGRAPH:
		MUST(seen->some[stream]);
		seen->some[stream] = false;
		break;
	case HTML_ASIDE:
		MUST(event->text.n > 0 && event->text.n <= HTML_URL_MAX);
		break;
	case HTML_LINK:
		MUST(event->url.n > 0 || event->link == HTML_HREF);
		MUST(event->url.n <= HTML_URL_MAX);
		MUST(event->text.n <= HTML_LABEL_MAX);
		MUST(html_link_name(event->link) != NULL);
	}
	if (event->kind != HTML_TEXT || kind != seen->open)
		buf_addf(&seen->events, "\n%d %d %d ", kind, (int)event->link,
		    event->cut);
	seen->open = event->kind == HTML_TEXT ? kind : -1;
	buf_add(&seen->events, event->text);
	if (event->kind == HTML_LINK) {
		buf_addc(&seen->events, '\t');
		buf_add(&seen->events, event->url);
	}
}

static void
run(struct span page, size_t cut, struct seen *seen)
{
	struct html_sink sink = { see, seen };
	struct html *html = html_new(&sink);
	uint32_t dice = (uint32_t)cut;
	size_t size = page.n;

	MUST(html != NULL);
	*seen = (struct seen){ .open = -1 };
	buf_init(&seen->events, EVENTS_MAX);
	while (page.n > 0) {
		size_t n = page.n;
		struct span piece;

		if (cut > 0) {
			dice = dice * 1664525 + 1013904223;
			n = 1 + (dice >> 16) % cut;
		}
		piece = fuzz_copy(span_head(page, n));
		html_feed(html, piece);
		page = span_skip(page, piece.n);
		fuzz_free(piece);
	}
	html_end(html);
	MUST(!html_failed(html));
	MUST(!seen->some[0] && !seen->some[1] && !seen->some[2]);
	/* "&nGt;" is six bytes, a NUL three; some tags are white space. */
	MUST(seen->text <= 3 * size + 3);
	html_free(&html);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t cuts[] = { 1, 2, 3, 7, 20, 300 };
	struct span rest = span_make((const char *)data, size);
	size_t cut = cuts[fuzz_choice(&rest, COUNT(cuts))];
	struct seen whole, pieces;

	fuzz_line(&rest);
	run(rest, 0, &whole);
	run(rest, cut, &pieces);
	MUST(span_equal(buf_span(&whole.events), buf_span(&pieces.events)));
	buf_clear(&whole.events);
	buf_clear(&pieces.events);
	return 0;
}
