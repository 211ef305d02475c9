/* The policy in force: pinned, swapped and collected by many threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/current.h"

/* A policy that can be told from others by its session_limit. */
static struct policy *
policy_numbered(unsigned number)
{
	char name[] = "/tmp/test_current.XXXXXX";
	struct complaints complaints;
	struct policy *policy;
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	dprintf(fd, "session_limit = %u;\n", number);
	close(fd);
	complaints_init(&complaints);
	policy = policy_new(name, NULL, &complaints);
	complaints_clear(&complaints);
	unlink(name);
	assert_non_null(policy);
	return policy;
}

static void
count_idle(void *context)
{
	atomic_fetch_add((atomic_int *)context, 1);
}

static int
collect(struct current *current)
{
	struct policy *policy;
	int n = 0;

	for (; (policy = current_collect(current)) != NULL; n++)
		policy_free(&policy);
	return n;
}

/* The one in force is never put aside; an old one is, by its last holder. */
static void
last_holder_puts_aside(void **state)
{
	atomic_int idle = 0;
	struct current *current = current_new(policy_numbered(1), count_idle,
	    &idle);
	struct pin *a = current_pin(current), *b = current_pin(current), *c;

	(void)state;
	assert_ptr_equal(pin_policy(a), pin_policy(b));
	assert_true(current_swap(current, policy_numbered(2)));
	c = current_pin(current);
	assert_int_equal(pin_policy(a)->conf.session_limit, 1);
	assert_int_equal(pin_policy(c)->conf.session_limit, 2);
	current_unpin(current, &a);
	assert_null(a);
	current_unpin(current, &a);	/* nothing held: nothing happens */
	assert_int_equal(idle, 0);
	assert_null(current_collect(current));
	current_unpin(current, &b);
	assert_int_equal(idle, 1);
	assert_int_equal(collect(current), 1);
	current_unpin(current, &c);
	assert_int_equal(idle, 1);
	assert_int_equal(collect(current), 0);
	/* Nobody holds the old one: the swap itself puts it aside. */
	assert_true(current_swap(current, policy_numbered(3)));
	assert_int_equal(idle, 2);
	current_free(&current);		/* frees what was not collected, too */
	assert_null(current);
}

#define THREADS	4
#define SWAPS	60

struct world {
	struct current *current;
	atomic_int idle, newest, bad;
	atomic_bool over;
};

static void *
pin_and_unpin(void *context)
{
	struct world *world = context;

	while (!atomic_load(&world->over)) {
		int oldest = atomic_load(&world->newest);
		struct pin *pin = current_pin(world->current);
		uint64_t number = pin_policy(pin)->conf.session_limit;

		/* Not older than what was in force before we asked. */
		if (number < (uint64_t)oldest)
			atomic_fetch_add(&world->bad, 1);
		current_unpin(world->current, &pin);
	}
	return NULL;
}

static void
many_threads(void **state)
{
	struct world world = { .newest = 1 };
	pthread_t threads[THREADS];
	int collected = 0;

	(void)state;
	world.current = current_new(policy_numbered(1), count_idle,
	    &world.idle);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    pin_and_unpin, &world), 0);
	for (int i = 2; i <= SWAPS; i++) {
		assert_true(current_swap(world.current,
		    policy_numbered((unsigned)i)));
		atomic_store(&world.newest, i);
		collected += collect(world.current);
	}
	atomic_store(&world.over, true);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	collected += collect(world.current);
	assert_int_equal(world.bad, 0);
	assert_int_equal(collected, SWAPS - 1);
	assert_int_equal(world.idle, SWAPS - 1);
	current_free(&world.current);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_holder_puts_aside),
		cmocka_unit_test(many_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
