/*
 * pcre - what a pcre table is once it was read; pcre.c searches it.
 *
 * Compiled patterns are shared by all threads; what a match writes on is in
 * its scratch.
 */
#ifndef POSTERN_TABLE_PCRE_H
#define POSTERN_TABLE_PCRE_H

#include "table/load.h"
#include "table/scratch.h"

enum statement_kind { STATEMENT_RULE, STATEMENT_IF };

struct statement {
	enum statement_kind kind;
	bool negated;
	unsigned line;
	uint32_t groups;	/* the highest in the result; 0: none */
	pcre2_code *code;
	bool interpreted;	/* there is no JIT code for it */
	struct span text;	/* of a rule: its result */
	size_t number;		/* of the rule, or of the next one after IF */
	size_t next;		/* of an IF: the statement after its ENDIF */
};

struct pcre {
	struct buf source;	/* the results lie here */
	struct statement *list;
	size_t n, room;
	size_t *rules;		/* the statement of each rule */
	size_t n_rules;
};

/* False, having complained, where there is nothing to search. */
bool pcre_read(struct load *load, struct pcre *pcre);
void pcre_clear(struct pcre *pcre);

#endif
