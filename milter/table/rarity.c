/*
 * rarity - how often a run of bytes is to be expected.  See rarity.h.
 *
 * The table has -log2 of shares, in half bits: of each byte by itself, and of
 * what follows it.  A run's are added up, as if each byte knew only of the one
 * before it.
 */
#include "table/rarity.h"

#include <math.h>

#include "table/rarity_table.h"

/* A row or column of the table: folded ASCII, or all that is not ASCII. */
static unsigned
code(char c)
{
	unsigned byte = (unsigned char)c;

	return byte < 0x80 ? (byte & 0x1f) | (byte >> 1 & 0x20) : 64;
}

static int
half_bits(char letter)
{
	return letter <= 'Z' ? letter - 'A' : letter - 'a' + 26;
}

double
rarity_of(struct span run)
{
	int sum = 0;

	for (size_t i = 0; i < run.n; i++) {
		unsigned now = code((char)(run.p[i] | 0x20));

		sum += half_bits(i == 0 ? rarity_alone[now] :
		    rarity_next[code((char)(run.p[i - 1] | 0x20))][now]);
	}
	return ldexp((sum & 1) != 0 ? 1 / 1.41421356 : 1, -(sum / 2));
}
