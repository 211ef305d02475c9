/*
 * html_state - what the files of html share.  See html.h.
 *
 * html_token.c, with html_tag.c, html_reference.c and html_comment.c, makes
 * tags and text of bytes and hands them to html_tree.c, which keeps the stack
 * of open elements (html_stack.c, html_implied.c, html_tree_end.c).
 * html_look.c says of an element how it looks, html_css.c and html_sheet.c
 * read styles for it; html_out.c writes the two streams, html_link.c finds
 * links.  html_conditional.c reads what only Outlook shows, html_inner.c pages
 * in the page.
 */
#ifndef POSTERN_MESSAGE_HTML_STATE_H
#define POSTERN_MESSAGE_HTML_STATE_H

#include <stdint.h>

#include "base/buf.h"
#include "message/html.h"
#include "message/html_css.h"
#include "message/html_names.h"
#include "message/html_sheet.h"

/* Longer names are no names of ours. */
#define HTML_NAME_MAX	24

/* Of an attribute's value; more is cut. */
#define HTML_VALUE_MAX	HTML_URL_MAX

/* Text of so few thousandths of opacity is not seen. */
#define HTML_FAINT	60

/* How the text behind a tag is read. */
enum html_raw {
	RAW_NOT,
	RAW_RCDATA,	/* entities, but no tags: title, textarea */
	RAW_TEXT,	/* neither, and it shows: xmp */
	RAW_STYLE,
	RAW_SCRIPT,
	RAW_DROP,	/* frames, embedded pages */
	RAW_PLAIN	/* to the end */
};

struct html_name {
	char p[HTML_NAME_MAX];
	size_t n;
	bool cut;
};

struct html_value {
	size_t at, n;		/* in tag.text */
	bool cut;
};

struct html_tag {
	struct html_name name;
	uint32_t hash;		/* of all of the name */
	enum html_element element;
	bool end;
	bool closed;		/* it ends in "/>" */
	uint64_t seen;		/* a bit for each attribute that we know */
	struct html_value values[ATTRIBUTE_COUNT];
	struct buf text;
};

_Static_assert(ATTRIBUTE_COUNT <= 64, "they are bits");

struct html_token {
	unsigned state, back;	/* of html_token.c; where an entity ends */
	enum html_raw raw;
	enum html_element raw_element;
	struct html_name attribute_name;
	/* The one whose value is being read, or OTHER: it is not kept. */
	enum html_attribute attribute;
	char held[HTML_NAME_MAX + 16];	/* what may yet be something */
	size_t held_n;
	uint32_t number;
	unsigned run;		/* dashes or brackets, digits: how many */
	unsigned script;	/* how far it is escaped */
};

enum {
	LOOK_NONE = 1,		/* no box is made of it */
	LOOK_INVISIBLE = 2,	/* its box is there, its text is not */
	LOOK_CLIPPED = 4,	/* in a box of no height */
	LOOK_AWAY = 8,		/* off the screen */
	LOOK_PAINTED = 16,	/* its colours cannot be told */
	LOOK_PRE = 32		/* line ends show */
};

/* What an element hands on to those inside. */
struct html_look {
	uint32_t colour, back;	/* 0xRRGGBB, or LOOK_UNKNOWN */
	int32_t size;		/* of the font, in 1/64 px */
	uint16_t opacity;	/* thousandths */
	uint8_t flags;
};
#define LOOK_UNKNOWN	0x80000000u
#define LOOK_CLEAR	0x40000000u	/* nothing of the text is painted */

struct html_open {
	struct html_look look;
	uint32_t hash;
	uint8_t element, display;
	uint16_t kind;		/* its EL_ flags; none where it is foreign */
	uint8_t own;		/* of look.flags, what it brought itself */
	bool styled;		/* it brought anything */
	bool foreign;		/* inside of <svg> or <math> */
	bool hidden;
};

struct html_stream {
	bool some;		/* text since the last paragraph end */
	bool line;		/* nothing but white space since a <br> */
	bool gap;		/* the other stream went on in between */
};

struct html {
	struct html_sink sink;
	bool failed;
	struct html_token token;
	struct html_tag tag;
	struct html_sheet sheet;
	struct css css;			/* of a style attribute */
	struct html_style style;	/* that it gave */

	/* open[0] is the page itself, and always there. */
	struct html_open *open;
	size_t depth, room;
	uint16_t count[ELEMENT_COUNT];	/* of each kind that is open */
	bool standards;		/* there was a doctype */
	bool overlaps;		/* boxes with backgrounds may lie on others */
	bool page_styled;	/* <body> has had its attributes */
	uint32_t link_colour;
	/* For text: where it lies, which is not inside of a table's rows. */
	bool hidden, none, pre, is_away;
	size_t away;		/* bytes of text that were off the screen */

	struct html *inner;	/* a page in this one; or NULL */
	unsigned level;		/* in how many pages this one is */

	struct html_stream streams[2];	/* shown, hidden */
	/* What the conditional comment that is being read holds, or NULL. */
	struct html *within;
	bool is_within;		/* it is such a page: there are none in it */
	struct {
		bool open, hidden, cut, blank;
		struct buf url, label;
	} link;
};

static inline struct html_open *
html_top(struct html *html)
{
	return &html->open[html->depth - 1];
}

static inline bool
html_has(const struct html *html, enum html_attribute attribute)
{
	return (html->tag.seen >> attribute & 1) != 0;
}

/* Empty where the tag does not have it. */
static inline struct span
html_value(const struct html *html, enum html_attribute attribute)
{
	const struct html_value *value = &html->tag.values[attribute];

	if (!html_has(html, attribute) || value->n == 0)
		return (struct span){ "", 0 };
	return span_make(html->tag.text.p + value->at, value->n);
}

/* html_token.c */
void html_token_feed(struct html *html, struct span chunk);
void html_token_end(struct html *html);
/* What comes behind the tag that was just handed over is not markup. */
void html_token_raw(struct html *html, enum html_raw raw,
    enum html_element element);

/* html_attribute.c: an attribute's name and value, as they come. */
void html_attribute_begin(struct html *html);
void html_attribute_add(struct html *html, struct span bytes);
void html_attribute_done(struct html *html);

/* html_tree.c */
bool html_tree_init(struct html *html);
void html_tree_start(struct html *html);
void html_tree_end(struct html *html);
void html_tree_text(struct html *html, struct span text);
bool html_tree_foreign(struct html *html);
/* html_implied.c: ends what such an element ends; false: it is ignored. */
bool html_tree_implied(struct html *html, enum html_element element);

/*
 * html_look.c: fills in how the element of the tag looks inside of `outer`;
 * open->element is there.
 */
void html_look(struct html *html, const struct html_look *outer,
    struct html_open *open);
/* The same for an element that is elsewhere now: what it brought is kept. */
void html_look_again(const struct html_look *outer, struct html_open *open);
bool html_look_hides(const struct html *html, const struct html_look *look);
/* What an element inside could make visible is visible. */
void html_look_show(struct html_look *look);

/*
 * html_conditional.c: a comment that begins with "["; its bytes, once the
 * state behind them is there; its end.
 */
void html_conditional_begin(struct html *html);
void html_conditional_feed(struct html *html, struct span bytes);
void html_conditional_end(struct html *html);

/* html_out.c */
void html_out_text(struct html *html, bool hidden, struct span text);
void html_out_line(struct html *html);
/* A block begins or ends; only in the hidden stream where `none`. */
void html_out_paragraph(struct html *html, bool none);
void html_out_cell(struct html *html, bool none);
void html_out_aside(struct html *html, bool hidden, struct span text,
    bool cut);
void html_out_link(struct html *html, enum html_link link, bool hidden,
    struct span url, bool cut);
void html_out_anchor(struct html *html, bool hidden, struct span url,
    bool cut);
void html_out_anchor_end(struct html *html);
void html_out_end(struct html *html);

/* html_inner.c: its links are links of this page. */
void html_inner_begin(struct html *html);
void html_inner_feed(struct html *html, struct span bytes);
void html_inner_end(struct html *html);

/* html_link.c: the links of a tag; the texts in its attributes. */
void html_link_tag(struct html *html, bool hidden);
void html_link_texts(struct html *html, bool hidden);
/* As browsers clean it, in place. */
struct span html_url_clean(char *p, size_t n);

#endif
