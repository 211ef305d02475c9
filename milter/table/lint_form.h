/*
 * lint_form - a pattern as a row of bytes and gaps, so that one can be shown
 * to match wherever another does.
 *
 * The alternatives of a pattern are forms of their own.  A form leaves out
 * what it cannot say: as the narrower of two it may then match less than it
 * says, which is safe; as the wider one it is only used where it is `exact`.
 */
#ifndef POSTERN_TABLE_LINT_FORM_H
#define POSTERN_TABLE_LINT_FORM_H

#include "table/syntax.h"

enum item_kind {
	ITEM_SET,	/* one byte out of the set */
	ITEM_GAP,	/* any bytes, or none */
	ITEM_HOLE	/* some bytes, or none: not known which */
};

struct item {
	enum item_kind kind;
	struct byteset set;
};

enum form_end { FORM_OPEN, FORM_END, FORM_VERY_END };

struct form {
	bool start;		/* it begins where the key does */
	enum form_end end;	/* it ends where the key does */
	bool exact;		/* it matches all that it says */
	size_t n;
	struct item *items;
	struct form *next;
};

/* The forms of a tree, in the region; NULL where they would be too many. */
struct form *forms_of(const struct branch *tree, struct region *region);

/* Every key that is not empty is matched. */
bool form_matches_all(const struct form *form);

/* Where narrow matches, wide does; wide is exact. */
bool form_holds(const struct form *wide, const struct form *narrow);

/* The byte, of a letter the small one, that is all of the set; or -1. */
int item_letter(const struct item *item);

/*
 * Three letters in a row at or behind *at, as a number that is the same for
 * both cases: a form can only hold another that has its letters.  False where
 * there are none.
 */
bool form_letters(const struct form *form, size_t *at, uint32_t *letters_r);

#endif
