/*
 * talk - an event for a session, with its asks answered and its notes logged.
 *
 * Whatever protocol the events come by.  One thread at a time; a part of a
 * message that is to be looked into is waited for.
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
};

/* The outcome is the session's: good until the next event. */
const struct outcome *talk_event(struct talk *talk, const struct event *event);

#endif
