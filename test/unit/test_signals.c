/* Signals: ours are taken, libmilter's thread is parked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/signals.h"

struct counts {
	atomic_int reloads;
	int pipe;
};

static void
on_reload(void *context, const char *why)
{
	struct counts *counts = context;
	char word = why[3] == 'H' ? 'h' : 'u';

	atomic_fetch_add(&counts->reloads, 1);
	if (write(counts->pipe, &word, 1) < 0)
		_exit(9);
}

static void
on_stop(void *context, const char *why)
{
	(void)context;
	_exit(strcmp(why, "SIGTERM") == 0 ? 40 : 41);
}

/* As libmilter's signal thread: whatever comes back is taken as "stop". */
static void *
as_libmilter(void *context)
{
	sigset_t set;
	int number;

	(void)context;
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigwait(&set, &number);
	_exit(8);
}

/* A child that waits for signals; its end of the pipe tells of reloads. */
static pid_t
start(int *pipe_r)
{
	struct counts counts;
	struct signals signals = { .reload = on_reload, .stop = on_stop,
	    .context = &counts };
	pthread_t thread;
	int ends[2];
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	if ((child = fork()) > 0) {
		close(ends[1]);
		*pipe_r = ends[0];
		assert_int_equal(read(ends[0], &(char){ 0 }, 1), 1);
		return child;
	}
	assert_int_equal(child, 0);
	atomic_init(&counts.reloads, 0);
	counts.pipe = ends[1];
	signals_block();
	if (signals_start(&signals) < 0 || pthread_create(&thread, NULL,
	    as_libmilter, NULL) != 0 || write(ends[1], "r", 1) != 1)
		_exit(7);
	/* SIGPIPE would kill. */
	close(ends[0]);
	for (;;)
		pause();
}

static void
reload_and_stop(void **state)
{
	static const struct { int number, want; } stops[] = {
		{ SIGTERM, 40 }, { SIGINT, 41 },
	};
	int fd, status;
	char word;

	(void)state;
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		pid_t child = start(&fd);

		for (int round = 0; round < 10; round++) {
			kill(child, SIGHUP);
			assert_int_equal(read(fd, &word, 1), 1);
			assert_int_equal(word, 'h');
			kill(child, SIGUSR1);
			assert_int_equal(read(fd, &word, 1), 1);
			assert_int_equal(word, 'u');
		}
		kill(child, stops[i].number);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), stops[i].want);
		close(fd);
	}
}

/* However many come, none ends the process and the last one is heard. */
static void
storm(void **state)
{
	int fd, status;
	pid_t child = start(&fd);
	char word;

	(void)state;
	for (int i = 0; i < 500; i++)
		kill(child, i % 2 == 0 ? SIGHUP : SIGUSR1);
	/* Stopped and continued, the thread must go on waiting. */
	kill(child, SIGSTOP);
	waitpid(child, &status, WUNTRACED);
	kill(child, SIGCONT);
	assert_int_equal(read(fd, &word, 1), 1);
	kill(child, SIGTERM);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 40);
	close(fd);
}

static void
sigpipe_is_ignored(void **state)
{
	int fd, status;
	pid_t child = start(&fd);

	(void)state;
	close(fd);
	kill(child, SIGHUP);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reload_and_stop),
		cmocka_unit_test(storm),
		cmocka_unit_test(sigpipe_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
