/*
 * pcre - what a pcre table is once it was read; pcre.c searches it.
 *
 * Compiled patterns are shared by all threads; what a match writes on is in
 * its scratch.
 */
#ifndef POSTERN_TABLE_PCRE_H
#define POSTERN_TABLE_PCRE_H

#include "table/pattern_find.h"
#include "table/step_points.h"

struct pcre_statement {
	struct pattern_statement pattern;
	pcre2_code *code;
	struct span text;	/* of the pattern, in the source */
	uint32_t options;
	struct step_points *points;	/* NULL: no steps to count */
	bool interpreted;	/* there is no JIT code for it */
};

/* False, having complained, where there is nothing to search. */
bool pcre_read(struct load *load, struct statements *pcre);
void pcre_clear(struct statements *pcre);

/* Each turns an option of PCRE2's, but for X, which turns none. */
#define PCRE_FLAGS	"ismxAEUX"
/* 0 for X, and for what is no flag. */
uint32_t pcre_option(char flag);

#endif
