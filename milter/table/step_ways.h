/*
 * step_ways - how much work a pattern is, its counted repeats aside: in how
 * many ways it can go through a text, and how long the longest is.
 *
 * These are bounds from above, from the tree alone (syntax.h).
 */
#ifndef POSTERN_TABLE_STEP_WAYS_H
#define POSTERN_TABLE_STEP_WAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "table/syntax.h"

/* Up to here a repeat is a few more bytes of the pattern. */
#define STEP_WAYS_SMALL	16

/* A repeat whose runs are counted. */
static inline bool
step_ways_run(const struct node *node)
{
	return node->kind == NODE_SET && node->max > STEP_WAYS_SMALL;
}

static inline bool
step_ways_branches(const struct node *node)
{
	return node->kind == NODE_GROUP || node->kind == NODE_LOOK;
}

/* Ways to go through one of the branches; many are not counted exactly. */
uint64_t step_ways(const struct branch *branches);

/* What is compared at most, in literal bytes. */
uint64_t step_ways_longest(const struct branch *branch);

#endif
