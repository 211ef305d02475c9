/*
 * statements - rules and IF blocks in the order of the file: what tables of
 * patterns and tables of networks have in common.
 *
 * What a statement looks for is its type's own: each type has a statement that
 * begins with a struct statement, and its syntax says how large it is.
 */
#ifndef POSTERN_TABLE_STATEMENTS_H
#define POSTERN_TABLE_STATEMENTS_H

#include "table/load.h"
#include "table/nesting.h"

enum statement_kind { STATEMENT_RULE, STATEMENT_IF };

struct statement {
	enum statement_kind kind;
	bool negated;
	unsigned line;
	struct span text;	/* of a rule: its result */
	size_t number;		/* of the rule, or of the next one after IF */
	size_t next;		/* of an IF: the statement after its ENDIF */
};

struct statements {
	struct buf source;	/* the file; results lie here */
	void *list;
	size_t size;		/* of one statement */
	size_t n, room;
	size_t *rules;		/* the statement of each rule */
	size_t n_rules;
};

/* Where a type's syntax is asked about a statement. */
struct statement_reader {
	const struct load *load;
	struct statements *statements;
	void *own;		/* the type's */
	unsigned line;
	struct nesting nesting;
};

/* What becomes of a statement that has a fault, in compatible tables. */
#define SKIPPED_RULE	"skipping this rule"
#define SKIPPED_IF	"skipping this IF, so its rules apply always"

struct statement_syntax {
	size_t size;

	/*
	 * Fill in the type's statement, which is zero but for its kind, line
	 * and numbers: of a rule, or of an IF from what follows that word.
	 * False, having complained, where Postfix would skip it.
	 */
	bool (*rule)(struct statement_reader *reader, struct span text,
	    void *statement);
	bool (*condition)(struct statement_reader *reader, struct span text,
	    void *statement);

	/* An indented line that was meant as a statement. */
	bool (*suspects)(struct span text);

	/* A rule may begin with a letter or digit; else such a line is none. */
	bool rules_are_words;

	/* An ENDIF with text behind it is none; else it is warned about. */
	bool endif_stands_alone;
};

/* False, having complained, where there is nothing to search. */
bool statements_read(struct load *load, const struct statement_syntax *syntax,
    void *own, struct statements *statements);
void statements_clear(struct statements *statements);

/* The type's statement that was read as the nth, IFs counted. */
static inline void *
statements_at(const struct statements *statements, size_t n)
{
	return (char *)statements->list + n * statements->size;
}

/* The type's statement of a rule. */
static inline void *
statements_rule(const struct statements *statements, size_t number)
{
	return statements_at(statements, statements->rules[number]);
}

#endif
