/*
 * lint_keys - rules of a table that no lookup ever asks for, by the lists of
 * the configuration that name the table.
 */
#ifndef POSTERN_POLICY_LINT_KEYS_H
#define POSTERN_POLICY_LINT_KEYS_H

#include "base/region.h"
#include "policy/access.h"
#include "table/lint.h"

/* The lists that a table stands in, as bits. */
enum lint_use {
	/* 1 << enum access_class, and then: */
	LINT_USE_NETWORKS = 1 << 16,	/* mynetworks: a client's address */
	LINT_USE_HEADER = 1 << 17,
	LINT_USE_MIME = 1 << 18,
	LINT_USE_NESTED = 1 << 19,
	LINT_USE_BODY = 1 << 20,
	LINT_USE_OTHER = 1 << 21	/* not known here: nothing is said */
};

#define LINT_USE_CHECKS	(LINT_USE_HEADER | LINT_USE_MIME | \
			LINT_USE_NESTED | LINT_USE_BODY)

/*
 * Which keys come to a table: what its own type takes; or, in a unionmap, what
 * the first table of it takes, parts of keys or only whole ones.
 */
enum lint_asked { LINT_ASKED_AS_TYPE, LINT_ASKED_PARTS, LINT_ASKED_WHOLE };

struct lint_keys {
	unsigned uses;
	enum lint_asked asked;
	const struct access_style *style;
	struct region *region;		/* reset for every rule */
};

/*
 * Can any lookup of these lists ask for this key?  With `whole`, as a whole
 * key, which is all that pattern tables are asked.
 */
bool lint_key_asked(const struct lint_keys *keys, struct span key,
    bool whole);

/* Warns about the rules of one table. */
void lint_keys(const struct lint_keys *keys, struct span name,
    const struct table_options *options, unsigned wanted,
    struct complaints *complaints);

#endif
