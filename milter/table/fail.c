/* fail - no lookup succeeds: fail:REASON. */
#include <stdio.h>
#include <stdlib.h>

#include "table/type.h"

/* The reason lies in the table's name. */
struct failure {
	const char *reason;
};

static void *
fail_open(struct load *load)
{
	struct failure *failure = calloc(1, sizeof(*failure));

	if (failure == NULL)
		load_fail(load, "out of memory");
	else
		failure->reason = load->name.p;
	return failure;
}

static size_t
fail_rules(const void *data)
{
	(void)data;
	return 0;
}

static void
fail_rule(const void *data, size_t number, struct rule *rule_r)
{
	(void)data;
	(void)number;
	(void)rule_r;
}

static enum answer
fail_find(const void *data, struct span key, struct match *match)
{
	const struct failure *failure = data;

	(void)key;
	snprintf(match->why, sizeof(match->why), "%.150s", failure->reason);
	return ANSWER_ERROR;
}

const struct table_type table_fail = {
	.name = "fail", .open = fail_open, .free = free, .rules = fail_rules,
	.rule = fail_rule, .find = fail_find,
};
