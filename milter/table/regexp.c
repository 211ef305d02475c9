/*
 * regexp - tables of POSIX patterns: regexp_table(5), by Postfix's reading of
 * it, matched by libc's regexec().
 *
 * libc knows no limits on matching.  What it may come to is taken from the
 * message's steps before a search; and patterns that refer back to a group
 * ("\1") are not tried on long keys, whatever steps there are.
 */
#include "table/regexp.h"

#include <stdio.h>
#include <stdlib.h>

#include "table/syntax.h"
#include "table/steps.h"
#include "table/type.h"

/*
 * A longer key is a limit that was met.  It is what body lines are cut to; a
 * hostile one of this length, made for "(.+)\1x", takes some 16 seconds, and
 * one of 50 KB would take days.
 */
#define REFER_MAX	2048

struct regexp_table {
	struct pattern_table patterns;
	struct regexp regexp;
	struct regexp_sets *sets;
};

static void
regexp_free(void *data)
{
	struct regexp_table *table = data;

	regexp_sets_free(&table->sets);
	pattern_clear(&table->patterns);
	regexp_clear(&table->patterns.statements, &table->regexp);
	free(table);
}

/*
 * "!/a/!/b/" may match without its first pattern, and so does not need it.  Of
 * POSIX's basic syntax nothing is known.
 */
static void
require(const void *regexp_statement, struct region *region,
    struct required *required_r)
{
	const struct regexp_statement *statement = regexp_statement;
	uint32_t options = SYNTAX_POSIX | PCRE2_DOTALL;
	int flags = statement->flags;

	if (statement->parts == 0 || (flags & REG_EXTENDED) == 0 ||
	    (statement->parts > 1 && statement->pattern.base.negated))
		return;
	if ((flags & REG_ICASE) != 0)
		options |= PCRE2_CASELESS;
	if ((flags & REG_NEWLINE) != 0)
		options |= PCRE2_MULTILINE;
	required_by(statement->text, options, region, required_r);
}

static void *
regexp_open(struct load *load)
{
	struct regexp_table *table = calloc(1, sizeof(*table));
	struct regexp *regexp;

	if (table == NULL) {
		load_fail(load, "out of memory");
		return NULL;
	}
	regexp = &table->regexp;
	if (!regexp_read(load, &table->patterns.statements, regexp) ||
	    !pattern_prepare(load, &table->patterns, require)) {
		regexp_free(table);
		return NULL;
	}
	table->patterns.file = load->file;
	table->patterns.limit_is_error = load->options->limit_is_error;
	table->sets = regexp_sets_new(regexp->patterns, regexp->n_patterns,
	    (size_t)regexp->groups + 1);
	if (table->sets == NULL) {
		load_fail(load, "out of memory");
		regexp_free(table);
		return NULL;
	}
	return table;
}

static size_t
regexp_rules(const void *data)
{
	const struct regexp_table *table = data;

	return table->patterns.statements.n_rules;
}

static void
regexp_rule(const void *data, size_t number, struct rule *rule_r)
{
	pattern_rule(data, number, rule_r);
}

struct regexp_search {
	struct pattern_search search;
	const struct regexp *regexp;
	struct regexp_sets *sets;
	struct regexp_set *set;
	const char *key;
};

/* False where the message's steps are too few for a search. */
static bool
pay(struct regexp_search *search, const struct regexp_statement *statement,
    size_t pattern)
{
	const struct pattern_search *base = &search->search;
	struct steps *steps = base->match->steps;
	uint64_t needs = regexp_work_steps(
	    &search->regexp->patterns[pattern].work, base->key);

	search->search.spent = needs > 0 &&
	    needs > steps_allowed(steps, statement, base->key.n);
	if (!search->search.spent)
		steps_spend(steps, needs);
	return !search->search.spent;
}

/* Of the groups, which begin with the whole match, n are told. */
static enum outcome
try_pattern(const struct regexp_search *search, size_t pattern, bool negated,
    size_t n)
{
	regmatch_t *groups = search->set->groups;
	const regex_t *compiled = regexp_set_pattern(search->sets,
	    search->set, pattern);
	int result;

	if (compiled == NULL)
		return OUTCOME_NO_MEMORY;
	/* With REG_STARTEND the key's end is there: it may hold a NUL. */
	groups[0].rm_so = 0;
	groups[0].rm_eo = (regoff_t)search->set->key.n;
	result = regexec(compiled, search->key, n, groups, REG_STARTEND);
	if (result == 0)
		return negated ? OUTCOME_NO_MATCH : OUTCOME_MATCH;
	if (result == REG_NOMATCH)
		return negated ? OUTCOME_MATCH : OUTCOME_NO_MATCH;
	return OUTCOME_NO_MEMORY;
}

/* The offsets of the first pattern's groups, before a second has its turn. */
static void
keep_ends(struct regexp_search *search, size_t pairs)
{
	struct regexp_set *set = search->set;

	for (size_t i = 0; i < pairs; i++) {
		set->ends[2 * i] = (size_t)set->groups[i].rm_so;
		set->ends[2 * i + 1] = (size_t)set->groups[i].rm_eo;
	}
	search->search.ends = set->ends;
	search->search.pairs = pairs;
}

static enum outcome
try(struct pattern_search *pattern_search, const void *statement_to_try)
{
	const struct regexp_statement *statement = statement_to_try;
	struct regexp_search *search = (struct regexp_search *)pattern_search;
	unsigned groups = statement->pattern.groups;
	size_t pairs = groups > 0 ? groups + 1 : 0;
	enum outcome outcome;

	if (statement->parts == 0)
		return OUTCOME_NO_MATCH;
	if (statement->refers && pattern_search->key.n > REFER_MAX)
		return OUTCOME_LIMITED;
	if (!pay(search, statement, statement->first))
		return OUTCOME_LIMITED;
	outcome = try_pattern(search, statement->first,
	    statement->pattern.base.negated, pairs);
	if (outcome != OUTCOME_MATCH)
		return outcome;
	keep_ends(search, pairs);
	if (statement->parts == 1)
		return outcome;
	if (!pay(search, statement, statement->first + 1))
		return OUTCOME_LIMITED;
	return try_pattern(search, statement->first + 1,
	    statement->second_negated, 0);
}

static enum answer
search_set(struct regexp_search *search)
{
	struct regexp_set *set = search->set;
	struct match *match = search->search.match;

	buf_reset(&set->key);
	if (!buf_add(&set->key, search->search.key)) {
		snprintf(match->why, sizeof(match->why), "out of memory");
		return ANSWER_ERROR;
	}
	/* What sanitizers put in front of regexec() looks for a NUL as well. */
	search->key = buf_string(&set->key);
	set->bytes += set->key.n;
	return pattern_find(&search->search);
}

static const struct proposals *
regexp_proposals(const void *data)
{
	const struct regexp_table *table = data;

	return &table->patterns.proposals;
}

static enum answer
regexp_find_proposed(const void *data, struct span key,
    const struct proposed *proposed, struct match *match)
{
	const struct regexp_table *table = data;
	struct regexp_search search = {
		.search = {
			.table = &table->patterns, .key = key, .match = match,
			.proposed = proposed, .try = try,
		},
		.regexp = &table->regexp, .sets = table->sets,
	};
	enum answer answer;

	if (table->patterns.statements.n_rules == 0)
		return ANSWER_MISS;
	if ((search.set = regexp_sets_take(table->sets)) != NULL) {
		answer = search_set(&search);
		regexp_sets_give(table->sets, search.set);
	} else {
		snprintf(match->why, sizeof(match->why), "out of memory");
		answer = ANSWER_ERROR;
	}
	return answer;
}

static enum answer
regexp_find(const void *data, struct span key, struct match *match)
{
	const struct regexp_table *table = data;

	return pattern_misses(&table->patterns, key) ? ANSWER_MISS :
	    regexp_find_proposed(data, key, NULL, match);
}

const struct table_type table_regexp = {
	.name = "regexp", .reads_file = true, .reads_braces = true,
	.open = regexp_open, .free = regexp_free, .rules = regexp_rules,
	.rule = regexp_rule, .find = regexp_find,
	.proposals = regexp_proposals, .find_proposed = regexp_find_proposed,
};
