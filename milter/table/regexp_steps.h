/*
 * regexp_steps - how many steps a search by regexec() may come to.
 *
 * libc counts nothing and cannot be stopped, so a search is paid for before it
 * begins, by what the pattern could make of a text of that length at worst:
 * nothing where its time is the length's, the square where it has a repeat
 * and may begin anywhere.  With patterns that refer back to groups it is a
 * power of the length, by how many repeats there are, what they repeat, and
 * how many groups are referred to: "(.+)\1" the third, "(.*)*.*\1" the fifth.
 * test/tools/match_steps measures what it really is.
 */
#ifndef POSTERN_TABLE_REGEXP_STEPS_H
#define POSTERN_TABLE_REGEXP_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "table/byteset.h"

struct regexp_work {
	bool repeats;		/* without end, or nearly so */
	bool anchored;
	unsigned refers;	/* groups that are referred to */
	unsigned power;		/* of the length, where there are any */
	uint32_t states;	/* 0: few; else each byte may make one of
				   so many parts */
	struct byteset first;	/* what a match begins with */
};

/* flags are regcomp's. */
void regexp_work_read(struct span pattern, int flags,
    struct regexp_work *work_r);

uint64_t regexp_work_steps(const struct regexp_work *work, struct span key);

#endif
