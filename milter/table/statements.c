/* statements - rules and IF blocks in the order of the file. */
#include "table/statements.h"

#include <stdlib.h>

/* A zeroed statement behind the last one; NULL, having complained. */
static struct statement *
new_statement(const struct statement_reader *reader, enum statement_kind kind)
{
	struct statements *to = reader->statements;
	struct statement *statement;

	if (to->n == to->room) {
		size_t room = to->room > 0 ? to->room * 2 : 16;
		void *list = reallocarray(to->list, room, to->size);

		if (list == NULL) {
			load_fail(reader->load, "out of memory");
			return NULL;
		}
		to->list = list;
		to->room = room;
	}
	statement = statements_at(to, to->n);
	memset(statement, 0, to->size);
	statement->kind = kind;
	statement->line = load_rule_line(reader->load, reader->line);
	statement->number = to->n_rules;
	return statement;
}

static void
read_rule(struct statement_reader *reader,
    const struct statement_syntax *syntax, struct span text)
{
	struct statement *rule = new_statement(reader, STATEMENT_RULE);

	if (rule == NULL || !syntax->rule(reader, text, rule))
		return;
	reader->statements->n++;
	reader->statements->n_rules++;
}

/*
 * Postfix drops a faulty IF alone, so that its rules apply always and its
 * ENDIF closes another.  Where that is an error, the IF is kept so that one
 * fault is not complained about twice.
 */
static void
read_if(struct statement_reader *reader,
    const struct statement_syntax *syntax, struct span rest)
{
	struct statement *statement = new_statement(reader, STATEMENT_IF);

	if (statement == NULL || (!syntax->condition(reader, rest, statement) &&
	    reader->load->options->compatible))
		return;
	if (!nesting_push(&reader->nesting, reader->statements->n++))
		load_fail(reader->load, "out of memory");
}

/* True where it closes a block all the same. */
static bool
check_endif(const struct statement_reader *reader,
    const struct statement_syntax *syntax, struct span rest)
{
	if (rest.n == 0)
		return true;
	if (syntax->endif_stands_alone) {
		load_trap(reader->load, reader->line, "skipping this ENDIF",
		    "\"%.*s\" behind ENDIF", SPAN_ARG(rest));
		return !reader->load->options->compatible;
	}
	/* Where no IF is open, there is something worse to say. */
	if (reader->nesting.depth > 0)
		load_warn(reader->load, reader->line, LINT_ENDIF_TEXT,
		    "\"%.*s\" behind ENDIF is ignored (make it a comment "
		    "above)", SPAN_ARG(rest));
	return true;
}

static struct statement *
as_statement(const struct statements *statements, size_t n)
{
	return statements_at(statements, n);
}

static void
read_endif(struct statement_reader *reader,
    const struct statement_syntax *syntax, struct span rest)
{
	size_t opened;

	if (!check_endif(reader, syntax, rest))
		return;
	if (nesting_pop(&reader->nesting, &opened))
		as_statement(reader->statements, opened)->next =
		    reader->statements->n;
	else
		load_trap(reader->load, reader->line, "ignoring it",
		    "ENDIF without an IF");
}

static void
read_statement(struct statement_reader *reader,
    const struct statement_syntax *syntax, struct span text)
{
	/* Nothing but a NUL; that was complained about. */
	if (text.n == 0)
		return;
	if (nesting_word(text, SPAN("if")))
		read_if(reader, syntax, span_skip(text, 2));
	else if (nesting_word(text, SPAN("endif")))
		read_endif(reader, syntax,
		    nesting_skip_space(span_skip(text, 5)));
	else if (syntax->rules_are_words || !ascii_alnum(text.p[0]))
		read_rule(reader, syntax, text);
	else
		load_trap(reader->load, reader->line, "ignoring this line",
		    "\"%.*s\" is neither a rule nor IF nor ENDIF (a rule is "
		    "/pattern/flags result)", SPAN_ARG(text));
}

/* An IF without ENDIF holds all that follows it. */
static void
close_rest(struct statement_reader *reader)
{
	size_t opened;

	while (nesting_pop(&reader->nesting, &opened)) {
		struct statement *statement = as_statement(reader->statements,
		    opened);

		load_trap(reader->load, statement->line, "where it does not "
		    "match, nothing below it is looked at", "IF without an "
		    "ENDIF");
		statement->next = reader->statements->n;
	}
	nesting_clear(&reader->nesting);
}

static bool
index_rules(struct statements *statements)
{
	statements->rules = calloc(statements->n_rules + 1,
	    sizeof(*statements->rules));
	if (statements->rules == NULL)
		return false;
	for (size_t i = 0; i < statements->n; i++) {
		const struct statement *at = as_statement(statements, i);

		if (at->kind == STATEMENT_RULE)
			statements->rules[at->number] = i;
	}
	return true;
}

bool
statements_read(struct load *load, const struct statement_syntax *syntax,
    void *own, struct statements *statements)
{
	struct statement_reader reader = {
		.load = load, .statements = statements, .own = own,
	};
	struct logical lines = { .suspects = syntax->suspects };
	struct logical_line line;

	*statements = (struct statements){ .size = syntax->size };
	if (!load_text(load, &statements->source))
		return false;
	lines.p = statements->source.p;
	lines.n = statements->source.n;
	while (load_line(load, &lines, &line)) {
		reader.line = line.line;
		read_statement(&reader, syntax, line.text);
	}
	close_rest(&reader);
	if (!index_rules(statements)) {
		load_fail(load, "out of memory");
		return false;
	}
	return true;
}

void
statements_clear(struct statements *statements)
{
	free(statements->list);
	free(statements->rules);
	buf_clear(&statements->source);
}
