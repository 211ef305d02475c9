/* Traffic: bounded conversations, and a drain that misses no message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "daemon/traffic.h"

static void
limit(void **state)
{
	static const struct { uint64_t limit; int joins, want; } cases[] = {
		{ 0, 5, 5 }, { 1, 0, 0 }, { 1, 1, 1 }, { 1, 2, 1 },
		{ 3, 2, 2 }, { 3, 3, 3 }, { 3, 4, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct traffic traffic;
		int joined = 0;

		traffic_init(&traffic);
		for (int j = 0; j < cases[i].joins; j++)
			joined += traffic_join(&traffic, cases[i].limit);
		assert_int_equal(joined, cases[i].want);
		if (joined == 0)
			continue;
		traffic_leave(&traffic);
		assert_true(traffic_join(&traffic, cases[i].limit));
	}
}

#define THREADS	6

struct party {
	struct traffic traffic;
	atomic_int begun_late;
	atomic_bool over;	/* the drain saw no message any more */
	atomic_int rounds;
};

static void *
send_messages(void *context)
{
	struct party *party = context;

	while (traffic_begin(&party->traffic)) {
		if (atomic_load(&party->over))
			atomic_fetch_add(&party->begun_late, 1);
		atomic_fetch_add(&party->rounds, 1);
		traffic_end(&party->traffic);
	}
	return NULL;
}

static void *
join_and_leave(void *context)
{
	struct party *party = context;

	for (int i = 0; i < 20000; i++)
		if (traffic_join(&party->traffic, 3)) {
			if (atomic_load(&party->traffic.conversations) > 3)
				atomic_fetch_add(&party->begun_late, 1);
			traffic_leave(&party->traffic);
		}
	return NULL;
}

static void
drain_misses_none(void **state)
{
	(void)state;
	for (int round = 0; round < 50; round++) {
		pthread_t threads[THREADS];
		struct party party = { .over = false };

		traffic_init(&party.traffic);
		for (int i = 0; i < THREADS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL,
			    send_messages, &party), 0);
		while (atomic_load(&party.rounds) < 100)
			;
		traffic_drain(&party.traffic);
		while (traffic_messages(&party.traffic) > 0)
			;
		atomic_store(&party.over, true);
		for (int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
		assert_int_equal(party.begun_late, 0);
		assert_int_equal(traffic_messages(&party.traffic), 0);
		assert_false(traffic_begin(&party.traffic));
	}
}

static void
limit_holds_among_threads(void **state)
{
	pthread_t threads[THREADS];
	struct party party = { .over = false };

	(void)state;
	traffic_init(&party.traffic);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    join_and_leave, &party), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(party.begun_late, 0);
	assert_int_equal(party.traffic.conversations, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limit),
		cmocka_unit_test(drain_misses_none),
		cmocka_unit_test(limit_holds_among_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
