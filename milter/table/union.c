/*
 * union - what all of several tables say: unionmap:{TYPE:NAME, TYPE:NAME}.
 *
 * Their results are joined with commas, the empty ones as well; if nothing
 * comes together that way, there is no result.  Whether parts of keys are
 * asked is for the first table to say; where they are, the whole union is one
 * of fixed strings, so that its pattern tables too see keys in lower case.
 */
#include <stdio.h>
#include <stdlib.h>

#include "table/keymap.h"
#include "table/parts.h"
#include "table/type.h"

static void *
union_open(struct load *load)
{
	return parts_open(load);
}

static void
union_free(void *data)
{
	parts_free(data);
}

static bool
union_takes_parts(const void *data)
{
	return table_takes_parts(((const struct parts *)data)->tables[0]);
}

static size_t
union_rules(const void *data)
{
	return ((const struct parts *)data)->n_rules;
}

static void
union_rule(const void *data, size_t number, struct rule *rule_r)
{
	parts_rule(data, number, rule_r);
}

static enum answer
ask_all(struct parts_search *search, struct span key)
{
	struct match *match = search->match;
	enum answer answer = ANSWER_MISS;
	size_t rule = 0;

	for (size_t i = 0; i < search->parts->n; i++) {
		switch (parts_ask(search, i, key)) {
		case ANSWER_ERROR:
			return ANSWER_ERROR;
		case ANSWER_HIT:
			if (search->text->n > 0)
				buf_addc(search->text, ',');
			/* The rule that began the result is what it is of. */
			else
				rule = match->rule;
			buf_add(search->text, search->asked.text);
			answer = ANSWER_HIT;
			break;
		default:
			break;
		}
	}
	match->rule = rule;
	return search->text->n > 0 ? answer : ANSWER_MISS;
}

static enum answer
union_find(const void *data, struct span key, struct match *match)
{
	struct parts_search search;
	enum answer answer;
	char *folded = NULL;

	if (!parts_begin(&search, data, match))
		return ANSWER_ERROR;
	if (union_takes_parts(data) && !keymap_fold(&key, &folded)) {
		snprintf(match->why, sizeof(match->why), "out of memory");
		return ANSWER_ERROR;
	}
	answer = parts_end(&search, ask_all(&search, key));
	free(folded);
	return answer;
}

const struct table_type table_unionmap = {
	.name = "unionmap", .takes_parts_like = union_takes_parts,
	.open = union_open, .free = union_free, .rules = union_rules,
	.rule = union_rule, .find = union_find,
};
