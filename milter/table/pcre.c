/*
 * pcre - pattern tables: pcre_table(5), by Postfix's reading of it.
 *
 * Matching is of bytes: no UTF unless the pattern asks for it, and no case but
 * that of ASCII.
 */
#include "table/pcre.h"

#include <stdio.h>
#include <stdlib.h>

#include "table/expand.h"
#include "table/type.h"

struct pcre_table {
	struct statements pcre;
	struct scratch_limits limits;
	bool limit_is_error;
	const char *file;	/* for match.why; the table's name has it */
};

static void
pcre_free(void *data)
{
	struct pcre_table *table = data;

	pcre_clear(&table->pcre);
	free(table);
}

static void *
pcre_open(struct load *load)
{
	const struct table_options *options = load->options;
	struct pcre_table *table = calloc(1, sizeof(*table));

	if (table == NULL) {
		load_fail(load, "out of memory");
		return NULL;
	}
	if (!pcre_read(load, &table->pcre)) {
		pcre_free(table);
		return NULL;
	}
	table->file = load->file;
	table->limit_is_error = options->limit_is_error;
	table->limits = (struct scratch_limits){ options->match_limit,
	    options->depth_limit, options->heap_limit };
	scratch_limits_resolve(&table->limits);
	return table;
}

static size_t
pcre_rules(const void *data)
{
	return ((const struct pcre_table *)data)->pcre.n_rules;
}

static void
pcre_rule(const void *data, size_t number, struct rule *rule_r)
{
	const struct pcre_table *table = data;
	const struct pcre_statement *rule = statements_rule(&table->pcre,
	    number);

	rule_r->line = rule->base.line;
	rule_r->text = rule->base.text;
	rule_r->substitutes = rule->groups > 0;
}

enum outcome { NO_MATCH, MATCH, LIMITED, NO_MEMORY };

/* A pattern that asks for UTF does not match a subject that is none. */
static bool
is_utf_error(int result)
{
	return result <= PCRE2_ERROR_UTF8_ERR1 &&
	    result >= PCRE2_ERROR_UTF8_ERR21;
}

static enum outcome
try(const struct pcre_statement *statement, struct span key,
    struct scratch *scratch)
{
	pcre2_match_data *data = scratch_data(scratch, statement->groups + 1);
	int result;

	if (data == NULL)
		return NO_MEMORY;
	scratch->interpreted |= statement->interpreted;
	/* 0 is a match with more groups than anybody wants to hear of. */
	result = pcre2_match(statement->code, (PCRE2_SPTR)(key.p != NULL ?
	    key.p : ""), key.n, 0, 0, data, scratch->context);
	if (result >= 0)
		return statement->base.negated ? NO_MATCH : MATCH;
	if (result == PCRE2_ERROR_NOMATCH)
		return statement->base.negated ? MATCH : NO_MATCH;
	if (is_utf_error(result))
		return NO_MATCH;
	/* The limits, the JIT stack's, a recursion that leads nowhere. */
	return result == PCRE2_ERROR_NOMEMORY ? NO_MEMORY : LIMITED;
}

static enum answer
fail(const struct pcre_table *table, const struct pcre_statement *statement,
    struct match *match, const char *why)
{
	snprintf(match->why, sizeof(match->why), "%.100s:%u: %s", table->file,
	    statement->base.line, why);
	return ANSWER_ERROR;
}

static enum answer
found(const struct pcre_table *table, const struct pcre_statement *rule,
    struct span key, struct match *match)
{
	struct scratch *scratch = match->scratch;

	match->rule = rule->base.number;
	match->text = rule->base.text;
	if (rule->groups == 0)
		return ANSWER_HIT;
	buf_reset(&scratch->text);
	expand(rule->base.text, key, pcre2_get_ovector_pointer(scratch->data),
	    pcre2_get_ovector_count(scratch->data), &scratch->text);
	if (scratch->text.cut) {
		match->text = span_make(NULL, 0);
		return fail(table, rule, match, "the result is too long");
	}
	match->text = buf_span(&scratch->text);
	return ANSWER_HIT;
}

/* An IF that met a limit is told of as the rule that follows it. */
static void
note_limit(const struct pcre_table *table, const struct pcre_statement *statement,
    struct match *match)
{
	size_t last = table->pcre.n_rules - 1;

	if (match->limited++ == 0)
		match->limited_rule = statement->base.number < last ?
		    statement->base.number : last;
}

static enum answer
search(const struct pcre_table *table, struct span key, struct match *match)
{
	const struct statements *pcre = &table->pcre;
	size_t i = 0;

	while (i < pcre->n) {
		const struct pcre_statement *at = statements_at(pcre, i);
		enum outcome outcome = try(at, key, match->scratch);

		if (outcome == NO_MEMORY)
			return fail(table, at, match, "out of memory");
		if (outcome == LIMITED) {
			note_limit(table, at, match);
			if (table->limit_is_error)
				return fail(table, at, match,
				    "a limit on matching was met");
		}
		if (at->base.kind == STATEMENT_IF)
			i = outcome == MATCH ? i + 1 : at->base.next;
		else if (outcome == MATCH)
			return found(table, at, key, match);
		else
			i++;
	}
	return ANSWER_MISS;
}

static enum answer
pcre_find(const void *data, struct span key, struct match *match)
{
	const struct pcre_table *table = data;
	struct scratch *scratch;

	if (table->pcre.n_rules == 0)
		return ANSWER_MISS;
	if ((scratch = scratch_of(match)) == NULL) {
		snprintf(match->why, sizeof(match->why), "out of memory");
		return ANSWER_ERROR;
	}
	scratch_set_limits(scratch, &table->limits);
	return search(table, key, match);
}

const struct table_type table_pcre = {
	.name = "pcre", .reads_file = true, .reads_braces = true,
	.open = pcre_open, .free = pcre_free, .rules = pcre_rules,
	.rule = pcre_rule, .find = pcre_find,
};
