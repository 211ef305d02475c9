/*
 * pattern - [!]/pattern/flags, as pcre_table(5) has it.
 */
#ifndef POSTERN_TABLE_PATTERN_H
#define POSTERN_TABLE_PATTERN_H

#define PCRE2_CODE_UNIT_WIDTH	8
#include <pcre2.h>

#include "table/load.h"

struct pattern {
	bool negated;
	struct span text;
	uint32_t options;	/* PCRE2's */
};

/*
 * Takes a pattern from the front of *rest and leaves what stands behind it
 * and its blanks.  False, having complained, where Postfix would skip the
 * statement; skipped says what comes of that.
 */
bool pattern_take(const struct load *load, unsigned line, const char *skipped,
    struct span *rest, struct pattern *pattern_r);

/* Compiled, with JIT where there is one; NULL, having complained. */
pcre2_code *pattern_compile(const struct load *load, unsigned line,
    const char *skipped, const struct pattern *pattern);

uint32_t pattern_groups(const pcre2_code *code);

/* There is no JIT code for it. */
bool pattern_interpreted(const pcre2_code *code);

/* An indented line that was meant as a statement: /re/ action, IF, ENDIF. */
bool pattern_suspects(struct span text);

#endif
