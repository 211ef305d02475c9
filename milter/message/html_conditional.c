/*
 * html_conditional - what stands in conditional comments.  See html.h.
 *
 *	<!--[if mso]> Outlook shows it, and nobody else. <![endif]-->
 *
 * It is a page of its own, so that no tag in it changes what the others see;
 * its text and its links are hidden ones of the page around it.  What it hides
 * itself nobody sees at all: that is left out.
 */
#include "message/html_token.h"

static void
on_event(void *context, const struct html_event *event)
{
	struct html *html = context;
	struct html_event hidden = *event;

	if (event->hidden && event->kind != HTML_LINK)
		return;
	hidden.hidden = hidden.within = true;
	html->sink.event(html->sink.context, &hidden);
}

void
html_conditional_begin(struct html *html)
{
	const struct html_sink sink = { on_event, html };

	if (html->is_within)
		return;
	html->token.held_n = 0;
	html->within = html_new(&sink);
	if (html->within == NULL) {
		html->failed = true;
		return;
	}
	html->within->is_within = true;
	html->within->level = html->level;
	/* The condition ends at the first ">". */
	html->within->token.state = BOGUS;
}

static void
feed(struct html *html, struct span bytes)
{
	html_token_feed(html->within, html_held(&html->token));
	html->token.held_n = 0;
	html_token_feed(html->within, bytes);
}

/* The dashes that end it are not in it, so that they wait for what follows. */
void
html_conditional_feed(struct html *html, struct span bytes)
{
	struct html_token *token = &html->token;
	unsigned last = bytes.n > 0 ? 1 : 0;

	if (html->within == NULL)
		return;
	if (token->state == DATA) {
		html_conditional_end(html);
	} else if (token->state == COMMENT) {
		feed(html, bytes);
	} else if (token->state == COMMENT_END && token->held_n == 2) {
		html_token_feed(html->within, SPAN("-"));
	} else {
		if (bytes.n > last || token->held_n > 2)
			feed(html, span_head(bytes, bytes.n - last));
		if (last > 0)
			html_hold(token, bytes.p[bytes.n - 1]);
	}
}

void
html_conditional_end(struct html *html)
{
	if (html->within == NULL)
		return;
	html_end(html->within);
	html->failed |= html->within->failed;
	html_free(&html->within);
}
