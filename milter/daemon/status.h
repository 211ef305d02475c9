/*
 * status - what is answered to an event: a session's verdict in the terms of
 * the protocol.
 */
#ifndef POSTERN_DAEMON_STATUS_H
#define POSTERN_DAEMON_STATUS_H

#include "daemon/peer.h"
#include "session/session.h"

enum status {
	STATUS_CONTINUE, STATUS_ACCEPT, STATUS_DISCARD,
	STATUS_REJECT, STATUS_TEMPFAIL,	/* in the words of peer->reply() */
	STATUS_SKIP,		/* no more body chunks */
	STATUS_NOREPLY,		/* none was to be given */
	STATUS_WAIT		/* not known yet: see conversation.h */
};

/*
 * Sets the reply of a REJECT or TEMPFAIL, so that the status must be what is
 * answered.  A REJECT without a code of its class is a TEMPFAIL.  A reply that
 * is not taken is logged; the mail server then has words of its own.
 */
enum status status_of(const struct verdict *verdict, enum event_kind kind,
    struct peer_at at);

#endif
