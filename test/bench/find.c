/*
 * find - what one search costs in each of several tables.
 *
 *	find [-a CLASS] KEYS TYPE:NAME...
 *
 * With -a what is measured is a question to an access map: a line of KEYS is
 * what CLASS_access is asked about ("client": a name, a blank and an address),
 * and each table is asked for its keys in access(5)'s order, as access.h has
 * it.
 *
 * Speaks as test/bench/content.c does: a line for each table first, with
 * seconds of CPU to open it and how many keys are in it; then, for each number
 * on the input, nanoseconds of CPU a search in each of them, so many times
 * through the keys of the file KEYS.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <unistd.h>

#include "base/buf.h"
#include "policy/access.h"
#include "table/table.h"

#define TABLES_MAX	16
#define KEYS_MAX	100000
#define FILE_MAX	((size_t)64 * 1024 * 1024)

struct world {
	struct table *tables[TABLES_MAX];
	size_t ntables;
	struct span *keys;
	size_t nkeys;
	struct access_keys *questions;	/* as many; NULL: without -a */
	struct region region;		/* of the questions */
	struct scratch_pool *scratch;
};

static double
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
read_keys(struct world *world, const char *path, struct buf *text)
{
	struct sources sources;
	struct span rest;
	const char *why;

	sources_init(&sources);
	buf_init(text, FILE_MAX);
	if (source_read(&sources, path, text, &why) < 0)
		errx(2, "%s: %s", path, why);
	sources_clear(&sources);
	world->keys = calloc(KEYS_MAX, sizeof(struct span));
	if (world->keys == NULL)
		err(2, NULL);
	rest = buf_span(text);
	while (rest.n > 0 && world->nkeys < KEYS_MAX) {
		size_t n = span_find(rest, '\n');

		world->keys[world->nkeys++] = span_make(rest.p, n);
		rest = span_skip(rest, n < rest.n ? n + 1 : n);
	}
}

static enum access_class
class_of(const char *name)
{
	for (int i = 0; i < ACCESS_CLASSES; i++)
		if (strcmp(access_class_name(i), name) == 0)
			return i;
	errx(2, "%s: no such class", name);
}

/* All of them before anything is measured. */
static void
ask_access(struct world *world, enum access_class class)
{
	const struct access_style style = {
		.parents = true, .delimiter = SPAN_INIT("+"),
		.null_key = SPAN_INIT("<>"),
	};

	region_init(&world->region, (size_t)1 << 30);
	world->questions = calloc(world->nkeys + 1,
	    sizeof(*world->questions));
	if (world->questions == NULL)
		err(2, NULL);
	for (size_t i = 0; i < world->nkeys; i++) {
		struct span name = world->keys[i];
		size_t n = class == ACCESS_CLIENT ? span_find(name, ' ') :
		    name.n;

		world->questions[i] = access_keys(class, &style,
		    span_head(name, n), span_skip(name, n < name.n ? n + 1 :
		    n), &world->region);
	}
}

static enum answer
look(const struct world *world, size_t table, size_t i, struct match *match)
{
	const struct access_key *key;

	return world->questions == NULL ?
	    table_find(world->tables[table], world->keys[i], match) :
	    access_find(world->tables[table], &world->questions[i], match,
	    &key);
}

/* How many keys are there. */
static size_t
go_through(const struct world *world, size_t number)
{
	size_t found = 0;
	struct match match;

	/* As long as a callback. */
	for (size_t i = 0; i < world->nkeys; i++) {
		match_init(&match, world->scratch);
		found += look(world, number, i, &match) == ANSWER_HIT;
		match_clear(&match);
	}
	return found;
}

static void
open_table(struct world *world, const char *name)
{
	const struct table_options options = { .compatible = false };
	struct complaints complaints;
	struct sources sources;
	double taken = cpu_ns();
	size_t number = world->ntables++;

	complaints_init(&complaints);
	sources_init(&sources);
	world->tables[number] = table_open(span_of(name), &options, &sources,
	    &complaints);
	if (world->tables[number] == NULL || complaints.errors > 0)
		errx(2, "%s cannot be opened", name);
	taken = cpu_ns() - taken;
	printf("%.3f %zu\n", taken / 1e9, go_through(world, number));
	fflush(stdout);
	sources_clear(&sources);
	complaints_clear(&complaints);
}

int
main(int argc, char **argv)
{
	struct world world = { .nkeys = 0 };
	struct buf text;
	char line[32];
	const char *class = NULL;
	int option;

	while ((option = getopt(argc, argv, "a:")) == 'a')
		class = optarg;
	if (option != -1 || argc - optind < 2 ||
	    argc - optind > TABLES_MAX + 1)
		errx(2, "usage: find [-a CLASS] KEYS TYPE:NAME...");
	world.scratch = scratch_pool_new();
	read_keys(&world, argv[optind], &text);
	if (class != NULL)
		ask_access(&world, class_of(class));
	for (int i = optind + 1; i < argc; i++)
		open_table(&world, argv[i]);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		int turns = atoi(line);

		for (size_t i = 0; i < world.ntables; i++) {
			double taken = cpu_ns();

			for (int turn = 0; turn < turns; turn++)
				go_through(&world, i);
			printf("%.1f ", (cpu_ns() - taken) /
			    (double)world.nkeys / (turns > 0 ? turns : 1));
		}
		putchar('\n');
		fflush(stdout);
	}
	return 0;
}
