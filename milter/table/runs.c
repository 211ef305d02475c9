/* runs - small sets of byte runs.  See runs.h. */
#include "table/runs.h"

#include "table/rarity.h"

void
runs_begin(struct runs *runs)
{
	runs->n = 1;
	runs->length[0] = 0;
}

static void
append(struct runs *runs, size_t to, size_t from, struct span more)
{
	if (to != from)
		memcpy(runs->text[to], runs->text[from], runs->length[from]);
	if (more.n > 0)
		memcpy(runs->text[to] + runs->length[from], more.p, more.n);
	runs->length[to] = (unsigned char)(runs->length[from] + more.n);
}

static size_t
longest(const struct runs *runs)
{
	size_t n = 0;

	for (size_t i = 0; i < runs->n; i++)
		if (runs->length[i] > n)
			n = runs->length[i];
	return n;
}

bool
runs_times(struct runs *runs, const struct run_list *list)
{
	size_t n = runs->n;

	if (n * list->n > REQUIRED_RUNS_MAX ||
	    longest(runs) + list->longest > REQUIRED_RUN_MAX)
		return false;
	/* The first of the list comes last: it is written over its source. */
	for (size_t j = list->n; j-- > 0;)
		for (size_t i = 0; i < n; i++)
			append(runs, j * n + i, i, list->runs[j]);
	runs->n = n * list->n;
	return true;
}

bool
runs_add(struct runs *runs, struct span run)
{
	for (size_t i = 0; i < runs->n; i++)
		if (span_equal(runs_at(runs, i), run))
			return true;
	if (runs->n == REQUIRED_RUNS_MAX || run.n > REQUIRED_RUN_MAX)
		return false;
	if (run.n > 0)
		memcpy(runs->text[runs->n], run.p, run.n);
	runs->length[runs->n++] = (unsigned char)run.n;
	return true;
}

bool
runs_join(struct runs *runs, const struct runs *more)
{
	size_t had = runs->n;

	for (size_t i = 0; i < more->n; i++) {
		if (runs_add(runs, runs_at(more, i)))
			continue;
		runs->n = had;
		return false;
	}
	return true;
}

static bool
holds(struct span run, struct span part, bool at_start)
{
	if (at_start || part.n == run.n)
		return span_starts(run, part);
	return part.n < run.n &&
	    memmem(run.p, run.n, part.p, part.n) != NULL;
}

/* By another run, of which the first stays where they are equal. */
static bool
is_spare(const struct runs *runs, size_t i, bool at_start)
{
	struct span run = runs_at(runs, i);

	for (size_t j = 0; j < runs->n; j++) {
		struct span other = runs_at(runs, j);

		if ((other.n < run.n || (other.n == run.n && j < i)) &&
		    holds(run, other, at_start))
			return true;
	}
	return false;
}

void
runs_prune(struct runs *runs, bool at_start)
{
	size_t kept[REQUIRED_RUNS_MAX], n = 0;

	for (size_t i = 0; i < runs->n; i++)
		if (!is_spare(runs, i, at_start))
			kept[n++] = i;
	for (size_t i = 0; i < n; i++)
		append(runs, i, kept[i], span_make(NULL, 0));
	runs->n = n;
}

size_t
runs_shortest(const struct runs *runs)
{
	size_t n = REQUIRED_RUN_MAX;

	for (size_t i = 0; i < runs->n; i++)
		if (runs->length[i] < n)
			n = runs->length[i];
	return n;
}

double
runs_rarity(const struct runs *runs)
{
	double sum = 0;

	for (size_t i = 0; i < runs->n; i++)
		sum += rarity_of(runs_at(runs, i));
	return sum;
}

bool
runs_keep(const struct runs *runs, struct region *region,
    struct run_list *list_r)
{
	struct span *list = region_alloc(region, runs->n * sizeof(*list));

	*list_r = (struct run_list){ .runs = list, .n = runs->n,
	    .shortest = runs_shortest(runs), .longest = longest(runs) };
	if (list == NULL)
		return false;
	for (size_t i = 0; i < runs->n; i++)
		list[i] = region_copy(region, runs_at(runs, i));
	return !region->failed;
}
