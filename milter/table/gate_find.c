/*
 * gate_find - the first sieve: which positions of a text begin a window that
 * is in the map.
 *
 * The vectorised one answers as the scalar one does.  It is compiled for
 * processors that the rest of the program does not ask for, and chosen when
 * the program runs on one.
 */
#include "table/gate_state.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_AVX2	1
#include <immintrin.h>
#else
#define HAVE_AVX2	0
#endif

static inline bool
in_map(const struct gate_map *map, uint32_t window)
{
	uint32_t hash = gate_window_hash(window);
	uint32_t word = map->words[hash >> map->shift];

	return (word << gate_window_bit(window, hash, map->shift)) >> 31 != 0;
}

/* At the end of a text, where only a run of three bytes fits. */
static bool
last_three(const struct gate *gate, const unsigned char *text, uint32_t at)
{
	unsigned char window[4] = { 0 };

	memcpy(window, text + at, 3);
	return in_map(&gate->maps[gate_level(at)], gate_load32(window));
}

/* 1 where a position was added. */
static inline size_t
probe(const struct gate_map *map, const unsigned char *text, uint32_t at,
    uint32_t *list)
{
	*list = at;
	return in_map(map, gate_load32(text + at));
}

/* from is a multiple of 4. */
size_t
gate_find_scalar(const struct gate *gate, const unsigned char *text,
    uint32_t n, uint32_t from, uint32_t to, uint32_t *list)
{
	/* Copies, which no write to the list can change. */
	const struct gate_map first = gate->maps[0], even = gate->maps[1],
	    odd = gate->maps[2];
	uint32_t stride = gate->stride, at = from;
	uint32_t whole = n < 4 ? 0 : n - 3 < to ? n - 3 : to;
	size_t found = 0;

	for (; at < whole && whole - at >= 4; at += 4) {
		found += probe(&first, text, at, list + found);
		if (stride == 1)
			found += probe(&odd, text, at + 1, list + found);
		if (stride <= 2)
			found += probe(&even, text, at + 2, list + found);
		if (stride == 1)
			found += probe(&odd, text, at + 3, list + found);
	}
	for (; at < whole; at += stride)
		found += probe(&gate->maps[gate_level(at)], text, at,
		    list + found);
	if (gate->threes && n >= 3 && n - 3 >= from && n - 3 < to &&
	    last_three(gate, text, n - 3))
		list[found++] = n - 3;
	return found;
}

#if HAVE_AVX2

#define AVX2	__attribute__((target("avx2")))

/*
 * Bit 31 of each of the eight is what the map says of the windows that begin
 * at p, p + 4 and so on to p + 28.
 */
AVX2 static inline __m256i
eight(const struct gate_map *map, const unsigned char *p)
{
	__m128i shift = _mm_cvtsi32_si128((int)map->shift);
	__m128i less = _mm_cvtsi32_si128((int)map->shift - 5);
	__m256i window, hash, word, bit;

	memcpy(&window, p, sizeof(window));
	window = _mm256_or_si256(window, _mm256_set1_epi32(GATE_FOLD32));
	hash = _mm256_mullo_epi32(window,
	    _mm256_set1_epi32((int)GATE_WINDOW_FACTOR));
	word = _mm256_i32gather_epi32((const int *)map->words,
	    _mm256_srl_epi32(hash, shift), 4);
	bit = _mm256_xor_si256(_mm256_srli_epi32(window, 24),
	    _mm256_srl_epi32(hash, less));
	return _mm256_sllv_epi32(word,
	    _mm256_and_si256(bit, _mm256_set1_epi32(31)));
}

/* A bit for each of the 32 positions from p on; 35 bytes are read. */
AVX2 static inline uint32_t
thirty_two(const struct gate *gate, const unsigned char *p)
{
	const __m256i byte = _mm256_set1_epi32(0x80);
	__m256i all;

	all = _mm256_and_si256(_mm256_srli_epi32(eight(&gate->maps[0], p), 24),
	    byte);
	if (gate->stride <= 2)
		all = _mm256_or_si256(all, _mm256_and_si256(
		    _mm256_srli_epi32(eight(&gate->maps[1], p + 2), 8),
		    _mm256_slli_epi32(byte, 16)));
	if (gate->stride == 1) {
		all = _mm256_or_si256(all, _mm256_and_si256(
		    _mm256_srli_epi32(eight(&gate->maps[2], p + 1), 16),
		    _mm256_slli_epi32(byte, 8)));
		all = _mm256_or_si256(all, _mm256_and_si256(
		    eight(&gate->maps[2], p + 3),
		    _mm256_slli_epi32(byte, 24)));
	}
	return (uint32_t)_mm256_movemask_epi8(all);
}

static inline size_t
positions(uint32_t found, uint32_t at, uint32_t *list, size_t n)
{
	for (; found != 0; found &= found - 1)
		list[n++] = at + (uint32_t)__builtin_ctz(found);
	return n;
}

AVX2 static size_t
find_avx2(const struct gate *gate, const unsigned char *text, uint32_t n,
    uint32_t from, uint32_t to, uint32_t *list)
{
	uint32_t at = from, last;
	size_t found = 0;

	if (n < 35)
		return gate_find_scalar(gate, text, n, from, to, list);
	last = n - 35;
	for (; at + 32 <= to && at <= last; at += 32)
		found = positions(thirty_two(gate, text + at), at, list,
		    found);
	last &= ~UINT32_C(3);
	/* What is left at the end overlaps with what was looked at. */
	if (at < to && at > last && at - last < 32) {
		uint32_t bits = thirty_two(gate, text + last);

		if (to - last < 32)
			bits &= (UINT32_C(1) << (to - last)) - 1;
		bits &= UINT32_MAX << (at - last);
		found = positions(bits, last, list, found);
		at = last + 32;
	}
	if (at < to)
		found += gate_find_scalar(gate, text, n, at, to, list + found);
	return found;
}

gate_find *
gate_find_best(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("avx2") ? find_avx2 : gate_find_scalar;
}

#else

gate_find *
gate_find_best(void)
{
	return gate_find_scalar;
}

#endif
