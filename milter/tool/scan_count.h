/*
 * scan_count - how many messages had which verdict, and by which rules.
 *
 * A rule is counted once in a message, however often it matched.
 */
#ifndef POSTERN_TOOL_SCAN_COUNT_H
#define POSTERN_TOOL_SCAN_COUNT_H

#include <stdint.h>
#include <stdio.h>

#include "session/session.h"

struct rule_count;

struct scan_count {
	uint64_t messages;
	uint64_t verdicts[VERDICT_DISCARD + 1];
	uint64_t quarantined;
	struct rule_count *rules;	/* a list, and a tree: */
	size_t nrules;
	void *tree;			/* tsearch(3), by name */
};

void scan_count_init(struct scan_count *count);
void scan_count_clear(struct scan_count *count);

/* A rule of the message that is still to be counted. */
void scan_count_rule(struct scan_count *count, struct span rule);
void scan_count_message(struct scan_count *count,
    const struct verdict *verdict, bool quarantined);

/* A line for the verdicts, one for each rule, the most frequent first. */
void scan_count_print(const struct scan_count *count, FILE *out);

#endif
