/*
 * regexp_set - the compiled patterns of a table, for one search at a time.
 *
 * Threads may share a regex_t, but glibc locks it for as long as it searches:
 * together, two threads on one regex_t get through 0.4 of what one does alone,
 * and on a hundred, one after the other, 0.9; with sets of their own it is 1.7
 * (test/tools/regexp_speed, two processors).  So a table keeps several sets of
 * the same patterns.  A search takes a set that nobody has, and gives it back;
 * where all are taken and there are enough of them already, it waits for one:
 * more would only wait for a processor.
 *
 * A set compiles a pattern when it is first asked for it.  What glibc learns
 * while it searches, a state of its automaton for each byte of the key at
 * worst, stays in the regex_t; so a set that has seen REGEXP_SET_BYTES of keys
 * forgets all it has compiled.
 */
#ifndef POSTERN_TABLE_REGEXP_SET_H
#define POSTERN_TABLE_REGEXP_SET_H

#include <regex.h>
#include <stddef.h>

#include "base/buf.h"
#include "table/regexp_steps.h"

/*
 * To compile all again costs a tenth of the searches through so many bytes.  A
 * state takes 2 to 15 KB; only few patterns have more than a few dozen, such
 * as ".*a.{20}b", whose states double with each dot.
 */
#define REGEXP_SET_BYTES	((size_t)128 * 1024)

/*
 * A pattern takes some 5 to 20 KB once it was used, so that a large table has
 * fewer sets.
 */
#define REGEXP_SETS_MAX		16
#define REGEXP_SETS_MIN		2
#define REGEXP_SETS_PATTERNS	((size_t)16 * 1024)

struct regexp_pattern {
	const char *text;	/* the table's */
	int flags;		/* regcomp's */
	struct regexp_work work;
};

struct regexp_set {
	struct regexp_set *next;	/* of those that nobody has */
	size_t bytes;			/* of keys it has seen */
	regex_t *compiled;		/* of each pattern */
	unsigned char *ready;		/* of each pattern: is it? */
	regmatch_t *groups;		/* where they matched */
	size_t *ends;			/* the same, as expand() wants it */
	struct buf key;			/* the key, with a NUL behind it */
};

struct regexp_sets;

/*
 * The patterns, which compile, are the table's and move no more; groups is how
 * many pairs of offsets a search asks for at most.  NULL without memory.
 */
struct regexp_sets *regexp_sets_new(const struct regexp_pattern *patterns,
    size_t n, size_t groups);
void regexp_sets_free(struct regexp_sets **sets);

/* Any thread; NULL without memory. */
struct regexp_set *regexp_sets_take(struct regexp_sets *sets);
void regexp_sets_give(struct regexp_sets *sets, struct regexp_set *set);

/* The pattern, compiled; NULL without memory. */
const regex_t *regexp_set_pattern(const struct regexp_sets *sets,
    struct regexp_set *set, size_t pattern);

#endif
