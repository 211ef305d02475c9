/*
 * plain_class - what each character is to plain.c and plain_words.c.
 *
 * All positions are within the text; the text may be no UTF-8.
 */
#ifndef POSTERN_MESSAGE_PLAIN_CLASS_H
#define POSTERN_MESSAGE_PLAIN_CLASS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

enum plain_kind {
	PLAIN_OTHER,		/* in no word */
	PLAIN_PART,		/* of a word, but no letter */
	PLAIN_LATIN, PLAIN_CYRILLIC,
	PLAIN_LETTER		/* of another script */
};

enum plain_flag {
	PLAIN_IGNORABLE = 8,	/* nobody sees it */
	PLAIN_CHANGES = 16,	/* NFKC must be asked about it */
	PLAIN_BY_WORD = 32,	/* it is `to` where the word is Latin, but */
	PLAIN_WEAK = 64		/* that is no sign that the word is */
};

struct plain_class {
	uint8_t flags;		/* and its kind */
	char to[5];		/* what it looks like, or "" */
};

static inline enum plain_kind
plain_kind(const struct plain_class *class)
{
	return (enum plain_kind)(class->flags & 7);
}

/* The characters of a table are in blocks, many of which are alike. */
#define PLAIN_BLOCK	128

extern const struct plain_class plain_classes[];
extern const uint16_t plain_blocks[];
extern const uint8_t plain_stage[];

/* The character at `at`, and its length; one byte of -1 where it is none. */
size_t plain_character(struct span text, size_t at, uint32_t *c_r);

/* Of any character; plain_class_at() knows what most text has by itself. */
const struct plain_class *plain_class_of_any(struct span text, size_t at,
    size_t *n_r);

static inline const struct plain_class *
plain_class_of(uint32_t c)
{
	return &plain_classes[plain_blocks[(size_t)plain_stage[
	    c / PLAIN_BLOCK] * PLAIN_BLOCK + c % PLAIN_BLOCK]];
}

/* Of the character at `at`, and its length. */
static inline const struct plain_class *
plain_class_at(struct span text, size_t at, size_t *n_r)
{
	const unsigned char *p = (const unsigned char *)text.p + at;

	*n_r = 1;
	if (p[0] < 0x80)
		return plain_class_of(p[0]);
	if (p[0] < 0xc2 || p[0] >= 0xe0 || text.n - at < 2 ||
	    (p[1] & 0xc0) != 0x80)
		return plain_class_of_any(text, at, n_r);
	*n_r = 2;
	return plain_class_of((p[0] & 0x1fU) << 6 | (p[1] & 0x3fU));
}

/* plain_ascii(), where there is ASCII. */
size_t plain_ascii_run(struct span text, size_t at);

/* The first byte from `at` that is not ASCII, or the end. */
static inline size_t
plain_ascii(struct span text, size_t at)
{
	return at < text.n && (unsigned char)text.p[at] >= 0x80 ? at :
	    plain_ascii_run(text, at);
}

/* plain_words.c: PLAIN_CONFUSABLE and plain_join(). */
void plain_fold_letters(struct span text, struct buf *out);
bool plain_may_be_spaced(struct span text);
void plain_join_letters(struct span text, struct buf *out);

#endif
