/*
 * lint_rules - the lints of patterns and networks, each in a file of its own,
 * called by lint.c.
 */
#ifndef POSTERN_TABLE_LINT_RULES_H
#define POSTERN_TABLE_LINT_RULES_H

#include "table/lint.h"
#include "table/syntax.h"

/* For one rule at a time; the tree is NULL where there is none. */
struct lint_pattern {
	const struct written_rule *rule;
	const struct branch *tree;
};

void lint_domain_dot(const struct lint_run *run,
    const struct lint_pattern *pattern);
void lint_dot_star(const struct lint_run *run,
    const struct lint_pattern *pattern);
void lint_non_ascii(const struct lint_run *run,
    const struct lint_pattern *pattern);
void lint_encoded(const struct lint_run *run,
    const struct lint_pattern *pattern);
void lint_backtracking(const struct lint_run *run,
    const struct lint_pattern *pattern);

/* For a whole table: it takes each rule, and compares it with those before. */
struct cover;
struct cover *cover_new(void);
void cover_free(struct cover **cover);
void cover_take(struct cover *cover, const struct lint_run *run,
    const struct lint_pattern *pattern);

/* Shows a pattern, or a part of one, in a warning: printable, and cut. */
#define LINT_SHOWN	120
void lint_show(struct buf *out, struct span text);

#endif
