/*
 * gate_build - the sieves of a gate, from its runs.
 *
 * Which of its bytes a run is looked for by is free.  Taken are those that are
 * rarest in mail, and that the fewest other runs were given.
 */
#include "table/gate_state.h"

#include <assert.h>
#include <stdlib.h>

#include "table/rarity.h"

/* Bits of a map for one that is in it, and bounds on its size. */
#define WINDOW_ROOM	32
#define WINDOW_WORDS_MIN	(UINT32_C(1) << 8)
#define WINDOW_WORDS_MAX	(UINT32_C(1) << 16)
#define HINTS_ROOM	2
#define HINTS_BITS_MIN	8
#define HINTS_BITS_MAX	16
#define SEGMENT_ROOM	32
#define SEGMENT_BITS_MIN	9
#define SEGMENT_BITS_MAX	22

/* In windows. */
#define SEGMENT_COST	32

static unsigned int
logarithm(size_t n)
{
	unsigned int bits = 0;

	while (((size_t)1 << bits) < n)
		bits++;
	return bits;
}

/* How many of a run's bytes it is looked for by. */
static unsigned int
segment_size(unsigned int n)
{
	return n >= GATE_SEGMENT ? GATE_SEGMENT : n == 6 ? 5 : n;
}

/* At which positions of the text a window of such a segment is looked for. */
static unsigned int
segment_stride(unsigned int size)
{
	return size == GATE_SEGMENT ? 4 : size == 5 ? 2 : 1;
}

static uint64_t
segment_mask(unsigned int size)
{
	return (UINT64_C(1) << 8 * size) - 1;
}

static uint64_t
segment_key(const unsigned char *p, unsigned int size)
{
	unsigned char whole[8] = { 0 };

	memcpy(whole, p, size);
	return gate_load64(whole) & segment_mask(size);
}

/*
 * To look further at a window that is in the map costs little, and at a whole
 * segment more.
 */
static double
segment_cost(const unsigned char *p, unsigned int size)
{
	double cost = SEGMENT_COST * rarity_of(span_make((const char *)p,
	    size));

	for (unsigned int at = 0; at == 0 || at + 4 <= size; at++)
		cost += rarity_of(span_make((const char *)p + at,
		    size < 4 ? size : 4));
	return cost;
}

static struct gate_slot *
slot_of(const struct gate *gate, uint64_t key)
{
	return &gate->slots[gate_slot_index(gate, key)];
}

/*
 * What it costs to look for one more run by a segment.  Mail that was made for
 * the table may be full of the segment that is rarest elsewhere, and all runs
 * that have it are compared there; so once there are some, any other is better.
 */
#define CHAIN_COUNTED	16
#define CHAIN_MAX	64

static double
cost_in(const struct gate *gate, const unsigned char *p, unsigned int size)
{
	uint32_t n = slot_of(gate, segment_key(p, size))->n;
	double cost = segment_cost(p, size) *
	    (1 + (n < CHAIN_COUNTED ? n : CHAIN_COUNTED));

	return n < CHAIN_MAX ? cost : cost + n;
}

static void
add_segment(struct gate *gate, uint32_t index)
{
	struct gate_run *run = &gate->runs.list[index];
	const unsigned char *bytes = gate->runs.bytes + run->at;
	unsigned int size = segment_size(run->n);
	double least = 0;
	struct gate_slot *slot;
	uint64_t hash;

	for (unsigned int at = 0; at + size <= run->n; at++) {
		double cost = cost_in(gate, bytes + at, size);

		if (at == 0 || cost < least) {
			run->segment = (uint8_t)at;
			least = cost;
		}
	}
	slot = slot_of(gate, segment_key(bytes + run->segment, size));
	run->next = slot->key != 0 ? slot->run : GATE_NONE;
	slot->key = segment_key(bytes + run->segment, size);
	slot->run = index;
	slot->n++;
	hash = gate_segment_hash(slot->key) >> gate->segments_shift;
	gate->segments[hash / 64] |= UINT64_C(1) << hash % 64;
}

static void
add_window(struct gate_map *map, const unsigned char *p, unsigned int n)
{
	unsigned char bytes[4] = { 0 };
	uint32_t window, hash;

	memcpy(bytes, p, n);
	window = gate_load32(bytes);
	hash = gate_window_hash(window);
	map->words[hash >> map->shift] |= n < 4 ? UINT32_MAX :
	    UINT32_C(1) << (31 - gate_window_bit(window, hash, map->shift));
}

/* Which of the looks is for a window that begins so far into a segment. */
static unsigned int
look_index(unsigned int size, unsigned int back)
{
	static const unsigned char first[] = { [7] = 0, [5] = 4, [4] = 6,
	    [3] = 7 };

	return first[size] + back;
}

/* To each map that is asked where its windows may begin. */
static void
add_windows(struct gate *gate, const struct gate_run *run)
{
	const unsigned char *p = gate->runs.bytes + run->at + run->segment;
	unsigned int size = segment_size(run->n);
	unsigned int n = size < 4 ? size : 4, stride = segment_stride(size);

	for (unsigned int i = 0; i < stride; i++, p++) {
		if (size >= 4)
			gate->hints[gate_hint_index(gate, gate_load32(p))] |=
			    (uint8_t)(1U << look_index(size, i));
		add_window(&gate->maps[0], p, n);
		if (stride <= 2)
			add_window(&gate->maps[1], p, n);
		if (stride == 1)
			add_window(&gate->maps[2], p, n);
	}
}

/* Of what sizes there are segments, their positions are looked at. */
static void
build_looks(struct gate *gate, const size_t counts[GATE_SEGMENT + 1])
{
	for (unsigned int size = GATE_SEGMENT; size >= GATE_SHORTEST; size--) {
		if (counts[size] == 0)
			continue;
		gate->stride = segment_stride(size);
		for (unsigned int back = 0; back < gate->stride; back++) {
			unsigned int i = look_index(size, back);

			gate->looks[i] = (struct gate_look){
			    segment_mask(size), (uint8_t)back };
			for (unsigned int at = 0; at < 4; at += gate->stride)
				gate->asked[at] |= (uint8_t)(1U << i);
		}
	}
	gate->threes = counts[3] > 0;
	gate->unhinted = (uint8_t)(1U << look_index(3, 0));
}

/* A run of three bytes fills a word, as many windows would. */
static size_t
windows_of(const size_t counts[GATE_SEGMENT + 1], unsigned int stride)
{
	size_t n = counts[4] + counts[3] * 8;

	if (stride >= 2)
		n += counts[5] * 2;
	if (stride >= 4)
		n += counts[7] * 4;
	return n;
}

static bool
build_map(struct gate_map *map, size_t windows)
{
	size_t words = (size_t)1 << logarithm(windows * WINDOW_ROOM / 32 + 1);

	if (words < WINDOW_WORDS_MIN)
		words = WINDOW_WORDS_MIN;
	if (words > WINDOW_WORDS_MAX)
		words = WINDOW_WORDS_MAX;
	map->shift = 32 - logarithm(words);
	map->words = calloc(words, sizeof(*map->words));
	return map->words != NULL;
}

static bool
build_hints(struct gate *gate, size_t windows)
{
	unsigned int bits = logarithm(windows * HINTS_ROOM);

	if (bits < HINTS_BITS_MIN)
		bits = HINTS_BITS_MIN;
	if (bits > HINTS_BITS_MAX)
		bits = HINTS_BITS_MAX;
	gate->hints_shift = 32 - bits;
	gate->hints = calloc((size_t)1 << bits, sizeof(*gate->hints));
	return gate->hints != NULL;
}

static bool
build_segments(struct gate *gate)
{
	unsigned int bits = logarithm((size_t)gate->runs.n * SEGMENT_ROOM);

	if (bits < SEGMENT_BITS_MIN)
		bits = SEGMENT_BITS_MIN;
	if (bits > SEGMENT_BITS_MAX)
		bits = SEGMENT_BITS_MAX;
	gate->segments_shift = 64 - bits;
	gate->segments = calloc((size_t)1 << (bits - 6),
	    sizeof(*gate->segments));
	bits = logarithm((size_t)gate->runs.n * 2);
	gate->slots_shift = 64 - bits;
	gate->n_slots = (size_t)1 << bits;
	gate->slots = calloc(gate->n_slots, sizeof(*gate->slots));
	return gate->segments != NULL && gate->slots != NULL;
}

bool
gate_build_maps(struct gate *gate)
{
	size_t counts[GATE_SEGMENT + 1] = { 0 };

	if (gate->runs.n == 0)
		return true;
	for (uint32_t i = 0; i < gate->runs.n; i++)
		counts[segment_size(gate->runs.list[i].n)]++;
	build_looks(gate, counts);
	for (unsigned int i = 0; i < 3; i++)
		if (!build_map(&gate->maps[i], windows_of(counts, 4U >> i)))
			return false;
	if (!build_hints(gate, windows_of(counts, 4)) ||
	    !build_segments(gate))
		return false;
	for (uint32_t i = 0; i < gate->runs.n; i++) {
		add_segment(gate, i);
		add_windows(gate, &gate->runs.list[i]);
	}
	return true;
}
