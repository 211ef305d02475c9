/*
 * rarity - how often a run of bytes is to be expected in ordinary mail.
 *
 * A guess from which byte follows which, measured on some hundred mails as
 * they are sent (fields, text, HTML, base64).  It decides between runs that
 * are all right; nothing else depends on it.
 */
#ifndef POSTERN_TABLE_RARITY_H
#define POSTERN_TABLE_RARITY_H

#include <stddef.h>

#include "base/span.h"
#include "table/byteset.h"

/*
 * The share of a text's bytes at which the run begins, where both are folded
 * by setting the bit 0x20; of an empty run 1.
 */
double rarity_of(struct span run);

/* The same of bytes, each out of its set; these are not folded. */
double rarity_of_sets(const struct byteset *sets, size_t n);

#endif
