/*
 * native - the engine that is our own: many connections, few threads.
 *
 * A fixed number of workers, from the number of processors, share one poller.
 * A connection that has something to be done is taken by any worker that is
 * free, so that one whose event takes long (a large message, a table on a slow
 * disk) holds nobody up; two workers never have the same one.  A connection
 * that waits belongs to nobody and holds no thread: what is to be looked into
 * goes to a few helpers of their own, a delay to the clock, and both hand it
 * back to the workers through the poller.
 *
 * libmilter is not used, and none of its threads is started.
 */
#ifndef POSTERN_DAEMON_NATIVE_H
#define POSTERN_DAEMON_NATIVE_H

#include "daemon/conversation.h"

/*
 * Serves the socket of listening_bind().  Comes back only where there are no
 * threads to be had, with the reason.
 */
const char *native_run(int fd, const struct shared *shared);

#endif
