/*
 * pattern - [!]/pattern/flags and the result behind it, as pcre_table(5) and
 * regexp_table(5) have them.
 */
#ifndef POSTERN_TABLE_PATTERN_H
#define POSTERN_TABLE_PATTERN_H

#include "table/statements.h"

struct pattern {
	bool negated;
	struct span text;	/* a delimiter stands behind it */
	struct span flags;	/* not looked at yet */
};

/* What a type of pattern tables has of its own. */
struct pattern_syntax {
	const char *flags;	/* each one a letter */

	/* The flags also end at a '!', where a second pattern begins. */
	bool takes_two;
};

/*
 * Takes a pattern from the front of *rest and leaves what stands behind it:
 * its blanks are gone, but not where a second pattern could follow.  False,
 * having complained, where Postfix would skip the statement; skipped says
 * what comes of that.
 */
bool pattern_take(const struct statement_reader *reader,
    const struct pattern_syntax *syntax, const char *skipped,
    struct span *rest, struct pattern *pattern_r);

/* Complains about a flag that is none. */
void pattern_no_flag(const struct statement_reader *reader,
    const char *skipped, struct span flags, const char *there_are);

/* Warns of what stands behind the pattern of an IF, and does nothing. */
void pattern_ends_if(const struct statement_reader *reader, struct span rest);

/*
 * The result of a rule, and the highest group that it names, 0 for none.
 * False, having complained, where the rule is to be skipped.
 */
bool pattern_result(const struct statement_reader *reader, struct span text,
    bool negated, unsigned *groups_r);

/* False, having complained, where the pattern has fewer groups. */
bool pattern_has_groups(const struct statement_reader *reader,
    unsigned groups, size_t has);

/* The result as it is given out: where it names no group, $$ becomes $. */
struct span pattern_settle(const struct statement_reader *reader,
    struct span text, unsigned groups);

/* An indented line that was meant as a statement: /re/ action, IF, ENDIF. */
bool pattern_suspects(const struct pattern_syntax *syntax, struct span text);

#endif
