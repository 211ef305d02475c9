/*
 * gate_sets - tables for sets of bytes, from the claims of patterns.
 */
#include "table/gate_state.h"

#include <stdlib.h>

#include "table/rarity.h"

#define HEAPS	8

static int
compare_sets(const struct required_sets *x, const struct required_sets *y)
{
	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return x->n == 0 ? 0 : memcmp(x->sets, y->sets,
	    x->n * sizeof(*x->sets));
}

static int
compare_uses(const void *a, const void *b)
{
	const struct gate_sets_use *x = a, *y = b;
	int order = compare_sets(x->sets, y->sets);

	return order != 0 ? order :
	    (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

/* Of sets that come to an end, the rest is anything. */
static void
add_to_group(struct gate_sets_group *group, unsigned int number,
    const struct required_sets *sets)
{
	uint64_t bit = UINT64_C(1) << number;

	for (size_t n = sets->n; n <= REQUIRED_SETS_MAX; n++)
		group->fits[n] |= bit;
	for (size_t i = 0; i < REQUIRED_SETS_MAX; i++)
		for (unsigned int byte = 0; byte < 256; byte++)
			if (i >= sets->n || byteset_has(&sets->sets[i],
			    (unsigned char)byte))
				group->allowed[i][byte] |= bit;
}

/* What the patterns of a heap allow. */
struct heap {
	struct byteset sets[GATE_HEAPED];
	double cost;
};

static struct heap
heap_with(const struct heap *heap, const struct required_sets *sets)
{
	struct heap with = *heap;

	/* As if no byte knew of another, which is quickly told. */
	with.cost = 1;
	for (size_t i = 0; i < GATE_HEAPED; i++) {
		if (i < sets->n)
			byteset_join(&with.sets[i], &sets->sets[i]);
		else
			memset(&with.sets[i], 0xff, sizeof(with.sets[i]));
		with.cost *= rarity_of_sets(&with.sets[i], 1);
	}
	return with;
}

/* To the heap that it makes the least more common. */
static void
add_to_heap(struct heap *heaps, const struct required_sets *sets)
{
	struct heap best = { .cost = 0 };
	double least = 0;
	size_t to = HEAPS;

	for (size_t i = 0; i < HEAPS; i++) {
		struct heap with = heap_with(&heaps[i], sets);

		if (to < HEAPS && with.cost - heaps[i].cost >= least)
			continue;
		least = with.cost - heaps[i].cost;
		best = with;
		to = i;
	}
	heaps[to] = best;
}

static void
keep_heap(struct gate_sets *sets, const struct heap *heap, unsigned int number)
{
	uint8_t bit = (uint8_t)(1U << number);

	for (size_t i = 0; i < GATE_HEAPED; i++)
		for (unsigned int byte = 0; byte < 256; byte++) {
			if (!byteset_has(&heap->sets[i], (unsigned char)byte))
				continue;
			sets->heaps[i][byte] |= bit;
			sets->low[i][byte & 15] |= bit;
			sets->high[i][byte >> 4] |= bit;
		}
}

/* How many different ones there are, but no more than there is room for. */
static size_t
count_sets(const struct gate_sets_use *uses, size_t n)
{
	size_t count = 1;

	for (size_t i = 1; i < n && count < (size_t)GATE_GROUPS * GATE_TRIED;
	    i++)
		count += compare_sets(uses[i].sets, uses[i - 1].sets) != 0;
	return count;
}

static void
add_sets(struct gate_sets *sets, struct heap *heaps,
    const struct required_sets *more)
{
	uint32_t number = sets->runs.n++;

	sets->runs.list[number] = (struct gate_run){
	    .first = (uint32_t)sets->runs.n_lists, .next = GATE_NONE };
	add_to_group(&sets->groups[number / GATE_TRIED], number % GATE_TRIED,
	    more);
	/* At starts there are no heaps. */
	if (!more->at_start)
		add_to_heap(heaps, more);
}

bool
gate_build_sets(struct gate *gate, struct gate_sets *sets,
    struct gate_sets_use *uses, size_t n)
{
	struct gate_runs *runs = &sets->runs;
	struct heap heaps[HEAPS] = { 0 };
	size_t count;

	if (n == 0)
		return true;
	qsort(uses, n, sizeof(*uses), compare_uses);
	count = count_sets(uses, n);
	sets->n_groups = (count + GATE_TRIED - 1) / GATE_TRIED;
	sets->groups = calloc(sets->n_groups, sizeof(*sets->groups));
	runs->list = malloc(count * sizeof(*runs->list));
	runs->lists = malloc(n * sizeof(*runs->lists));
	if (sets->groups == NULL || runs->list == NULL || runs->lists == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || compare_sets(uses[i].sets, uses[i - 1].sets)) {
			if (runs->n == count) {
				for (; i < n; i++)
					gate->patterns[uses[i].pattern].known =
					    false;
				break;
			}
			add_sets(sets, heaps, uses[i].sets);
		}
		runs->lists[runs->n_lists++] = uses[i].pattern;
		runs->list[runs->n - 1].count++;
	}
	for (unsigned int i = 0; i < HEAPS; i++)
		keep_heap(sets, &heaps[i], i);
	return true;
}
