/*
 * needs - which events a policy has to hear of, and where it may answer.
 *
 * A mail server waits for each reply, and sends a packet of macros before
 * each event; what cannot matter is neither sent nor answered (SMFIP_NO*,
 * SMFIP_NR_*).  The session goes by the same answer: it gives a verdict only
 * where there is a reply, so that who offers less than all of this (an older
 * mail server) hears the same, at the same place.
 *
 * EOM is always answered.  Of the others, those for which a verdict could not
 * wait are answered wherever the policy might refuse; see needs.c.
 */
#ifndef POSTERN_SESSION_NEEDS_H
#define POSTERN_SESSION_NEEDS_H

#include <stdbool.h>

#include "policy/policy.h"
#include "session/session.h"

struct needs {
	/* Sets of event_bit(): */
	unsigned events;	/* these must come; ABORT is not asked about */
	unsigned replies;	/* a verdict may be given there; to CONNECT
				   one beside that of ASK_NO */

	/* Of what only a macro tells: {client_ptr}, {auth_authen}, ... */
	bool reverse, login, sender, recipient;
	/* Recipients that the mail server has refused, too. */
	bool refused;
};

static inline unsigned
event_bit(enum event_kind kind)
{
	return 1U << kind;
}

void session_needs(const struct policy *policy, struct needs *needs_r);

/* Are links looked at, by anybody's mail? */
bool needs_links(const struct policy *policy);
/* The text of parts? */
bool needs_text(const struct policy *policy, unsigned exempt);
/* Is any of what its reader sees looked at, or counted? */
bool needs_to_decode(const struct policy *policy, unsigned exempt);

/* Does anything look into the body, for somebody who has these exemptions? */
bool needs_to_read_body(const struct policy *policy, unsigned exempt);

#endif
