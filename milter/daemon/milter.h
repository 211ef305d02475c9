/*
 * milter - the engine that is libmilter: its callbacks for a conversation.
 *
 * Only this knows libmilter.  Debian's libmilter runs the callbacks of one
 * connection on different threads of a pool, one at a time; all that a
 * connection has lies in its own memory, reached by smfi_getpriv().  What a
 * conversation waits for, a thread of that pool waits for.
 */
#ifndef POSTERN_DAEMON_MILTER_H
#define POSTERN_DAEMON_MILTER_H

#include "daemon/conversation.h"

/*
 * Tells libmilter who we are, and binds and listens; connections wait in the
 * kernel until milter_run().  0, or -1: libmilter says why to syslog.
 */
int milter_open(const char *address);

/* Serves; comes back only where libmilter gives up. */
void milter_run(const struct shared *shared);

#endif
