/*
 * allowed - the names of lints, and the rules that are spared them.
 *
 * A lint is a warning about what is right but hardly meant.  Its name stands
 * in brackets behind it; a comment "# postern: allow NAME" directly above a
 * rule keeps it quiet about that rule.  Some warn when a table is loaded,
 * most when it is looked at with table/lint.h.
 */
#ifndef POSTERN_TABLE_ALLOWED_H
#define POSTERN_TABLE_ALLOWED_H

#include "table/notes.h"

enum lint {
	/* What Postfix warns about, too: said at load. */
	LINT_DUPLICATE,		/* a key that was there already */
	LINT_COLON,		/* a key that ends in a colon */
	LINT_FLAG_X,		/* PCRE's flag X, which does nothing */
	LINT_IF_TEXT,		/* text behind an IF's pattern */
	LINT_ENDIF_TEXT,	/* text behind an ENDIF */
	LINT_RESULT,		/* policy/rules.c: does less than it says */
	/* Certain and quick to find: always on. */
	LINT_ALLOW,		/* an allowance that allows nothing */
	LINT_INDENTED_RULE,	/* a rule that continues the one above */
	LINT_COVERED,		/* never reached: an earlier one is wider */
	LINT_NON_ASCII,		/* letters that bytes do not make */
	LINT_NEVER_ASKED,	/* policy/lint_keys.c: no key is like that */
	/* Where much may be as it was meant, or is slow to find. */
	LINT_DOMAIN_DOT,	/* example.com, where . is any byte */
	LINT_DOT_STAR,		/* .* at an end */
	LINT_ENCODED,		/* a pattern of base64, encoded words */
	LINT_BACKTRACKING,	/* exponential, and shown to be */
	LINT_UNSEEN_FIELD,	/* policy/lint_keys.c: no milter sees it */

	LINTS,
	LINT_NONE = LINTS	/* a warning that nothing silences */
};

/* Sets of them, bit by bit. */
#define LINT_BIT(lint)	(1U << (lint))
#define LINT_QUICK	(LINT_BIT(LINT_DOMAIN_DOT) - 1)
#define LINT_ALL	(LINT_BIT(LINTS) - 1)

/* Empty for LINT_NONE. */
struct span lint_name(enum lint lint);

/* LINT_NONE where there is no lint of this name. */
enum lint lint_named(struct span name);

/* Rules by their first lines, with the sets that they are spared. */
struct allowed {
	struct allowed_rule {
		unsigned line, lints;
	} *list;
	size_t n;
};

/*
 * From notes, or from a table's text; they keep nothing of either.  Without
 * memory nothing is allowed, which costs a few warnings.
 */
void allowed_take(struct allowed *allowed_r, const struct notes *notes);
void allowed_read(struct allowed *allowed_r, struct span text);
void allowed_clear(struct allowed *allowed);

/* The set that the rule in this line is spared. */
unsigned allowed_at(const struct allowed *allowed, unsigned line);

#endif
