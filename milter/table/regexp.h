/*
 * regexp - what a regexp table is once it was read; regexp.c searches it.
 */
#ifndef POSTERN_TABLE_REGEXP_H
#define POSTERN_TABLE_REGEXP_H

#include "table/pattern_find.h"
#include "table/regexp_set.h"

/* One pattern, or the two of "/a/!/b/ result". */
struct regexp_statement {
	struct pattern_statement pattern;	/* negated: the first one */
	unsigned parts;		/* 0 for an IF with a fault */
	size_t first;		/* the number of its first pattern */
	struct span text;	/* of that one, in the source */
	int flags;		/* regcomp's, of that one */
	bool second_negated;
	bool refers;		/* a pattern refers back to a group */
};

struct regexp {
	struct regexp_pattern *patterns;	/* lie in the source */
	size_t n_patterns, room;
	unsigned groups;	/* the highest of all results */
};

/* False, having complained, where there is nothing to search. */
bool regexp_read(struct load *load, struct statements *statements,
    struct regexp *regexp);
void regexp_clear(struct statements *statements, struct regexp *regexp);

#endif
