/*
 * expand - the groups of a pattern in the result of its rule: $1, ${1}, $(1),
 * and $$ for a dollar sign (Postfix's mac_parse() and dict_pcre).
 */
#ifndef POSTERN_TABLE_EXPAND_H
#define POSTERN_TABLE_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

/*
 * The highest group that text names, 0 for none.  False, having said in why
 * what is wrong and what would be right, where a $ names no group.
 */
bool expand_check(struct span text, unsigned *highest_r, struct buf *why);

/* Makes $$ into $ in a text without groups; returns its new length. */
size_t expand_dollars(char *text, size_t n);

/*
 * Adds text with its groups filled in.  ends holds pairs of offsets into the
 * subject, pair 0 for the whole; a group beyond them, or one that did not
 * take part, is empty.
 */
void expand(struct span text, struct span subject, const size_t *ends,
    size_t pairs, struct buf *out);

#endif
