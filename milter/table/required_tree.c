/* required_tree - what the syntax tree of a pattern says of its matches. */
#include "table/required_parts.h"

/* Sets of more folded bytes are not taken apart. */
#define SET_MAX		5

/* A repeat is not written out any longer, in cells. */
#define COPIES_MAX	64

/* "x{1,3}": so many more, in all their forms, are written out. */
#define OPTIONAL_MAX	4
#define OPTIONAL_RUNS	16

/* With so many runs do branches with gaps begin and end, each of them. */
#define BRANCH_RUNS	8

/* A text of this length or more need not be told from others. */
#define LEAST_MAX	((size_t)1 << 20)

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
	row_add_tree(&seen, node->branches);
	row_claim_windows(&seen);
	row_add_claims(row, &seen);
}

static void
add_once(struct row *row, const struct node *node)
{
	if (node->kind == NODE_SET)
		add_set(row, node);
	else
		row_add_tree(row, node->branches);
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
void
row_add_tree(struct row *row, const struct branch *branches)
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

uint64_t
tree_least(const struct branch *branches)
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
				sum += tree_least(node->branches) * node->min;
		if (sum < least)
			least = sum;
	}
	return least;
}

static bool
is_branch_anchored(const struct branch *branch)
{
	for (const struct node *node = branch->first; node != NULL;
	    node = node->next)
		switch (node->kind) {
		case NODE_START:
			return true;
		case NODE_GROUP:
			if (node->min > 0 && tree_is_anchored(node->branches))
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

bool
tree_is_anchored(const struct branch *branches)
{
	for (; branches != NULL; branches = branches->next)
		if (!is_branch_anchored(branches))
			return false;
	return true;
}
