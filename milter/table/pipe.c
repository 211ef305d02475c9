/*
 * pipe - one table's result is the next one's key: pipemap:{TYPE:NAME, ...}.
 *
 * What the last one finds is the result; where any finds nothing, there is
 * none.  Whether parts of keys are asked is for the first table to say.
 */
#include "table/parts.h"
#include "table/type.h"

static void *
pipe_open(struct load *load)
{
	return parts_open(load);
}

static void
pipe_free(void *data)
{
	parts_free(data);
}

static bool
pipe_takes_parts(const void *data)
{
	return table_takes_parts(((const struct parts *)data)->tables[0]);
}

static size_t
pipe_rules(const void *data)
{
	return ((const struct parts *)data)->n_rules;
}

static void
pipe_rule(const void *data, size_t number, struct rule *rule_r)
{
	const struct parts *parts = data;

	if (parts_rule(parts, number, rule_r) + 1 < parts->n)
		rule_r->passed_on = true;
}

static enum answer
ask_each(struct parts_search *search, struct span key)
{
	for (size_t i = 0; i < search->parts->n; i++) {
		enum answer answer = parts_ask(search, i, key);

		if (answer != ANSWER_HIT)
			return answer;
		/* The next search writes where this result may lie. */
		buf_reset(search->text);
		buf_add(search->text, search->asked.text);
		if (search->text->cut)
			break;
		key = buf_span(search->text);
	}
	return ANSWER_HIT;
}

static enum answer
pipe_find(const void *data, struct span key, struct match *match)
{
	struct parts_search search;

	if (!parts_begin(&search, data, match))
		return ANSWER_ERROR;
	return parts_end(&search, ask_each(&search, key));
}

const struct table_type table_pipemap = {
	.name = "pipemap", .takes_parts_like = pipe_takes_parts,
	.open = pipe_open, .free = pipe_free, .rules = pipe_rules,
	.rule = pipe_rule, .find = pipe_find,
};
