/*
 * delay - replies that wait, and how many of them may at a time.
 *
 * A reply that waits keeps a process of the mail server, and in libmilter a
 * thread of ours, so that those beyond delay_session_limit go out at once.
 * How many did is said in the log, once a minute at most.  All of it is
 * atomic.
 */
#ifndef POSTERN_DAEMON_DELAY_H
#define POSTERN_DAEMON_DELAY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"

struct delays {
	atomic_uint_least64_t waiting;
	atomic_uint_least64_t beyond;	/* that the log has not heard of */
	atomic_uint_least64_t said;	/* when it last did, in seconds */
};

void delays_init(struct delays *delays);

/* Takes one of `limit` places (0: no limit); delay_end() gives it back. */
bool delay_begin(struct delays *delays, uint64_t limit, struct log *log);
void delay_end(struct delays *delays);

/* Where nobody else has to wait for this thread. */
void delay_wait(unsigned ms);

#endif
