/* keeper - a small process that starts helpers.  See keeper.h. */
#include "service/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "service/content_type.h"
#include "service/guard.h"
#include "service/helper.h"
#include "service/protocol.h"
#include "service/sandbox.h"

#define CONTROL		GUARD_CONTROL

/* What a helper may take longer than its own clock says. */
#define GRACE		2

#define WHY_MAX		256

struct child {
	pid_t pid;		/* 0: none */
	int fd;
	uint64_t deadline;	/* seconds of CLOCK_MONOTONIC */
	bool killed;		/* by the keeper */
};

struct keeper {
	struct content_types *types;
	uint64_t memory;	/* as sandbox_enter() wants it */
	sigset_t waiting;	/* what may interrupt while it waits */
	struct child children[KEEPER_HELPERS_MAX];
};

/* Helpers */

static _Noreturn void
be_helper(const struct keeper *k, int fd, unsigned seconds)
{
	sigset_t none;

	sigemptyset(&none);
	/* Whatever becomes of the keeper, a helper does not outlive it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* In a build with a sanitizer its reports are worth having. */
	if (sandbox_bounds_memory())
		close_range(0, (unsigned)fd - 1, 0);
	close_range((unsigned)fd + 1, ~0U, 0);
	if (!sandbox_bounds_memory())
		close_range(CONTROL, (unsigned)fd - 1, 0);
	helper_run(fd, k->types, seconds, k->memory);
}

static void
start_helper(struct keeper *k, int fd, unsigned seconds)
{
	struct child *child = NULL;

	for (int i = 0; i < KEEPER_HELPERS_MAX && child == NULL; i++)
		if (k->children[i].pid == 0)
			child = &k->children[i];
	if (child == NULL) {
		close(fd);
		return;
	}
	*child = (struct child){ .fd = fd,
	    .deadline = clock_seconds() + seconds + GRACE };
	child->pid = fork();
	if (child->pid == 0)
		be_helper(k, fd, seconds);
	if (child->pid < 0) {
		child->pid = 0;
		close(fd);
	}
}

static const char *
signal_meaning(int number)
{
	switch (number) {
	case SIGSYS:
		return ": it tried what it may not";
	case SIGXCPU:
		return ": it took more time than it may";
	case SIGKILL:
		return "";
	default:
		return ": it crashed";
	}
}

/* What became of it, after whatever it has said itself. */
static void
tell(const struct child *child, int status)
{
	char record[sizeof(struct record_head) + WHY_MAX], why[WHY_MAX];
	struct record_head head;
	struct span text;

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	if (child->killed)
		snprintf(why, sizeof(why), "the helper took too long");
	else if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "the helper died of signal %d%s",
		    WTERMSIG(status), signal_meaning(WTERMSIG(status)));
	else
		snprintf(why, sizeof(why), "the helper failed with status %d",
		    WEXITSTATUS(status));
	text = span_of(why);
	record_make(RECORD_ERROR, 0, 0, &text, &head);
	memcpy(record, &head, sizeof(head));
	memcpy(record + sizeof(head), text.p, text.n);
	send(child->fd, record, sizeof(head) + text.n,
	    MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
reap(struct keeper *k)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < KEEPER_HELPERS_MAX; i++)
			if (k->children[i].pid == pid) {
				tell(&k->children[i], status);
				close(k->children[i].fd);
				k->children[i].pid = 0;
			}
}

/* Kills who is late; how long until the next one is: -1: nobody. */
static int
watch(struct keeper *k)
{
	uint64_t at = clock_seconds();
	int64_t next = -1;

	for (int i = 0; i < KEEPER_HELPERS_MAX; i++) {
		struct child *child = &k->children[i];
		int64_t left = (int64_t)child->deadline - (int64_t)at;

		if (child->pid == 0 || child->killed)
			continue;
		if (left <= 0) {
			child->killed = true;
			kill(child->pid, SIGKILL);
		} else if (next < 0 || left < next) {
			next = left;
		}
	}
	return next > INT32_MAX ? INT32_MAX : (int)next;
}

/* The keeper's own loop */

/* False where nobody is there any more. */
static bool
take_request(struct keeper *k)
{
	uint32_t seconds = 0;
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = { { 0 } };
	struct iovec iovec = { &seconds, sizeof(seconds) };
	struct msghdr message = {
		.msg_iov = &iovec, .msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};
	ssize_t n = recvmsg(CONTROL, &message, MSG_CMSG_CLOEXEC |
	    MSG_DONTWAIT);
	const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int fd;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	if (head == NULL || head->cmsg_level != SOL_SOCKET ||
	    head->cmsg_type != SCM_RIGHTS ||
	    head->cmsg_len != CMSG_LEN(sizeof(fd)))
		return true;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	start_helper(k, fd, seconds);
	return true;
}

static void
serve(void *context, struct guard *guard)
{
	struct keeper *k = context;

	/*
	 * A guard that was started beside helpers has their numbers, and so
	 * has the keeper that it starts; they died with the one before it.
	 */
	memset(k->children, 0, sizeof(k->children));
	for (;;) {
		struct pollfd polls[] = {
			{ CONTROL, POLLIN, 0 },
			{ guard->alone ? -1 : GUARD_OTHER, 0, 0 },
		};
		int left = watch(k);
		struct timespec wait = { guard->alone ? 1 : left, 0 };
		int n;

		reap(k);
		n = ppoll(polls, 2, left >= 0 || guard->alone ? &wait : NULL,
		    &k->waiting);
		if (n > 0 && polls[0].revents != 0 && !take_request(k))
			_exit(0);
		if (n > 0 && polls[1].revents != 0)
			guard_ended(guard);
		guard_restore(guard);
	}
}

static void
on_child(int number)
{
	(void)number;
}

/*
 * A stop or a reload is for the daemon, which may need helpers until its end:
 * that end is what the keeper heeds.  SIGCHLD only interrupts ppoll().
 */
static void
set_signals(struct keeper *k)
{
	static const int ignored[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE
	};
	struct sigaction action = { .sa_handler = on_child };
	sigset_t child;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	sigaction(SIGCHLD, &action, NULL);
	sigemptyset(&k->waiting);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_SETMASK, &child, NULL);
}

/* All but the way to the daemon; 0, 1 and 2 lead nowhere. */
static int
close_files(int control)
{
	int last = sandbox_bounds_memory() ? STDERR_FILENO : STDOUT_FILENO;
	int null;

	if (control != CONTROL && dup3(control, CONTROL, O_CLOEXEC) < 0)
		return -1;
	if (close_range(CONTROL + 1, ~0U, 0) < 0)
		return -1;
	if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0)
		return -1;
	for (int fd = STDIN_FILENO; fd <= last; fd++)
		if (fd != null && dup2(null, fd) < 0)
			return -1;
	if (null > STDERR_FILENO)
		close(null);
	return 0;
}

static void
say(const char *text)
{
	if (write(CONTROL, text, strlen(text) + 1) < 0)
		_exit(1);
}

static _Noreturn void
be_keeper(int control, int (*drop)(void *context, char *why, size_t size),
    void *context)
{
	struct keeper k = { .memory = 0 };
	struct guard guard = {
		.name = "postern-inspect", .serve = serve, .context = &k,
	};
	char why[WHY_MAX] = "";

	set_signals(&k);
	if (close_files(control) < 0)
		_exit(1);
	k.types = content_types_open(why, sizeof(why));
	k.memory = sandbox_memory_used();
	if (k.types == NULL ||
	    (drop != NULL && drop(context, why, sizeof(why)) < 0)) {
		say(why);
		_exit(1);
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	say("");
	guard_run(&guard);
}

/* In the process that starts it */

/* "" is how the keeper says that it is ready. */
static int
hear(int control, char *why, size_t size)
{
	ssize_t n;

	do {
		n = recv(control, why, size - 1, 0);
	} while (n < 0 && errno == EINTR);
	why[n > 0 ? n : 0] = '\0';
	if (n > 0 && *why == '\0')
		return 0;
	if (n <= 0)
		snprintf(why, size, "the process of the inspector ended");
	return -1;
}

int
keeper_start(int (*drop)(void *context, char *why, size_t size),
    void *context, char *why, size_t size)
{
	int ends[2];
	pid_t pid;

	/* Whole messages: one request is one, whoever else sends some. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0 ||
	    (pid = fork()) < 0) {
		snprintf(why, size, "%s", strerrordesc_np(errno));
		return -1;
	}
	if (pid == 0) {
		close(ends[0]);
		be_keeper(ends[1], drop, context);
	}
	close(ends[1]);
	if (hear(ends[0], why, size) == 0)
		return ends[0];
	close(ends[0]);
	waitpid(pid, NULL, 0);
	return -1;
}

int
keeper_news(int keeper, char *line, size_t size)
{
	ssize_t n;

	do {
		n = recv(keeper, line, size - 1, MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	line[n > 0 ? n : 0] = '\0';
	return n > 0 ? 1 : n == 0 ? -1 : 0;
}

int
keeper_ask(int keeper, unsigned seconds, int *fd_r)
{
	uint32_t number = seconds;
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = { { 0 } };
	struct iovec iovec = { &number, sizeof(number) };
	struct msghdr message = {
		.msg_iov = &iovec, .msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int ends[2], result;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &ends[1], sizeof(int));
	do {
		/* One that hangs does not hold up who asks. */
		result = (int)sendmsg(keeper, &message, MSG_NOSIGNAL |
		    MSG_DONTWAIT);
	} while (result < 0 && errno == EINTR);
	close(ends[1]);
	if (result < 0) {
		close(ends[0]);
		return -1;
	}
	*fd_r = ends[0];
	return 0;
}
