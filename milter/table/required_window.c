/* required_window - which part of a row is best looked for. */
#include <math.h>

#include "table/required_parts.h"

/*
 * Runs are looked for at every byte, at each second or at each fourth one, by
 * the shortest of them.  In bytes where a whole match is tried in vain, that
 * is worth so much:
 */
#define COST_OF_7	0
#define COST_OF_5	1e-4
#define COST_OF_4	4e-4
#define COST_OF_3	2e-3

/* What one more run costs, by itself. */
#define COST_OF_RUN	1e-7

/* Patterns that are longer than some pages have windows enough in these. */
#define WINDOWS_MAX	256

static double
cost_of(double rarity, size_t shortest, size_t n)
{
	double cost = shortest >= 7 ? COST_OF_7 : shortest >= 5 ? COST_OF_5 :
	    shortest >= 4 ? COST_OF_4 : COST_OF_3;

	return rarity + cost + COST_OF_RUN * (double)(n - 1);
}

bool
claim_make(struct runs *runs, struct region *region, struct claim *claim_r)
{
	runs_prune(runs, false);
	if (runs->n == 0 || runs_shortest(runs) < 3)
		return false;
	claim_r->rarity = runs_rarity(runs);
	claim_r->cost = cost_of(claim_r->rarity, runs_shortest(runs), runs->n);
	return runs_keep(runs, region, &claim_r->list);
}

struct window {
	size_t from, to;
	double cost;
};

/* False where they are too many after all. */
static bool
read_window(const struct row *row, size_t from, size_t to, struct runs *runs_r)
{
	bool even = true;

	runs_begin(runs_r);
	for (size_t i = from; i < to; i++) {
		const struct run_list *list = &row->cells[i].list;

		even &= list->shortest == list->longest;
		if (!runs_times(runs_r, list))
			return false;
	}
	/* Only then may one of them be part of another. */
	if (!even)
		runs_prune(runs_r, false);
	return true;
}

static double
cost_of_window(const struct row *row, size_t from, size_t to,
    struct runs *runs)
{
	size_t shortest;

	if (!read_window(row, from, to, runs))
		return INFINITY;
	shortest = runs_shortest(runs);
	return shortest < 3 ? INFINITY :
	    cost_of(runs_rarity(runs), shortest, runs->n);
}

/* The first cell after from that the bounds have no room for. */
static size_t
window_end(const struct row *row, size_t from, size_t end)
{
	size_t n = 1, longest = 0;

	for (; from < end; from++) {
		n *= row->cells[from].list.n;
		longest += row->cells[from].list.longest;
		if (n > REQUIRED_RUNS_MAX || longest > REQUIRED_RUN_MAX)
			break;
	}
	return from;
}

/* The last cell of the window that has a choice; its end for none. */
static size_t
last_choice(const struct row *row, const struct window *window)
{
	for (size_t i = window->to; i-- > window->from;)
		if (row->cells[i].list.n > 1)
			return i;
	return window->to;
}

static size_t
first_choice(const struct row *row, const struct window *window)
{
	size_t i = window->from;

	while (i < window->to && row->cells[i].list.n == 1)
		i++;
	return i;
}

/* False where it is better as it is. */
static bool
cut(const struct row *row, struct window *window, size_t from, size_t to,
    struct runs *runs)
{
	double cost;

	if (from >= to || (from == window->from && to == window->to) ||
	    (cost = cost_of_window(row, from, to, runs)) > window->cost)
		return false;
	*window = (struct window){ from, to, cost };
	return true;
}

/*
 * Without the cells towards its ends that only make it many runs, and what is
 * behind them.
 */
static void
trim(const struct row *row, struct window *window, struct runs *runs)
{
	bool better;

	do
		better = cut(row, window, window->from,
		    last_choice(row, window), runs);
	while (better);
	do
		better = cut(row, window, first_choice(row, window) + 1,
		    window->to, runs);
	while (better);
}

/* The best one of cells [from, end), which have no gap; false for none. */
static bool
find_window(const struct row *row, size_t from, size_t end,
    struct window *best_r)
{
	struct runs runs;
	size_t last = from, seen = 0;

	*best_r = (struct window){ .cost = INFINITY };
	for (; from < end && last < end && seen < WINDOWS_MAX; from++) {
		struct window window = { from, window_end(row, from, end), 0 };

		/* It is part of the last one. */
		if (window.to <= last)
			continue;
		last = window.to;
		seen++;
		window.cost = cost_of_window(row, from, window.to, &runs);
		trim(row, &window, &runs);
		if (window.cost < best_r->cost)
			*best_r = window;
	}
	return best_r->cost < INFINITY;
}

static void
claim_cells(struct row *row, size_t from, size_t to)
{
	struct runs runs;
	struct claim claim;

	if (read_window(row, from, to, &runs) &&
	    claim_make(&runs, row->region, &claim))
		row_add_claim(row, &claim);
}

/* What is shorter is everywhere. */
#define PIECE_SHORTEST	5

/*
 * What stands between choices, too: where both ends were trimmed, the rarest
 * of it may have been lost, and each is one thing more that must be there.
 */
static void
claim_pieces(struct row *row, size_t from, size_t end)
{
	struct window rest = { .from = from, .to = end };

	while (rest.from < end) {
		size_t choice = first_choice(row, &rest);
		size_t to = window_end(row, rest.from, choice);

		/* All of it is the one window that there is. */
		if (choice - rest.from < end - from &&
		    to - rest.from >= PIECE_SHORTEST)
			claim_cells(row, rest.from, to);
		rest.from = choice + 1;
	}
}

static void
claim_window(struct row *row, size_t from, size_t end)
{
	struct window window;

	if (find_window(row, from, end, &window))
		claim_cells(row, window.from, window.to);
	claim_pieces(row, from, end);
}

void
row_claim_windows(struct row *row)
{
	size_t from, end;

	for (from = 0; from < row->n; from = end + 1) {
		end = from;
		while (end < row->n && !row->cells[end].gap)
			end++;
		if (end > from)
			claim_window(row, from, end);
	}
}
