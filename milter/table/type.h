/*
 * type - what each type of table provides behind table.h.
 *
 * One file per type; table.c holds the one list of them.
 */
#ifndef POSTERN_TABLE_TYPE_H
#define POSTERN_TABLE_TYPE_H

#include "table/load.h"
#include "table/table.h"

struct table_type {
	const char *name;
	bool takes_parts;

	/* What follows "NAME:" is a file; or, with braces, its rules. */
	bool reads_file, reads_braces;

	/* NULL, having complained, where there is nothing to search. */
	void *(*open)(struct load *load);
	void (*free)(void *data);

	size_t (*rules)(const void *data);

	/* All but rule_r->file, which is table.c's to know. */
	void (*rule)(const void *data, size_t number, struct rule *rule_r);

	/* match has been reset; its text, rule and limited are set here. */
	enum answer (*find)(const void *data, struct span key,
	    struct match *match);
};

extern const struct table_type table_pcre;
extern const struct table_type table_cidr;
extern const struct table_type table_hash;
extern const struct table_type table_texthash;
extern const struct table_type table_inline;
extern const struct table_type table_static;

#endif
