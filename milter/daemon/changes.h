/*
 * changes - a session's edits, told to the mail server at the end of a
 * message.
 *
 * A new body may be as large as the message, and a mail server may be slow to
 * take it: where telling does not wait (the native engine) changes_make()
 * comes back in between, and goes on where it was.
 */
#ifndef POSTERN_DAEMON_CHANGES_H
#define POSTERN_DAEMON_CHANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/peer.h"
#include "daemon/terms.h"
#include "session/session.h"

/* How far it is; starts as { 0 }. */
struct changes {
	size_t done;			/* edits */
	struct body_reader reader;	/* of the one that is told */
	bool begun;			/* some of the body is told */
};

enum changes_made {
	CHANGES_DONE,
	CHANGES_FULL,		/* peer->has_room() said no: once more */
	CHANGES_FAILED		/* the log has why */
};

/*
 * The outcome is the session's, at EOM, and a new body is read from it.  Of
 * changes that failed the mail server keeps none once the message is deferred.
 */
enum changes_made changes_make(struct changes *changes, struct peer_at at,
    const struct terms *terms, const struct session *session,
    const struct outcome *outcome);

#endif
