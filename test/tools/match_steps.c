/*
 * match_steps TYPE:NAME STEPS < KEY - what one lookup costs.
 *
 * Looks the key up with so many steps for it (0: any number), and prints the
 * steps that it took, the processor time in seconds, the time of a step in
 * nanoseconds, and what was found: hit, miss, limited (by PCRE2's own limits),
 * spent (by the steps) or error.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "table/steps.h"
#include "table/table.h"

#define KEY_MAX	((size_t)64 * 1024 * 1024)

static double
seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static const char *
word(enum answer answer, const struct steps *steps)
{
	if (answer == ANSWER_ERROR)
		return "error";
	if (steps->n_rules > 0)
		return steps->rules[0].spent ? "spent" : "limited";
	return answer == ANSWER_HIT ? "hit" : "miss";
}

int
main(int argc, char **argv)
{
	const struct table_options options = {
		.match_limit = 1000000, .depth_limit = 250000,
		.heap_limit = 20480
	};
	struct complaints complaints;
	struct sources sources;
	struct steps steps = { .all = 0 };
	struct table *table;
	struct match match;
	struct buf key;
	enum answer answer;
	double before;
	int c;

	complaints_init(&complaints);
	sources_init(&sources);
	table = argc == 3 ? table_open(span_of(argv[1]), &options, &sources,
	    &complaints) : NULL;
	if (table == NULL || complaints.errors > 0)
		return 2;
	buf_init(&key, KEY_MAX);
	while ((c = getchar()) != EOF)
		buf_addc(&key, (char)c);
	steps_begin(&steps, strtoull(argv[2], NULL, 10));
	match_init(&match, NULL);
	match.steps = &steps;
	before = seconds();
	answer = table_find(table, buf_span(&key), &match);
	before = seconds() - before;
	printf("%" PRIu64 " %.6f %.3f %s\n", steps.used, before, before * 1e9 /
	    (double)(steps.used > 0 ? steps.used : 1), word(answer, &steps));
	match_clear(&match);
	steps_clear(&steps);
	table_free(&table);
	buf_clear(&key);
	sources_clear(&sources);
	complaints_clear(&complaints);
	return 0;
}
