/*
 * lookup - what a lookup costs in tables of many keys.
 *
 *	lookup TEXT
 *
 * TEXT has been through postmap, for cdb and for lmdb.  Prints lines of
 * "NAME VALUE": nanoseconds a lookup, in a plain uthash table over the same
 * keys and in each type of table, and milliseconds to open one.  Each is the
 * least of several rounds, which take turns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <uthash.h>

#include "base/buf.h"
#include "table/table.h"

#define ROUNDS		5
#define LOOKUPS		200000
#define TYPES		3

struct entry {
	char *key, *value;
	UT_hash_handle hh;
};

struct world {
	char *text;
	struct entry *entries, *hashed;
	size_t n;
	struct span *asked;	/* LOOKUPS keys; one in eight is not there */
	struct table *tables[TYPES];
};

static const char *const types[TYPES] = { "hash", "cdb", "lmdb" };

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void *
must(void *p)
{
	if (p == NULL) {
		fprintf(stderr, "lookup: no file, or no memory\n");
		exit(2);
	}
	return p;
}

/* "key value" lines, and nothing else. */
static void
read_text(struct world *world, const char *path)
{
	struct sources sources;
	struct buf text;
	const char *why;
	size_t lines = 0;
	char *rest, *line;

	sources_init(&sources);
	buf_init(&text, (size_t)1 << 30);
	if (source_read(&sources, path, &text, &why) < 0)
		must(NULL);
	sources_clear(&sources);
	buf_string(&text);
	world->text = text.p;
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	world->entries = must(calloc(lines + 1, sizeof(struct entry)));
	rest = world->text;
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		struct entry *entry = &world->entries[world->n++];

		entry->key = strsep(&line, " ");
		entry->value = line;
		HASH_ADD_KEYPTR(hh, world->hashed, entry->key,
		    strlen(entry->key), entry);
	}
}

/* A fixed order that no cache foresees. */
static void
choose_keys(struct world *world)
{
	uint64_t state = 1;

	world->asked = must(calloc(LOOKUPS, sizeof(struct span)));
	for (size_t i = 0; i < LOOKUPS; i++) {
		struct span key;

		state = state * UINT64_C(6364136223846793005) +
		    UINT64_C(1442695040888963407);
		key = span_of(world->entries[(state >> 33) % world->n].key);
		if (i % 8 == 0)
			key = span_skip(key, 1);
		/* As fresh as the address of a message. */
		world->asked[i] = span_of(must(strndup(key.p, key.n)));
	}
}

static double
time_uthash(const struct world *world, size_t *found_r)
{
	double begin = now();

	*found_r = 0;
	for (size_t i = 0; i < LOOKUPS; i++) {
		struct entry *entry;

		HASH_FIND(hh, world->hashed, world->asked[i].p,
		    world->asked[i].n, entry);
		*found_r += entry != NULL && entry->value[0] != '\0';
	}
	return (now() - begin) / LOOKUPS;
}

static double
time_table(const struct world *world, const struct table *table,
    size_t *found_r)
{
	struct match match;
	double begin;

	*found_r = 0;
	match_init(&match, NULL);
	begin = now();
	for (size_t i = 0; i < LOOKUPS; i++)
		*found_r += table_find(table, world->asked[i], &match) ==
		    ANSWER_HIT && match.text.p[0] != '\0';
	begin = now() - begin;
	match_clear(&match);
	return begin / LOOKUPS;
}

/* Milliseconds. */
static double
time_open(struct table **table_r, const char *type, const char *path)
{
	const struct table_options options = { .compatible = false };
	struct complaints complaints;
	struct sources sources;
	struct buf name;
	double begin;

	buf_init(&name, 4096);
	buf_addf(&name, "%s:%s", type, path);
	complaints_init(&complaints);
	sources_init(&sources);
	begin = now();
	*table_r = must(table_open(buf_span(&name), &options, &sources,
	    &complaints));
	begin = now() - begin;
	sources_clear(&sources);
	complaints_clear(&complaints);
	buf_clear(&name);
	return begin / 1e6;
}

static void
open_tables(struct world *world, const char *path)
{
	for (size_t i = 0; i < TYPES; i++) {
		double least = 0;

		for (int round = 0; round < (i == 0 ? 1 : ROUNDS); round++) {
			double took;

			table_free(&world->tables[i]);
			took = time_open(&world->tables[i], types[i], path);
			if (round == 0 || took < least)
				least = took;
		}
		printf("open_%s_ms %.3f\n", types[i], least);
	}
}

static void
look_up(const struct world *world)
{
	double least[TYPES + 1] = { 0 };
	size_t wanted, found;

	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i <= TYPES; i++) {
			double took = i == 0 ? time_uthash(world, &wanted) :
			    time_table(world, world->tables[i - 1], &found);

			if (i > 0 && found != wanted) {
				fprintf(stderr, "lookup: %s finds %zu keys, "
				    "uthash %zu\n", types[i - 1], found,
				    wanted);
				exit(1);
			}
			if (round == 0 || took < least[i])
				least[i] = took;
		}
	printf("keys %zu\n", world->n);
	printf("lookup_uthash_ns %.0f\n", least[0]);
	for (size_t i = 0; i < TYPES; i++)
		printf("lookup_%s_ns %.0f\n", types[i], least[i + 1]);
}

int
main(int argc, char **argv)
{
	struct world world = { .n = 0 };

	if (argc != 2) {
		fprintf(stderr, "usage: lookup TEXT\n");
		return 2;
	}
	read_text(&world, argv[1]);
	if (world.n == 0)
		must(NULL);
	choose_keys(&world);
	open_tables(&world, argv[1]);
	look_up(&world);
	return 0;
}
