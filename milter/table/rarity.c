/*
 * rarity - how often a run of bytes is to be expected.  See rarity.h.
 *
 * The table has -log2 of shares, in half bits: of each byte by itself, and of
 * what follows it.  A run's are added up, as if each byte knew only of the one
 * before it; but where the run has a word that is more common than that, the
 * word counts.
 */
#include "table/rarity.h"

#include <math.h>

#include "table/rarity_table.h"

/* In half bits: one in eight. */
#define LIKELY		6

/* No longer ones are asked for; what is behind it makes a run no rarer. */
#define RUN_MAX		64

static unsigned char
fold(char c)
{
	return (unsigned char)(c | 0x20);
}

/* A row or column of the table: folded ASCII, or all that is not ASCII. */
static unsigned
code(char c)
{
	unsigned byte = fold(c);

	return byte < 0x80 ? (byte & 0x1f) | (byte >> 1 & 0x20) : 64;
}

static int
half_bits(char letter)
{
	return letter <= 'Z' ? letter - 'A' : letter - 'a' + 26;
}

/*
 * A byte knows of more than the one before it: where each is a likely one,
 * that is language, and by far not as rare as it would be by chance.
 */
static int
surprise(char letter)
{
	int bits = half_bits(letter);

	return bits > LIKELY ? bits - LIKELY : 0;
}

static bool
ends_with(struct span run, const char *word, size_t n)
{
	if (n > run.n)
		return false;
	/* The last bytes are known to be equal. */
	for (size_t i = 2; i <= n; i++)
		if (fold(run.p[run.n - i]) != (unsigned char)word[n - i])
			return false;
	return true;
}

/* The least of what the last byte makes it, and what words at the end do. */
static int
with_words(struct span run, const int *sums, int sum)
{
	unsigned char last = fold(run.p[run.n - 1]);

	/* Words are ASCII, and none ends with a blank. */
	if (last <= ' ' || last >= 0x80)
		return sum;
	for (size_t i = rarity_words_to[last - ' ' - 1];
	    i < rarity_words_to[last - ' ']; i++) {
		const char *word = rarity_words[i];
		size_t n = (size_t)(word[1] - '0');
		int with = half_bits(word[0]);

		if (!ends_with(run, word + 2, n))
			continue;
		with += n < run.n ? sums[run.n - n - 1] : 0;
		if (with < sum)
			sum = with;
	}
	return sum;
}

double
rarity_of(struct span run)
{
	int sums[RUN_MAX], sum = 0;

	run = span_head(run, RUN_MAX);
	for (size_t i = 0; i < run.n; i++) {
		unsigned now = code(run.p[i]);

		sum += i == 0 ? half_bits(rarity_alone[now]) :
		    surprise(rarity_next[code(run.p[i - 1])][now]);
		/* No word is shorter. */
		if (i >= 3)
			sum = with_words(span_head(run, i + 1), sums, sum);
		sums[i] = sum;
	}
	return ldexp((sum & 1) != 0 ? 1 / 1.41421356 : 1, -(sum / 2));
}
