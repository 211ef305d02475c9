/* proposals - the statements that are worth trying.  See proposals.h. */
#include "table/proposals.h"

#include <stdlib.h>

static const struct statement *
statement_at(const struct statements *statements, size_t n)
{
	return statements_at(statements, n);
}

/* It has a say although its pattern is not there. */
static bool
is_fixed(const struct proposals *proposals, const struct statement *at,
    size_t number)
{
	return !gate_knows(proposals->gate, number) || at->negated ||
	    at->kind == STATEMENT_IF;
}

/* A walk in which no pattern is there that the gate knows of. */
static bool
is_quiet(const struct proposals *proposals,
    const struct statements *statements)
{
	size_t i = 0;

	while (i < statements->n) {
		const struct statement *at = statement_at(statements, i);

		if (!gate_knows(proposals->gate, i))
			return false;
		if (at->kind == STATEMENT_IF)
			i = at->negated ? i + 1 : at->next;
		else if (at->negated)
			return false;
		else
			i++;
	}
	return true;
}

bool
proposals_init(struct proposals *proposals,
    const struct statements *statements, const struct required *required,
    enum gate_kind kind)
{
	*proposals = (struct proposals){
		.gate = gate_new(required, statements->n, kind),
		.fixed = calloc(statements->n + 1, sizeof(uint32_t)),
	};
	if (proposals->gate == NULL || proposals->fixed == NULL) {
		proposals_clear(proposals);
		return false;
	}
	for (size_t i = 0; i < statements->n; i++)
		if (is_fixed(proposals, statement_at(statements, i), i))
			proposals->fixed[proposals->n_fixed++] = (uint32_t)i;
	proposals->quiet = is_quiet(proposals, statements);
	return true;
}

void
proposals_clear(struct proposals *proposals)
{
	gate_free(&proposals->gate);
	free(proposals->fixed);
	proposals->fixed = NULL;
	proposals->n_fixed = 0;
}

void
proposals_start(struct proposals_walk *walk,
    const struct proposals *proposals, const struct proposed *proposed)
{
	*walk = (struct proposals_walk){
		.proposals = proposals, .left = *proposed,
	};
}

size_t
proposals_next(struct proposals_walk *walk, size_t from)
{
	const struct proposals *proposals = walk->proposals;
	struct proposed *left = &walk->left;
	size_t next = SIZE_MAX;

	if (left->each)
		return from;
	while (left->n > 0 && left->hits[0].pattern < from) {
		left->hits++;
		left->n--;
	}
	while (walk->fixed < proposals->n_fixed &&
	    proposals->fixed[walk->fixed] < from)
		walk->fixed++;
	if (walk->fixed < proposals->n_fixed)
		next = proposals->fixed[walk->fixed];
	walk->hit = left->n > 0 && left->hits[0].pattern <= next;
	return walk->hit ? left->hits[0].pattern : next;
}
