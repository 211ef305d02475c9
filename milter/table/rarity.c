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

/* Rows and columns of the table: folded ASCII, and all that is not ASCII. */
#define CODES		65
#define NOT_ASCII	64

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

	unsigned before = code(run.p[run.n - 2]);

	/* Words are ASCII, and none ends with a blank. */
	if (last <= ' ' || last >= 0x80 || before > 63 ||
	    (rarity_words_before[last - ' '] >> before & 1) == 0)
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
	return share_of(sum);
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
