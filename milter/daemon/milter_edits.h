/*
 * milter_edits - a session's edits, told to the mail server.
 *
 * Called within libmilter's callback for the end of the message, which is the
 * only one that may change it.
 */
#ifndef POSTERN_DAEMON_MILTER_EDITS_H
#define POSTERN_DAEMON_MILTER_EDITS_H

#include <libmilter/mfapi.h>

#include <stdbool.h>

#include "base/log.h"
#include "daemon/milter_terms.h"
#include "session/session.h"

/*
 * The outcome is the session's, at EOM, and a new body is read from it.  False
 * where the mail server could not be told all of the edits, of which it keeps
 * none once the message is deferred; the log has why.
 */
bool milter_make_edits(SMFICTX *ctx, const struct milter_terms *terms,
    const struct session *session, const struct outcome *outcome,
    struct log *log);

#endif
