/*
 * runs - small sets of byte runs, for required.c.
 *
 * A set lies on the stack and has bounds; what would pass one of them answers
 * false and leaves the set as it was.
 */
#ifndef POSTERN_TABLE_RUNS_H
#define POSTERN_TABLE_RUNS_H

#include <stdint.h>

#include "base/region.h"
#include "table/required.h"

/* What a set has, without the rest of its room; it lies in a region. */
struct run_list {
	const struct span *runs;
	size_t n;
	size_t shortest, longest;
};

struct runs {
	size_t n;
	unsigned char length[REQUIRED_RUNS_MAX];
	char text[REQUIRED_RUNS_MAX][REQUIRED_RUN_MAX];
};

static inline struct span
runs_at(const struct runs *runs, size_t i)
{
	return span_make(runs->text[i], runs->length[i]);
}

/* The set that has the empty run alone: what runs_times() begins with. */
void runs_begin(struct runs *runs);

/* Each run of the set followed by each of the list. */
bool runs_times(struct runs *runs, const struct run_list *list);

/* One more run, where it is not in the set yet. */
bool runs_add(struct runs *runs, struct span run);

/* All of the others' runs. */
bool runs_join(struct runs *runs, const struct runs *more);

/*
 * Drops each run that holds another one; with at_start, that begins with
 * another one.  The text that has one of the runs still has one of them.
 */
void runs_prune(struct runs *runs, bool at_start);

size_t runs_shortest(const struct runs *runs);

/* How often any of them is to be expected; see rarity.h. */
double runs_rarity(const struct runs *runs);

/* A copy in the region; false without memory. */
bool runs_keep(const struct runs *runs, struct region *region,
    struct run_list *list_r);

#endif
