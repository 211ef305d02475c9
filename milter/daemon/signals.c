/* signals - the thread that waits for signals, and the one that must not. */
#include "daemon/signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

/*
 * What libmilter calls in its signal thread.  It never returns: whatever it
 * returned, libmilter would stop for.
 */
int
sigwait(const sigset_t *set, int *signal_r)
{
	sigset_t all;

	(void)set;
	(void)signal_r;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	for (;;)
		pause();
}

static void
ours(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR1);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
}

void
signals_block(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t set;

	sigaction(SIGPIPE, &ignore, NULL);
	ours(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void *
run(void *context)
{
	const struct signals *signals = context;
	sigset_t set;

	ours(&set);
	for (;;) {
		switch (sigwaitinfo(&set, NULL)) {
		case SIGHUP:
			signals->reload(signals->context, "SIGHUP");
			break;
		case SIGUSR1:
			signals->reload(signals->context, "SIGUSR1");
			break;
		case SIGTERM:
			signals->stop(signals->context, "SIGTERM");
			return NULL;
		case SIGINT:
			signals->stop(signals->context, "SIGINT");
			return NULL;
		default:	/* EINTR: stopped and continued */
			break;
		}
	}
}

int
signals_start(const struct signals *signals)
{
	union { const struct signals *in; void *out; } pointer =
	    { .in = signals };
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, pointer.out) != 0)
		return -1;
	pthread_detach(thread);
	return 0;
}
