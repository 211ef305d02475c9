/*
 * talk - an event for a session, with its asks answered and its notes logged.
 *
 * Whatever protocol the events come by.  One thread at a time, not always the
 * same one.  What is known here is answered at once; a part of a message that
 * is to be looked into takes its time, and whoever has to do with it chooses
 * the thread that spends it.
 */
#ifndef POSTERN_DAEMON_TALK_H
#define POSTERN_DAEMON_TALK_H

#include <stdbool.h>

#include "base/log.h"
#include "service/inspect.h"
#include "session/session.h"

struct talk {
	struct session *session;
	struct log *log;
	struct inspector *inspector;	/* NULL: there is none */

	/* What is answered when the session asks for a place. */
	bool joined;		/* one of session_limit */
	bool begun;		/* traffic_begin() said yes */

	bool turned_away;	/* in the last event an ask was told no */

	unsigned asked;		/* answers to the last event */
	struct ask part;	/* what talk_look() is to look into */
};

/*
 * The outcome is the session's: good until the next event.  NULL: there is a
 * part to be looked into, and talk_look() is to be called next.
 */
const struct outcome *talk_event(struct talk *talk, const struct event *event);

/*
 * Looks into all parts that are asked about, each no longer than
 * attachment_time_limit; never NULL.
 */
const struct outcome *talk_look(struct talk *talk);

#endif
