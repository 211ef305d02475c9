/* step_ways - how much a pattern can do.  See step_ways.h. */
#include "table/step_ways.h"

/* From here on a count only grows by sums. */
#define WAYS_MOST	(UINT64_C(1) << 32)

/* A byte that is compared with a set costs as much as so many literals. */
#define SET_LITERALS	12

static uint64_t
times(uint64_t a, uint64_t b)
{
	return b != 0 && a > WAYS_MOST / b ? WAYS_MOST : a * b;
}

static uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Can a match of the branch begin with that byte?  True where in doubt. */
static bool
may_begin(const struct branch *branch, unsigned char byte)
{
	const struct node *first = branch->first;

	return first == NULL || first->kind != NODE_SET || first->min == 0 ||
	    byteset_has(&first->set, byte);
}

static uint64_t ways_through(const struct branch *branch);

/* Branches that begin otherwise are not ways through the same text. */
uint64_t
step_ways(const struct branch *branches)
{
	uint64_t sums[256] = { 0 }, most = 1;

	for (; branches != NULL; branches = branches->next) {
		uint64_t ways = ways_through(branches);

		for (int byte = 0; byte < 256; byte++)
			if (sums[byte] < WAYS_MOST &&
			    may_begin(branches, (unsigned char)byte))
				sums[byte] += ways;
	}
	for (int byte = 0; byte < 256; byte++)
		most = larger(most, sums[byte]);
	return most;
}

/* In how many ways a branch can go through a text, counted repeats aside. */
static uint64_t
ways_through(const struct branch *branch)
{
	uint64_t ways = 1;

	for (const struct node *node = branch->first; node != NULL;
	    node = node->next) {
		if (node->kind == NODE_SET && !step_ways_run(node))
			ways = times(ways, node->max - node->min + 1);
		else if (step_ways_branches(node))
			ways = times(ways, step_ways(node->branches) +
			    (node->min == 0));
	}
	return ways;
}

uint64_t
step_ways_longest(const struct branch *branch)
{
	uint64_t longest = 0;

	for (; branch != NULL; branch = branch->next) {
		uint64_t path = 0;

		for (const struct node *node = branch->first; node != NULL;
		    node = node->next) {
			if (step_ways_branches(node))
				path += step_ways_longest(node->branches);
			else if (node->kind == NODE_SET && !step_ways_run(node))
				path += node->max * (node->literal ?
				    UINT64_C(1) : SET_LITERALS);
			else
				path++;
		}
		longest = larger(longest, path);
	}
	return longest;
}
