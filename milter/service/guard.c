/* guard - two processes that start each other again.  See guard.h. */
#include "service/guard.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define NAME		"postern-guard"

/* Seconds of a clock that may be about to tick: at least one. */
#define PAUSE		2

#define LINE_MAX_BYTES	128

static _Noreturn void watch(struct guard *guard);

static void
say(const char *name, const char *what)
{
	char line[LINE_MAX_BYTES];
	int n = snprintf(line, sizeof(line), "%s %s", name, what);

	/* Where nobody reads it there is no room for more, some time. */
	send(GUARD_CONTROL, line, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* In the new process: only what it shares with the old one, and its end. */
static bool
keep_only(int end)
{
	if (end != GUARD_OTHER && dup3(end, GUARD_OTHER, O_CLOEXEC) < 0)
		return false;
	return close_range(GUARD_OTHER + 1, ~0U, 0) == 0;
}

static _Noreturn void
become_other(struct guard *guard, bool guards)
{
	prctl(PR_SET_NAME, guards ? NAME : guard->name);
	if (guards)
		watch(guard);
	guard->serve(guard->context, guard);
	_exit(1);
}

/* False where there is no memory, or no descriptor; it is tried again. */
static bool
start(struct guard *guard, bool guards)
{
	int ends[2];
	pid_t pid;

	/* Until there is another its place is taken, by its end. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return false;
	guard->alone = false;
	guard->next = clock_seconds() + PAUSE;
	pid = fork();
	if (pid == 0) {
		if (!keep_only(ends[1]))
			_exit(1);
		become_other(guard, guards);
	}
	close(ends[1]);
	if (pid > 0 && (ends[0] == GUARD_OTHER ||
	    dup3(ends[0], GUARD_OTHER, O_CLOEXEC) >= 0)) {
		if (ends[0] != GUARD_OTHER)
			close(ends[0]);
		return true;
	}
	close(ends[0]);
	guard->alone = true;
	return false;
}

/* The guard */

static void
worker_ended(struct guard *guard)
{
	char what[LINE_MAX_BYTES] = "ended";
	int status;

	/* It is a child of ours, or of a guard before us. */
	while (waitpid(-1, &status, WNOHANG) > 0)
		if (WIFSIGNALED(status))
			snprintf(what, sizeof(what), "died of signal %d",
			    WTERMSIG(status));
	say(guard->name, what);
	guard->alone = true;
}

static _Noreturn void
watch(struct guard *guard)
{
	for (;;) {
		struct pollfd polls[] = {
			{ GUARD_CONTROL, 0, 0 },
			{ guard->alone ? -1 : GUARD_OTHER, 0, 0 },
		};

		poll(polls, 2, guard->alone ? 1000 : -1);
		if (polls[0].revents != 0)
			_exit(0);
		if (polls[1].revents != 0)
			worker_ended(guard);
		if (guard->alone && clock_seconds() >= guard->next &&
		    start(guard, false))
			say(guard->name, "was started again");
	}
}

void
guard_run(struct guard *guard)
{
	prctl(PR_SET_NAME, NAME);
	if (!start(guard, false))
		_exit(1);
	guard->next = 0;
	watch(guard);
}

/* The one that serves */

void
guard_ended(struct guard *guard)
{
	say(NAME, "ended");
	guard->alone = true;
}

void
guard_restore(struct guard *guard)
{
	if (guard->alone && clock_seconds() >= guard->next &&
	    start(guard, true))
		say(NAME, "was started again");
}
