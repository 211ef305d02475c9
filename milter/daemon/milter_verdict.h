/*
 * milter_verdict - a session's verdict as the status that a callback returns.
 */
#ifndef POSTERN_DAEMON_MILTER_VERDICT_H
#define POSTERN_DAEMON_MILTER_VERDICT_H

#include <libmilter/mfapi.h>

#include "base/log.h"
#include "session/session.h"

/*
 * Sets the reply of a REJECT or TEMPFAIL, so that the status must be what the
 * callback returns.  A REJECT without a code of its class is a TEMPFAIL.  Where
 * libmilter does not take the reply it sends its own words, and the log says
 * so.
 */
sfsistat milter_verdict(SMFICTX *ctx, const struct verdict *verdict,
    enum event_kind kind, struct log *log);

#endif
