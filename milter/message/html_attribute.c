/* html_attribute - what of a tag's attributes is kept.  See html_state.h. */
#include "message/html_state.h"

/* The first of the same name counts, as in browsers. */
void
html_attribute_begin(struct html *html)
{
	struct html_token *token = &html->token;
	struct html_tag *tag = &html->tag;
	enum html_attribute attribute = ATTRIBUTE_OTHER;

	if (!token->attribute_name.cut && !tag->end)
		attribute = html_attribute_find(span_make(
		    token->attribute_name.p, token->attribute_name.n));
	if (attribute != ATTRIBUTE_OTHER && html_has(html, attribute))
		attribute = ATTRIBUTE_OTHER;
	token->attribute = attribute;
	if (attribute == ATTRIBUTE_OTHER)
		return;
	tag->seen |= (uint64_t)1 << attribute;
	tag->values[attribute] = (struct html_value){ tag->text.n, 0, false };
	if (attribute == ATTRIBUTE_STYLE) {
		memset(&html->style, 0, sizeof(html->style));
		css_begin(&html->css, &html->style, CSS_INLINE);
	}
	if (attribute == ATTRIBUTE_SRCDOC && tag->element == ELEMENT_IFRAME)
		html_inner_begin(html);
}

void
html_attribute_add(struct html *html, struct span bytes)
{
	struct html_token *token = &html->token;
	struct html_value *value;
	bool closed;

	if (token->attribute == ATTRIBUTE_OTHER)
		return;
	if (token->attribute == ATTRIBUTE_STYLE) {
		(void)css_feed(&html->css, bytes, false, &closed);
		return;
	}
	if (token->attribute == ATTRIBUTE_SRCDOC) {
		html_inner_feed(html, bytes);
		return;
	}
	value = &html->tag.values[token->attribute];
	if (bytes.n > HTML_VALUE_MAX - value->n) {
		bytes.n = HTML_VALUE_MAX - value->n;
		value->cut = true;
	}
	if (!buf_add(&html->tag.text, bytes))
		html->failed = true;
	else
		value->n += bytes.n;
}

void
html_attribute_done(struct html *html)
{
	if (html->token.attribute == ATTRIBUTE_STYLE)
		css_end(&html->css);
	if (html->token.attribute == ATTRIBUTE_SRCDOC)
		html_inner_end(html);
	html->token.attribute = ATTRIBUTE_OTHER;
}
