/* scan_count - verdicts and rules, counted.  See scan_count.h. */
#include "tool/scan_count.h"

#include <inttypes.h>
#include <search.h>
#include <stdlib.h>

struct rule_count {
	struct rule_count *next;
	struct span name;
	uint64_t messages;
	uint64_t last;		/* the message that was counted last */
};

void
scan_count_init(struct scan_count *count)
{
	*count = (struct scan_count){ .rules = NULL };
}

static void
keep_node(void *node)
{
	(void)node;		/* it is in the list, too */
}

void
scan_count_clear(struct scan_count *count)
{
	struct rule_count *rule, *next;

	tdestroy(count->tree, keep_node);
	for (rule = count->rules; rule != NULL; rule = next) {
		next = rule->next;
		free(rule);
	}
	scan_count_init(count);
}

static int
compare_names(const void *a, const void *b)
{
	const struct rule_count *x = a, *y = b;
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
	int order = memcmp(x->name.p, y->name.p, n);

	if (order != 0)
		return order;
	return x->name.n < y->name.n ? -1 : x->name.n > y->name.n;
}

/* NULL without memory: then a rule goes uncounted, no worse. */
static struct rule_count *
add_rule(struct scan_count *count, struct span name)
{
	struct rule_count *rule = calloc(1, sizeof(*rule) + name.n);
	char *text;

	if (rule == NULL)
		return NULL;
	text = (char *)(rule + 1);
	memcpy(text, name.p, name.n);
	rule->name = span_make(text, name.n);
	if (tsearch(rule, &count->tree, compare_names) == NULL) {
		free(rule);
		return NULL;
	}
	rule->next = count->rules;
	count->rules = rule;
	count->nrules++;
	return rule;
}

static struct rule_count *
find_or_add(struct scan_count *count, struct span name)
{
	struct rule_count wanted = { .name = name };
	struct rule_count **found = tfind(&wanted, &count->tree,
	    compare_names);

	return found != NULL ? *found : add_rule(count, name);
}

void
scan_count_rule(struct scan_count *count, struct span name)
{
	uint64_t message = count->messages + 1;
	struct rule_count *rule = NULL;

	if (name.n > 0)
		rule = find_or_add(count, name);
	if (rule == NULL || rule->last == message)
		return;
	rule->last = message;
	rule->messages++;
}

void
scan_count_message(struct scan_count *count, const struct verdict *verdict,
    bool quarantined)
{
	scan_count_rule(count, verdict->rule);
	count->messages++;
	count->verdicts[verdict->kind]++;
	count->quarantined += quarantined;
}

static int
compare_counts(const void *a, const void *b)
{
	const struct rule_count *const *x = a, *const *y = b;

	if ((*x)->messages != (*y)->messages)
		return (*x)->messages > (*y)->messages ? -1 : 1;
	return compare_names(*x, *y);
}

static void
print_rules(const struct scan_count *count, FILE *out)
{
	struct rule_count **list = calloc(count->nrules, sizeof(*list));
	size_t n = 0;

	if (list == NULL)
		return;
	for (struct rule_count *rule = count->rules; rule != NULL;
	    rule = rule->next)
		list[n++] = rule;
	qsort(list, n, sizeof(*list), compare_counts);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%8" PRIu64 " %.*s\n", list[i]->messages,
		    SPAN_ARG(list[i]->name));
	free(list);
}

void
scan_count_print(const struct scan_count *count, FILE *out)
{
	const uint64_t *verdicts = count->verdicts;
	uint64_t accepted = verdicts[VERDICT_CONTINUE] +
	    verdicts[VERDICT_ACCEPT];

	fprintf(out, "%" PRIu64 " messages: %" PRIu64 " accept",
	    count->messages, accepted);
	if (count->quarantined > 0)
		fprintf(out, " (%" PRIu64 " in quarantine)",
		    count->quarantined);
	fprintf(out, ", %" PRIu64 " reject, %" PRIu64 " tempfail, %" PRIu64
	    " discard\n", verdicts[VERDICT_REJECT],
	    verdicts[VERDICT_TEMPFAIL], verdicts[VERDICT_DISCARD]);
	print_rules(count, out);
}
