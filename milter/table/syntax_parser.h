/*
 * syntax_parser - what the parts of syntax.c share.
 *
 * A loose parser makes a node of each construct that is not known, where it
 * knows at least how far it goes and that the rest keeps its meaning.
 */
#ifndef POSTERN_TABLE_SYNTAX_PARSER_H
#define POSTERN_TABLE_SYNTAX_PARSER_H

#include "table/syntax.h"

struct parser {
	struct span text;
	size_t at;
	uint32_t options;	/* at this place */
	unsigned depth;
	struct region *region;
	bool loose;
	bool quoting;		/* after \Q; only a loose one */
	bool failed;		/* something that is not known */
};

static inline struct span
syntax_rest(const struct parser *parser)
{
	return span_skip(parser->text, parser->at);
}

static inline bool
syntax_sees(const struct parser *parser, struct span what)
{
	return span_starts(syntax_rest(parser), what);
}

/* The byte so far ahead, or NUL. */
static inline char
syntax_peek(const struct parser *parser, size_t ahead)
{
	return ahead < parser->text.n - parser->at ?
	    parser->text.p[parser->at + ahead] : '\0';
}

static inline bool
syntax_take(struct parser *parser, struct span what)
{
	if (!syntax_sees(parser, what))
		return false;
	parser->at += what.n;
	return true;
}

static inline bool
syntax_has(const struct parser *parser, uint32_t option)
{
	return (parser->options & option) != 0;
}

/* Nothing behind this is read. */
static inline void
syntax_fail(struct parser *parser)
{
	parser->failed = true;
	parser->at = parser->text.n;
}

/* Up to a ")" that is nobody's, or the end. */
struct branch *syntax_branches(struct parser *parser);

/* After its "(". */
void syntax_group(struct parser *parser, struct node *node);

/* From behind "(?:" on; the options are those to be had behind its ")". */
void syntax_group_rest(struct parser *parser, struct node *node,
    uint32_t options);

/* The rest is for a loose parser, which alone has more to do here. */

/* Past what matches nothing: comments, blanks with the flag x, \Q and \E. */
void syntax_skip(struct parser *parser);

/* An escape that syntax.c does not know.  False where it is none. */
bool syntax_odd_escape(struct parser *parser, struct node *node);

/* What begins with "(*"; fails at what changes the rest's meaning. */
void syntax_verb(struct parser *parser, struct node *node);

/* After "(?": a condition, a call or a callout.  False where it is none. */
bool syntax_odd_group(struct parser *parser, struct node *node);

/*
 * syntax_utf.c, with PCRE2_UTF.  How long the character is that the text
 * begins with; without the option, it is a byte.
 */
size_t syntax_character(const struct parser *parser, struct span text);

/*
 * Of a loose parser, the bytes of a class are widened by all that
 * are not ASCII, k and s by their third cases; what is or may name a character
 * beyond ASCII becomes a node that may match anything.  Of another one, a
 * set gets all bytes that its characters may have.
 */
void syntax_utf(struct parser *parser, struct node *node);

/* It has characters that are blanks to x then, so that a repeat behind them
 * is one of what stands before them. */
bool syntax_utf_blanks(struct span pattern);

/* Past the settings at the front of a pattern that change no match. */
void syntax_settings(struct parser *parser);

#endif
