/*
 * required_dump [-b] [FILE] - what is claimed of the rules of a pattern table,
 * for people and tests.
 *
 * FILE is TYPE:NAME as the table is configured.  A line per rule: its number,
 * the least length, the clauses, the pattern.  With -b: only how long it took
 * to find all claims.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/printable.h"
#include "table/required.h"
#include "table/syntax.h"
#include "table/written.h"

#define REGION_MAX	((size_t)1 << 30)

static void
print_text(struct span text)
{
	struct buf shown;

	buf_init(&shown, 4000);
	printable_add(&shown, text, 200);
	fputs(buf_string(&shown), stdout);
	buf_clear(&shown);
}

static void
print_clause(const struct required_clause *clause)
{
	printf(" %s{", clause->at_start ? "^" : "");
	for (size_t i = 0; i < clause->n; i++) {
		if (i > 0)
			putchar('|');
		print_text(clause->runs[i]);
	}
	printf("} %.1e", clause->rarity);
}

static void
print_rule(const struct written_rule *rule, const struct required *required)
{
	printf("%u: least %zu%s", rule->line, required->least,
	    required->n == 0 ? ", none" : "");
	for (size_t i = 0; i < required->n; i++)
		print_clause(&required->clauses[i]);
	printf(" <- ");
	print_text(rule->pattern);
	putchar('\n');
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	const struct table_options options = { .file = NULL };
	bool bench = argc > 1 && strcmp(argv[1], "-b") == 0;
	struct written written;
	struct written_rule rule;
	struct region region;
	double took = 0;
	size_t n = 0, none = 0;

	if (argc < 2 + bench ||
	    !written_open(&written, span_of(argv[1 + bench]), &options)) {
		fprintf(stderr, "usage: required_dump [-b] TYPE:FILE\n");
		return 2;
	}
	region_init(&region, REGION_MAX);
	while (written_next(&written, &rule)) {
		uint32_t posix = written.kind == WRITTEN_REGEXP ?
		    SYNTAX_POSIX : 0;
		struct required required;

		took -= seconds();
		required_by(rule.pattern, rule.options | posix, &region,
		    &required);
		took += seconds();
		n++;
		none += required.n == 0;
		if (!bench)
			print_rule(&rule, &required);
	}
	printf("%zu rules, %zu without a clause; %.1f ms, %zu bytes\n", n,
	    none, took * 1000, region.used);
	region_clear(&region);
	written_close(&written);
	return 0;
}
