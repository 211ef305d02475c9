/*
 * import_table - a table of main.cf: how postern.conf names it, and what its
 * results are.
 *
 * Postfix's own wrappers (proxy:, debug:) are taken off, and what postmap(1)
 * made of a text is named by the text where there is no such type of table
 * here.  Then the table is opened, as Postfix would read it, and every result
 * is looked at: what may become of it depends on that.
 */
#ifndef POSTERN_TOOL_IMPORT_TABLE_H
#define POSTERN_TOOL_IMPORT_TABLE_H

#include "policy/action.h"
#include "table/table.h"
#include "tool/import_params.h"

/* What some result of a table does; a set of bits. */
enum import_kind {
	IMPORT_REFUSES = 1 << 0,	/* REJECT, DEFER, a code */
	IMPORT_PERMITS = 1 << 1,	/* OK, RELAY, DISCARD */
	IMPORT_ADDS = 1 << 2,		/* done twice, it shows */
	IMPORT_OTHER = 1 << 3,		/* HOLD, WARN, ... */
	IMPORT_FOREIGN = 1 << 4,	/* not ours to do, or not known */
	IMPORT_REDIRECTS = 1 << 5	/* REDIRECT, and IMPORT_OTHER */
};

struct import_table {
	struct span name;	/* "TYPE:NAME" for postern.conf */
	const char *why;	/* it cannot be had; NULL: it can */
	const char *unread;	/* why kinds are not known; NULL: they are */
	const char *remark;	/* read otherwise than Postfix does, or NULL */
	unsigned kinds;
	const char *foreign;	/* the first such result, and its place */
};

/* What a rule's result does, there: enum import_kind, or 0 for nothing. */
unsigned import_kind(struct import_params *params, const struct rule *rule,
    enum action_place place);

/* All texts are the region's of params. */
void import_table(struct import_params *params, struct span name,
    enum action_place place, struct import_table *table_r);

#endif
