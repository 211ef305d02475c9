/*
 * html_css - what of CSS decides whether text shows.
 *
 * Declarations are read while they stream, of a style attribute or from
 * inside the braces of a rule: comments, escapes, strings and brackets as CSS
 * has them.  Of each property that matters the one that counts is kept, by
 * importance, specificity and order; what a browser would not understand is
 * ignored, as it does.
 */
#ifndef POSTERN_MESSAGE_HTML_CSS_H
#define POSTERN_MESSAGE_HTML_CSS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/* How an element stands among others. */
enum html_display {
	DISPLAY_NONE, DISPLAY_INLINE, DISPLAY_BOX, DISPLAY_BLOCK, DISPLAY_ROW,
	DISPLAY_CELL
};

enum html_property {
	CSS_DISPLAY,		/* enum html_display */
	CSS_VISIBILITY,		/* 1: hidden */
	CSS_OPACITY,		/* thousandths */
	CSS_FONT_SIZE,		/* a length, as all below that say nothing */
	CSS_COLOUR,		/* a colour */
	CSS_BACK,		/* a colour */
	CSS_IMAGE,		/* 1: there is one behind it */
	CSS_POSITION,		/* 0 static, 1 relative, 2 others */
	CSS_LEFT, CSS_TOP,
	CSS_WIDTH, CSS_HEIGHT,
	CSS_MAX_WIDTH, CSS_MAX_HEIGHT,
	CSS_MIN_WIDTH, CSS_MIN_HEIGHT,
	CSS_OVERFLOW,		/* 1: clips */
	CSS_PADDING,		/* 1: there is some */
	CSS_MOVES,		/* 1: anything that may move text */
	CSS_PAINT,		/* 1: that may paint it otherwise */
	CSS_ANIMATED,		/* 1: that may change with time */
	CSS_PRE,		/* 1: line ends show */
	CSS_PROPERTIES
};

/* A weight of 0: it was not declared. */
struct html_setting {
	uint32_t weight;
	int32_t value;
};

struct html_style {
	struct html_setting of[CSS_PROPERTIES];
	bool any;
	bool odd;		/* a value was too long to be understood */
};

/* A value that says: as the parent has it. */
#define CSS_INHERIT	INT32_MIN

/* Lengths: 1/64 px, or 1/1024 of what it is relative to, and a unit. */
enum { CSS_PX, CSS_EM, CSS_UNKNOWN, CSS_REM };
#define CSS_LENGTH(n, unit)	((int32_t)((n) * 4 + (int)(unit)))
#define CSS_UNIT(length)	((unsigned)(length) & 3)
#define CSS_NUMBER(length)	(((length) - (int32_t)CSS_UNIT(length)) / 4)

/* Colours: 0xRRGGBB, or one of these. */
#define CSS_CLEAR	0x1000000	/* what is behind shows */
#define CSS_MIXED	0x2000000	/* part of it does */

/* An important declaration has this beside its weight. */
#define CSS_IMPORTANT	0x80000000u
#define CSS_INLINE	0x40000000u

struct css_scan {
	unsigned state;
	char quote;
	uint32_t code;		/* of an escape */
	unsigned digits;
	char closers[24];	/* of the brackets that are open */
	unsigned depth;
};

struct css {
	struct css_scan scan;
	bool value;		/* behind the colon */
	char name[32];
	size_t name_n;
	struct buf text;
	uint32_t weight;
	struct html_style *to;
	/* Every url() of a value; may be NULL. */
	void (*url)(void *context, struct span url, bool cut);
	void *context;
};

/* Declarations of this weight go into *to from here on. */
void css_begin(struct css *css, struct html_style *to, uint32_t weight);

/*
 * Takes bytes; where `closes` up to the brace that ends them all, and *closed_r
 * says that it came.  Returns how many.
 */
size_t css_feed(struct css *css, struct span bytes, bool closes,
    bool *closed_r);
void css_end(struct css *css);
/* Each url() of a value, and of an @import its string, to css->url. */
void css_find_urls(struct css *css, struct span value, bool cut);
void css_find_import(struct css *css, struct span rule);
void css_clear(struct css *css);

/*
 * What one byte stands for, with CSS_QUOTED where it is no syntax: it was
 * escaped, in quotes or in brackets.  Comments are a blank.  At most 6.
 */
#define CSS_QUOTED	0x100
size_t css_scan(struct css_scan *scan, char c, uint16_t *out);

/* html_property.c: one declaration, its name in lower case. */
void css_declare(struct css *css, struct span name, struct span value);

/*
 * html_property.c: leaves of a style, which may count or not, what shows text,
 * and nothing that hides it.
 */
void css_only_show(struct html_style *style);

/* html_colour.c: false where it is no colour. */
bool css_colour(struct span text, int32_t *colour_r);
/* As in the attributes bgcolor, color, text and link. */
bool css_legacy_colour(struct span text, int32_t *colour_r);

/* html_length.c: false where it is no length. */
bool css_length(struct span text, int32_t *length_r);
bool css_number(struct span *text, int32_t *thousandths_r);

#endif
