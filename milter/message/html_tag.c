/* html_tag - tags and their attributes.  See html.h. */
#include "message/html_token.h"

void
html_tag_begin(struct html *html, bool end)
{
	struct html_tag *tag = &html->tag;

	tag->end = end;
	tag->closed = false;
	tag->name.n = 0;
	tag->name.cut = false;
	tag->hash = HTML_HASH;
	tag->seen = 0;
	buf_reset(&tag->text);
	html->token.state = TAG_NAME;
}

static const char *
tag_open(struct html *html, const char *p)
{
	if (*p == '!') {
		html->token.state = MARKUP;
		return p + 1;
	}
	if (*p == '/') {
		html->token.state = END_OPEN;
		return p + 1;
	}
	if (html_letter(*p)) {
		html_tag_begin(html, false);
	} else if (*p == '?') {
		html->token.state = BOGUS;
	} else {
		html->token.state = DATA;
		html_token_give(html, DATA, SPAN("<"));
	}
	return p;
}

static const char *
end_open(struct html *html, const char *p)
{
	if (html_letter(*p)) {
		html_tag_begin(html, true);
		return p;
	}
	html->token.state = *p == '>' ? DATA : BOGUS;
	return *p == '>' ? p + 1 : p;
}

static void
name_add(struct html_name *name, struct span bytes)
{
	if (bytes.n > sizeof(name->p) - name->n) {
		name->cut = true;
		return;
	}
	for (size_t i = 0; i < bytes.n; i++)
		name->p[name->n++] = (char)ascii_lower(
		    (unsigned char)bytes.p[i]);
}

/* The tag is whole. */
static void
tag_done(struct html *html)
{
	struct html_tag *tag = &html->tag;

	html->token.state = DATA;
	html->token.raw = RAW_NOT;
	if (tag->end)
		html_tree_end(html);
	else
		html_tree_start(html);
	if (tag->text.cut)
		html->failed = true;
}

void
html_tag_named(struct html *html, char c)
{
	if (c == '>')
		tag_done(html);
	else
		html->token.state = c == '/' ? SELF_CLOSING : BEFORE_ATTRIBUTE;
}

static const char *
tag_name(struct html *html, const char *p, const char *end)
{
	struct html_tag *tag = &html->tag;
	const char *from = p;
	struct span part;

	while (p < end && *p != '>' && *p != '/' && *p != '\0' &&
	    !html_blank(*p))
		p++;
	part = span_make(from, (size_t)(p - from));
	name_add(&tag->name, part);
	tag->hash = html_hash(tag->hash, part);
	if (p == end)
		return p;
	if (*p == '\0') {
		name_add(&tag->name, REPLACEMENT);
		tag->hash = html_hash(tag->hash, REPLACEMENT);
		return p + 1;
	}
	tag->element = tag->name.cut ? ELEMENT_OTHER : html_element_find(
	    span_make(tag->name.p, tag->name.n));
	html_tag_named(html, *p);
	return p + 1;
}

static void
begin_attribute(struct html_token *token)
{
	token->attribute_name.n = 0;
	token->attribute_name.cut = false;
	token->state = ATTRIBUTE_NAME;
}

static const char *
before_attribute(struct html *html, const char *p)
{
	if (html_blank(*p))
		return p + 1;
	if (*p == '/' || *p == '>') {
		html->token.state = AFTER_NAME;
		return p;
	}
	begin_attribute(&html->token);
	if (*p != '=')
		return p;
	name_add(&html->token.attribute_name, SPAN("="));
	return p + 1;
}

static const char *
attribute_name(struct html *html, const char *p, const char *end)
{
	struct html_token *token = &html->token;
	const char *from = p;

	while (p < end && *p != '=' && *p != '>' && *p != '/' && *p != '\0' &&
	    !html_blank(*p))
		p++;
	name_add(&token->attribute_name,
	    span_make(from, (size_t)(p - from)));
	if (p == end)
		return p;
	if (*p == '\0') {
		name_add(&token->attribute_name, REPLACEMENT);
		return p + 1;
	}
	html_attribute_begin(html);
	token->state = *p == '=' ? BEFORE_VALUE : AFTER_NAME;
	return *p == '=' ? p + 1 : p;
}

static const char *
after_name(struct html *html, const char *p)
{
	struct html_token *token = &html->token;

	if (html_blank(*p))
		return p + 1;
	switch (*p) {
	case '/':
		token->state = SELF_CLOSING;
		return p + 1;
	case '=':
		token->state = BEFORE_VALUE;
		return p + 1;
	case '>':
		tag_done(html);
		return p + 1;
	default:
		begin_attribute(token);
		return p;
	}
}

static const char *
before_value(struct html *html, const char *p)
{
	struct html_token *token = &html->token;

	if (html_blank(*p))
		return p + 1;
	switch (*p) {
	case '"':
		token->state = VALUE_DOUBLE;
		return p + 1;
	case '\'':
		token->state = VALUE_SINGLE;
		return p + 1;
	case '>':
		html_attribute_done(html);
		tag_done(html);
		return p + 1;
	default:
		token->state = VALUE_BARE;
		return p;
	}
}

static const char *
value(struct html *html, const char *p, const char *end)
{
	struct html_token *token = &html->token;
	bool bare = token->state == VALUE_BARE;
	char quote = token->state == VALUE_DOUBLE ? '"' : '\'';
	const char *from = p;

	while (p < end && *p != '&' && *p != '\0' && (bare ?
	    *p != '>' && !html_blank(*p) : *p != quote))
		p++;
	html_token_give(html, token->state,
	    span_make(from, (size_t)(p - from)));
	if (p == end)
		return p;
	if (*p == '\0') {
		html_attribute_add(html, REPLACEMENT);
		return p + 1;
	}
	if (*p == '&') {
		token->held_n = 0;
		token->back = token->state;
		token->state = ENTITY;
		return p + 1;
	}
	html_attribute_done(html);
	if (bare && *p == '>')
		tag_done(html);
	else
		token->state = bare ? BEFORE_ATTRIBUTE : AFTER_VALUE;
	return p + 1;
}

static const char *
after_value(struct html *html, const char *p)
{
	html->token.state = BEFORE_ATTRIBUTE;
	if (*p == '/')
		html->token.state = SELF_CLOSING;
	else if (*p == '>')
		tag_done(html);
	else if (!html_blank(*p))
		return p;
	return p + 1;
}

static const char *
self_closing(struct html *html, const char *p)
{
	if (*p != '>') {
		html->token.state = BEFORE_ATTRIBUTE;
		return p;
	}
	html->tag.closed = true;
	tag_done(html);
	return p + 1;
}

const char *
html_tag_step(struct html *html, const char *p, const char *end)
{
	switch (html->token.state) {
	case TAG_OPEN:
		return tag_open(html, p);
	case END_OPEN:
		return end_open(html, p);
	case TAG_NAME:
		return tag_name(html, p, end);
	case BEFORE_ATTRIBUTE:
		return before_attribute(html, p);
	case ATTRIBUTE_NAME:
		return attribute_name(html, p, end);
	case AFTER_NAME:
		return after_name(html, p);
	case BEFORE_VALUE:
		return before_value(html, p);
	case AFTER_VALUE:
		return after_value(html, p);
	case SELF_CLOSING:
		return self_closing(html, p);
	default:
		return value(html, p, end);
	}
}
