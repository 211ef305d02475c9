/*
 * guard - two processes, each of which starts the other again.
 *
 * One of them serves, the other one only waits.  Whichever ends, by a signal
 * or for lack of memory, is forked anew by the one that is left, no more than
 * once a second, and the process at the other end of `control` is told so in
 * a line.  Both end when that one has.
 *
 * They know of each other by a socket between them, which ends with either.
 * Both run with the same memory, so that nothing is read again.
 */
#ifndef POSTERN_SERVICE_GUARD_H
#define POSTERN_SERVICE_GUARD_H

#include <stdbool.h>
#include <stdint.h>

/* The descriptors that either has beside 0, 1, 2; more are closed. */
enum { GUARD_CONTROL = 3, GUARD_OTHER = 4 };

struct guard {
	bool alone;		/* the other one has to be started */
	uint64_t next;		/* seconds of CLOCK_MONOTONIC: not before */
	const char *name;	/* of the process that serves */
	/* What that one does; it does not come back. */
	void (*serve)(void *context, struct guard *guard);
	void *context;
};

/* Becomes the guard, and starts the one that serves. */
_Noreturn void guard_run(struct guard *guard);

/* Where GUARD_OTHER has ended: for the one that serves, in its loop. */
void guard_ended(struct guard *guard);

/* While it is alone, at least once a second. */
void guard_restore(struct guard *guard);

#endif
