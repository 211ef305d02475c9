/*
 * required_parts - what the parts of required.c share.
 *
 * A pattern, or a part of it, becomes a row of cells.  Whatever matches it is
 * one run of each cell, one behind the other, where a gap is anything; and it
 * holds what is claimed besides.
 */
#ifndef POSTERN_TABLE_REQUIRED_PARTS_H
#define POSTERN_TABLE_REQUIRED_PARTS_H

#include "table/runs.h"
#include "table/syntax.h"

struct cell {
	struct run_list list;
	bool gap;		/* no list then */
};

/* One of these runs is there; the lower its cost, the better to look for. */
struct claim {
	struct run_list list;
	double rarity, cost;
};

struct row {
	struct region *region;
	struct cell *cells;
	size_t n, room;

	/* The best first. */
	struct claim claims[REQUIRED_CLAUSES_MAX];
	size_t n_claims;

	bool failed;		/* no memory */
};

/* It is empty, which is what the empty string matches. */
void row_init(struct row *row, struct region *region);

void row_add_gap(struct row *row);

/* A run of one byte, which is folded. */
void row_add_byte(struct row *row, char byte);

/* No runs, or an empty set: a gap. */
void row_add_runs(struct row *row, const struct runs *runs);

/* Cells [from, to) of any row once more; nothing of its claims. */
void row_add_cells(struct row *row, const struct row *more, size_t from,
    size_t to);

void row_add_claim(struct row *row, const struct claim *claim);
void row_add_claims(struct row *row, const struct row *more);

/* All that the row matches.  False where it has gaps or is too much. */
bool row_all(const struct row *row, struct runs *runs_r);

/* With what it begins and ends; perhaps that is nothing. */
void row_begin(const struct row *row, size_t max, struct runs *runs_r);
void row_end(const struct row *row, size_t max, struct runs *runs_r);

/* The runs as a claim, once those are dropped that hold others. */
bool claim_make(struct runs *runs, struct region *region,
    struct claim *claim_r);

/* Claims the best window of each stretch without a gap. */
void row_claim_windows(struct row *row);

/*
 * Behind what the row has, what these branches match.  Of several that have
 * gaps only what they share is left.
 */
void row_add_tree(struct row *row, const struct branch *branches);

/* All that they match is of so many bytes, or more. */
uint64_t tree_least(const struct branch *branches);

/* They match nowhere but at the start of the text. */
bool tree_is_anchored(const struct branch *branches);

/*
 * What is best looked for of the sets of a tree; where that is nothing, n is 0.
 * anchored: what it matches begins at the start of the text.
 */
void sets_claim(const struct branch *tree, bool anchored, struct region *work,
    struct region *region, struct required_sets *sets_r);

/* Whether all that matches the tree is one text, but for a last line feed. */
void required_whole(const struct branch *tree, struct region *region,
    struct required *required);

/*
 * Runs of which one ends all that matches the tree, but for a last line feed;
 * the row is the tree's.  False where there is something better to look for.
 */
bool required_end(const struct branch *tree, const struct row *row,
    struct runs *runs_r);

#endif
