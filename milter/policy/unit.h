/*
 * unit - sizes and times as people write them: "50M", "5m".
 *
 * Sizes are bytes with K, M, G or T for powers of 1024; times are seconds with
 * Postfix's s, m, h, d or w.  Case does not matter, blanks are not allowed.
 */
#ifndef POSTERN_POLICY_UNIT_H
#define POSTERN_POLICY_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* False where the text is none, or more than 64 bits hold. */
bool unit_number(struct span text, uint64_t *number_r);
bool unit_size(struct span text, uint64_t *bytes_r);
bool unit_time(struct span text, uint64_t *seconds_r);

/*
 * What the writer of "50 MB" or "5 min" seems to mean: 50 and 'M', 5 and 'm'.
 * False where that cannot be told.
 */
bool unit_guess(struct span text, const char *letters, uint64_t *number_r,
    char *letter_r);

#endif
