/* html - the text that the reader of an HTML part sees.  See html.h. */
#include "message/html.h"

#include <stdlib.h>

#include "message/html_state.h"

/* Each attribute that is kept, at its longest. */
#define VALUES_MAX	((size_t)ATTRIBUTE_COUNT * HTML_VALUE_MAX)

static void
style_url(void *context, struct span url, bool cut)
{
	html_out_link(context, HTML_STYLE, false, url, cut);
}

struct html *
html_new(const struct html_sink *sink)
{
	struct html *html = calloc(1, sizeof(*html));

	if (html == NULL)
		return NULL;
	html->sink = *sink;
	buf_init(&html->tag.text, VALUES_MAX);
	buf_init(&html->link.url, HTML_URL_MAX);
	buf_init(&html->link.label, HTML_LABEL_MAX);
	html->css.url = style_url;
	html->css.context = html;
	html->sheet.css.url = style_url;
	html->sheet.css.context = html;
	if (!html_tree_init(html))
		html_free(&html);
	return html;
}

void
html_free(struct html **html)
{
	if (*html == NULL)
		return;
	html_free(&(*html)->within);
	buf_clear(&(*html)->tag.text);
	buf_clear(&(*html)->link.url);
	buf_clear(&(*html)->link.label);
	css_clear(&(*html)->css);
	html_sheet_clear(&(*html)->sheet);
	html_free(&(*html)->inner);
	free((*html)->open);
	free(*html);
	*html = NULL;
}

void
html_feed(struct html *html, struct span chunk)
{
	html_token_feed(html, chunk);
}

void
html_end(struct html *html)
{
	html_token_end(html);
	html_out_end(html);
}

bool
html_failed(const struct html *html)
{
	return html->failed;
}

const char *
html_link_name(enum html_link link)
{
	static const char *const names[] = {
		"href", "base", "link", "action", "src", "srcset",
		"background", "cite", "refresh", "style",
	};

	return names[link];
}
