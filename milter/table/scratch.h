/*
 * scratch - what a search with PCRE2 writes on, borrowed from a pool.
 *
 * It is costly to make and needed only while matching, so it is kept for the
 * next search, whichever thread that is on.  A scratch belongs to one match
 * at a time.
 */
#ifndef POSTERN_TABLE_SCRATCH_H
#define POSTERN_TABLE_SCRATCH_H

#define PCRE2_CODE_UNIT_WIDTH	8
#include <pcre2.h>

#include "base/buf.h"
#include "table/gate.h"
#include "table/table.h"

/* A result is never longer; a rule whose result would be is ANSWER_ERROR. */
#define RESULT_MAX	((size_t)1 << 20)

/* A longer key may need more of the JIT stack than is kept for the next. */
#define DEEP_KEY	((size_t)8 * 1024)

struct scratch {
	struct scratch *next;		/* in the pool */
	pcre2_match_context *context;	/* limits and JIT stack */
	pcre2_jit_stack *stack;		/* NULL: no JIT here */
	pcre2_match_data *data;
	uint32_t pairs;			/* of offsets that data has room for */
	bool interpreted;		/* data may have grown by a match */
	bool deep;			/* stack may have grown by one */
	struct gate_hits hits;
	struct buf text;		/* a result with its groups filled in */
};

/* PCRE2's own words and units; 0 is its own value. */
struct scratch_limits {
	uint32_t match, depth, heap;
};

/* The match's scratch, borrowed if it has none yet; NULL without memory. */
struct scratch *scratch_of(struct match *match);

void scratch_return(struct scratch_pool *pool, struct scratch *scratch);

/* Fills in PCRE2's own values, so that they need not be asked for again. */
void scratch_limits_resolve(struct scratch_limits *limits);

void scratch_set_limits(struct scratch *scratch,
    const struct scratch_limits *limits);

/* Match data with room for so many pairs; NULL without memory. */
pcre2_match_data *scratch_data(struct scratch *scratch, uint32_t pairs);

#endif
