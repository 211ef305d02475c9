/*
 * gate_scan - a text through the sieves of a gate.
 */
#include "table/gate_state.h"

#include <assert.h>

/* The first record from `from` on that ends after the position. */
static size_t
locate(const struct gate_scanning *scan, size_t from, uint32_t at)
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
hit_segment(struct gate_scanning *scan, uint32_t index, uint32_t at,
    size_t number)
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
		if (!gate_begin_record(scan, number) ||
		    !gate_hit_run(scan, runs, run))
			return false;
	}
	return true;
}

/*
 * What begins at `at`, as a segment is kept.  Past the end of the text it is
 * as if there were blanks: only the run can tell whether that is a segment.
 */
static inline uint64_t
segment_at(const struct gate_scanning *scan, uint32_t at,
    const struct gate_look *look)
{
	unsigned char whole[8] = { 0 };
	uint32_t left = scan->n - at;

	if (left >= 8)
		return gate_load64(scan->text + at) & look->mask;
	if (scan->n >= 8)
		return (gate_load64(scan->text + scan->n - 8) >>
		    8 * (8 - left) | GATE_FOLD64) & look->mask;
	memcpy(whole, scan->text + at, left);
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
looks_at_edge(const struct gate_scanning *scan, uint32_t at)
{
	unsigned int asked = scan->gate->asked[at & 3], found = 0;

	for (; asked != 0; asked &= asked - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(asked);
		const struct gate_look *look = &scan->gate->looks[i];

		if (at >= look->back)
			found |= in_segments(scan->gate, segment_at(scan,
			    at - look->back, look)) << i;
	}
	return found;
}

static unsigned int
looks_at(const struct gate_scanning *scan, uint32_t at)
{
	const struct gate *gate = scan->gate;
	const unsigned char *p = scan->text + at;
	unsigned int found = 0, asked = gate->asked[at & 3] &
	    (gate->hints[gate_hint_index(gate, gate_load32(p))] |
	    gate->unhinted);

	for (; asked != 0; asked &= asked - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(asked);
		const struct gate_look *look = &gate->looks[i];

		found |= in_segments(gate, gate_load64(p - look->back) &
		    look->mask) << i;
	}
	return found;
}

/*
 * The second sieve: leaves those of the positions where a segment may be, and
 * which of the looks say so.
 */
static size_t
sift(const struct gate_scanning *scan, uint32_t *list, size_t n, uint8_t *found)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t at = list[i];
		unsigned int bits = at < 3 || scan->n - at < 8 ?
		    looks_at_edge(scan, at) : looks_at(scan, at);

		list[left] = at;
		found[left] = (uint8_t)bits;
		left += bits != 0;
	}
	return left;
}

/* false: no room. */
static bool
hit_position(struct gate_scanning *scan, uint32_t at, unsigned int found,
    size_t *record)
{
	for (; found != 0; found &= found - 1) {
		const struct gate_look *look =
		    &scan->gate->looks[__builtin_ctz(found)];
		uint32_t from = at - look->back;
		const struct gate_slot *slot = &scan->gate->slots[
		    gate_slot_index(scan->gate, segment_at(scan, from, look))];

		if (slot->key == 0)
			continue;
		*record = locate(scan, *record, at);
		if (*record == scan->n_records)
			return true;
		if (scan->records[*record].from <= from &&
		    !hit_segment(scan, slot->run, from, *record))
			return false;
	}
	return true;
}

/* Sets may begin at `at`; false: no room. */
static bool
hit_sets_position(struct gate_scanning *scan, uint32_t at, size_t *number)
{
	const struct record *record;

	*number = locate(scan, *number, at);
	if (*number == scan->n_records ||
	    (record = &scan->records[*number])->from > at)
		return true;
	if (scan->sets_in != *number + 1) {
		scan->sets_in = *number + 1;
		memset(scan->sets_found, 0, sizeof(scan->sets_found));
	}
	return gate_begin_record(scan, *number) &&
	    gate_hit_sets(scan, &scan->gate->sets, scan->text + at,
	    record->n - (at - record->from), scan->sets_found);
}

/* Positions of a block, in ascending order. */
struct positions {
	uint32_t at[GATE_BLOCK + 1];
	size_t n;
};

static void
find_runs(const struct gate_scanning *scan, uint32_t from, uint32_t to,
    struct positions *runs_r, uint8_t *found)
{
	const struct gate *gate = scan->gate;

	runs_r->n = 0;
	if (gate->stride == 0)
		return;
	runs_r->n = gate->find(gate, scan->text, scan->n, from, to,
	    runs_r->at);
	runs_r->n = sift(scan, runs_r->at, runs_r->n, found);
}

static void
find_sets(const struct gate_scanning *scan, uint32_t from, uint32_t to,
    struct positions *sets_r)
{
	const struct gate *gate = scan->gate;

	sets_r->n = gate->sets.n_groups == 0 ? 0 : gate->find_sets(
	    &gate->sets, scan->text, scan->n, from, to, sets_r->at);
}

/* Both kinds take turns, so that records come in their order. */
static bool
scan_text(struct gate_scanning *scan, uint32_t from, uint32_t to)
{
	struct positions runs, sets;
	uint8_t found[GATE_BLOCK + 1];
	size_t record = 0;

	for (from &= ~UINT32_C(3); from < to;) {
		uint32_t end = to - from > GATE_BLOCK ? from + GATE_BLOCK : to;
		size_t i = 0, j = 0;

		find_runs(scan, from, end, &runs, found);
		find_sets(scan, from, end, &sets);
		while (i < runs.n || j < sets.n)
			if (j == sets.n ||
			    (i < runs.n && runs.at[i] <= sets.at[j])) {
				if (!hit_position(scan, runs.at[i], found[i],
				    &record))
					return false;
				i++;
			} else if (!hit_sets_position(scan, sets.at[j++],
			    &record)) {
				return false;
			}
		from = end;
	}
	return true;
}

/* Is there anything that is looked for anywhere? */
static bool
has_runs(const struct gate *gate)
{
	return gate->runs.n + gate->sets.runs.n > 0;
}

/* Is there anything to look at each record for? */
static bool
has_starts(const struct gate *gate)
{
	return gate->starts.n + gate->start_sets.runs.n > 0 ||
	    gate_has_words(gate);
}

size_t
gate_scan(const struct gate *gate, struct span text,
    const struct record *records, size_t n, struct gate_hits *hits)
{
	struct gate_scanning scan = { .gate = gate,
	    .text = (const unsigned char *)text.p, .n = (uint32_t)text.n,
	    .records = records, .n_records = n, .hits = hits };

	assert(text.n < GATE_TEXT_MAX && n < UINT32_MAX);
	hits->n = 0;
	if (n == 0 || !(has_runs(gate) || has_starts(gate)))
		return n;
	assert(records[n - 1].from + (size_t)records[n - 1].n <= text.n);
	if (!gate_ready_stamps(&scan))
		return 0;
	if ((!has_runs(gate) || scan_text(&scan, records[0].from,
	    records[n - 1].from + records[n - 1].n)) &&
	    (!has_starts(gate) || gate_begin_record(&scan, n - 1))) {
		gate_end_record(&scan);
		return n;
	}
	/* What was found in the record at hand is not all. */
	hits->n = scan.first;
	return scan.begun - 1;
}
