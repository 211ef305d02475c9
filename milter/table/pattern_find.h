/*
 * pattern_find - the search that tables of patterns share: rules in the order
 * of the file, IF blocks, groups in results, and limits that were met.
 */
#ifndef POSTERN_TABLE_PATTERN_FIND_H
#define POSTERN_TABLE_PATTERN_FIND_H

#include "table/proposals.h"
#include "table/scratch.h"
#include "table/statements.h"

/* What a statement of such a table begins with. */
struct pattern_statement {
	struct statement base;
	unsigned groups;	/* the highest in the result; 0: none */
};

/* What such a table has. */
struct pattern_table {
	struct statements statements;
	struct proposals proposals;
	bool limit_is_error;
	const char *file;	/* for match.why; the table's name has it */
};

/* OUTCOME_LIMITED is no match, negated or not. */
enum outcome {
	OUTCOME_NO_MATCH, OUTCOME_MATCH, OUTCOME_LIMITED, OUTCOME_NO_MEMORY
};

/* One search.  A type puts its own behind it. */
struct pattern_search {
	const struct pattern_table *table;
	struct span key;
	struct match *match;
	struct scratch *scratch;	/* the match's */
	/* NULL: the gate is asked. */
	const struct proposed *proposed;

	/*
	 * Is the statement, a struct pattern_statement and what is behind it,
	 * true of the key?  Where it is, and its result has groups, ends is
	 * what expand() wants.
	 */
	enum outcome (*try)(struct pattern_search *search,
	    const void *statement);
	const size_t *ends;
	size_t pairs;

	/* The key's, once a try() had to know. */
	bool utf8_checked, is_utf8;

	/* Of OUTCOME_LIMITED: the message's steps were too few. */
	bool spent;
};

/* True: there is a miss, and nothing that is costly need be borrowed. */
bool pattern_misses(const struct pattern_table *table, struct span key);

/* Asked with all but scratch, ends and pairs. */
enum answer pattern_find(struct pattern_search *search);

/*
 * What pattern_find() needs beside the statements, once they are read.
 * require() says what must be there if a statement's pattern matches.  False,
 * having complained, without memory.
 */
bool pattern_prepare(const struct load *load, struct pattern_table *table,
    void (*require)(const void *statement, struct region *region,
	struct required *required_r));
void pattern_clear(struct pattern_table *table);

/* As struct table_type has it. */
void pattern_rule(const struct pattern_table *table, size_t number,
    struct rule *rule_r);

#endif
