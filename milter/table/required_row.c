/* required_row - rows of cells.  See required_parts.h. */
#include "table/required_parts.h"

#define CELLS_FIRST	32

void
row_init(struct row *row, struct region *region)
{
	row->region = region;
	row->cells = NULL;
	row->n = row->room = 0;
	row->n_claims = 0;
	row->failed = false;
}

/* What it had is left in the region, which does not live for long. */
static struct cell *
add_cell(struct row *row)
{
	if (row->n == row->room) {
		size_t room = row->room > 0 ? row->room * 2 : CELLS_FIRST;
		struct cell *cells = region_alloc(row->region,
		    room * sizeof(*cells));

		if (cells == NULL) {
			row->failed = true;
			return NULL;
		}
		if (row->cells != NULL)
			memcpy(cells, row->cells, row->n * sizeof(*cells));
		row->cells = cells;
		row->room = room;
	}
	return &row->cells[row->n++];
}

void
row_add_gap(struct row *row)
{
	struct cell *cell;

	if (row->cells != NULL && row->n > 0 &&
	    row->cells[row->n - 1].gap)
		return;
	if ((cell = add_cell(row)) != NULL)
		*cell = (struct cell){ .gap = true };
}

void
row_add_byte(struct row *row, char byte)
{
	struct {
		struct span run;
		char byte;
	} *kept = region_alloc(row->region, sizeof(*kept));
	struct cell *cell = add_cell(row);

	if (kept == NULL || cell == NULL) {
		row->failed = true;
		return;
	}
	kept->byte = byte;
	kept->run = span_make(&kept->byte, 1);
	*cell = (struct cell){ .list = { &kept->run, 1, 1, 1 } };
}

void
row_add_runs(struct row *row, const struct runs *runs)
{
	struct cell *cell, kept = { .gap = false };

	if (runs->n == 0) {
		row_add_gap(row);
		return;
	}
	/* The empty run alone is nothing. */
	if (runs->n == 1 && runs->length[0] == 0)
		return;
	if (!runs_keep(runs, row->region, &kept.list))
		row->failed = true;
	else if ((cell = add_cell(row)) != NULL)
		*cell = kept;
}

void
row_add_cells(struct row *row, const struct row *more, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		struct cell copied = more->cells[i], *cell;

		if (copied.gap)
			row_add_gap(row);
		else if ((cell = add_cell(row)) != NULL)
			*cell = copied;
	}
}

static bool
same_runs(const struct run_list *a, const struct run_list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!span_equal(a->runs[i], b->runs[i]))
			return false;
	return true;
}

/* Of words that are alike the longer one says more. */
static bool
is_better(const struct claim *claim, const struct claim *other)
{
	return claim->cost < other->cost || (claim->cost == other->cost &&
	    claim->list.shortest > other->list.shortest);
}

void
row_add_claim(struct row *row, const struct claim *claim)
{
	size_t at = row->n_claims;

	for (size_t i = 0; i < row->n_claims; i++)
		if (same_runs(&row->claims[i].list, &claim->list))
			return;
	while (at > 0 && is_better(claim, &row->claims[at - 1]))
		at--;
	if (at == REQUIRED_CLAUSES_MAX)
		return;
	if (row->n_claims < REQUIRED_CLAUSES_MAX)
		row->n_claims++;
	memmove(&row->claims[at + 1], &row->claims[at],
	    (row->n_claims - 1 - at) * sizeof(*claim));
	row->claims[at] = *claim;
}

void
row_add_claims(struct row *row, const struct row *more)
{
	row->failed |= more->failed;
	for (size_t i = 0; i < more->n_claims; i++)
		row_add_claim(row, &more->claims[i]);
}

bool
row_all(const struct row *row, struct runs *runs_r)
{
	runs_begin(runs_r);
	for (size_t i = 0; i < row->n; i++)
		if (row->cells[i].gap ||
		    !runs_times(runs_r, &row->cells[i].list))
			return false;
	return true;
}

void
row_begin(const struct row *row, size_t max, struct runs *runs_r)
{
	runs_begin(runs_r);
	for (size_t i = 0; i < row->n && !row->cells[i].gap; i++)
		if (runs_r->n * row->cells[i].list.n > max ||
		    !runs_times(runs_r, &row->cells[i].list))
			break;
}

/* How many cells at the end stay within the bounds. */
static size_t
count_end(const struct row *row, size_t max)
{
	size_t product = 1, longest = 0, i;

	for (i = row->n; i > 0 && !row->cells[i - 1].gap; i--) {
		product *= row->cells[i - 1].list.n;
		longest += row->cells[i - 1].list.longest;
		if (product > max || longest > REQUIRED_RUN_MAX)
			break;
	}
	return row->n - i;
}

void
row_end(const struct row *row, size_t max, struct runs *runs_r)
{
	runs_begin(runs_r);
	for (size_t i = row->n - count_end(row, max); i < row->n; i++)
		if (!runs_times(runs_r, &row->cells[i].list)) {
			runs_begin(runs_r);
			return;
		}
}
