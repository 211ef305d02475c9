/*
 * html_inner - pages in pages: what <iframe srcdoc> holds.
 *
 * A machine of its own reads it, while it streams; of what it says only links
 * are told, since few programs that show mail show frames.
 */
#include <stdlib.h>

#include "message/html_token.h"

/* Pages in pages in pages are not looked into. */
#define LEVELS_MAX	2

static void
on_inner(void *context, const struct html_event *inner)
{
	struct html *html = context;
	struct html_event event = *inner;

	if (event.kind != HTML_LINK)
		return;
	/* It is the base of that page alone. */
	if (event.link == HTML_BASE)
		event.link = HTML_STYLESHEET;
	html->sink.event(html->sink.context, &event);
}

void
html_inner_begin(struct html *html)
{
	const struct html_sink sink = { on_inner, html };

	html_inner_end(html);
	if (html->level >= LEVELS_MAX)
		return;
	html->inner = html_new(&sink);
	if (html->inner == NULL) {
		html->failed = true;
		return;
	}
	html->inner->level = html->level + 1;
	html->inner->is_within = html->is_within;
}

void
html_inner_feed(struct html *html, struct span bytes)
{
	if (html->inner != NULL)
		html_feed(html->inner, bytes);
}

void
html_inner_end(struct html *html)
{
	if (html->inner == NULL)
		return;
	html_end(html->inner);
	html->failed |= html->inner->failed;
	html_free(&html->inner);
}
