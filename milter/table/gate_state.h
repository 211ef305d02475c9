/*
 * gate_state - what a gate is made of; for gate*.c alone.
 *
 * A run is looked for by a segment of it: 7 of its bytes, else 5, 4 or 3.  In
 * 7 bytes lie 4 windows of 4 bytes, and one of them begins at a position of
 * the text that is a multiple of 4; of 5 bytes one of 2 begins at an even
 * position; of 4 or 3 bytes there is but one, which may begin anywhere.
 *
 * So a text goes through sieves, each dearer and seldom reached: a map of the
 * windows, at every 4th position (2nd, 1st, where short runs ask for it); where
 * in a segment such a window is; a map of the whole segments; a hash table of
 * segments; the whole run.  The
 * first two work on a block of text at a time and leave a list of positions,
 * so that nothing in them is guessed by the processor.
 *
 * A pattern that has sets instead of a run is looked for by the first four of
 * these: for each of four bytes, what it allows of eight heaps of patterns.
 * Where all four allow one, the sets of up to 64 patterns are tried at once.
 */
#ifndef POSTERN_TABLE_GATE_STATE_H
#define POSTERN_TABLE_GATE_STATE_H

#include <endian.h>

#include "table/gate.h"

#define GATE_NONE	UINT32_MAX
#define GATE_FOLD32	UINT32_C(0x20202020)
#define GATE_FOLD64	UINT64_C(0x2020202020202020)

/* Text is looked at in blocks of so many bytes; a multiple of 32. */
#define GATE_BLOCK	1024

/* Shorter runs only at the start of a record. */
#define GATE_SHORTEST	3
#define GATE_SEGMENT	7

/* Past so many runs in all, a pattern is not the gate's. */
#define GATE_USES_MAX	((size_t)1 << 20)

struct gate_run {
	uint32_t at;		/* in bytes */
	/*
	 * One with the same segment; of a start, the longest other one that
	 * it begins with.
	 */
	uint32_t next;
	uint32_t first, count;	/* its patterns, in lists */
	uint8_t n;
	uint8_t segment;	/* where in the run it begins */
};

struct gate_runs {
	struct gate_run *list;
	uint32_t n;
	unsigned char *bytes;
	size_t n_bytes;
	uint32_t *lists;
	size_t n_lists;
};

/*
 * A map of windows: the first three bytes choose a word, the fourth a bit in
 * it, so that a run of three bytes is a word that is full.
 */
struct gate_map {
	uint32_t *words;
	unsigned int shift;	/* 32 less the logarithm of their number */
};

/* At a position: the segment that may begin so many bytes before it. */
struct gate_look {
	uint64_t mask;
	uint8_t back;
};

/* 4 for segments of 7 bytes, 2 of 5, and one of 4 and of 3. */
#define GATE_LOOKS	8

struct gate_slot {
	uint64_t key;		/* as gate_load64() has it; 0: empty */
	uint32_t run;
	uint32_t n;		/* runs that have it */
};

/* One of these pieces begins the record, or is in it. */
struct gate_check {
	uint32_t first;
	uint16_t n;
	bool at_start;
};

/*
 * What is in a record is looked for only where that costs less than a match
 * would: among few pieces, in records of no more than so many bytes.
 */
#define GATE_WITHIN_PIECES	4
#define GATE_WITHIN_BYTES	8192

struct gate_piece {
	uint32_t at;
	uint32_t n;
};

/* At a position, a bit for each of 64 that are tried at once. */
#define GATE_TRIED	64

struct gate_sets_group {
	uint64_t allowed[REQUIRED_SETS_MAX][256];
	uint64_t fits[REQUIRED_SETS_MAX + 1];	/* in so many bytes */
};

/* What is not more than so many times 64 is tried; of the rest, nothing. */
#define GATE_GROUPS	8

/* Of so many bytes there are heaps, and of each bytes half by itself. */
#define GATE_HEAPED	4

struct gate_sets {
	struct gate_sets_group *groups;
	size_t n_groups;
	struct gate_runs runs;	/* without bytes: only their patterns */
	uint8_t heaps[GATE_HEAPED][256];
	uint8_t low[GATE_HEAPED][16], high[GATE_HEAPED][16];
};

struct gate_pattern {
	uint32_t least;
	uint32_t first;		/* of its checks */
	uint8_t n;
	bool known;
	bool word;		/* looked for as a whole or an end */
};

/*
 * The positions in [from, to) that the map of windows lets through; from is a
 * multiple of 4, and list has room for one more than there may be.
 */
typedef size_t gate_find(const struct gate *gate, const unsigned char *text,
    uint32_t n, uint32_t from, uint32_t to, uint32_t *list);

/* The same for sets, where from need not be a multiple of 4. */
typedef size_t gate_find_sets(const struct gate_sets *sets,
    const unsigned char *text, uint32_t n, uint32_t from, uint32_t to,
    uint32_t *list);

/*
 * Patterns that are all of a record, or of its end, are not looked for in it:
 * its hash, or that of its end, says which they may be.  A slot has the number
 * of a run, and 1, in its lower bits, and above them of the hash what did not
 * choose the slot.
 */
struct gate_words {
	struct gate_runs runs;
	uint32_t *slots;
	size_t n_slots;
	unsigned int bits;	/* of a number */
};

/* Shorter ends are as any other run. */
#define GATE_END_SHORTEST	5

/*
 * Fewer, or less than one of so many, are as any other pattern: to look at
 * each record costs more.
 */
#define GATE_WORDS_WORTH	16
#define GATE_WORDS_OF		4

struct gate {
	gate_find *find;
	gate_find_sets *find_sets;
	bool drops;

	/* Windows: 0 at multiples of 4, 1 at other even positions, 2 at odd. */
	unsigned int stride;	/* 0: there are no runs */
	bool threes;		/* there is a segment of 3 bytes */
	struct gate_map maps[3];

	struct gate_look looks[GATE_LOOKS];
	/* A bit for each: at a position so far past a multiple of 4. */
	uint8_t asked[4];
	/* By the hash of the window at the position: what it is from. */
	uint8_t *hints;
	unsigned int hints_shift;
	uint8_t unhinted;	/* of three bytes: any window may be theirs */

	uint64_t *segments;	/* a map of the segments' hashes */
	unsigned int segments_shift;
	struct gate_slot *slots;
	unsigned int slots_shift;
	size_t n_slots;

	struct gate_runs runs;
	/* In the order of their bytes. */
	struct gate_runs starts;
	uint32_t begins[512];	/* a map of their first two bytes */

	/* Anywhere, and at the start of a record. */
	struct gate_sets sets, start_sets;

	struct gate_words wholes, ends;
	uint64_t whole_lengths[REQUIRED_WHOLE_MAX / 64 + 1];
	/*
	 * By the hash of the last 8 bytes, or the last 5 of ends of fewer than
	 * 8: how long the ends are that have these.
	 */
	uint32_t *end_masks;
	unsigned int end_masks_shift;
	bool only_words;	/* no other patterns are known */

	struct gate_pattern *patterns;
	size_t n;
	struct gate_check *checks;
	size_t n_checks;
	struct gate_piece *pieces;
	size_t n_pieces;
	unsigned char *bytes;	/* of the pieces */
	size_t n_bytes;
};

static inline uint32_t
gate_load32(const unsigned char *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return le32toh(value) | GATE_FOLD32;
}

static inline uint64_t
gate_load64(const unsigned char *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return le64toh(value) | GATE_FOLD64;
}

/* The first three bytes of a window decide; any odd number of many bits. */
#define GATE_WINDOW_FACTOR	(UINT32_C(0x9e3779b1) << 8)

static inline uint32_t
gate_window_hash(uint32_t window)
{
	return window * GATE_WINDOW_FACTOR;
}

/* All four bytes of the window decide. */
static inline uint32_t
gate_hint_index(const struct gate *gate, uint32_t window)
{
	return (window * UINT32_C(0x9e3779b1)) >> gate->hints_shift;
}

/* How far left its bit has to go to be the word's highest. */
static inline unsigned int
gate_window_bit(uint32_t window, uint32_t hash, unsigned int shift)
{
	return ((window >> 24) ^ (hash >> (shift - 5))) & 31;
}

static inline uint64_t
gate_segment_hash(uint64_t key)
{
	return key * UINT64_C(0x9e3779b97f4a7c15);
}

/* Where the key is, or the empty slot where it would be. */
static inline size_t
gate_slot_index(const struct gate *gate, uint64_t key)
{
	size_t i = gate_segment_hash(key) >> gate->slots_shift;

	while (gate->slots[i].key != 0 && gate->slots[i].key != key)
		i = (i + 1) & (gate->n_slots - 1);
	return i;
}

/* Two bytes of text, of which the bit 0x20 says nothing. */
static inline unsigned int
gate_begin(unsigned char a, unsigned char b)
{
	return ((a & 31U) | (a >> 1 & 96U)) << 7 | (b & 31U) | (b >> 1 & 96U);
}

static inline unsigned int
gate_level(uint32_t position)
{
	return (position & 1) != 0 ? 2 : (position & 2) >> 1;
}

gate_find gate_find_scalar;

/* What this processor does best. */
gate_find *gate_find_best(void);

/* All that is made of claims; false without memory. */
bool gate_take_claims(struct gate *gate, const struct required *patterns,
    size_t n);

/* The maps, once the runs are there; false without memory. */
bool gate_build_maps(struct gate *gate);
bool gate_build_starts(struct gate *gate);

/*
 * The longest start that the record begins with; what it begins with is next.
 * GATE_NONE where there is none.
 */
uint32_t gate_start(const struct gate *gate, const unsigned char *record,
    uint32_t n);

/* A run and a pattern that needs it or another. */
struct gate_use {
	struct span run;
	uint32_t pattern;
};

/* As the contract of required.h has them; of others nothing is made. */
bool gate_is_folded(struct span run);
/* least: of each run, in bytes. */
bool gate_is_sound(const struct required_clause *clause, size_t least);

/* Each run once, in the order of their bytes, with its patterns. */
bool gate_group(struct gate_runs *runs, struct gate_use *uses, size_t n);

gate_find_sets gate_find_sets_scalar;
gate_find_sets *gate_find_sets_best(void);

/* A pattern and its sets. */
struct gate_sets_use {
	const struct required_sets *sets;
	uint32_t pattern;
};

/* Those for which there is no room are not the gate's; false: no memory. */
bool gate_build_sets(struct gate *gate, struct gate_sets *sets,
    struct gate_sets_use *uses, size_t n);

/* Which of a group are at p, where the record has n more bytes. */
static inline uint64_t
gate_try(const struct gate_sets_group *group, const unsigned char *p,
    uint32_t n, uint64_t tried)
{
	if (n > REQUIRED_SETS_MAX)
		n = REQUIRED_SETS_MAX;
	tried &= group->fits[n];
	for (uint32_t i = 0; i < n && tried != 0; i++)
		tried &= group->allowed[i][p[i]];
	return tried;
}

/*
 * Of the claims, those that are all of a record, or of its end; their patterns
 * are words from then on.  False without memory.
 */
bool gate_take_words(struct gate *gate, const struct required *patterns,
    size_t n);

static inline bool
gate_has_words(const struct gate *gate)
{
	return gate->wholes.runs.n + gate->ends.runs.n > 0;
}

/* One scan while it lasts. */
struct gate_scanning {
	const struct gate *gate;
	const unsigned char *text;
	uint32_t n;		/* of the text */
	const struct record *records;
	size_t n_records;
	struct gate_hits *hits;
	uint32_t base;		/* the stamp of the first record */
	size_t begun;		/* records whose hits are gathered, or were */
	size_t first;		/* the hits of the last of these */

	/* What was found in the record of that number, and one more. */
	size_t sets_in;
	uint64_t sets_found[GATE_GROUPS];
};

/* Wants the stamps of all of its records; false without memory. */
bool gate_ready_stamps(struct gate_scanning *scan);

/*
 * Hits come in the order of records: those before this one are done, and what
 * it begins with is looked up.  false: no room.
 */
bool gate_begin_record(struct gate_scanning *scan, size_t index);

/* The patterns of a run that is in the record at hand; false: no room. */
bool gate_hit_run(struct gate_scanning *scan, const struct gate_runs *runs,
    const struct gate_run *run);

/* All that start with sets which are at p, in the record at hand. */
bool gate_hit_sets(struct gate_scanning *scan, const struct gate_sets *sets,
    const unsigned char *p, uint32_t n, uint64_t *found);

/* The patterns that are all of the record at hand, or of its end; false: no
 * room. */
bool gate_hit_words(struct gate_scanning *scan, const struct record *record);

/* No more is found in the record at hand. */
void gate_end_record(struct gate_scanning *scan);

#endif
