/*
 * html_sheet - the rules of <style>, while they stream.
 *
 * Understood are selectors of one element by tag, class and id ("td.a#b", in
 * lists too).  Of others, which look at what is around or at states, the last
 * element counts, but only for what shows text: a rule that may or may not
 * count hides none.  So do those inside of @media, where it is for less than
 * any screen.
 *
 * Bounded: so many selectors, of them so many that share the first of their
 * names.  Where there are more, none of the rules hides text any more, since
 * the next might have shown it.
 */
#ifndef POSTERN_MESSAGE_HTML_SHEET_H
#define POSTERN_MESSAGE_HTML_SHEET_H

#include <stdbool.h>
#include <stdint.h>

#include "message/html_css.h"
#include "message/html_selector.h"

#define SHEET_RULES_MAX		512
#define SHEET_ALIKE_MAX		16


struct sheet_rule {
	uint32_t names[SHEET_NAMES_MAX];	/* hashes, sorted */
	unsigned count;
	uint32_t next;			/* with the same first name; 0: none */
	struct html_style style;
};

struct html_sheet {
	struct css css;
	struct html_style style;	/* of the rule that is read */
	bool body;			/* inside its braces */
	struct buf prelude;
	unsigned depth;			/* of at-rules that are open */
	uint32_t maybe;			/* a bit for each that has conditions */
	bool full;			/* there were too many rules */
	uint32_t order;
	struct sheet_rule *rules;	/* [0] is not used */
	uint32_t used, room;
	uint32_t buckets[256];
};

/* False without memory; so say the next calls, too. */
bool html_sheet_feed(struct html_sheet *sheet, struct span text);
void html_sheet_end(struct html_sheet *sheet);
void html_sheet_clear(struct html_sheet *sheet);

/* Whether a media query is for every screen. */
bool html_sheet_media(struct span query);

/* The names that an element has: hashes of "tag", ".class", "#id". */
struct sheet_names {
	uint32_t of[34];
	size_t n;
	bool cut;			/* there were more */
};

/* Adds to *style what the rules say of an element with these names. */
void html_sheet_apply(const struct html_sheet *sheet,
    const struct sheet_names *names, struct html_style *style);

#endif
