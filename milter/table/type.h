/*
 * type - what each type of table provides behind table.h.
 *
 * One file per type; table.c holds the one list of them.
 */
#ifndef POSTERN_TABLE_TYPE_H
#define POSTERN_TABLE_TYPE_H

#include "table/load.h"
#include "table/proposals.h"
#include "table/table.h"

struct table_type {
	const char *name;
	bool takes_parts;

	/* Where it is not the same for all of the type; else NULL. */
	bool (*takes_parts_like)(const void *data);

	/* What follows "NAME:" is a file; or, with braces, its rules. */
	bool reads_file, reads_braces;

	/* NULL, having complained, where there is nothing to search. */
	void *(*open)(struct load *load);
	void (*free)(void *data);

	size_t (*rules)(const void *data);

	/* rule_r->file is where the table stands, unless this says other. */
	void (*rule)(const void *data, size_t number, struct rule *rule_r);

	/* match has been reset; its text, rule and limited are set here. */
	enum answer (*find)(const void *data, struct span key,
	    struct match *match);

	/*
	 * Of a type that can look through many keys at once; else NULL, and
	 * both.  The second is find() where the hits are known.
	 */
	const struct proposals *(*proposals)(const void *data);
	enum answer (*find_proposed)(const void *data, struct span key,
	    const struct proposed *proposed, struct match *match);
};

extern const struct table_type table_pcre;
extern const struct table_type table_regexp;
extern const struct table_type table_cidr;
extern const struct table_type table_hash;
extern const struct table_type table_texthash;
extern const struct table_type table_btree;
extern const struct table_type table_cdb;
extern const struct table_type table_lmdb;
extern const struct table_type table_inline;
extern const struct table_type table_static;
extern const struct table_type table_fail;
extern const struct table_type table_unionmap;
extern const struct table_type table_pipemap;

#endif
