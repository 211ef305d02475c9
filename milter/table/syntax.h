/*
 * syntax - what a pattern is made of, for those who judge patterns.
 *
 * Reads the syntax of PCRE2, or POSIX's extended one, into a tree.  What it
 * does not know for certain (recursion, conditions, verbs, UTF, \p and some
 * more) makes no tree at all: a lint may keep quiet, but it must not guess.
 * Who can do with less asks for a loose tree, where much of this is a node
 * that may match anything.
 * The tree and its patterns never change; it lies in the caller's region.
 */
#ifndef POSTERN_TABLE_SYNTAX_H
#define POSTERN_TABLE_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PCRE2_CODE_UNIT_WIDTH	8
#include <pcre2.h>

#include "base/region.h"
#include "base/span.h"
#include "table/byteset.h"

enum node_kind {
	NODE_SET,		/* one byte out of a set */
	NODE_GROUP,
	NODE_START,		/* \A, ^ */
	NODE_LINE_START,	/* ^ with the flag m */
	NODE_END,		/* $, \Z: also before a last line feed */
	NODE_VERY_END,		/* \z, $ with the flag E */
	NODE_LINE_END,		/* $ with the flag m */
	NODE_EDGE,		/* \b, \B; in a loose tree also \K, (*SKIP) */
	NODE_LOOK,		/* (?=...), (?!...), (?<=...), (?<!...) */
	NODE_BACK,		/* \1 */
	NODE_OTHER		/* in a loose tree: anything, or nothing */
};

#define FOREVER	UINT32_MAX

struct node {
	enum node_kind kind;
	uint32_t min, max;	/* how often; max may be FOREVER */
	size_t from, to;	/* in the pattern's text, the repeat included */

	struct byteset set;
	bool dot;		/* the set is written "." */
	bool literal;		/* ... as one byte, which is this: */
	unsigned char byte;

	bool possessive;	/* of a repeat; or a group is (?>...) */
	bool captures;
	bool negative;		/* of LOOK */
	struct branch *branches;	/* of GROUP and LOOK */

	struct node *next;
};

struct branch {
	struct node *first;	/* NULL: it is empty */
	struct branch *next;
};

/* POSIX's extended syntax instead of Perl's; a bit that PCRE2 leaves free. */
#define SYNTAX_POSIX	(UINT32_C(1) << 28)

/*
 * options are PCRE2's, and SYNTAX_POSIX.  NULL where there is something that
 * it does not know, in a pattern that is faulty, and without memory.
 */
const struct branch *syntax_read(struct span pattern, uint32_t options,
    struct region *region);

/*
 * The same where patterns match characters (PCRE2_UTF): a set is one character
 * then, and has all bytes that it may consist of, and maybe more.
 */
const struct branch *syntax_read_wide(struct span pattern, uint32_t options,
    struct region *region);

/*
 * All that matches the pattern also matches this tree; what matches the tree
 * need not match the pattern.  NULL where something is not known that may
 * change what the rest means, such as (*UTF) and (*ACCEPT).  With PCRE2_UTF
 * among the options its sets are of bytes, still: as many of them as the
 * characters may have.
 */
const struct branch *syntax_read_loose(struct span pattern, uint32_t options,
    struct region *region);

/* It stands there just once: no repeat. */
static inline bool
node_once(const struct node *node)
{
	return node->min == 1 && node->max == 1;
}

#endif
