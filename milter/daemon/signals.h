/*
 * signals - HUP and USR1 reload, TERM and INT stop.
 *
 * libmilter has a thread that waits for HUP, TERM and INT with sigwait() and
 * takes each as an order to stop, cutting all conversations.  Our sigwait(),
 * defined in signals.c, is found before the C library's and parks that
 * thread; a thread of ours uses sigwaitinfo() instead.  No handler runs
 * anywhere.
 */
#ifndef POSTERN_DAEMON_SIGNALS_H
#define POSTERN_DAEMON_SIGNALS_H

struct signals {
	/* Must not wait long: signals of one kind that come meanwhile
	   are one. */
	void (*reload)(void *context, const char *why);
	/* Called once; signals are not looked at any more. */
	void (*stop)(void *context, const char *why);
	void *context;
};

/*
 * Blocks what signals_start() waits for, in this thread and all that it
 * makes, and ignores SIGPIPE.  To be called before there is a thread.
 */
void signals_block(void);

/* Starts the thread; signals outlives it.  0, or -1. */
int signals_start(const struct signals *signals);

#endif
