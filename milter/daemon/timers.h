/*
 * timers - what is to be done at a time, among many.
 *
 * A heap: to set, move or forget a timer costs the logarithm of their number,
 * to leave it alone nothing, however often its owner is heard from; see
 * native.c for how a time-out is put off without touching it.  Times are
 * milliseconds of any clock.
 *
 * Nothing here locks or waits.
 */
#ifndef POSTERN_DAEMON_TIMERS_H
#define POSTERN_DAEMON_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Part of what it is for; its owner's memory.  Starts as { 0 }. */
struct timer {
	uint64_t due;
	size_t place;		/* in the heap, from 1; 0: it is not set */
};

struct timers {
	struct timer **heap;	/* from 1; the first is due first */
	size_t n, size;
};

/* Sets it, or moves it; false without memory, and then it is not set. */
bool timers_set(struct timers *timers, struct timer *timer, uint64_t due);

/* Nothing happens where it is not set. */
void timers_forget(struct timers *timers, struct timer *timer);

/* The one that is due first, or NULL. */
struct timer *timers_first(const struct timers *timers);

void timers_clear(struct timers *timers);

#endif
