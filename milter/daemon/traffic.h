/*
 * traffic - how many conversations are filtered and how many messages are
 * open, and whether new ones may begin.
 *
 * All of it is atomic: the callbacks of libmilter, one of which may run under
 * its pool's lock, never wait here.
 */
#ifndef POSTERN_DAEMON_TRAFFIC_H
#define POSTERN_DAEMON_TRAFFIC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct traffic {
	atomic_uint_least64_t conversations;	/* those that are filtered */
	atomic_uint_least64_t messages;		/* between MAIL and verdict */
	atomic_bool draining;			/* set once, never cleared */
};

void traffic_init(struct traffic *traffic);

/*
 * Takes one of `limit` conversations (0: no limit), false where all are
 * taken.  traffic_leave() gives it back.
 */
bool traffic_join(struct traffic *traffic, uint64_t limit);
void traffic_leave(struct traffic *traffic);

/*
 * Begins a message, false once traffic_drain() was called.  Whoever waits for
 * traffic_messages() to become 0 after traffic_drain() misses none.
 */
bool traffic_begin(struct traffic *traffic);

/* One that did not begin is open all the same; until traffic_end(). */
void traffic_linger(struct traffic *traffic);
void traffic_end(struct traffic *traffic);

void traffic_drain(struct traffic *traffic);
uint64_t traffic_messages(struct traffic *traffic);

#endif
