/* static - one result for every key: static:TEXT, static:{ TEXT }. */
#include <stdlib.h>

#include "table/braces.h"
#include "table/type.h"

/* The text lies in the table's name. */
struct fixed {
	struct span text;
};

static void *
static_open(struct load *load)
{
	struct fixed *fixed;
	struct span text = load->name;
	const char *why;

	if (text.p[0] == '{' && !braces_strip(text, &text, &why)) {
		load_fail(load, "the text %s (write static:{text})", why);
		return NULL;
	}
	if (text.n == 0)
		load_trap(load, 0, "using an empty one", "no result in the "
		    "braces");
	if ((fixed = calloc(1, sizeof(*fixed))) == NULL) {
		load_fail(load, "out of memory");
		return NULL;
	}
	fixed->text = text;
	return fixed;
}

static size_t
static_rules(const void *data)
{
	(void)data;
	return 1;
}

static void
static_rule(const void *data, size_t number, struct rule *rule_r)
{
	(void)number;
	rule_r->text = ((const struct fixed *)data)->text;
}

static enum answer
static_find(const void *data, struct span key, struct match *match)
{
	(void)key;
	match->text = ((const struct fixed *)data)->text;
	return ANSWER_HIT;
}

const struct table_type table_static = {
	.name = "static", .takes_parts = true, .open = static_open,
	.free = free, .rules = static_rules, .rule = static_rule,
	.find = static_find,
};
