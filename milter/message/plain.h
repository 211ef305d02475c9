/*
 * plain - a paragraph as its reader takes it: without what nobody sees, in
 * plain letters.
 *
 * PLAIN_ZERO_WIDTH drops what is not seen: zero-width characters, soft hyphens,
 * controls of direction, variation selectors, tags, fillers (all that Unicode
 * calls default ignorable).  So emoji fall into their parts, and the few
 * scripts that need a joiner lose it.
 *
 * PLAIN_NFKC is Unicode's normal form of compatibility: full-width, circled
 * and mathematical letters, ligatures and blanks of all widths become plain
 * ones, and letters with their marks one character.
 *
 * PLAIN_CONFUSABLE writes what looks like ASCII letters, digits, quotes and
 * dashes as these.  A letter of another script is only taken for what it looks
 * like where its word says so, since honest text shall stay as it is:
 * - A word that has Latin letters, too, becomes Latin; but Cyrillic, where all
 *   its Latin letters have Cyrillic doubles, and it has Cyrillic letters that
 *   look like no others (or stands in a text that is mostly such).
 * - A word of nothing but doubles becomes Latin, unless the text has more
 *   letters that only other scripts have than Latin ones.
 * - Letters that only look like small capitals (Cyrillic te like T) are no
 *   such doubles, but become Latin in a word that does.
 * - Three letters or more, each alone between blanks (or the same other
 *   separator), are one word to this rule.
 * Accents stay, and so do the letters of Latin alphabets (a dotless i), and 1,
 * 0, @ and $ for i, o, a and s: these are for patterns to say.
 *
 * The text is UTF-8; bytes that are none are copied.  The result is at most
 * PLAIN_GROWTH times as long as the text, and the time grows as the text does.
 * One struct plain is one thread's.
 */
#ifndef POSTERN_MESSAGE_PLAIN_H
#define POSTERN_MESSAGE_PLAIN_H

#include "base/buf.h"
#include "base/span.h"

enum plain_how {
	PLAIN_ZERO_WIDTH = 1 << 0,
	PLAIN_CONFUSABLE = 1 << 1,
	PLAIN_NFKC = 1 << 2
};

/* NFKC writes the three bytes of U+FDFA as 33; nothing grows more. */
#define PLAIN_GROWTH	11

struct plain {
	unsigned how;			/* a set of enum plain_how */
	struct buf work[2];
	bool failed;			/* the last result is not whole */
};

/* `max` bounds the bytes of a result; past it, it is cut, and has failed. */
void plain_init(struct plain *plain, unsigned how, size_t max);
void plain_clear(struct plain *plain);

/*
 * Where folding changes nothing the result is the text itself (the same
 * pointer); else it is good until the next call.  A text of ASCII never
 * changes.
 */
struct span plain_fold(struct plain *plain, struct span text);

/*
 * Joins letters that are spaced out one by one, three or more of them with
 * the same blank, dot, hyphen or the like between: "V i a g r a" is "Viagra",
 * but so are "b u y n o w" one word and "J. R. R. T." not joined.  This loses
 * where words end, so it belongs beside the text and not in its place.  The
 * result is as plain_fold()'s, and the text may be one of it.
 */
struct span plain_join(struct plain *plain, struct span text);

#endif
