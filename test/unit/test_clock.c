/* clock: it says what the system's own says, in both units. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

static double
system_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
test_units(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		double from = system_seconds();
		uint64_t ms = clock_ms(), seconds = clock_seconds();
		double to = system_seconds();

		assert_true((double)ms >= from * 1000 - 1.01);
		assert_true((double)ms <= to * 1000 + 0.01);
		assert_in_range(seconds, (uint64_t)from, (uint64_t)to);
		nanosleep(&(struct timespec){ .tv_nsec = 7770000 }, NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
