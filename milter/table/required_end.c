/* required_end - what a text ends with if a pattern matches. */
#include "table/required_parts.h"

/* With more runs, what a text ends with is not made longer. */
#define END_RUNS	16

/* What is shorter is looked for elsewhere. */
#define END_SHORTEST	5

/* What is as rare as this need not be rarer than what else is known. */
#define END_RARE	1e-7

/*
 * Nor if it is no more than so many times as common: the end of a text is
 * looked at more quickly than all of it.
 */
#define END_TIMES	16

static bool is_ended(const struct branch *branches);

static bool
is_branch_ended(const struct branch *branch)
{
	const struct node *last = branch->first;

	while (last != NULL && last->next != NULL)
		last = last->next;
	if (last == NULL || last->min == 0)
		return false;
	return last->kind == NODE_END || last->kind == NODE_VERY_END ||
	    (last->kind == NODE_GROUP && is_ended(last->branches));
}

static bool
is_ended(const struct branch *branches)
{
	for (; branches != NULL; branches = branches->next)
		if (!is_branch_ended(branches))
			return false;
	return true;
}

/* Those that end with another one of them are not needed. */
static void
prune(struct runs *runs)
{
	size_t n = 0;

	for (size_t i = 0; i < runs->n; i++) {
		struct span run = runs_at(runs, i);
		size_t j = 0;

		while (j < runs->n && (j == i ||
		    !span_ends(run, runs_at(runs, j))))
			j++;
		if (j < runs->n)
			continue;
		memmove(runs->text[n], runs->text[i], run.n);
		runs->length[n++] = runs->length[i];
	}
	runs->n = n;
}

bool
required_end(const struct branch *tree, const struct row *row,
    struct runs *runs_r)
{
	double rarity;

	if (!is_ended(tree))
		return false;
	row_end(row, END_RUNS, runs_r);
	if (runs_shortest(runs_r) < END_SHORTEST)
		return false;
	prune(runs_r);
	rarity = runs_rarity(runs_r);
	return rarity <= END_RARE || row->n_claims == 0 ||
	    rarity <= row->claims[0].rarity * END_TIMES;
}
