/*
 * pcre - pattern tables: pcre_table(5), by Postfix's reading of it.
 *
 * Matching is of bytes: no UTF unless the pattern or the table's user asks for
 * it, and no case but that of ASCII.
 */
#include "table/pcre.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "table/type.h"

struct pcre_table {
	struct pattern_table patterns;
	struct scratch_limits limits;
};

static void
pcre_free(void *data)
{
	struct pcre_table *table = data;

	pattern_clear(&table->patterns);
	pcre_clear(&table->patterns.statements);
	free(table);
}

static void
require(const void *pcre_statement, struct region *region,
    struct required *required_r)
{
	const struct pcre_statement *statement = pcre_statement;

	required_by(statement->text, statement->options, region, required_r);
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
	if (!pcre_read(load, &table->patterns.statements) ||
	    !pattern_prepare(load, &table->patterns, require)) {
		pcre_free(table);
		return NULL;
	}
	table->patterns.file = load->file;
	table->patterns.limit_is_error = options->limit_is_error;
	table->limits = (struct scratch_limits){ options->match_limit,
	    options->depth_limit, options->heap_limit };
	scratch_limits_resolve(&table->limits);
	return table;
}

static size_t
pcre_rules(const void *data)
{
	const struct pcre_table *table = data;

	return table->patterns.statements.n_rules;
}

static void
pcre_rule(const void *data, size_t number, struct rule *rule_r)
{
	pattern_rule(data, number, rule_r);
}

/* A pattern that asks for UTF does not match a subject that is none. */
static bool
is_utf_error(int result)
{
	return result <= PCRE2_ERROR_UTF8_ERR1 &&
	    result >= PCRE2_ERROR_UTF8_ERR21;
}

/* PCRE2 would look at the whole key again for each pattern. */
static uint32_t
without_check(struct pattern_search *search)
{
	if (!search->utf8_checked)
		search->is_utf8 = utf8_is_valid(search->key);
	search->utf8_checked = true;
	return search->is_utf8 ? PCRE2_NO_UTF_CHECK : 0;
}

static int
run(struct pattern_search *search, const struct pcre_statement *statement,
    uint32_t options, pcre2_match_data *data)
{
	struct span key = search->key;

	if ((statement->options & PCRE2_UTF) != 0)
		options |= without_check(search);
	if (statement->points != NULL)
		return step_points_match(statement->points,
		    search->match->steps, statement, statement->code, key,
		    options, data, search->scratch->context);
	return pcre2_match(statement->code, (PCRE2_SPTR)(key.p != NULL ?
	    key.p : ""), key.n, 0, options, data, search->scratch->context);
}

/*
 * Where a result has groups, they are the interpreter's, which is all that
 * Postfix has: of "(?:ab)(a)|(b)*+$" compiled code (PCRE2 10.42) says that the
 * second group holds the b of "cb ", which was given up again.  Where it meets
 * a limit, the groups of the compiled code are better than nothing.
 */
static int
match_again(struct pattern_search *search,
    const struct pcre_statement *statement, pcre2_match_data *data)
{
	int result = run(search, statement, PCRE2_NO_JIT, data);

	search->scratch->interpreted = true;
	return result >= 0 || result == PCRE2_ERROR_NOMATCH ? result :
	    run(search, statement, 0, data);
}

static enum outcome
try(struct pattern_search *search, const void *statement_to_try)
{
	const struct pcre_statement *statement = statement_to_try;
	struct scratch *scratch = search->scratch;
	bool negated = statement->pattern.base.negated;
	pcre2_match_data *data = scratch_data(scratch,
	    statement->pattern.groups + 1);
	int result;

	if (data == NULL)
		return OUTCOME_NO_MEMORY;
	scratch->interpreted |= statement->interpreted;
	search->ends = pcre2_get_ovector_pointer(data);
	search->pairs = pcre2_get_ovector_count(data);
	/* 0 is a match with more groups than anybody wants to hear of. */
	result = run(search, statement, 0, data);
	if (result >= 0 && statement->pattern.groups > 0 &&
	    !statement->interpreted)
		result = match_again(search, statement, data);
	if (result >= 0)
		return negated ? OUTCOME_NO_MATCH : OUTCOME_MATCH;
	if (result == PCRE2_ERROR_NOMATCH)
		return negated ? OUTCOME_MATCH : OUTCOME_NO_MATCH;
	if (is_utf_error(result))
		return OUTCOME_NO_MATCH;
	search->spent = result == PCRE2_ERROR_CALLOUT;
	/* The limits, the JIT stack's, a recursion that leads nowhere. */
	return result == PCRE2_ERROR_NOMEMORY ? OUTCOME_NO_MEMORY :
	    OUTCOME_LIMITED;
}

static const struct proposals *
pcre_proposals(const void *data)
{
	const struct pcre_table *table = data;

	return &table->patterns.proposals;
}

static enum answer
pcre_find_proposed(const void *data, struct span key,
    const struct proposed *proposed, struct match *match)
{
	const struct pcre_table *table = data;
	struct pattern_search search = {
		.table = &table->patterns, .key = key, .match = match,
		.proposed = proposed, .try = try,
	};

	if (table->patterns.statements.n_rules == 0)
		return ANSWER_MISS;
	if (scratch_of(match) != NULL) {
		scratch_set_limits(match->scratch, &table->limits);
		match->scratch->deep |= key.n > DEEP_KEY;
	}
	return pattern_find(&search);
}

static enum answer
pcre_find(const void *data, struct span key, struct match *match)
{
	const struct pcre_table *table = data;

	return pattern_misses(&table->patterns, key) ? ANSWER_MISS :
	    pcre_find_proposed(data, key, NULL, match);
}

const struct table_type table_pcre = {
	.name = "pcre", .reads_file = true, .reads_braces = true,
	.open = pcre_open, .free = pcre_free, .rules = pcre_rules,
	.rule = pcre_rule, .find = pcre_find,
	.proposals = pcre_proposals, .find_proposed = pcre_find_proposed,
};
