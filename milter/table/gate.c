/*
 * gate - the gate as a whole; see gate.h.
 */
#include "table/gate_state.h"

#include <stdlib.h>

struct gate *
gate_new(const struct required *patterns, size_t n, enum gate_kind kind)
{
	struct gate *gate = calloc(1, sizeof(*gate));

	if (gate == NULL)
		return NULL;
	gate->find = kind == GATE_SCALAR ? gate_find_scalar : gate_find_best();
	gate->find_sets = kind == GATE_SCALAR ? gate_find_sets_scalar :
	    gate_find_sets_best();
	gate->drops = kind == GATE_DROPS;
	if (!gate_take_claims(gate, patterns, n))
		gate_free(&gate);
	return gate;
}

static void
free_runs(struct gate_runs *runs)
{
	free(runs->list);
	free(runs->bytes);
	free(runs->lists);
}

static void
free_words(struct gate_words *words)
{
	free_runs(&words->runs);
	free(words->slots);
}

void
gate_free(struct gate **gate_p)
{
	struct gate *gate = *gate_p;

	*gate_p = NULL;
	if (gate == NULL)
		return;
	for (int i = 0; i < 3; i++)
		free(gate->maps[i].words);
	free(gate->hints);
	free(gate->segments);
	free(gate->slots);
	free_runs(&gate->runs);
	free_runs(&gate->starts);
	free_runs(&gate->sets.runs);
	free_runs(&gate->start_sets.runs);
	free(gate->sets.groups);
	free(gate->start_sets.groups);
	free_words(&gate->wholes);
	free_words(&gate->ends);
	free(gate->end_masks);
	free(gate->patterns);
	free(gate->checks);
	free(gate->pieces);
	free(gate->bytes);
	free(gate);
}

bool
gate_knows(const struct gate *gate, size_t pattern)
{
	return pattern < gate->n && gate->patterns[pattern].known;
}

static size_t
runs_size(const struct gate_runs *runs)
{
	return runs->n * sizeof(*runs->list) + runs->n_bytes +
	    runs->n_lists * sizeof(*runs->lists);
}

static size_t
sets_size(const struct gate_sets *sets)
{
	return runs_size(&sets->runs) +
	    sets->n_groups * sizeof(*sets->groups);
}

static size_t
words_size(const struct gate_words *words)
{
	return runs_size(&words->runs) +
	    words->n_slots * sizeof(*words->slots);
}

size_t
gate_size(const struct gate *gate)
{
	size_t size = sizeof(*gate) + runs_size(&gate->runs) +
	    runs_size(&gate->starts) + sets_size(&gate->sets) +
	    sets_size(&gate->start_sets) + words_size(&gate->wholes) +
	    words_size(&gate->ends);

	if (gate->end_masks != NULL)
		size += sizeof(*gate->end_masks) <<
		    (64 - gate->end_masks_shift);
	for (int i = 0; i < 3; i++)
		if (gate->maps[i].words != NULL)
			size += sizeof(*gate->maps[i].words) <<
			    (32 - gate->maps[i].shift);
	if (gate->hints != NULL)
		size += (size_t)1 << (32 - gate->hints_shift);
	if (gate->segments != NULL)
		size += (size_t)1 << (64 - gate->segments_shift - 3);
	return size + gate->n_slots * sizeof(*gate->slots) +
	    gate->n * sizeof(*gate->patterns) +
	    gate->n_checks * sizeof(*gate->checks) +
	    gate->n_pieces * sizeof(*gate->pieces) + gate->n_bytes;
}
