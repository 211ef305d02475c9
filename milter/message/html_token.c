/*
 * html_token - tags, text and comments out of bytes, as the tokenizer of the
 * HTML standard has it.  See html_token.h.
 */
#include "message/html_token.h"

void
html_token_raw(struct html *html, enum html_raw raw,
    enum html_element element)
{
	html->token.raw = raw;
	html->token.raw_element = element;
	html->token.script = 0;
	html->token.run = 0;
	if (raw == RAW_SCRIPT)
		html->token.state = SCRIPT;
}

static void
give_text(struct html *html, struct span text)
{
	switch (html->token.raw) {
	case RAW_STYLE:
		if (!html_sheet_feed(&html->sheet, text))
			html->failed = true;
		break;
	case RAW_SCRIPT:
	case RAW_DROP:
		break;
	case RAW_NOT:
	case RAW_RCDATA:
	case RAW_TEXT:
	case RAW_PLAIN:
		html_tree_text(html, text);
	}
}

void
html_token_give(struct html *html, unsigned where, struct span text)
{
	if (text.n == 0)
		return;
	if (where == DATA)
		give_text(html, text);
	else
		html_attribute_add(html, text);
}

static const char *
data(struct html *html, const char *p, const char *end)
{
	struct html_token *token = &html->token;
	bool entities = token->raw <= RAW_RCDATA;
	const char *from = p;

	while (p < end && *p != '<' && *p != '\0' && (*p != '&' || !entities))
		p++;
	html_token_give(html, DATA, span_make(from, (size_t)(p - from)));
	if (p == end)
		return p;
	token->held_n = 0;
	if (*p == '\0') {
		if (token->raw != RAW_NOT || html_tree_foreign(html))
			give_text(html, REPLACEMENT);
	} else if (*p == '&') {
		token->state = ENTITY;
		token->back = DATA;
	} else if (token->raw == RAW_NOT) {
		token->state = TAG_OPEN;
	} else if (token->raw == RAW_PLAIN) {
		give_text(html, SPAN("<"));
	} else {
		token->state = RAW_OPEN;
	}
	return p + 1;
}

/* "</title", say, and what ends a name: the end of what is no markup. */
static void
raw_end(struct html *html, char c)
{
	struct html_tag *tag = &html->tag;
	struct span name = html_element_name(html->token.raw_element);

	if (html->token.raw == RAW_STYLE)
		html_sheet_end(&html->sheet);
	html_tag_begin(html, true);
	tag->element = html->token.raw_element;
	tag->hash = html_hash(HTML_HASH, name);
	html_tag_named(html, c);
}

static bool
ends_name(char c)
{
	return html_blank(c) || c == '/' || c == '>';
}

static const char *
raw_open(struct html *html, const char *p)
{
	struct html_token *token = &html->token;
	struct span name = html_element_name(token->raw_element);
	size_t at = token->held_n;

	if (at == 0 ? *p == '/' : at <= name.n &&
	    ascii_lower((unsigned char)*p) == name.p[at - 1]) {
		html_hold(token, *p);
		return p + 1;
	}
	if (at == name.n + 1 && ends_name(*p)) {
		raw_end(html, *p);
		return p + 1;
	}
	token->state = DATA;
	give_text(html, SPAN("<"));
	give_text(html, html_held(token));
	return p;
}

/*
 * Scripts: behind "<!--" a "<script" must have its own end tag, until "-->".
 * token->script: 1 behind the first, 2 inside of the second.
 */
static const char *
script(struct html *html, const char *p, const char *end)
{
	struct html_token *token = &html->token;

	if (token->script == 0) {
		p = memchr(p, '<', (size_t)(end - p));
		if (p == NULL)
			return end;
	}
	if (*p == '<') {
		token->held_n = 0;
		token->run = 0;
		token->state = SCRIPT_WORD;
	} else if (*p == '-') {
		token->run += token->run < 2;
	} else {
		if (*p == '>' && token->run == 2)
			token->script = 0;
		token->run = 0;
	}
	return p + 1;
}

static const char *
script_word(struct html *html, const char *p)
{
	static const char close[] = "/script", comment[] = "!--";
	struct html_token *token = &html->token;
	size_t at = token->held_n;
	const char *word = at > 0 && token->held[0] == '!' ? comment : close;

	if (at == 0 && *p != '/' && *p != '!') {
		/* As if the slash had been there, which no name holds. */
		html_hold(token, ' ');
		return p;
	}
	if (at == 0 || (word[at] != '\0' &&
	    ascii_lower((unsigned char)*p) == word[at])) {
		html_hold(token, *p);
		if (word == close || token->held_n < 3)
			return p + 1;
		/* "<!--": two dashes, which ">" would end. */
		if (token->script == 0)
			token->script = 1;
		token->run = 2;
		token->state = SCRIPT;
		return p + 1;
	}
	token->state = SCRIPT;
	/* The dash of "<!-" is a dash like others. */
	token->run = word == comment ? (unsigned)at - 1 : 0;
	if (word == comment || word[at] != '\0' || !ends_name(*p))
		return p;
	if (token->held[0] == ' ') {
		token->script += token->script == 1;
		return p;
	}
	if (token->script < 2) {
		raw_end(html, *p);
		return p + 1;
	}
	token->script = 1;
	return p;
}

static const char *
step(struct html *html, const char *p, const char *end)
{
	unsigned state = html->token.state;

	if (state == DATA)
		return data(html, p, end);
	if (state <= SELF_CLOSING)
		return html_tag_step(html, p, end);
	if (state <= ENTITY_NUMBER)
		return html_reference_step(html, p);
	if (state <= COMMENT_BANG)
		return html_comment_step(html, p, end);
	if (state == RAW_OPEN)
		return raw_open(html, p);
	if (state == SCRIPT)
		return script(html, p, end);
	return script_word(html, p);
}

void
html_token_feed(struct html *html, struct span chunk)
{
	const char *p = chunk.p, *end;

	if (chunk.n == 0)
		return;
	end = p + chunk.n;
	while (p < end)
		p = step(html, p, end);
}

void
html_token_end(struct html *html)
{
	struct html_token *token = &html->token;

	if (token->state >= ENTITY && token->state <= ENTITY_NUMBER &&
	    token->back == DATA)
		html_reference_end(html);
	switch (token->state) {
	case TAG_OPEN:
		give_text(html, SPAN("<"));
		break;
	case END_OPEN:
		give_text(html, SPAN("</"));
		break;
	case RAW_OPEN:
		give_text(html, SPAN("<"));
		give_text(html, html_held(token));
		break;
	case CDATA_END:
		html_comment_end(html);
		break;
	default:
		break;
	}
	if (token->raw == RAW_STYLE)
		html_sheet_end(&html->sheet);
	html_conditional_end(html);
	html_inner_end(html);
}
