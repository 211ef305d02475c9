/*
 * byteset - a set of bytes, as a class in a pattern has it.
 */
#ifndef POSTERN_TABLE_BYTESET_H
#define POSTERN_TABLE_BYTESET_H

#include <stdbool.h>
#include <stdint.h>

struct byteset {
	uint64_t bits[4];
};

static inline void
byteset_add(struct byteset *set, unsigned char byte)
{
	set->bits[byte / 64] |= UINT64_C(1) << byte % 64;
}

static inline void
byteset_remove(struct byteset *set, unsigned char byte)
{
	set->bits[byte / 64] &= ~(UINT64_C(1) << byte % 64);
}

static inline bool
byteset_has(const struct byteset *set, unsigned char byte)
{
	return (set->bits[byte / 64] >> byte % 64 & 1) != 0;
}

static inline void
byteset_invert(struct byteset *set)
{
	for (int i = 0; i < 4; i++)
		set->bits[i] = ~set->bits[i];
}

static inline void
byteset_join(struct byteset *set, const struct byteset *more)
{
	for (int i = 0; i < 4; i++)
		set->bits[i] |= more->bits[i];
}

/* All of part is in set. */
static inline bool
byteset_holds(const struct byteset *set, const struct byteset *part)
{
	for (int i = 0; i < 4; i++)
		if ((part->bits[i] & ~set->bits[i]) != 0)
			return false;
	return true;
}

/* Some byte is in both. */
static inline bool
byteset_meets(const struct byteset *set, const struct byteset *other)
{
	for (int i = 0; i < 4; i++)
		if ((set->bits[i] & other->bits[i]) != 0)
			return true;
	return false;
}

static inline bool
byteset_full(const struct byteset *set)
{
	return (set->bits[0] & set->bits[1] & set->bits[2] & set->bits[3]) ==
	    UINT64_MAX;
}

#endif
