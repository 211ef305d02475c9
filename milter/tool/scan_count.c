/* scan_count - verdicts and rules, counted.  See scan_count.h. */
#include "tool/scan_count.h"

#include <inttypes.h>
#include <stdlib.h>

/* Without memory a rule goes uncounted, no worse. */
#define HASH_NONFATAL_OOM	1
#include <uthash.h>

struct rule_count {
	UT_hash_handle hh;
	uint64_t messages;
	uint64_t last;		/* the message that was counted last */
	char name[];
};

void
scan_count_init(struct scan_count *count)
{
	*count = (struct scan_count){ .rules = NULL };
}

void
scan_count_clear(struct scan_count *count)
{
	struct rule_count *rule, *next;

	HASH_ITER(hh, count->rules, rule, next) {
		HASH_DEL(count->rules, rule);
		free(rule);
	}
}

static struct rule_count *
find_or_add(struct scan_count *count, struct span name)
{
	struct rule_count *rule;

	HASH_FIND(hh, count->rules, name.p, name.n, rule);
	if (rule != NULL)
		return rule;
	if ((rule = calloc(1, sizeof(*rule) + name.n + 1)) == NULL)
		return NULL;
	memcpy(rule->name, name.p, name.n);
	HASH_ADD_KEYPTR(hh, count->rules, rule->name, name.n, rule);
	if (rule->hh.tbl == NULL) {
		free(rule);
		return NULL;
	}
	return rule;
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
compare(const struct rule_count *a, const struct rule_count *b)
{
	if (a->messages != b->messages)
		return a->messages > b->messages ? -1 : 1;
	return strcmp(a->name, b->name);
}

void
scan_count_print(struct scan_count *count, FILE *out)
{
	const uint64_t *verdicts = count->verdicts;
	struct rule_count *rule, *next;

	fprintf(out, "%" PRIu64 " messages: %" PRIu64 " accept",
	    count->messages, verdicts[VERDICT_CONTINUE] + verdicts[VERDICT_ACCEPT]);
	if (count->quarantined > 0)
		fprintf(out, " (%" PRIu64 " in quarantine)",
		    count->quarantined);
	fprintf(out, ", %" PRIu64 " reject, %" PRIu64 " tempfail, %" PRIu64
	    " discard\n", verdicts[VERDICT_REJECT],
	    verdicts[VERDICT_TEMPFAIL], verdicts[VERDICT_DISCARD]);
	HASH_SORT(count->rules, compare);
	HASH_ITER(hh, count->rules, rule, next)
		fprintf(out, "%8" PRIu64 " %s\n", rule->messages, rule->name);
}
