/*
 * required - byte runs without which a pattern cannot match.
 *
 * A claim is a proof: whatever the pattern matches in holds what is claimed.
 * What is not understood yields no claim; it never yields a wrong one.
 */
#ifndef POSTERN_TABLE_REQUIRED_H
#define POSTERN_TABLE_REQUIRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/region.h"
#include "base/span.h"
#include "table/byteset.h"

/* Longer runs are cut, and of more alternatives there is no clause. */
#define REQUIRED_RUN_MAX	32
#define REQUIRED_RUNS_MAX	64
#define REQUIRED_CLAUSES_MAX	4

/* Of longer ones a part is taken. */
#define REQUIRED_SETS_MAX	8

/* Of a longer text nobody says that it is all of it. */
#define REQUIRED_WHOLE_MAX	255

/*
 * At least one of the runs is in the text, where both are folded by setting
 * the bit 0x20 in every byte, and they are of 3 bytes or more; with at_start
 * the text begins with one of them, and they are of any length.
 */
struct required_clause {
	/* Folded; none is part of another, or with at_start begins another. */
	const struct span *runs;
	size_t n;
	bool at_start;
	double rarity;	/* of any of them, in ordinary mail; see rarity.h */
};

/*
 * In the text, or with at_start at its start, there are so many bytes one
 * after the other, of which each is in its set; nothing is folded here.
 */
struct required_sets {
	const struct byteset *sets;
	size_t n;	/* 0: nothing is known */
	bool at_start;
	double rarity;
};

struct required {
	/*
	 * All of them hold.  The one that costs least to look for, which is
	 * the rarest or nearly so, comes first; the one at_start last.  What
	 * follows from that one is asked for only where it is all there is.
	 */
	struct required_clause clauses[REQUIRED_CLAUSES_MAX];
	size_t n;	/* 0: nothing is known */

	/* Only where no clause says much: then it is the one to look for. */
	struct required_sets sets;

	size_t least;	/* the text has at least so many bytes */

	/* But for a line feed behind it, the text is just this, folded. */
	bool is_whole;
	struct span whole;

	/*
	 * But for a line feed behind it, the text ends with one of these; n is
	 * 0 where nothing is known of that, or a clause is the better one.
	 */
	struct required_clause end;
};

/*
 * The pattern's claims; they lie in the region.  options are PCRE2's, and
 * SYNTAX_POSIX (syntax.h).  Without memory, or where the pattern is not
 * understood, there are none.
 */
void required_by(struct span pattern, uint32_t options, struct region *region,
    struct required *required_r);

#endif
