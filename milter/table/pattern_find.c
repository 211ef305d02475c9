/* pattern_find - the search that tables of patterns share. */
#include "table/pattern_find.h"

#include <stdio.h>

#include "table/expand.h"

void
pattern_rule(const struct pattern_table *table, size_t number,
    struct rule *rule_r)
{
	const struct pattern_statement *rule = statements_rule(
	    &table->statements, number);

	rule_r->line = rule->base.line;
	rule_r->text = rule->base.text;
	rule_r->substitutes = rule->groups > 0;
}

static enum answer
fail(const struct pattern_search *search,
    const struct pattern_statement *statement, const char *why)
{
	struct match *match = search->match;

	snprintf(match->why, sizeof(match->why), "%.100s:%u: %s",
	    search->table->file, statement->base.line, why);
	return ANSWER_ERROR;
}

static enum answer
found(const struct pattern_search *search,
    const struct pattern_statement *rule)
{
	struct match *match = search->match;
	struct buf *text = &search->scratch->text;

	match->rule = rule->base.number;
	match->text = rule->base.text;
	if (rule->groups == 0)
		return ANSWER_HIT;
	buf_reset(text);
	expand(rule->base.text, search->key, search->ends, search->pairs,
	    text);
	if (text->cut) {
		match->text = span_make(NULL, 0);
		return fail(search, rule, "the result is too long");
	}
	match->text = buf_span(text);
	return ANSWER_HIT;
}

/* An IF that met a limit is told of as the rule that follows it. */
static void
note_limit(const struct pattern_search *search,
    const struct pattern_statement *statement)
{
	size_t last = search->table->statements.n_rules - 1;
	struct match *match = search->match;

	if (match->limited++ == 0)
		match->limited_rule = statement->base.number < last ?
		    statement->base.number : last;
}

static enum answer
walk(struct pattern_search *search)
{
	const struct statements *statements = &search->table->statements;
	size_t i = 0;

	while (i < statements->n) {
		const struct pattern_statement *at = statements_at(statements,
		    i);
		enum outcome outcome = search->try(search, at);

		if (outcome == OUTCOME_NO_MEMORY)
			return fail(search, at, "out of memory");
		if (outcome == OUTCOME_LIMITED) {
			note_limit(search, at);
			if (search->table->limit_is_error)
				return fail(search, at,
				    "a limit on matching was met");
		}
		if (at->base.kind == STATEMENT_IF)
			i = outcome == OUTCOME_MATCH ? i + 1 : at->base.next;
		else if (outcome == OUTCOME_MATCH)
			return found(search, at);
		else
			i++;
	}
	return ANSWER_MISS;
}

enum answer
pattern_find(struct pattern_search *search)
{
	struct match *match = search->match;

	if ((search->scratch = scratch_of(match)) == NULL) {
		snprintf(match->why, sizeof(match->why), "out of memory");
		return ANSWER_ERROR;
	}
	return walk(search);
}
