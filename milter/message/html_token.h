/*
 * html_token - what the files of the tokenizer share; see html_state.h.
 *
 * A state is one of the standard's.  Its step takes bytes from p, of which
 * there is at least one, and returns what it left; where it took none it has
 * changed the state.
 */
#ifndef POSTERN_MESSAGE_HTML_TOKEN_H
#define POSTERN_MESSAGE_HTML_TOKEN_H

#include "message/html_state.h"

enum html_token_state {
	DATA,
	TAG_OPEN, END_OPEN, TAG_NAME,
	BEFORE_ATTRIBUTE, ATTRIBUTE_NAME, AFTER_NAME, BEFORE_VALUE,
	VALUE_DOUBLE, VALUE_SINGLE, VALUE_BARE, AFTER_VALUE, SELF_CLOSING,
	/* Where one of these may begin, `back` says where to go on. */
	ENTITY, ENTITY_NAME, ENTITY_HASH, ENTITY_HEX, ENTITY_NUMBER,
	MARKUP, BOGUS, CDATA, CDATA_END,
	COMMENT_START, COMMENT_START_DASH, COMMENT, COMMENT_DASH, COMMENT_END,
	COMMENT_BANG,
	RAW_OPEN, SCRIPT, SCRIPT_WORD
};

/* What a NUL becomes where it is not dropped. */
#define REPLACEMENT	SPAN("\357\277\275")

static inline bool
html_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static inline struct span
html_skip_blanks(struct span text)
{
	while (text.n > 0 && html_blank(text.p[0]))
		text = span_skip(text, 1);
	return text;
}

static inline bool
html_letter(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static inline void
html_hold(struct html_token *token, char c)
{
	if (token->held_n < sizeof(token->held))
		token->held[token->held_n++] = c;
}

static inline struct span
html_held(const struct html_token *token)
{
	return span_make(token->held, token->held_n);
}

/* Text, or a part of an attribute's value: what the state `where` reads. */
void html_token_give(struct html *html, unsigned where, struct span text);

/* html_tag.c: TAG_OPEN to SELF_CLOSING */
const char *html_tag_step(struct html *html, const char *p, const char *end);
void html_tag_begin(struct html *html, bool end);
/* The name is there; c follows it. */
void html_tag_named(struct html *html, char c);

/* html_reference.c: ENTITY to ENTITY_NUMBER */
const char *html_reference_step(struct html *html, const char *p);
void html_reference_end(struct html *html);

/* html_comment.c: MARKUP to COMMENT_BANG */
const char *html_comment_step(struct html *html, const char *p,
    const char *end);
void html_comment_end(struct html *html);

#endif
