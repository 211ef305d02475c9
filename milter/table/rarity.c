/*
 * rarity - how often a run of bytes is to be expected.  See rarity.h.
 *
 * The table has -log2 of shares, in half bits: of each byte by itself, of what
 * follows it, of what follows two letters, and of those four bytes one after
 * the other that are common.  Other four are as rare as if each byte knew only
 * of those just before it; and no run is more common than the rarest four
 * bytes in it.
 */
#include "table/rarity.h"

#include <math.h>
#include <stdlib.h>

#include "table/rarity_table.h"

/* No longer ones are asked for; what is behind it makes a run no rarer. */
#define RUN_MAX		64

static unsigned char
fold(char c)
{
	return (unsigned char)(c | 0x20);
}

/* Rows and columns of the table: folded ASCII, and all that is not ASCII. */
#define CODES		65
#define NOT_ASCII	64

/* The blank and 26. */
#define LETTERS		27

/* Half bits: just rarer than what is listed, 2e-5. */
#define UNLISTED	32

static unsigned
code(char c)
{
	unsigned byte = fold(c);

	return byte < 0x80 ? (byte & 0x1f) | (byte >> 1 & 0x20) : NOT_ASCII;
}

static int
half_bits(char letter)
{
	return letter <= 'Z' ? letter - 'A' : letter - 'a' + 26;
}

static int
compare_windows(const void *key, const void *listed)
{
	uint32_t x = *(const uint32_t *)key, y = *(const uint32_t *)listed >> 8;

	return (x > y) - (x < y);
}

/* Half bits of the codes of four bytes; -1 where they are not common. */
static int
listed(uint32_t window)
{
	uint32_t first = window >> 18;
	size_t from = first == 0 ? 0 : rarity_windows_to[first - 1];
	const uint32_t *found = bsearch(&window, rarity_windows + from,
	    rarity_windows_to[first] - from, sizeof(*rarity_windows),
	    compare_windows);

	return found == NULL ? -1 : (int)(*found & 0xff);
}

/* The place of a blank or letter among these; negative where it is none. */
static int
letter_of(unsigned code)
{
	return code == 0 ? 0 : code > 32 && code <= 58 ? (int)code - 32 : -1;
}

/* What follows two letters, or one byte. */
static int
surprise(const unsigned *codes, size_t i)
{
	int first = i < 2 ? -1 : letter_of(codes[i - 2]);
	int second = letter_of(codes[i - 1]), third = letter_of(codes[i]);

	return half_bits(first < 0 || second < 0 || third < 0 ?
	    rarity_next[codes[i - 1]][codes[i]] :
	    rarity_third[first * LETTERS + second][third]);
}

static int
by_bytes(const unsigned *codes, size_t n)
{
	int sum = half_bits(rarity_alone[codes[0]]);

	for (size_t i = 1; i < n; i++)
		sum += surprise(codes, i);
	return sum;
}

/* What is not listed is no more common than what is. */
static int
by_window(const unsigned *codes)
{
	int found = -1, sum;

	if (codes[0] < NOT_ASCII && codes[1] < NOT_ASCII &&
	    codes[2] < NOT_ASCII && codes[3] < NOT_ASCII)
		found = listed(codes[0] << 18 | codes[1] << 12 |
		    codes[2] << 6 | codes[3]);
	if (found >= 0)
		return found;
	sum = by_bytes(codes, 4);
	return sum > UNLISTED ? sum : UNLISTED;
}

static double
share_of(int half_bits_of_it)
{
	return ldexp((half_bits_of_it & 1) != 0 ? 1 / 1.41421356 : 1,
	    -(half_bits_of_it / 2));
}

/* The same of a letter's half bits. */
static double
share_of_letter(char letter)
{
	int bits = half_bits(letter);

	return ((bits & 1) != 0 ? 1 / 1.41421356 : 1) / (1 << bits / 2);
}

double
rarity_of(struct span run)
{
	unsigned codes[RUN_MAX];
	int most = 0;

	run = span_head(run, RUN_MAX);
	for (size_t i = 0; i < run.n; i++)
		codes[i] = code(run.p[i]);
	if (run.n > 0 && run.n < 4)
		most = by_bytes(codes, run.n);
	for (size_t i = 0; i + 4 <= run.n; i++) {
		int sum = by_window(codes + i);

		if (sum > most)
			most = sum;
	}
	return share_of(most);
}

/* Of two bytes that fold into one, the share of that without the bit 0x20. */
#define SHARE_OF_CONTROL	0.05
#define SHARE_OF_CAPITAL	0.15

/* How much of a code is in the set. */
static double
part_of(const struct byteset *set, unsigned number)
{
	double unfolded = number < 0x20 ? SHARE_OF_CONTROL : SHARE_OF_CAPITAL;
	unsigned byte = (number & 0x1f) | (number & 0x20) << 1;

	if (number == NOT_ASCII)
		return (__builtin_popcountll(set->bits[2]) +
		    __builtin_popcountll(set->bits[3])) / 128.0;
	return (byteset_has(set, (unsigned char)byte) ? unfolded : 0) +
	    (byteset_has(set, (unsigned char)(byte | 0x20)) ?
	    1 - unfolded : 0);
}

/* Of the codes, the share of texts that have come so far with them last. */
struct last {
	double share[CODES];
};

static void
follow(struct last *last, const double *part)
{
	struct last next = { { 0 } };

	for (unsigned from = 0; from < CODES; from++) {
		if (last->share[from] == 0)
			continue;
		for (unsigned to = 0; to < CODES; to++)
			if (part[to] > 0)
				next.share[to] += last->share[from] * part[to] *
				    share_of_letter(rarity_next[from][to]);
	}
	*last = next;
}

double
rarity_of_sets(const struct byteset *sets, size_t n)
{
	double part[CODES], sum = 0;
	struct last last = { { 0 } };

	if (n == 0)
		return 1;
	for (size_t i = 0; i < n; i++) {
		for (unsigned number = 0; number < CODES; number++)
			part[number] = part_of(&sets[i], number);
		if (i > 0)
			follow(&last, part);
		for (unsigned number = 0; i == 0 && number < CODES; number++)
			last.share[number] = part[number] *
			    share_of_letter(rarity_alone[number]);
	}
	for (unsigned number = 0; number < CODES; number++)
		sum += last.share[number];
	return sum;
}
