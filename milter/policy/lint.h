/*
 * lint - what is right in a configuration's tables, but hardly meant.
 */
#ifndef POSTERN_POLICY_LINT_H
#define POSTERN_POLICY_LINT_H

#include <stdbool.h>

#include "base/complaint.h"

/*
 * Reads the configuration and its tables once more, whatever is wrong with
 * them, and adds warnings; without `all`, those that are certain and quickly
 * found.  See table/lint.h.
 */
void policy_lint(const char *file, bool all, struct complaints *complaints);

#endif
