/* parts - the tables in the name of another.  See parts.h. */
#include "table/parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "table/braces.h"

/* One in another in another; each level is a call. */
#define NESTED_MAX	16

static bool
add_table(struct parts *parts, struct table *table)
{
	struct table **tables = reallocarray(parts->tables, parts->n + 1,
	    sizeof(*tables));
	size_t *first;

	if (tables == NULL)
		return false;
	parts->tables = tables;
	first = reallocarray(parts->first, parts->n + 1, sizeof(*first));
	if (first == NULL)
		return false;
	parts->first = first;
	tables[parts->n] = table;
	first[parts->n++] = parts->n_rules;
	parts->n_rules += table_rules(table);
	return true;
}

/* The others are opened all the same, so that one run shows all faults. */
static bool
open_table(struct load *load, struct span name, struct parts *parts)
{
	struct table_options options = *load->options;
	struct table *table;

	options.nested++;
	table = table_open(name, &options, load->sources, load->complaints);
	if (table == NULL)
		return false;
	if (add_table(parts, table))
		return true;
	load_fail(load, "out of memory");
	table_free(&table);
	return false;
}

static bool
open_tables(struct load *load, struct parts *parts)
{
	struct span rest, name;
	const char *why;
	bool right = true;

	if (load->options->nested == NESTED_MAX) {
		load_fail(load, "more than %d tables in one another",
		    NESTED_MAX);
		return false;
	}
	if (!braces_strip(load->name, &rest, &why)) {
		load_fail(load, "the list of tables %s (write {TYPE:NAME, "
		    "TYPE:NAME})", why);
		return false;
	}
	while (braces_word(&rest, &name))
		right &= open_table(load, name, parts);
	if (right && parts->n == 0)
		load_fail(load, "there is no table in the braces (write "
		    "{TYPE:NAME, TYPE:NAME})");
	return right && parts->n > 0;
}

struct parts *
parts_open(struct load *load)
{
	struct parts *parts = calloc(1, sizeof(*parts));

	if (parts == NULL) {
		load_fail(load, "out of memory");
		return NULL;
	}
	if (open_tables(load, parts))
		return parts;
	parts_free(parts);
	return NULL;
}

void
parts_free(struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		table_free(&parts->tables[i]);
	free(parts->tables);
	free(parts->first);
	free(parts);
}

size_t
parts_rule(const struct parts *parts, size_t number, struct rule *rule_r)
{
	size_t part = parts->n - 1;

	while (parts->first[part] > number)
		part--;
	table_rule(parts->tables[part], number - parts->first[part], rule_r);
	return part;
}

bool
parts_begin(struct parts_search *search, const struct parts *parts,
    struct match *match)
{
	*search = (struct parts_search){ .parts = parts, .match = match };
	match_init(&search->asked, match->pool);
	search->asked.steps = match->steps;
	if (scratch_of(match) == NULL) {
		snprintf(match->why, sizeof(match->why), "out of memory");
		return false;
	}
	search->text = &match->scratch->text;
	buf_reset(search->text);
	return true;
}

enum answer
parts_ask(struct parts_search *search, size_t part, struct span key)
{
	const struct parts *parts = search->parts;
	struct match *match = search->match, *asked = &search->asked;
	enum answer answer = table_find(parts->tables[part], key, asked);

	if (asked->limited > 0 && match->limited == 0)
		match->limited_rule = parts->first[part] +
		    asked->limited_rule;
	match->limited += asked->limited;
	if (answer == ANSWER_HIT)
		match->rule = parts->first[part] + asked->rule;
	else if (answer == ANSWER_ERROR)
		memcpy(match->why, asked->why, sizeof(match->why));
	return answer;
}

enum answer
parts_end(struct parts_search *search, enum answer answer)
{
	struct match *match = search->match;

	match_clear(&search->asked);
	if (answer != ANSWER_HIT)
		return answer;
	if (search->text->cut) {
		snprintf(match->why, sizeof(match->why),
		    "the result is too long");
		return ANSWER_ERROR;
	}
	match->text = buf_span(search->text);
	return ANSWER_HIT;
}
