/*
 * steps - how much work the patterns may make of one message.
 *
 * PCRE2's match limit bounds what one match may do from one place of the key
 * to start at, and not even all of that; what a message costs, with every
 * rule tried on every field and line of it, is bounded here.  Work is counted
 * in steps, never by a clock: the same mail has the same answers everywhere.
 * step_points.h says what a step is.
 *
 * Half of a message's steps is a reserve for matches that cost little.  When
 * the other half is spent, by patterns that somebody found a bad text for,
 * every rule still gets the few steps that ordinary text needs, so that bad
 * patterns do not switch off the good ones.  A rule that has met a limit gets
 * still fewer for long keys, and none of the last quarter.  When all is spent,
 * what has to count its steps does not match any more.  A pattern that has
 * nothing to count (its work is the key's length, times no more than a constant
 * of its own) is always tried.
 *
 * The numbers of steps that are taken do not depend on threads, on what was
 * matched before the message, or on how its bytes arrived.
 */
#ifndef POSTERN_TABLE_STEPS_H
#define POSTERN_TABLE_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * So that a step may take 4 ns.  With the patterns and texts of
 * test/lib/attacks.py one took 0.1 to 1.7 ns on an ordinary server
 * (test/tools/match_steps shows it), so that the time stands on a machine of
 * half its speed as well.
 */
#define STEPS_PER_SECOND	((uint64_t)250 * 1000 * 1000)

/* What every match may take while the reserve lasts: so many, and so many
 * more for each byte of the key. */
#define STEPS_FREE		4096
#define STEPS_FREE_PER_BYTE	16

/* Once a rule has met a limit: for so many bytes one more. */
#define STEPS_LIMITED_BYTES	16

/* One match may take no more than this part of all. */
#define STEPS_MATCH_PART	16

/* Rules that met a limit are remembered up to this; others are counted. */
#define STEPS_RULES		64

struct steps_rule {
	const void *rule;	/* tells it from others */
	const char *file;	/* the table's */
	unsigned line;		/* 0: the table has no lines, but numbers */
	size_t number;		/* from 0 */
	bool spent;		/* it was this limit, not one of PCRE2's */
	uint64_t times;
};

/* One message's. */
struct steps {
	uint64_t all;		/* 0: they are counted, without a limit */
	uint64_t used;

	struct steps_rule *rules;	/* NULL as long as there are none */
	size_t n_rules;
	uint64_t others;	/* limits that further rules met */
};

/*
 * So many steps for a message; 0: any number.  For steps that are zero, or that
 * another message had.
 */
void steps_begin(struct steps *steps, uint64_t all);
void steps_clear(struct steps *steps);

/*
 * How many a match of the rule with such a key may take.  steps may be NULL:
 * any number.
 */
uint64_t steps_allowed(const struct steps *steps, const void *rule,
    size_t key);

/* They were taken.  steps may be NULL. */
void steps_spend(struct steps *steps, uint64_t n);

/* A rule met a limit.  steps may be NULL. */
void steps_note(struct steps *steps, const struct steps_rule *rule);

#endif
