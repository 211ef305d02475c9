/*
 * gate_words - patterns that are all of a record, or all of its end, byte for
 * byte: of tens of thousands a few looks say which.
 *
 * "All" and "the end" leave out a last line feed, before which "$" is true.
 */
#include "table/gate_state.h"

#include <stdlib.h>

#define FACTOR	UINT64_C(0x9e3779b97f4a7c15)

static inline uint64_t
mix(uint64_t hash, uint64_t more)
{
	hash = (hash ^ more) * FACTOR;
	return hash ^ hash >> 32;
}

/* Of the folded bytes. */
static uint64_t
hash_of(const unsigned char *p, uint32_t n)
{
	uint64_t hash = n;

	if (n < 8) {
		unsigned char all[8] = { 0 };

		if (n > 0)
			memcpy(all, p, n);
		return mix(mix(hash, gate_load64(all)), n);
	}
	for (uint32_t i = 0; i + 8 < n; i += 8)
		hash = mix(hash, gate_load64(p + i));
	return mix(mix(hash, gate_load64(p + n - 8)), n);
}

/* What a slot has of a hash that begins there. */
static inline uint32_t
tag_of(const struct gate_words *words, uint64_t hash)
{
	return (uint32_t)(hash >> 32) << words->bits;
}

static inline uint32_t
number_of(const struct gate_words *words, uint32_t slot)
{
	return slot & ((UINT32_C(1) << words->bits) - 1);
}

static bool
build(struct gate_words *words)
{
	const struct gate_runs *runs = &words->runs;

	words->bits = 1;
	while (runs->n >> words->bits != 0)
		words->bits++;
	words->n_slots = 4;
	while (words->n_slots / 4 * 3 < runs->n)
		words->n_slots *= 2;
	words->slots = calloc(words->n_slots, sizeof(*words->slots));
	if (words->slots == NULL)
		return false;
	for (uint32_t i = 0; i < runs->n; i++) {
		const struct gate_run *run = &runs->list[i];
		uint64_t hash = hash_of(runs->bytes + run->at, run->n);
		size_t slot = hash & (words->n_slots - 1);

		while (words->slots[slot] != 0)
			slot = (slot + 1) & (words->n_slots - 1);
		words->slots[slot] = tag_of(words, hash) | (i + 1);
	}
	return true;
}

/* The last eight folded bytes, or what there is of them. */
static inline uint64_t
last_eight(const unsigned char *end, uint32_t n)
{
	unsigned char all[8] = { 0 };

	if (n >= 8)
		return gate_load64(end - 8);
	memcpy(all + 8 - n, end - n, n);
	return gate_load64(all);
}

/* Of eight bytes, what ends of fewer have. */
static inline uint64_t
short_end(uint64_t eight)
{
	return eight >> 8 * (8 - GATE_END_SHORTEST);
}

static inline uint32_t *
mask_of(const struct gate *gate, uint64_t bytes)
{
	return &gate->end_masks[bytes * FACTOR >> gate->end_masks_shift];
}

static bool
build_ends(struct gate *gate)
{
	const struct gate_runs *ends = &gate->ends.runs;
	size_t masks = 4;

	gate->end_masks_shift = 62;
	for (; masks / 2 < ends->n; masks *= 2)
		gate->end_masks_shift--;
	gate->end_masks = calloc(masks, sizeof(*gate->end_masks));
	if (gate->end_masks == NULL)
		return false;
	for (uint32_t i = 0; i < ends->n; i++) {
		uint32_t n = ends->list[i].n;
		uint64_t last = last_eight(ends->bytes + ends->list[i].at + n,
		    n);

		*mask_of(gate, n < 8 ? short_end(last) : last) |=
		    UINT32_C(1) << (n - 1);
	}
	return build(&gate->ends);
}

static bool
build_wholes(struct gate *gate)
{
	const struct gate_runs *wholes = &gate->wholes.runs;

	for (uint32_t i = 0; i < wholes->n; i++)
		gate->whole_lengths[wholes->list[i].n / 64] |=
		    UINT64_C(1) << wholes->list[i].n % 64;
	return build(&gate->wholes);
}

static bool
same(const unsigned char *p, const unsigned char *folded, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if ((p[i] | 0x20) != folded[i])
			return false;
	return true;
}

/* The one that is these bytes and no more. */
static const struct gate_run *
find(const struct gate_words *words, const unsigned char *p, uint32_t n)
{
	uint64_t hash = hash_of(p, n);
	uint32_t tag = tag_of(words, hash), slot;

	for (size_t i = hash & (words->n_slots - 1);
	    (slot = words->slots[i]) != 0; i = (i + 1) & (words->n_slots - 1)) {
		uint32_t number = number_of(words, slot);
		const struct gate_run *run = &words->runs.list[number - 1];

		if ((slot ^ number) == tag && run->n == n &&
		    same(p, words->runs.bytes + run->at, n))
			return run;
	}
	return NULL;
}

static const struct gate_run *
find_whole(const struct gate *gate, const unsigned char *p, uint32_t n)
{
	if (n > REQUIRED_WHOLE_MAX ||
	    (gate->whole_lengths[n / 64] >> n % 64 & 1) == 0)
		return NULL;
	return find(&gate->wholes, p, n);
}

/* Bit n - 1: it may be that an end of n bytes is there. */
static uint32_t
end_lengths(const struct gate *gate, const unsigned char *end, uint32_t n)
{
	uint64_t last;
	uint32_t found;

	if (gate->end_masks == NULL || n < GATE_END_SHORTEST)
		return 0;
	last = last_eight(end, n);
	found = *mask_of(gate, short_end(last)) | *mask_of(gate, last);
	return n < REQUIRED_RUN_MAX ? found & ((UINT32_C(1) << n) - 1) : found;
}

/* The next one that there is; what is looked at leaves the lengths. */
static const struct gate_run *
next_end(const struct gate *gate, const unsigned char *end, uint32_t *lengths)
{
	while (*lengths != 0) {
		uint32_t n = (uint32_t)__builtin_ctz(*lengths) + 1;
		const struct gate_run *run = find(&gate->ends, end - n, n);

		*lengths &= *lengths - 1;
		if (run != NULL)
			return run;
	}
	return NULL;
}

/* As if there were no more than n bytes of it. */
static bool
hit_cut(struct gate_scanning *scan, const unsigned char *p, uint32_t n)
{
	const struct gate *gate = scan->gate;
	const struct gate_run *run = find_whole(gate, p, n);
	uint32_t lengths = end_lengths(gate, p + n, n);

	if (run != NULL && !gate_hit_run(scan, &gate->wholes.runs, run))
		return false;
	while ((run = next_end(gate, p + n, &lengths)) != NULL)
		if (!gate_hit_run(scan, &gate->ends.runs, run))
			return false;
	return true;
}

bool
gate_hit_words(struct gate_scanning *scan, const struct record *record)
{
	const unsigned char *p = scan->text + record->from;
	uint32_t n = record->n;

	if (!gate_has_words(scan->gate))
		return true;
	return hit_cut(scan, p, n) &&
	    (n == 0 || p[n - 1] != '\n' || hit_cut(scan, p, n - 1));
}

static bool
may_hit_cut(const struct gate *gate, const unsigned char *p, uint32_t n)
{
	uint32_t lengths;

	if (find_whole(gate, p, n) != NULL)
		return true;
	lengths = end_lengths(gate, p + n, n);
	return next_end(gate, p + n, &lengths) != NULL;
}

bool
gate_may_hit(const struct gate *gate, struct span text)
{
	const unsigned char *p = (const unsigned char *)text.p;
	uint32_t n = (uint32_t)text.n;

	if (!gate->only_words || text.n >= GATE_TEXT_MAX)
		return true;
	return may_hit_cut(gate, p, n) ||
	    (n > 0 && p[n - 1] == '\n' && may_hit_cut(gate, p, n - 1));
}

/* Taking claims */

static bool
is_whole(const struct required *claims)
{
	return claims->is_whole && claims->whole.n <= REQUIRED_WHOLE_MAX &&
	    gate_is_folded(claims->whole);
}

static bool
is_end(const struct required *claims)
{
	return !is_whole(claims) &&
	    gate_is_sound(&claims->end, GATE_END_SHORTEST);
}

/* How many uses there are; 0 where it is not worth it, or too much. */
static size_t
count_uses(const struct required *patterns, size_t n)
{
	size_t words = 0, uses = 0;

	for (size_t i = 0; i < n; i++) {
		size_t more = is_whole(&patterns[i]) ? 1 :
		    is_end(&patterns[i]) ? patterns[i].end.n : 0;

		words += more > 0;
		uses += more;
	}
	return words < GATE_WORDS_WORTH || words < n / GATE_WORDS_OF ||
	    uses > GATE_USES_MAX ? 0 : uses;
}

bool
gate_take_words(struct gate *gate, const struct required *patterns, size_t n)
{
	size_t max = count_uses(patterns, n), wholes = 0, ends = 0;
	struct gate_use *uses;
	bool right;

	if (max == 0)
		return true;
	/* The wholes are at the front of it, the ends at its back. */
	if ((uses = malloc(max * sizeof(*uses))) == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		gate->patterns[i].word = is_whole(&patterns[i]) ||
		    is_end(&patterns[i]);
		gate->patterns[i].known = gate->patterns[i].word;
		if (is_whole(&patterns[i]))
			uses[wholes++] = (struct gate_use){
			    patterns[i].whole.n > 0 ? patterns[i].whole :
			    SPAN(""), (uint32_t)i };
		else if (is_end(&patterns[i]))
			for (size_t r = 0; r < patterns[i].end.n; r++)
				uses[max - ++ends] = (struct gate_use){
				    patterns[i].end.runs[r], (uint32_t)i };
	}
	right = gate_group(&gate->wholes.runs, uses, wholes) &&
	    gate_group(&gate->ends.runs, uses + max - ends, ends) &&
	    (wholes == 0 || build_wholes(gate)) &&
	    (ends == 0 || build_ends(gate));
	free(uses);
	gate->only_words = true;
	return right;
}
