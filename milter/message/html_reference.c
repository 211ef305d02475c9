/* html_reference - character references in text and values.  See html.h. */
#include "message/html_entity.h"
#include "message/html_token.h"

/* What is no entity stays as it was written. */
static void
entity_literal(struct html *html)
{
	html->token.state = html->token.back;
	html_token_give(html, html->token.back, SPAN("&"));
	html_token_give(html, html->token.back, html_held(&html->token));
}

/* c is what follows, or NUL at the end. */
static void
entity_name_end(struct html *html, char c)
{
	struct html_token *token = &html->token;
	struct span word = html_held(token), text;
	size_t n = html_entity_find(word, &text);
	char next = n < word.n ? word.p[n] : c;

	if (n == 0 || (token->back != DATA && word.p[n - 1] != ';' &&
	    (next == '=' || ascii_alnum((unsigned char)next)))) {
		entity_literal(html);
		return;
	}
	token->state = token->back;
	html_token_give(html, token->back, text);
	html_token_give(html, token->back, span_skip(word, n));
}

static void
entity_number_end(struct html *html)
{
	char text[4];
	size_t n = html_entity_number(html->token.number, text);

	html->token.state = html->token.back;
	html_token_give(html, html->token.back, span_make(text, n));
}

static const char *
entity(struct html *html, const char *p)
{
	struct html_token *token = &html->token;

	if (*p == '#') {
		html_hold(token, '#');
		token->number = 0;
		token->state = ENTITY_HASH;
		return p + 1;
	}
	if (ascii_alnum((unsigned char)*p))
		token->state = ENTITY_NAME;
	else
		entity_literal(html);
	return p;
}

static const char *
entity_name(struct html *html, const char *p)
{
	struct html_token *token = &html->token;

	if (*p == ';' && token->held_n < HTML_ENTITY_NAME) {
		html_hold(token, ';');
		entity_name_end(html, '\0');
		return p + 1;
	}
	if (!ascii_alnum((unsigned char)*p) ||
	    token->held_n == HTML_ENTITY_NAME) {
		entity_name_end(html, *p);
		return p;
	}
	html_hold(token, *p);
	return p + 1;
}

static const char *
entity_number(struct html *html, const char *p)
{
	struct html_token *token = &html->token;
	uint32_t base = token->state == ENTITY_HEX ? 16 : 10;
	int digit = ascii_hex(*p);

	if (digit >= 0 && (uint32_t)digit < base) {
		/* No digit is too much: what is too large stays so. */
		if (token->number < 0x110000)
			token->number = token->number * base + (uint32_t)digit;
		token->run = 1;
		return p + 1;
	}
	if (token->run == 0) {
		entity_literal(html);
		return p;
	}
	entity_number_end(html);
	return *p == ';' ? p + 1 : p;
}

static const char *
entity_hash(struct html *html, const char *p)
{
	struct html_token *token = &html->token;

	token->run = 0;
	if (*p == 'x' || *p == 'X') {
		html_hold(token, *p);
		token->state = ENTITY_HEX;
		return p + 1;
	}
	token->state = ENTITY_NUMBER;
	return p;
}

const char *
html_reference_step(struct html *html, const char *p)
{
	switch (html->token.state) {
	case ENTITY:
		return entity(html, p);
	case ENTITY_NAME:
		return entity_name(html, p);
	case ENTITY_HASH:
		return entity_hash(html, p);
	default:
		return entity_number(html, p);
	}
}

void
html_reference_end(struct html *html)
{
	struct html_token *token = &html->token;

	if (token->state == ENTITY_NAME)
		entity_name_end(html, '\0');
	else if (token->state >= ENTITY_HEX && token->run != 0)
		entity_number_end(html);
	else
		entity_literal(html);
}
