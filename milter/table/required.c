/* required - byte runs without which a pattern cannot match. */
#include "table/required.h"

#include "table/required_parts.h"

/* The tree and the rows of one pattern. */
#define WORK_MAX	((size_t)16 << 20)

/* With more runs, what a text begins with is not made longer. */
#define START_RUNS	16

static bool
keep_clause(const struct run_list *list, struct region *region,
    struct required_clause *clause_r)
{
	struct span *runs = region_alloc(region, list->n * sizeof(*runs));

	clause_r->runs = runs;
	clause_r->n = list->n;
	if (runs == NULL)
		return false;
	for (size_t i = 0; i < list->n; i++)
		runs[i] = region_copy(region, list->runs[i]);
	return !region->failed;
}

/* Who has one of the first runs also has one of the second. */
static bool
implies(const struct run_list *first, const struct run_list *second)
{
	size_t i, j;

	for (i = 0; i < first->n; i++) {
		const struct span *run = &first->runs[i];

		for (j = 0; j < second->n; j++)
			if (second->runs[j].n <= run->n && memmem(run->p,
			    run->n, second->runs[j].p, second->runs[j].n))
				break;
		if (j == second->n)
			return false;
	}
	return true;
}

static bool
is_implied(const struct row *row, size_t claim)
{
	for (size_t i = 0; i < claim; i++)
		if (implies(&row->claims[i].list, &row->claims[claim].list))
			return true;
	return false;
}

/* The first of the claims is what costs least to look for. */
static bool
is_rarest(const struct row *row)
{
	for (size_t i = 1; i < row->n_claims; i++)
		if (row->claims[i].rarity < row->claims[0].rarity)
			return false;
	return true;
}

/*
 * What follows from how the text begins is asked for elsewhere only where
 * there is nothing better: the name of a field is in every mail.
 */
static void
drop_start(struct row *row, const struct runs *start)
{
	struct run_list list;
	size_t n = row->n_claims > 0 && is_rarest(row);

	if (!runs_keep(start, row->region, &list))
		return;
	for (size_t i = n; i < row->n_claims; i++)
		if (!implies(&list, &row->claims[i].list))
			row->claims[n++] = row->claims[i];
	if (n > 0)
		row->n_claims = n;
}

static bool
keep_start(const struct row *row, const struct runs *start,
    struct region *region, struct required *required)
{
	struct required_clause *clause = &required->clauses[required->n++];
	struct run_list list;

	clause->at_start = true;
	clause->rarity = runs_rarity(start);
	return runs_keep(start, row->region, &list) &&
	    keep_clause(&list, region, clause);
}

/* What the text begins with; false where nothing is known of that. */
static bool
find_start(const struct row *row, struct runs *start_r)
{
	row_begin(row, START_RUNS, start_r);
	if (runs_shortest(start_r) == 0)
		row_begin(row, REQUIRED_RUNS_MAX, start_r);
	runs_prune(start_r, true);
	return runs_shortest(start_r) > 0;
}

static bool
keep(struct row *row, bool anchored, struct region *region,
    struct required *required)
{
	struct runs start;
	size_t max = REQUIRED_CLAUSES_MAX;

	if (anchored && find_start(row, &start)) {
		drop_start(row, &start);
		max--;
	} else {
		anchored = false;
	}
	for (size_t i = 0; i < row->n_claims && required->n < max; i++) {
		struct required_clause *clause =
		    &required->clauses[required->n];

		if (is_implied(row, i))
			continue;
		required->n++;
		clause->rarity = row->claims[i].rarity;
		if (!keep_clause(&row->claims[i].list, region, clause))
			return false;
	}
	return !anchored || keep_start(row, &start, region, required);
}

static bool
keep_end(const struct branch *tree, const struct row *row,
    struct region *region, struct required *required)
{
	struct runs end;
	struct run_list list;

	/* What it begins with would not be looked at. */
	if ((required->n > 0 &&
	    required->clauses[required->n - 1].at_start) ||
	    !required_end(tree, row, &end))
		return true;
	required->end.rarity = runs_rarity(&end);
	return runs_keep(&end, row->region, &list) &&
	    keep_clause(&list, region, &required->end);
}

static bool
require(const struct branch *tree, bool anchored, struct region *work,
    struct region *region, struct required *required)
{
	struct row row;

	row_init(&row, work);
	row_add_tree(&row, tree);
	row_claim_windows(&row);
	if (row.failed || work->failed)
		return false;
	required_whole(tree, region, required);
	return keep(&row, anchored, region, required) &&
	    keep_end(tree, &row, region, required);
}

/* What is looked for at a start of that length is found too often. */
#define START_SHORT	3

static bool
wants_sets(const struct required *required)
{
	const struct required_clause *first = &required->clauses[0];

	if (required->n == 0)
		return true;
	for (size_t i = 0; first->at_start && i < first->n; i++)
		if (first->runs[i].n < START_SHORT)
			return true;
	return false;
}

void
required_by(struct span pattern, uint32_t options, struct region *region,
    struct required *required_r)
{
	struct region work;
	const struct branch *tree;

	*required_r = (struct required){ .n = 0 };
	region_init(&work, WORK_MAX);
	tree = syntax_read_loose(pattern, options, &work);
	if (tree != NULL) {
		bool anchored = tree_is_anchored(tree);

		if (!require(tree, anchored, &work, region, required_r))
			*required_r = (struct required){ .n = 0 };
		required_r->least = (size_t)tree_least(tree);
		if (wants_sets(required_r))
			sets_claim(tree, anchored, &work, region,
			    &required_r->sets);
	}
	region_clear(&work);
}
