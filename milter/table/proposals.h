/*
 * proposals - the statements of a table of patterns that are worth trying.
 *
 * A gate (gate.h) says of a key which patterns may match in it.  To find the
 * rule as if all were tried, a search looks at these, and at the fixed ones:
 * patterns of which the gate knows nothing, and those that decide by not
 * matching, which are IFs and negated rules.
 */
#ifndef POSTERN_TABLE_PROPOSALS_H
#define POSTERN_TABLE_PROPOSALS_H

#include "table/gate.h"
#include "table/statements.h"

struct proposals {
	struct gate *gate;	/* its patterns are the statements; or NULL */
	uint32_t *fixed;	/* statements, in order */
	size_t n_fixed;
	bool quiet;		/* where nothing is proposed, there is a miss */
};

/*
 * required: of each statement, what must be there if its first pattern
 * matches.  False without memory.
 */
bool proposals_init(struct proposals *proposals,
    const struct statements *statements, const struct required *required,
    enum gate_kind kind);
void proposals_clear(struct proposals *proposals);

/* The hits for one key, in order; or each statement. */
struct proposed {
	const struct gate_hit *hits;
	size_t n;
	bool each;
};

/* A way through the statements of one key. */
struct proposals_walk {
	const struct proposals *proposals;
	struct proposed left;	/* hits that are still to come */
	size_t fixed;		/* the next of them */
	bool hit;		/* the statement that was given was proposed */
};

void proposals_start(struct proposals_walk *walk,
    const struct proposals *proposals, const struct proposed *proposed);

/*
 * The first statement at or behind `from` that must be looked at, or one that
 * there is none of.
 */
size_t proposals_next(struct proposals_walk *walk, size_t from);

/* Must the one that was given be tried, or does it surely not match? */
static inline bool
proposals_try(const struct proposals_walk *walk, size_t statement)
{
	return walk->left.each || walk->hit ||
	    !gate_knows(walk->proposals->gate, statement);
}

#endif
