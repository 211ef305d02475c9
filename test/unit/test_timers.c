/* Timers beside a plain list of what is set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/timers.h"

enum { TIMERS = 300, STEPS = 20000 };

static uint32_t
chance(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void
compare(const struct timers *timers, const struct timer *all)
{
	const struct timer *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < TIMERS; i++) {
		if (all[i].place == 0)
			continue;
		n++;
		if (first == NULL || all[i].due < first->due)
			first = &all[i];
	}
	assert_int_equal(timers->n, n);
	if (first == NULL)
		assert_null(timers_first(timers));
	else
		assert_int_equal(timers_first(timers)->due, first->due);
}

static void
beside_a_list(void **state)
{
	struct timer all[TIMERS] = { { 0 } };
	struct timers timers = { 0 };
	uint32_t seed = 20261120;

	(void)state;
	print_message("seed %u\n", seed);
	assert_null(timers_first(&timers));
	for (int i = 0; i < STEPS; i++) {
		struct timer *timer = &all[chance(&seed) % TIMERS];

		if (chance(&seed) % 3 == 0) {
			timers_forget(&timers, timer);
			assert_int_equal(timer->place, 0);
		} else {
			assert_true(timers_set(&timers, timer,
			    chance(&seed) % 1000));
		}
		compare(&timers, all);
	}
	timers_clear(&timers);
}

static void
in_order(void **state)
{
	struct timer all[TIMERS] = { { 0 } };
	struct timers timers = { 0 };
	uint64_t last = 0;

	(void)state;
	for (size_t i = 0; i < TIMERS; i++)
		timers_set(&timers, &all[i], i * 7919 % TIMERS);
	for (size_t i = 0; i < TIMERS; i++) {
		struct timer *first = timers_first(&timers);

		assert_true(first->due >= last);
		last = first->due;
		timers_forget(&timers, first);
		timers_forget(&timers, first);
	}
	assert_null(timers_first(&timers));
	timers_clear(&timers);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(beside_a_list), cmocka_unit_test(in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
