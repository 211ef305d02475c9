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

/* The first byte from `at` that is not ASCII, or the end. */
size_t plain_ascii(struct span text, size_t at);

/* The character at `at`, and its length; one byte of -1 where it is none. */
size_t plain_character(struct span text, size_t at, uint32_t *c_r);
const struct plain_class *plain_class_at(struct span text, size_t at,
    size_t *n_r);

/* plain_words.c: PLAIN_CONFUSABLE and plain_join(). */
void plain_fold_letters(struct span text, struct buf *out);
bool plain_may_be_spaced(struct span text);
void plain_join_letters(struct span text, struct buf *out);

#endif
