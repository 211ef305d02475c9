/*
 * table_data - what a table is; for table.c and screen.c alone.
 */
#ifndef POSTERN_TABLE_TABLE_DATA_H
#define POSTERN_TABLE_TABLE_DATA_H

#include "table/allowed.h"
#include "table/type.h"

struct table {
	char *name;
	const char *file;	/* what rules are said to stand in */
	const struct table_type *type;
	void *data;
	struct allowed allowed;		/* by the comments in it */
};

/* Before each search. */
void match_reset(struct match *match);

#endif
