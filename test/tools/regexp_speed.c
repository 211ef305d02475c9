/*
 * regexp_speed [RULES [ROUNDS]] - lookups by one thread and by two in a regexp
 * table, beside the same patterns as regex_t that both share.
 *
 * A round is a twentieth of a second.  Printed are the lookups of the best
 * round, in a second by the clock and in a second of processor time, and what
 * two threads get through for one of one alone.  It wants two processors for
 * itself: "chrt -f 10" gets them.
 */
#include <pthread.h>
#include <regex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "table/table.h"

#define RULES_MAX	1000
#define THREADS	2

static const char *const keys[] = {
	"Subject: Re: Minutes of the meeting on Thursday, with an attachment",
	"From: \"Somebody Else\" <somebody.else@mail.example.com>",
	"Content-Type: text/plain; charset=utf-8; format=flowed",
	"Received: from mx.example.org (mx.example.org [192.0.2.25])\n\tby x",
	"Message-ID: <20261120.081530.1234567@mail.example.com>",
};

#define KEYS	(sizeof(keys) / sizeof(keys[0]))

struct work {
	struct table *table;		/* or else the shared ones: */
	regex_t *shared;
	int rules;
	struct scratch_pool *pool;
	atomic_bool *stop;
	unsigned long done;
};

static void
pattern_of(char *text, size_t size, int rule)
{
	snprintf(text, size, "^(Subject|X-Topic):.*word%d[a-z]* (now|today)",
	    rule);
}

static void
search_shared(const struct work *work, const char *key)
{
	for (int i = 0; i < work->rules; i++)
		if (regexec(&work->shared[i], key, 0, NULL, 0) == 0)
			abort();
}

static void
search_table(const struct work *work, const char *key)
{
	struct match match;

	match_init(&match, work->pool);
	if (table_find(work->table, span_of(key), &match) != ANSWER_MISS)
		abort();
	match_clear(&match);
}

static void *
run(void *argument)
{
	struct work *work = argument;

	while (!atomic_load(work->stop)) {
		const char *key = keys[work->done++ % KEYS];

		if (work->shared != NULL)
			search_shared(work, key);
		else
			search_table(work, key);
	}
	return NULL;
}

struct rate {
	double clock, processor;	/* lookups in a second */
};

static double
seconds_of(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void
measure(const struct work *like, int threads, struct rate *best)
{
	const struct timespec round = { 0, 50 * 1000 * 1000 };
	double clock = seconds_of(CLOCK_MONOTONIC);
	double processor = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
	struct work work[THREADS];
	pthread_t thread[THREADS];
	atomic_bool stop = false;
	double done = 0;

	for (int i = 0; i < threads; i++) {
		work[i] = *like;
		work[i].stop = &stop;
		if (pthread_create(&thread[i], NULL, run, &work[i]) != 0)
			abort();
	}
	nanosleep(&round, NULL);
	atomic_store(&stop, true);
	for (int i = 0; i < threads; i++) {
		pthread_join(thread[i], NULL);
		done += (double)work[i].done;
	}
	clock = done / (seconds_of(CLOCK_MONOTONIC) - clock);
	processor = done / (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - processor);
	best->clock = clock > best->clock ? clock : best->clock;
	best->processor = processor > best->processor ? processor :
	    best->processor;
}

static void
report(const char *name, const struct work *work, int rounds)
{
	struct rate best[THREADS] = { { 0, 0 }, { 0, 0 } };

	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < THREADS; i++)
			measure(work, i + 1, &best[i]);
	printf("%s: by the clock %.0f, %.0f (%.2f); of processor time %.0f, "
	    "%.0f (%.2f)\n", name, best[0].clock, best[1].clock,
	    best[1].clock / best[0].clock, best[0].processor,
	    best[1].processor, best[1].processor / best[0].processor);
}

static struct table *
open_table(int rules)
{
	const struct table_options options = { .compatible = false };
	struct complaints complaints;
	struct sources sources;
	struct table *table;
	struct buf name;
	char pattern[100];

	buf_init(&name, (size_t)1 << 20);
	buf_addf(&name, "regexp:{");
	for (int i = 0; i < rules; i++) {
		pattern_of(pattern, sizeof(pattern), i);
		buf_addf(&name, "{/%s/ x} ", pattern);
	}
	buf_addc(&name, '}');
	complaints_init(&complaints);
	sources_init(&sources);
	table = table_open(buf_span(&name), &options, &sources, &complaints);
	if (complaints.errors > 0)
		abort();
	complaints_clear(&complaints);
	sources_clear(&sources);
	buf_clear(&name);
	return table;
}

int
main(int argc, char **argv)
{
	int rules = argc > 1 ? atoi(argv[1]) : 100;
	int rounds = argc > 2 ? atoi(argv[2]) : 10;
	regex_t regexps[RULES_MAX];
	struct work shared = { .shared = regexps, .rules = rules };
	struct work own = { .pool = scratch_pool_new() };
	char pattern[100];

	if (rules > RULES_MAX || (own.table = open_table(rules)) == NULL)
		return 2;
	for (int i = 0; i < rules; i++) {
		pattern_of(pattern, sizeof(pattern), i);
		if (regcomp(&regexps[i], pattern, REG_EXTENDED | REG_ICASE |
		    REG_NOSUB) != 0)
			abort();
	}
	report("one regex_t for all", &shared, rounds);
	report("a regexp table", &own, rounds);
	for (int i = 0; i < rules; i++)
		regfree(&regexps[i]);
	table_free(&own.table);
	scratch_pool_free(&own.pool);
	return 0;
}
