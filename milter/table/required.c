/* required - byte runs without which a pattern cannot match. */
#include "table/required.h"

#include "table/required_parts.h"

/* The tree and the rows of one pattern. */
#define WORK_MAX	((size_t)16 << 20)

/* Sets of more folded bytes are not taken apart. */
#define SET_MAX		5

/* A repeat is not written out any longer, in cells. */
#define COPIES_MAX	64

/* "x{1,3}": so many more, in all their forms, are written out. */
#define OPTIONAL_MAX	4
#define OPTIONAL_RUNS	16

/* With so many runs do branches with gaps begin and end, each of them. */
#define BRANCH_RUNS	8

/* With more runs, what a text begins with is not made longer. */
#define START_RUNS	16

/* A text of this length or more need not be told from others. */
#define LEAST_MAX	((size_t)1 << 20)

static void read_branches(const struct branch *branches, struct row *row);

static void
add_set(struct row *row, const struct node *node)
{
	struct runs runs;

	runs.n = 0;
	if (node->literal) {
		row_add_byte(row, (char)(node->byte | 0x20));
		return;
	}
	for (unsigned byte = 0; byte < 256 && runs.n <= SET_MAX; byte++) {
		char folded = (char)(byte | 0x20);

		if (node->set.bits[byte / 64] == 0)
			byte |= 63;
		else if (byteset_has(&node->set, (unsigned char)byte))
			runs_add(&runs, span_make(&folded, 1));
	}
	if (runs.n > SET_MAX)
		row_add_gap(row);
	else
		row_add_runs(row, &runs);
}

/* All that 0 to max of part are; false where they are too many. */
static bool
optional_runs(const struct row *part, uint32_t max, struct runs *runs_r)
{
	struct runs one, all;
	struct run_list list;

	if (max > OPTIONAL_MAX || !row_all(part, &one) ||
	    one.n > OPTIONAL_RUNS ||
	    !runs_keep(&one, part->region, &list))
		return false;
	runs_begin(&all);
	runs_begin(runs_r);
	for (; max > 0; max--)
		if (!runs_times(&all, &list) || !runs_join(runs_r, &all))
			return false;
	return runs_r->n <= OPTIONAL_RUNS;
}

static void
add_copies(struct row *row, const struct row *part, size_t n)
{
	for (; n > 0; n--)
		row_add_cells(row, part, 0, part->n);
}

/*
 * What is repeated begins with some copies and ends with as many; where it is
 * not too much, all that it may be is written out.
 */
static void
add_repeated(struct row *row, const struct row *part, uint32_t min,
    uint32_t max)
{
	struct runs more;
	size_t copies = min;

	if (min > 0)
		row_add_claims(row, part);
	if (part->n == 0)
		return;
	if (copies > 1 && copies * part->n > COPIES_MAX)
		copies = part->n >= COPIES_MAX ? 1 : COPIES_MAX / part->n;
	add_copies(row, part, copies);
	if (copies == min && max == min)
		return;
	if (copies == min && max != FOREVER &&
	    optional_runs(part, max - min, &more)) {
		row_add_runs(row, &more);
		return;
	}
	row_add_gap(row);
	/* Longer ones would double with each bracket around them. */
	if (part->n < COPIES_MAX)
		add_copies(row, part, copies);
}

/* What is looked for ahead or behind is there as well. */
static void
add_look(struct row *row, const struct node *node)
{
	struct row seen;

	if (node->negative || !node_once(node))
		return;
	row_init(&seen, row->region);
	read_branches(node->branches, &seen);
	row_claim_windows(&seen);
	row_add_claims(row, &seen);
}

static void
add_once(struct row *row, const struct node *node)
{
	if (node->kind == NODE_SET)
		add_set(row, node);
	else
		read_branches(node->branches, row);
}

static void
add_node(struct row *row, const struct node *node)
{
	struct row part;

	switch (node->kind) {
	case NODE_SET:
	case NODE_GROUP:
		if (node_once(node)) {
			add_once(row, node);
			break;
		}
		row_init(&part, row->region);
		add_once(&part, node);
		if (node->kind == NODE_GROUP && node->min > 0)
			row_claim_windows(&part);
		row->failed |= part.failed;
		add_repeated(row, &part, node->min, node->max);
		break;
	case NODE_LOOK:
		add_look(row, node);
		break;
	case NODE_BACK:
	case NODE_OTHER:
		row_add_gap(row);
		break;
	case NODE_START:
	case NODE_LINE_START:
	case NODE_END:
	case NODE_VERY_END:
	case NODE_LINE_END:
	case NODE_EDGE:
		break;
	}
}

static void
read_branch(const struct branch *branch, struct row *row)
{
	for (const struct node *node = branch->first; node != NULL;
	    node = node->next)
		add_node(row, node);
}

/* What is known of all branches so far. */
struct either {
	struct runs all, begin, end, claimed;
	bool has_all, has_begin, has_end, has_claimed;
};

/* The claim that costs least leaves room for the other branches, or the one
 * with the fewest runs does. */
static const struct claim *
best_claim(const struct row *row, bool fewest)
{
	const struct claim *best = row->claims;

	for (size_t i = 1; fewest && i < row->n_claims; i++)
		if (row->claims[i].list.n < best->list.n)
			best = &row->claims[i];
	return best;
}

static bool
join_claim(struct runs *runs, const struct claim *claim)
{
	size_t had = runs->n;

	for (size_t i = 0; i < claim->list.n; i++) {
		if (runs_add(runs, claim->list.runs[i]))
			continue;
		runs->n = had;
		return false;
	}
	return true;
}

static void
add_branch(struct either *either, const struct row *row)
{
	struct runs runs;

	either->has_all = either->has_all && row_all(row, &runs) &&
	    runs_join(&either->all, &runs);
	if (either->has_begin) {
		row_begin(row, BRANCH_RUNS, &runs);
		either->has_begin = runs_join(&either->begin, &runs);
	}
	if (either->has_end) {
		row_end(row, BRANCH_RUNS, &runs);
		either->has_end = runs_join(&either->end, &runs);
	}
	either->has_claimed = either->has_claimed && row->n_claims > 0 &&
	    (join_claim(&either->claimed, best_claim(row, false)) ||
	    join_claim(&either->claimed, best_claim(row, true)));
}

static void
add_either(struct row *row, struct either *either)
{
	struct claim claim;

	if (either->has_all) {
		row_add_runs(row, &either->all);
		return;
	}
	if (either->has_begin)
		row_add_runs(row, &either->begin);
	row_add_gap(row);
	if (either->has_end)
		row_add_runs(row, &either->end);
	if (either->has_claimed && claim_make(&either->claimed, row->region,
	    &claim))
		row_add_claim(row, &claim);
}

/* The branches' own cells are forgotten; only what they share is left. */
static void
read_branches(const struct branch *branches, struct row *row)
{
	struct either *either;

	if (branches->next == NULL) {
		read_branch(branches, row);
		return;
	}
	/* Too large for a stack on which there may be hundreds. */
	if ((either = region_alloc(row->region, sizeof(*either))) == NULL) {
		row->failed = true;
		return;
	}
	either->has_all = either->has_begin = either->has_end =
	    either->has_claimed = true;
	for (; branches != NULL; branches = branches->next) {
		struct row part;

		row_init(&part, row->region);
		read_branch(branches, &part);
		row_claim_windows(&part);
		row->failed |= part.failed;
		add_branch(either, &part);
	}
	add_either(row, either);
}

static uint64_t
least_of(const struct branch *branches)
{
	uint64_t least = LEAST_MAX;

	for (; branches != NULL; branches = branches->next) {
		uint64_t sum = 0;

		for (const struct node *node = branches->first; node != NULL &&
		    sum < LEAST_MAX; node = node->next)
			if (node->kind == NODE_SET)
				sum += node->min;
			else if (node->kind == NODE_GROUP && node->min > 0)
				/* 2^20 times 2^16 at most. */
				sum += least_of(node->branches) * node->min;
		if (sum < least)
			least = sum;
	}
	return least;
}

static bool is_anchored(const struct branch *branches);

static bool
is_branch_anchored(const struct branch *branch)
{
	for (const struct node *node = branch->first; node != NULL;
	    node = node->next)
		switch (node->kind) {
		case NODE_START:
			return true;
		case NODE_GROUP:
			if (node->min > 0 && is_anchored(node->branches))
				return true;
			/* "(?i)" is an empty one. */
			if (node->branches->first != NULL ||
			    node->branches->next != NULL)
				return false;
			break;
		case NODE_LOOK:
		case NODE_EDGE:
			break;
		default:
			return false;
		}
	return false;
}

static bool
is_anchored(const struct branch *branches)
{
	for (; branches != NULL; branches = branches->next)
		if (!is_branch_anchored(branches))
			return false;
	return true;
}

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

/*
 * What follows from how the text begins is asked for elsewhere only where
 * there is nothing better: the name of a field is in every mail.
 */
static void
drop_start(struct row *row, const struct runs *start)
{
	struct run_list list;
	size_t n = 0;

	if (row->n_claims == 0 || !runs_keep(start, row->region, &list))
		return;
	for (size_t i = 0; i < row->n_claims; i++)
		if (!implies(&list, &row->claims[i].list))
			row->claims[n++] = row->claims[i];
	row->n_claims = n > 0 ? n : 1;
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
	read_branches(tree, &row);
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
		bool anchored = is_anchored(tree);

		if (!require(tree, anchored, &work, region, required_r))
			*required_r = (struct required){ .n = 0 };
		required_r->least = (size_t)least_of(tree);
		if (wants_sets(required_r))
			sets_claim(tree, anchored, &work, region,
			    &required_r->sets);
	}
	region_clear(&work);
}
