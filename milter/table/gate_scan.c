/*
 * gate_scan - a text through the sieves of a gate, and what falls out.
 *
 * A record may hold a run as often as it likes, and thousands of patterns may
 * need that run: each run and each pattern is stamped with the record in which
 * it was seen, and is looked at there no more.
 */
#include "table/gate_state.h"

#include <assert.h>
#include <stdlib.h>

struct scan {
	const struct gate *gate;
	const unsigned char *text;
	uint32_t n;		/* of the text */
	const struct record *records;
	size_t n_records;
	struct gate_hits *hits;
	uint32_t base;		/* the stamp of the first record */
	size_t begun;		/* records whose hits are gathered, or were */
	size_t first;		/* the hits of the last of these */
};

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

/* Stamps rise from scan to scan, so that old ones need not be wiped. */
static bool
ready_stamps(struct scan *scan)
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
add_hit(struct scan *scan, uint32_t pattern)
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
begins_with(const struct gate *gate, const struct gate_piece *piece,
    const unsigned char *p, uint32_t n)
{
	if (piece->n > n)
		return false;
	for (uint32_t i = 0; i < piece->n; i++)
		if ((p[i] | 0x20) != gate->bytes[piece->at + i])
			return false;
	return true;
}

/* Does all hold that is not looked for?  p and n are the record. */
static bool
checked(const struct gate *gate, const struct gate_pattern *pattern,
    const unsigned char *p, uint32_t n)
{
	if (n < pattern->least)
		return false;
	for (uint32_t c = 0; c < pattern->n; c++) {
		const struct gate_check *check =
		    &gate->checks[pattern->first + c];
		uint32_t i = 0;

		while (i < check->n && !begins_with(gate,
		    &gate->pieces[check->first + i], p, n))
			i++;
		if (i == check->n)
			return false;
	}
	return true;
}

/* For tests of tests: one of eight is lost. */
static bool
dropped(uint32_t pattern, const struct record *record)
{
	return (pattern + record->from + record->n) % 8 == 0;
}

/* The patterns of a run that is in the record at hand; false: no room. */
static bool
hit_run(struct scan *scan, const struct gate_runs *runs,
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

static int
compare_hits(const void *a, const void *b)
{
	const struct gate_hit *x = a, *y = b;

	return (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

/* No more is found in the record at hand. */
static void
end_record(struct scan *scan)
{
	struct gate_hits *hits = scan->hits;

	if (hits->n - scan->first > 1)
		qsort(hits->list + scan->first, hits->n - scan->first,
		    sizeof(*hits->list), compare_hits);
	scan->first = hits->n;
}

static bool
hit_starts(struct scan *scan, const struct record *record)
{
	const struct gate *gate = scan->gate;
	const unsigned char *p;
	unsigned int bit;
	uint32_t found;

	if (record->n == 0)
		return true;
	p = scan->text + record->from;
	bit = gate_begin(p[0], record->n > 1 ? p[1] : 0);
	if (record->n > 1 &&
	    (gate->begins[bit / 32] >> bit % 32 & 1) == 0)
		return true;
	found = gate_start(gate, p, record->n);
	for (; found != GATE_NONE; found = gate->starts.list[found].next)
		if (!hit_run(scan, &gate->starts, &gate->starts.list[found]))
			return false;
	return true;
}

/* Hits come in the order of records: what was before this one is done. */
static bool
begin_record(struct scan *scan, size_t index)
{
	if (scan->begun == index + 1)
		return true;
	end_record(scan);
	if (scan->gate->starts.n == 0) {
		scan->begun = index + 1;
		return true;
	}
	while (scan->begun <= index) {
		end_record(scan);
		scan->begun++;
		if (!hit_starts(scan, &scan->records[scan->begun - 1]))
			return false;
	}
	return true;
}

/* The first record from `from` on that ends after the position. */
static size_t
locate(const struct scan *scan, size_t from, uint32_t at)
{
	const struct record *records = scan->records;
	size_t low = from, step = 1, high;

	while (low < scan->n_records &&
	    records[low].from + records[low].n <= at) {
		low += step;
		step *= 2;
	}
	high = low < scan->n_records ? low : scan->n_records;
	low = step > 1 ? low - step / 2 + 1 : low;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (records[middle].from + records[middle].n <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
same_folded(const unsigned char *p, const unsigned char *run, uint32_t n)
{
	uint32_t i = 0;

	if (n < 8) {
		for (; i < n; i++)
			if ((p[i] | 0x20) != run[i])
				return false;
		return true;
	}
	for (; i + 8 < n; i += 8)
		if (gate_load64(p + i) != gate_load64(run + i))
			return false;
	return gate_load64(p + n - 8) == gate_load64(run + n - 8);
}

/* The segment begins at `at`, in the record at hand. */
static bool
hit_segment(struct scan *scan, uint32_t index, uint32_t at, size_t number)
{
	const struct gate_runs *runs = &scan->gate->runs;
	const struct record *record = &scan->records[number];
	uint32_t stamp = scan->base + (uint32_t)number;

	for (; index != GATE_NONE; index = runs->list[index].next) {
		const struct gate_run *run = &runs->list[index];
		uint32_t before = at - record->from;
		uint32_t after = record->n - before;

		if (scan->hits->stamps[index] == stamp ||
		    before < run->segment ||
		    after < (uint32_t)run->n - run->segment ||
		    !same_folded(scan->text + at - run->segment,
		    runs->bytes + run->at, run->n))
			continue;
		scan->hits->stamps[index] = stamp;
		if (!begin_record(scan, number) ||
		    !hit_run(scan, runs, run))
			return false;
	}
	return true;
}

/* What begins at `at`, which is there whole, as a segment is kept. */
static inline uint64_t
segment_at(const struct scan *scan, uint32_t at, const struct gate_look *look)
{
	unsigned char whole[8] = { 0 };

	if (scan->n - at >= 8)
		return gate_load64(scan->text + at) & look->mask;
	memcpy(whole, scan->text + at, look->n);
	return gate_load64(whole) & look->mask;
}

static inline unsigned int
in_segments(const struct gate *gate, uint64_t key)
{
	uint64_t hash = gate_segment_hash(key) >> gate->segments_shift;

	return gate->segments[hash / 64] >> hash % 64 & 1;
}

/* Which of the looks find something, for a position near an end. */
static unsigned int
looks_at_edge(const struct scan *scan, uint32_t at)
{
	const struct gate_plan *plan = &scan->gate->plans[at & 3];
	unsigned int found = 0;

	for (size_t i = 0; i < plan->n; i++) {
		const struct gate_look *look = &plan->looks[i];

		if (at >= look->back &&
		    scan->n - (at - look->back) >= look->n)
			found |= in_segments(scan->gate, segment_at(scan,
			    at - look->back, look)) << i;
	}
	return found;
}

/*
 * The second sieve: leaves those of the positions where a segment may be, and
 * which of the looks say so.
 */
static size_t
sift(const struct scan *scan, uint32_t *list, size_t n, uint8_t *found)
{
	const struct gate *gate = scan->gate;
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t at = list[i];
		const struct gate_plan *plan = &gate->plans[at & 3];
		unsigned int bits = 0;

		if (at < 3 || scan->n - at < 8)
			bits = looks_at_edge(scan, at);
		else
			for (size_t l = 0; l < plan->n; l++)
				bits |= in_segments(gate, gate_load64(
				    scan->text + at - plan->looks[l].back) &
				    plan->looks[l].mask) << l;
		list[left] = at;
		found[left] = (uint8_t)bits;
		left += bits != 0;
	}
	return left;
}

static uint32_t
run_of(const struct gate *gate, uint64_t key)
{
	size_t i = gate_segment_hash(key) >> gate->slots_shift;

	while (gate->slots[i].run != GATE_NONE && gate->slots[i].key != key)
		i = (i + 1) & (gate->n_slots - 1);
	return gate->slots[i].run;
}

/* false: no room. */
static bool
hit_position(struct scan *scan, uint32_t at, unsigned int found,
    size_t *record)
{
	const struct gate_plan *plan = &scan->gate->plans[at & 3];

	for (size_t i = 0; found != 0; i++, found >>= 1) {
		uint32_t run, from = at - plan->looks[i].back;

		if ((found & 1) == 0)
			continue;
		run = run_of(scan->gate, segment_at(scan, from,
		    &plan->looks[i]));
		if (run == GATE_NONE)
			continue;
		*record = locate(scan, *record, at);
		if (*record == scan->n_records)
			return true;
		if (scan->records[*record].from <= from &&
		    !hit_segment(scan, run, from, *record))
			return false;
	}
	return true;
}

static bool
scan_runs(struct scan *scan, uint32_t from, uint32_t to)
{
	uint32_t list[GATE_BLOCK + 1];
	uint8_t found[GATE_BLOCK + 1];
	size_t record = 0;

	for (from &= ~UINT32_C(3); from < to;) {
		uint32_t end = to - from > GATE_BLOCK ? from + GATE_BLOCK : to;
		size_t n = scan->gate->find(scan->gate, scan->text, scan->n,
		    from, end, list);

		n = sift(scan, list, n, found);
		for (size_t i = 0; i < n; i++)
			if (!hit_position(scan, list[i], found[i], &record))
				return false;
		from = end;
	}
	return true;
}

size_t
gate_scan(const struct gate *gate, struct span text,
    const struct record *records, size_t n, struct gate_hits *hits)
{
	struct scan scan = { .gate = gate,
	    .text = (const unsigned char *)text.p, .n = (uint32_t)text.n,
	    .records = records, .n_records = n, .hits = hits };

	assert(text.n < GATE_TEXT_MAX && n < UINT32_MAX);
	hits->n = 0;
	if (n == 0 || gate->runs.n + gate->starts.n == 0)
		return n;
	assert(records[n - 1].from + (size_t)records[n - 1].n <= text.n);
	if (!ready_stamps(&scan))
		return 0;
	if ((gate->stride == 0 || scan_runs(&scan, records[0].from,
	    records[n - 1].from + records[n - 1].n)) &&
	    (gate->starts.n == 0 || begin_record(&scan, n - 1))) {
		end_record(&scan);
		return n;
	}
	/* What was found in the record at hand is not all. */
	hits->n = scan.first;
	return scan.begun - 1;
}
