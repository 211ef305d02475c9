/*
 * gate_hits - what falls out of the sieves, by record and pattern.
 *
 * A record may hold a run as often as it likes, and thousands of patterns may
 * need that run: each run and each pattern is stamped with the record in which
 * it was seen, and is looked at there no more.
 */
#include "table/gate_state.h"

#include <stdlib.h>

void
gate_hits_init(struct gate_hits *hits)
{
	*hits = (struct gate_hits){ 0 };
}

void
gate_hits_clear(struct gate_hits *hits)
{
	free(hits->list);
	free(hits->stamps);
	gate_hits_init(hits);
}

void
gate_hits_swap_stamps(struct gate_hits *hits, struct gate_hits *other)
{
	struct gate_hits all = *hits;

	hits->stamps = other->stamps;
	hits->n_stamps = other->n_stamps;
	hits->stamp = other->stamp;
	other->stamps = all.stamps;
	other->n_stamps = all.n_stamps;
	other->stamp = all.stamp;
}

/* Stamps rise from scan to scan, so that old ones need not be wiped. */
bool
gate_ready_stamps(struct gate_scanning *scan)
{
	struct gate_hits *hits = scan->hits;
	const struct gate *gate = scan->gate;
	size_t n = gate->runs.n + gate->n;

	if (hits->n_stamps < n) {
		uint32_t *stamps = calloc(n, sizeof(*stamps));

		if (stamps == NULL)
			return false;
		free(hits->stamps);
		hits->stamps = stamps;
		hits->n_stamps = n;
		hits->stamp = 0;
	}
	if (hits->stamp >= UINT32_MAX - scan->n_records) {
		memset(hits->stamps, 0, hits->n_stamps * sizeof(uint32_t));
		hits->stamp = 0;
	}
	scan->base = hits->stamp + 1;
	hits->stamp += (uint32_t)scan->n_records;
	return true;
}

static bool
add_hit(struct gate_scanning *scan, uint32_t pattern)
{
	struct gate_hits *hits = scan->hits;

	if (hits->n == hits->room) {
		size_t room = hits->room == 0 ? 64 : hits->room * 2;
		struct gate_hit *list;

		if (hits->room == GATE_HITS_MAX)
			return false;
		list = realloc(hits->list, room * sizeof(*list));
		if (list == NULL)
			return false;
		hits->list = list;
		hits->room = room;
	}
	hits->list[hits->n++] = (struct gate_hit){
	    (uint32_t)(scan->begun - 1), pattern };
	return true;
}

static bool
begins_with(const unsigned char *p, const unsigned char *piece, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if ((p[i] | 0x20) != piece[i])
			return false;
	return true;
}

/* So many positions are looked at together: compilers make vectors of them. */
#define TOGETHER	64

/* Are its first two bytes at one of the positions, and the last one there? */
static bool
may_begin(const unsigned char *p, const unsigned char *piece, uint32_t last)
{
	unsigned char any = 0, a = piece[0], b = piece[1], c = piece[last];

	for (size_t i = 0; i < TOGETHER; i++)
		any |= (unsigned char)((p[i] | 0x20) == a) &
		    (unsigned char)((p[i + 1] | 0x20) == b) &
		    (unsigned char)((p[i + last] | 0x20) == c);
	return any != 0;
}

/* Is the piece, of 3 bytes or more, among the n? */
static bool
is_within(const unsigned char *p, uint32_t n, const unsigned char *piece,
    uint32_t piece_n)
{
	uint32_t at = 0;

	while (at + piece_n <= n) {
		uint32_t end = at + TOGETHER;

		if (n - at >= TOGETHER + piece_n - 1 &&
		    !may_begin(p + at, piece, piece_n - 1)) {
			at = end;
			continue;
		}
		for (; at < end && at + piece_n <= n; at++)
			if (begins_with(p + at, piece, piece_n))
				return true;
	}
	return false;
}

static bool
check_holds(const struct gate *gate, const struct gate_check *check,
    const unsigned char *p, uint32_t n)
{
	if (!check->at_start && n > GATE_WITHIN_BYTES)
		return true;
	for (uint32_t i = 0; i < check->n; i++) {
		const struct gate_piece *piece =
		    &gate->pieces[check->first + i];
		const unsigned char *bytes = gate->bytes + piece->at;

		if (check->at_start ? piece->n <= n &&
		    begins_with(p, bytes, piece->n) :
		    is_within(p, n, bytes, piece->n))
			return true;
	}
	return false;
}

/* Does all hold that is not looked for?  p and n are the record. */
static bool
checked(const struct gate *gate, const struct gate_pattern *pattern,
    const unsigned char *p, uint32_t n)
{
	if (n < pattern->least)
		return false;
	for (uint32_t i = 0; i < pattern->n; i++)
		if (!check_holds(gate, &gate->checks[pattern->first + i], p,
		    n))
			return false;
	return true;
}

/* For tests of tests: one of eight is lost. */
static bool
dropped(uint32_t pattern, const struct record *record)
{
	return (pattern + record->from + record->n) % 8 == 0;
}

/* The patterns of a run that is in the record at hand; false: no room. */
bool
gate_hit_run(struct gate_scanning *scan, const struct gate_runs *runs,
    const struct gate_run *run)
{
	const struct gate *gate = scan->gate;
	const struct record *record = &scan->records[scan->begun - 1];
	uint32_t stamp = scan->base + (uint32_t)(scan->begun - 1);
	uint32_t *stamps = scan->hits->stamps + gate->runs.n;

	for (uint32_t i = 0; i < run->count; i++) {
		uint32_t pattern = runs->lists[run->first + i];

		if (stamps[pattern] == stamp)
			continue;
		stamps[pattern] = stamp;
		if (!checked(gate, &gate->patterns[pattern],
		    scan->text + record->from, record->n))
			continue;
		if (gate->drops && dropped(pattern, record))
			continue;
		if (!add_hit(scan, pattern))
			return false;
	}
	return true;
}

bool
gate_hit_sets(struct gate_scanning *scan, const struct gate_sets *sets,
    const unsigned char *p, uint32_t n, uint64_t *found)
{
	for (size_t g = 0; g < sets->n_groups; g++) {
		uint64_t more = gate_try(&sets->groups[g], p, n, ~found[g]);

		found[g] |= more;
		for (; more != 0; more &= more - 1)
			if (!gate_hit_run(scan, &sets->runs,
			    &sets->runs.list[g * GATE_TRIED +
			    (unsigned)__builtin_ctzll(more)]))
				return false;
	}
	return true;
}

static int
compare_hits(const void *a, const void *b)
{
	const struct gate_hit *x = a, *y = b;

	return (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

/* No more is found in the record at hand. */
void
gate_end_record(struct gate_scanning *scan)
{
	struct gate_hits *hits = scan->hits;

	if (hits->n - scan->first > 1)
		qsort(hits->list + scan->first, hits->n - scan->first,
		    sizeof(*hits->list), compare_hits);
	scan->first = hits->n;
}

static bool
hit_starts(struct gate_scanning *scan, const struct record *record)
{
	const struct gate *gate = scan->gate;
	const unsigned char *p;
	uint64_t sets_found[GATE_GROUPS] = { 0 };
	unsigned int bit;
	uint32_t found;

	if (record->n == 0)
		return true;
	p = scan->text + record->from;
	if (!gate_hit_sets(scan, &gate->start_sets, p, record->n, sets_found))
		return false;
	if (gate->starts.n == 0)
		return true;
	bit = gate_begin(p[0], record->n > 1 ? p[1] : 0);
	if (record->n > 1 &&
	    (gate->begins[bit / 32] >> bit % 32 & 1) == 0)
		return true;
	found = gate_start(gate, p, record->n);
	for (; found != GATE_NONE; found = gate->starts.list[found].next)
		if (!gate_hit_run(scan, &gate->starts,
		    &gate->starts.list[found]))
			return false;
	return true;
}

/* Hits come in the order of records: what was before this one is done. */
bool
gate_begin_record(struct gate_scanning *scan, size_t index)
{
	if (scan->begun == index + 1)
		return true;
	gate_end_record(scan);
	if (scan->gate->starts.n + scan->gate->start_sets.runs.n == 0 &&
	    !gate_has_words(scan->gate)) {
		scan->begun = index + 1;
		return true;
	}
	while (scan->begun <= index) {
		gate_end_record(scan);
		scan->begun++;
		if (!gate_hit_words(scan, &scan->records[scan->begun - 1]) ||
		    !hit_starts(scan, &scan->records[scan->begun - 1]))
			return false;
	}
	return true;
}
