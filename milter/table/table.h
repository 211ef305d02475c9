/*
 * table - find the rule that matches a key.
 *
 * A table is named TYPE:NAME, as in main.cf.  table_open() reads all of it
 * once; after that nothing that can be seen of it changes, so any number of
 * threads may search the same table.  What a search has to write on is the
 * caller's struct match.
 *
 * Whatever is wrong with a table is a complaint with its file and line; see
 * struct table_options for what happens to the rule.
 */
#ifndef POSTERN_TABLE_TABLE_H
#define POSTERN_TABLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/complaint.h"
#include "base/source.h"
#include "base/span.h"
#include "table/gate.h"

struct table;
struct scratch;
struct scratch_pool;
struct steps;

/* "Could not look" is its own answer; no caller may read it as a miss. */
enum answer { ANSWER_ERROR = -1, ANSWER_MISS = 0, ANSWER_HIT = 1 };

struct table_options {
	/*
	 * A rule that Postfix would skip, or read other than it looks, is an
	 * error, and the table is not to be used.  With `compatible` it is a
	 * warning, and the table is what Postfix would make of it.  What
	 * Postfix warns about and still treats clearly is a warning either
	 * way.
	 */
	bool compatible;

	/* PCRE2's limits for one match; 0 takes the library's own.  KiB. */
	uint32_t match_limit, depth_limit, heap_limit;

	/*
	 * Keys are UTF-8, and patterns of pcre: match characters, by Unicode's
	 * classes and case.  A key that is no UTF-8 matches none.  The C
	 * library's patterns (regexp:) match bytes all the same.
	 */
	bool utf;

	/* A limit that was met is ANSWER_ERROR; else the rule has no match. */
	bool limit_is_error;

	/* The folder that a relative file name starts from; NULL: ".". */
	const char *folder;

	/* Where the table is named, for complaints about its name. */
	const char *file;
	unsigned line;

	/* How rules that cannot match are passed over: see gate.h. */
	enum gate_kind gate;

	/* The table stands in the names of so many others. */
	unsigned nested;
};

/*
 * NULL where nothing could be read.  A table with errors (complaints->errors
 * tells) holds its sound rules, so that somebody can complain about their
 * actions in the same run; it is for nothing else.  sources takes note of the
 * files that were read.
 */
struct table *table_open(struct span name, const struct table_options *options,
    struct sources *sources, struct complaints *complaints);
void table_free(struct table **table);

/* Is there such a type, "pcre" for one? */
bool table_has_type(struct span type);

/* "pcre:/etc/postern/header_checks", as it was given. */
const char *table_name(const struct table *table);

/*
 * Fixed-string tables may be asked about parts of a key (a parent domain, an
 * address without its extension); pattern tables (pcre, regexp, cidr) see
 * whole keys.  unionmap: and pipemap: are what their first table is.
 */
bool table_takes_parts(const struct table *table);

struct rule {
	const char *file;	/* where it stands; for inline:, static: and */
	unsigned line;		/* databases the table's name and line 0 */
	struct span text;	/* the result, before substitution */
	bool unknown;		/* no text: it is whatever will be found */
	bool substitutes;	/* text holds $1 and the like */
	bool passed_on;		/* a key for the next table of a pipemap: */
	unsigned allowed;	/* the set of lints that it is spared */
};

/*
 * Rules are numbered from 0 in the order of the file; IFs are not rules.  The
 * rules of unionmap: and pipemap: are those of all their tables, each in its
 * own file.  A database (cdb, lmdb) may hold millions and is not read: one rule
 * stands for all of them.
 */
size_t table_rules(const struct table *table);
void table_rule(const struct table *table, size_t number,
    struct rule *rule_r);

/*
 * What a search writes on.  match_init() takes nothing; pattern scratch is
 * borrowed from the pool by the first search that needs it and given back by
 * match_clear(), so a match should live no longer than one callback.
 */
struct match {
	struct scratch_pool *pool;
	struct scratch *scratch;

	/* What patterns may cost, the caller's: steps.h.  NULL: anything. */
	struct steps *steps;

	/* After ANSWER_HIT, good until the next search with this match, the
	 * table's end or match_clear().  The rule of unionmap: is the one
	 * whose text comes first. */
	size_t rule;
	struct span text;

	/* After any search: how many rules met a match limit, and the first
	 * of them.  Such a rule did not match, negated or not. */
	size_t limited, limited_rule;

	/* After ANSWER_ERROR: why, in one line. */
	char why[160];
};

void match_init(struct match *match, struct scratch_pool *pool);
void match_clear(struct match *match);

/*
 * The key is asked as it is; fixed-string tables fold case (Unicode where
 * both are UTF-8, as Postfix does).  An empty text is a hit: see maps.h.
 */
enum answer table_find(const struct table *table, struct span key,
    struct match *match);

/*
 * Many keys that lie in one buffer, such as the lines of a text: a table of
 * patterns looks through all of it at once, and most of the keys need not be
 * asked at all.  The records and the text are the caller's.
 */
struct screen {
	const struct table *table;
	struct span text;
	const struct record *records;
	size_t n;
	struct match *match;

	struct gate_hits hits;	/* of records [from, to) */
	size_t from, to;
	size_t at;		/* the first hit that is not passed */
	bool each;		/* every rule may match in these */
};

void screen_init(struct screen *screen);
void screen_clear(struct screen *screen);

/* The match is lent until screen_clear(), and may be used meanwhile. */
void screen_start(struct screen *screen, const struct table *table,
    struct span text, const struct record *records, size_t n,
    struct match *match);

/*
 * The first record at or behind `from` that the table must be asked about; n
 * where there is none.  It is asked in ascending order.
 */
size_t screen_next(struct screen *screen, size_t from);

/* table_find() for the record that screen_next() gave. */
enum answer screen_find(struct screen *screen, size_t record);

/* One for the whole program; any thread may borrow from it. */
struct scratch_pool *scratch_pool_new(void);
void scratch_pool_free(struct scratch_pool **pool);

#endif
