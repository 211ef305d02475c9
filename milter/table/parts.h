/*
 * parts - the tables in the name of another: unionmap:{TYPE:NAME, ...}.
 *
 * Their rules are numbered one table after the other.  They are asked with a
 * match of their own, since the caller's holds what is made of their results.
 */
#ifndef POSTERN_TABLE_PARTS_H
#define POSTERN_TABLE_PARTS_H

#include "table/load.h"
#include "table/scratch.h"

struct parts {
	struct table **tables;
	size_t *first;		/* the number of each one's first rule */
	size_t n, n_rules;
};

/* NULL, having complained, where any of them cannot be had. */
struct parts *parts_open(struct load *load);
void parts_free(struct parts *parts);

/* All of rule_r; the answer is the table that the rule is of. */
size_t parts_rule(const struct parts *parts, size_t number,
    struct rule *rule_r);

struct parts_search {
	const struct parts *parts;
	struct match *match;	/* the caller's */
	struct match asked;	/* what the parts are asked with */
	struct buf *text;	/* the result to be, in the match's scratch */
};

/* False, with the reason in match, without memory. */
bool parts_begin(struct parts_search *search, const struct parts *parts,
    struct match *match);

/*
 * Asks one of them; its result is in search->asked.  match is told of errors,
 * and of limits and of the rule as it is numbered here.
 */
enum answer parts_ask(struct parts_search *search, size_t part,
    struct span key);

/* Makes the text the result of the match where answer is a hit. */
enum answer parts_end(struct parts_search *search, enum answer answer);

#endif
