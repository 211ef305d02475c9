/*
 * load - what the types of tables share while a table is read: its text, its
 * logical lines, and the two weights of a complaint.
 */
#ifndef POSTERN_TABLE_LOAD_H
#define POSTERN_TABLE_LOAD_H

#include "base/buf.h"
#include "table/allowed.h"
#include "table/logical.h"
#include "table/table.h"

struct load {
	struct span name;	/* what follows "TYPE:"; a C string as well */
	const char *table;	/* TYPE:NAME */
	const char *file;	/* where the rules stand, for complaints */
	bool in_name;		/* they stand in the table's name itself */
	const struct table_options *options;
	struct sources *sources;
	struct complaints *complaints;
	struct allowed *allowed;	/* what the text allows; NULL: all */
};

/*
 * A rule that Postfix would skip or that reads other than it looks: an error,
 * or with `compatible` a warning that ends in what comes of it.
 */
void load_trap(const struct load *load, unsigned line, const char *comes_of_it,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* What is odd, and clear all the same; it may be allowed. */
void load_warn(const struct load *load, unsigned line, enum lint lint,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* There can be no table, not even a compatible one. */
void load_fail(const struct load *load, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The text of the file, or of the rules in braces, one a line, that the name
 * itself holds.  The buffer is cut to its size: a table keeps it.
 */
bool load_text(struct load *load, struct buf *text);

/*
 * The file that the name means, with `suffix` behind it, as seen from the
 * folder of the configuration; NULL without memory, else to be freed.
 */
char *load_path(const struct load *load, const char *suffix);

/*
 * The next logical line that Postfix would look at; those that it drops, and
 * lines with a rule swallowed, are complained about.
 */
bool load_line(const struct load *load, struct logical *lines,
    struct logical_line *line_r);

/* The line that a rule is known by: 0 where it stands in the name. */
static inline unsigned
load_rule_line(const struct load *load, unsigned line)
{
	return load->in_name ? 0 : line;
}

#endif
