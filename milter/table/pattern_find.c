/* pattern_find - the search that tables of patterns share. */
#include "table/pattern_find.h"

#include <stdio.h>
#include <stdlib.h>

#include "table/expand.h"
#include "table/steps.h"

/* Trying so few is as cheap as asking which of them to try. */
#define GATE_WORTH	4

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
	size_t number = statement->base.number < last ?
	    statement->base.number : last;
	const struct steps_rule rule = {
		.rule = statement, .file = search->table->file,
		.line = statement->base.line, .number = number,
		.spent = search->spent,
	};

	if (match->limited++ == 0)
		match->limited_rule = number;
	steps_note(match->steps, &rule);
}

/* What is not proposed is not there. */
static enum outcome
outcome_of(struct pattern_search *search, const struct proposals_walk *walk,
    size_t number, const struct pattern_statement *at)
{
	if (proposals_try(walk, number))
		return search->try(search, at);
	return at->base.negated ? OUTCOME_MATCH : OUTCOME_NO_MATCH;
}

static enum answer
walk(struct pattern_search *search, const struct proposed *proposed)
{
	const struct statements *statements = &search->table->statements;
	struct proposals_walk walk;
	size_t i;

	proposals_start(&walk, &search->table->proposals, proposed);
	for (i = proposals_next(&walk, 0); i < statements->n;
	    i = proposals_next(&walk, i)) {
		const struct pattern_statement *at = statements_at(statements,
		    i);
		enum outcome outcome = outcome_of(search, &walk, i, at);

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

/* The key is the one record of its buffer. */
static void
propose(const struct pattern_search *search, struct proposed *proposed_r)
{
	const struct proposals *proposals = &search->table->proposals;
	struct gate_hits *hits = &search->scratch->hits;
	struct record record = { 0, (uint32_t)search->key.n };

	*proposed_r = (struct proposed){ .each = true };
	if (proposals->gate == NULL || search->key.n >= GATE_TEXT_MAX ||
	    gate_scan(proposals->gate, search->key, &record, 1, hits) == 0)
		return;
	*proposed_r = (struct proposed){ .hits = hits->list, .n = hits->n };
}

bool
pattern_misses(const struct pattern_table *table, struct span key)
{
	const struct proposals *proposals = &table->proposals;

	return proposals->gate != NULL && proposals->quiet &&
	    !gate_may_hit(proposals->gate, key);
}

enum answer
pattern_find(struct pattern_search *search)
{
	struct match *match = search->match;
	struct proposed proposed;

	if ((search->scratch = scratch_of(match)) == NULL) {
		snprintf(match->why, sizeof(match->why), "out of memory");
		return ANSWER_ERROR;
	}
	if (search->proposed != NULL)
		return walk(search, search->proposed);
	propose(search, &proposed);
	if (!proposed.each && proposed.n == 0 &&
	    search->table->proposals.quiet)
		return ANSWER_MISS;
	return walk(search, &proposed);
}

/* What all patterns of a table may take while the gate is built. */
#define CLAIMS_MAX	((size_t)256 << 20)

bool
pattern_prepare(const struct load *load, struct pattern_table *table,
    void (*require)(const void *statement, struct region *region,
	struct required *required_r))
{
	const struct statements *statements = &table->statements;
	struct required *required;
	struct region region;
	bool right;

	if (load->options->gate == GATE_NONE || statements->n < GATE_WORTH)
		return true;
	required = calloc(statements->n, sizeof(*required));
	region_init(&region, CLAIMS_MAX);
	for (size_t i = 0; required != NULL && i < statements->n; i++)
		require(statements_at(statements, i), &region, &required[i]);
	right = required != NULL && proposals_init(&table->proposals,
	    statements, required, load->options->gate);
	if (!right)
		load_fail(load, "out of memory");
	region_clear(&region);
	free(required);
	return right;
}

void
pattern_clear(struct pattern_table *table)
{
	proposals_clear(&table->proposals);
}
