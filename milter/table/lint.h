/*
 * lint - where a table means something else than it seems to, or costs more
 * than it needs to, although nothing in it is wrong.
 *
 * What is said is certain, or shown: where a lint would have to guess, it says
 * nothing.  Their names, and how they are silenced: allowed.h.
 */
#ifndef POSTERN_TABLE_LINT_H
#define POSTERN_TABLE_LINT_H

#include "table/allowed.h"
#include "table/table.h"
#include "table/written.h"

/* What is looked for, and where warnings go. */
struct lint_run {
	struct written *written;
	unsigned wanted;
	struct complaints *complaints;
};

/* Warns about the rule in this line, unless the lint is not wanted there. */
void lint_say(const struct lint_run *run, enum lint lint, unsigned line,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

bool lint_wanted(const struct lint_run *run, enum lint lint, unsigned line);

/*
 * The texts of a pattern that matches nothing but them: ^a$, ^(a|b)$, in
 * small letters.  False where it is no such pattern.
 */
struct lint_literals {
	const struct form *form;
	struct region *region;
};
bool lint_literals_begin(const struct written *written,
    const struct written_rule *rule, struct region *region,
    struct lint_literals *list_r);
bool lint_literals_next(struct lint_literals *list, struct span *literal_r);

/* It matches nothing that has no line feed. */
bool lint_needs_line_feed(const struct written *written,
    const struct written_rule *rule, struct region *region);

/*
 * Reads a table's text again, with the options that it is opened with, and
 * warns about all but its keys.  A table without a text is passed over.
 */
void lint_table(struct span name, const struct table_options *options,
    unsigned wanted, struct complaints *complaints);

#endif
