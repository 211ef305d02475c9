/*
 * lint_fields - rules for header fields and lines that their list never sees.
 */
#ifndef POSTERN_POLICY_LINT_FIELDS_H
#define POSTERN_POLICY_LINT_FIELDS_H

#include "policy/lint_keys.h"

/* Warns about one rule of a table with these uses (enum lint_use). */
void lint_fields(unsigned uses, const struct lint_run *run,
    const struct written_rule *rule, struct region *region);

#endif
