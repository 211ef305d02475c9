/*
 * milter - libmilter's callbacks: SMTP events into a session, its outcome
 * back to the mail server.
 *
 * Only this and milter_*.h, which are its parts, know libmilter.  Debian's
 * libmilter runs the callbacks of one connection on different threads of a
 * pool, one at a time; all that a connection has lies in its own memory,
 * reached by smfi_getpriv().
 *
 * In shadow mode neither a verdict nor an edit reaches the mail server:
 * where the filter would have ended a message, it accepts, and is asked
 * nothing more about it.
 */
#ifndef POSTERN_DAEMON_MILTER_H
#define POSTERN_DAEMON_MILTER_H

#include "base/log.h"
#include "daemon/current.h"
#include "daemon/traffic.h"
#include "service/inspect.h"
#include "table/table.h"

/* What all connections share; set up before milter_run(), never changed. */
struct milter {
	struct log *log;
	struct current *current;
	struct traffic *traffic;
	struct scratch_pool *scratch;
	struct inspector *inspector;	/* NULL: there is none */
};

/*
 * Tells libmilter who we are, and binds and listens; connections wait in the
 * kernel until milter_run().  0, or -1: libmilter says why to syslog.
 */
int milter_open(const char *address);

/* Serves; comes back only where libmilter gives up. */
void milter_run(const struct milter *milter);

#endif
