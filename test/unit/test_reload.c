/* Reloads: coalesced, never half, and noticed by themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "daemon/reload.h"

struct world {
	char folder[64], conf[96], table[96], log_name[96];
	struct log *log;
	struct reload *reload;
	struct current *current;
};

static void
write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
write_conf(struct world *world, const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), "header_checks = [ \"pcre:%s\" ];\n"
	    "log = \"stderr\";\n%s\n", world->table, more);
	write_file(world->conf, text);
}

/* How many lines of the log hold that text. */
static int
count(struct world *world, const char *text)
{
	FILE *file = fopen(world->log_name, "r");
	char line[4096];
	int n = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		n += strstr(line, text) != NULL;
	fclose(file);
	return n;
}

static void
pause_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000,
	    .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static void
wait_for(struct world *world, const char *text, int n)
{
	for (int i = 0; i < 1000 && count(world, text) < n; i++)
		pause_ms(20);
	assert_int_equal(count(world, text), n);
}

static uint64_t
session_limit(struct world *world)
{
	struct pin *pin = current_pin(world->current);
	uint64_t limit = pin_policy(pin)->conf.session_limit;

	current_unpin(world->current, &pin);
	return limit;
}

static int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct complaints complaints;
	const char *why;

	strcpy(world->folder, "/tmp/test_reload.XXXXXX");
	assert_non_null(mkdtemp(world->folder));
	snprintf(world->conf, sizeof(world->conf), "%s/conf", world->folder);
	snprintf(world->table, sizeof(world->table), "%s/table",
	    world->folder);
	snprintf(world->log_name, sizeof(world->log_name), "%s/log",
	    world->folder);
	write_file(world->table, "/x/ REJECT\n");
	write_conf(world, "reload_interval = 1; session_limit = 1;");
	complaints_init(&complaints);
	world->log = log_open(world->log_name, &why);
	world->reload = reload_new(world->conf, world->log);
	world->current = current_new(policy_new(world->conf, NULL,
	    &complaints), reload_collect, world->reload);
	complaints_clear(&complaints);
	assert_non_null(world->current);
	assert_int_equal(reload_start(world->reload, world->current), 0);
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	reload_free(&world->reload);
	current_free(&world->current);
	log_close(&world->log, 1000);
	unlink(world->conf);
	unlink(world->table);
	unlink(world->log_name);
	rmdir(world->folder);
	free(world);
	return 0;
}

static void
taken(void **state)
{
	struct world *world = *state;

	write_conf(world, "reload_interval = 0; session_limit = 2;");
	reload_request(world->reload, "a test");
	wait_for(world, "loaded (a test): mode enforce", 1);
	assert_int_equal(session_limit(world), 2);
}

/* While one is at work any number of requests make one more. */
static void
coalesced(void **state)
{
	struct world *world = *state;
	FILE *file = fopen(world->table, "w");

	for (int i = 0; i < 20000; i++)
		fprintf(file, "/some(thing|body) number %d/ REJECT\n", i);
	fclose(file);
	write_conf(world, "reload_interval = 0; session_limit = 3;");
	reload_request(world->reload, "first");
	pause_ms(20);
	for (int i = 0; i < 100; i++)
		reload_request(world->reload, "storm");
	wait_for(world, "loaded (storm)", 1);
	pause_ms(300);
	assert_int_equal(count(world, "loaded (storm)"), 1);
	assert_true(count(world, "loaded (first)") <= 1);
}

static void
broken_stays_out(void **state)
{
	struct world *world = *state;

	write_file(world->table, "/(/ REJECT\n/[/ REJECT\n");
	wait_for(world, "the old policy stays", 1);
	wait_for(world, "table:1: ", 1);
	wait_for(world, "table:2: ", 1);
	assert_int_equal(session_limit(world), 1);
	/* Unchanged files are not complained about again. */
	pause_ms(2500);
	assert_int_equal(count(world, "the old policy stays"), 1);
	/* Mending one is noticed, though the policy in force has no part. */
	write_file(world->table, "/x/ REJECT\n/yy/ REJECT\n");
	wait_for(world, "table has changed): mode enforce, 2 tables, 4 rules",
	    1);
}

static void
startup_settings_stay(void **state)
{
	struct world *world = *state;

	write_conf(world, "listen = \"inet:9999@127.0.0.1\"; "
	    "session_limit = 5;");
	reload_request(world->reload, "a test");
	wait_for(world, "the old policy stays", 1);
	assert_true(count(world, "listen") >= 1);
	assert_int_equal(session_limit(world), 1);
	write_conf(world, "session_limit = 6;");
	wait_for(world, "conf has changed): mode", 1);
	assert_int_equal(session_limit(world), 6);
}

int
main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(taken), TEST(coalesced), TEST(broken_stays_out),
		TEST(startup_settings_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
