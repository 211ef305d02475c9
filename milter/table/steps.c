/* steps - how much work patterns may make of a message.  See steps.h. */
#include "table/steps.h"

#include <stdlib.h>

void
steps_begin(struct steps *steps, uint64_t all)
{
	steps_clear(steps);
	steps->all = all;
}

void
steps_clear(struct steps *steps)
{
	free(steps->rules);
	*steps = (struct steps){ .rules = NULL };
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool
has_met(const struct steps *steps, const void *rule)
{
	for (size_t i = 0; i < steps->n_rules; i++)
		if (steps->rules[i].rule == rule)
			return true;
	return false;
}

uint64_t
steps_allowed(const struct steps *steps, const void *rule, size_t key)
{
	uint64_t free, reserve, left;
	bool known;

	if (steps == NULL || steps->all == 0)
		return UINT64_MAX;
	known = has_met(steps, rule);
	free = STEPS_FREE + (known ? key / STEPS_LIMITED_BYTES :
	    STEPS_FREE_PER_BYTE * (uint64_t)key);
	reserve = steps->all / 2;
	left = steps->all - least(steps->used, steps->all);
	if (known && left <= reserve / 2)
		return 0;
	if (left <= reserve || left - reserve < free)
		return least(free, left);
	return least(left - reserve, steps->all / STEPS_MATCH_PART + free);
}

void
steps_spend(struct steps *steps, uint64_t n)
{
	if (steps != NULL && n > UINT64_MAX - steps->used)
		steps->used = UINT64_MAX;
	else if (steps != NULL)
		steps->used += n;
}

void
steps_note(struct steps *steps, const struct steps_rule *rule)
{
	if (steps == NULL)
		return;
	for (size_t i = 0; i < steps->n_rules; i++) {
		if (steps->rules[i].rule == rule->rule) {
			steps->rules[i].spent |= rule->spent;
			steps->rules[i].times++;
			return;
		}
	}
	if (steps->rules == NULL)
		steps->rules = calloc(STEPS_RULES, sizeof(*steps->rules));
	if (steps->rules == NULL || steps->n_rules == STEPS_RULES) {
		steps->others++;
		return;
	}
	steps->rules[steps->n_rules] = *rule;
	steps->rules[steps->n_rules++].times = 1;
}
