/*
 * gate_find_sets - at which positions of a text the first bytes of sets may
 * begin.
 *
 * The vectorised one looks a byte up by its halves, and lets more through than
 * the scalar one; what is let through is tried in any case.
 */
#include "table/gate_state.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_AVX2	1
#include <immintrin.h>
#else
#define HAVE_AVX2	0
#endif

/* What is behind the end of a text allows nothing but what ends before. */
static size_t
find_at_end(const struct gate_sets *sets, const unsigned char *text,
    uint32_t n, uint32_t from, uint32_t to, uint32_t *list)
{
	size_t found = 0;

	for (uint32_t at = from; at < to; at++) {
		unsigned int heaps = 0xff;

		for (uint32_t i = 0; i < GATE_HEAPED; i++)
			heaps &= sets->heaps[i][at + i < n ? text[at + i] : 0];
		list[found] = at;
		found += heaps != 0;
	}
	return found;
}

size_t
gate_find_sets_scalar(const struct gate_sets *sets, const unsigned char *text,
    uint32_t n, uint32_t from, uint32_t to, uint32_t *list)
{
	uint32_t at = from, last = n < GATE_HEAPED ? 0 : n - GATE_HEAPED + 1;
	size_t found = 0;

	for (; at < to && at < last; at++) {
		const unsigned char *p = text + at;

		list[found] = at;
		found += (sets->heaps[0][p[0]] & sets->heaps[1][p[1]] &
		    sets->heaps[2][p[2]] & sets->heaps[3][p[3]]) != 0;
	}
	return found + find_at_end(sets, text, n, at, to, list + found);
}

#if HAVE_AVX2

#define AVX2	__attribute__((target("avx2")))

/* Of the bytes from p on, what each allows as the i-th one. */
AVX2 static inline __m256i
allowed(const __m256i *low, const __m256i *high, const unsigned char *p,
    unsigned int i)
{
	const __m256i half = _mm256_set1_epi8(15);
	__m256i bytes;

	memcpy(&bytes, p + i, sizeof(bytes));
	return _mm256_and_si256(
	    _mm256_shuffle_epi8(low[i], _mm256_and_si256(bytes, half)),
	    _mm256_shuffle_epi8(high[i], _mm256_and_si256(
	    _mm256_srli_epi16(bytes, 4), half)));
}

/* A bit for each of the 32 positions from p on; 35 bytes are read. */
AVX2 static inline uint32_t
thirty_two(const __m256i *low, const __m256i *high, const unsigned char *p)
{
	__m256i all = _mm256_and_si256(
	    _mm256_and_si256(allowed(low, high, p, 0),
	    allowed(low, high, p, 1)),
	    _mm256_and_si256(allowed(low, high, p, 2),
	    allowed(low, high, p, 3)));

	return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(all,
	    _mm256_setzero_si256()));
}

AVX2 static size_t
find_avx2(const struct gate_sets *sets, const unsigned char *text, uint32_t n,
    uint32_t from, uint32_t to, uint32_t *list)
{
	__m256i low[GATE_HEAPED], high[GATE_HEAPED];
	size_t found = 0;

	for (int i = 0; i < GATE_HEAPED; i++) {
		__m128i halves;

		memcpy(&halves, sets->low[i], sizeof(halves));
		low[i] = _mm256_broadcastsi128_si256(halves);
		memcpy(&halves, sets->high[i], sizeof(halves));
		high[i] = _mm256_broadcastsi128_si256(halves);
	}
	for (uint32_t at = from; at < to; at += 32) {
		unsigned char end[35] = { 0 };
		bool whole = n - at >= sizeof(end);
		uint32_t bits;

		if (!whole)
			memcpy(end, text + at, n - at);
		bits = thirty_two(low, high, whole ? text + at : end);
		if (to - at < 32)
			bits &= (UINT32_C(1) << (to - at)) - 1;
		for (; bits != 0; bits &= bits - 1)
			list[found++] = at + (uint32_t)__builtin_ctz(bits);
	}
	return found;
}

gate_find_sets *
gate_find_sets_best(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("avx2") ? find_avx2 :
	    gate_find_sets_scalar;
}

#else

gate_find_sets *
gate_find_sets_best(void)
{
	return gate_find_sets_scalar;
}

#endif
