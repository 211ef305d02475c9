/*
 * nearest - the known name that somebody meant who wrote another.
 */
#ifndef POSTERN_POLICY_NEAREST_H
#define POSTERN_POLICY_NEAREST_H

#include <stddef.h>

#include "base/span.h"

/* Longer ones are never a slip of known names. */
#define NEAREST_MAX	64

/*
 * The number of single letters to change, insert or delete (or to swap with
 * their neighbour), without regard to case; NEAREST_MAX where either is
 * longer than that.
 */
size_t nearest_distance(struct span a, struct span b);

/* True where `distance` is small enough for a word of n letters. */
static inline bool
nearest_enough(size_t distance, size_t n)
{
	return distance <= n / 3 && distance <= 3;
}

#endif
