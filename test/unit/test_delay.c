/* delay: no more than delay_session_limit wait, and the log hears of others. */
#include "daemon/delay.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#define THREADS	4

static char path[] = "/tmp/postern-delay-XXXXXX";

static struct log *
open_log(void)
{
	const char *why;
	struct log *log = log_open(path, &why);

	assert_non_null(log);
	return log;
}

/* How often the log has this text; it is emptied. */
static unsigned
count(const char *text)
{
	FILE *file = fopen(path, "r");
	unsigned n = 0;
	char line[512];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		n += strstr(line, text) != NULL;
	fclose(file);
	assert_int_equal(truncate(path, 0), 0);
	return n;
}

static void
test_places(void **state)
{
	struct log *log = open_log();
	struct delays delays;

	(void)state;
	delays_init(&delays);
	assert_true(delay_begin(&delays, 2, log));
	assert_true(delay_begin(&delays, 2, log));
	assert_int_equal(count("delay_session_limit"), 0);
	assert_false(delay_begin(&delays, 2, log));
	assert_int_equal(count("delay_session_limit = 2 is reached: replies "
	    "that were not delayed: 1\n"), 1);
	/* Not again within a minute; but they are counted. */
	assert_false(delay_begin(&delays, 2, log));
	assert_false(delay_begin(&delays, 2, log));
	assert_int_equal(count("delay_session_limit"), 0);
	atomic_fetch_sub(&delays.said, 59);
	assert_false(delay_begin(&delays, 2, log));
	assert_int_equal(count("delay_session_limit"), 0);
	atomic_fetch_sub(&delays.said, 1);
	assert_false(delay_begin(&delays, 2, log));
	assert_int_equal(count("not delayed: 4\n"), 1);
	delay_end(&delays);
	assert_true(delay_begin(&delays, 2, log));
	/* No limit. */
	assert_true(delay_begin(&delays, 0, log));
	assert_int_equal(count(""), 0);
	log_close(&log, 0);
}

static void
test_wait(void **state)
{
	uint64_t begin = clock_ms();

	(void)state;
	delay_wait(120);
	assert_in_range(clock_ms() - begin, 120, 5000);
}

struct crowd {
	struct delays delays;
	struct log *log;
	atomic_uint inside, most;
};

static void *
take_places(void *context)
{
	struct crowd *crowd = context;

	for (int i = 0; i < 20000; i++) {
		unsigned inside, most;

		if (!delay_begin(&crowd->delays, 2, crowd->log))
			continue;
		inside = atomic_fetch_add(&crowd->inside, 1) + 1;
		most = atomic_load(&crowd->most);
		while (inside > most && !atomic_compare_exchange_weak(
		    &crowd->most, &most, inside))
			;
		atomic_fetch_sub(&crowd->inside, 1);
		delay_end(&crowd->delays);
	}
	return NULL;
}

static void
test_threads(void **state)
{
	struct crowd crowd = { .inside = 0, .log = open_log() };
	pthread_t threads[THREADS];

	(void)state;
	delays_init(&crowd.delays);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    take_places, &crowd), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_in_range(atomic_load(&crowd.most), 1, 2);
	assert_int_equal(atomic_load(&crowd.delays.waiting), 0);
	assert_in_range(count("delay_session_limit"), 0, 2);
	log_close(&crowd.log, 0);
}

static int
make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
