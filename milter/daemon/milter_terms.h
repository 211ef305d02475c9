/*
 * milter_terms - what is agreed with a mail server, and what it says besides
 * the events: libmilter's negotiation and macros.
 *
 * The terms are made once, when a connection begins, and never change.
 */
#ifndef POSTERN_DAEMON_MILTER_TERMS_H
#define POSTERN_DAEMON_MILTER_TERMS_H

#include <libmilter/mfapi.h>

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"
#include "session/needs.h"
#include "session/session.h"

/*
 * Postfix sends header fields of up to 102,400 bytes in one packet; libmilter
 * drops the connection at a packet past its limit, 65,535 when not told.
 */
#define MILTER_PACKET_MAX	(1024 * 1024)

/* Sets of SMFIF_* and of SMFIP_*: on offer, or as agreed. */
struct milter_terms {
	unsigned long actions, protocol;
};

/*
 * What of the protocol is asked for: replies are the events that are answered,
 * a set of event_bit().
 */
unsigned long milter_protocol(const struct needs *needs, unsigned replies,
    unsigned long offered);

/* It was agreed that no answer is given to this. */
bool milter_is_silent(const struct milter_terms *terms, enum event_kind kind);

/*
 * Asks for the macros that are used, while the terms are negotiated.  Of a mail
 * server that cannot be asked come those that it has.
 */
void milter_ask_for_macros(SMFICTX *ctx, const struct milter_terms *offered,
    const struct needs *needs);

/* libmilter's own bytes, good during this callback; empty: it has none. */
struct span milter_macro(SMFICTX *ctx, const char *name);

/* At CONNECT. */
bool milter_came_by_smtp(SMFICTX *ctx, const struct milter_terms *terms);

/*
 * A header field's value as the session has it, which is as with
 * SMFIP_HDR_LEADSPC, all that follows the colon; a mail server without it has
 * taken one blank away.  The space may be used.
 */
struct span milter_value_from(const struct milter_terms *terms,
    struct span value, struct buf *space);
/* And as this mail server wants it. */
struct span milter_value_for(const struct milter_terms *terms,
    struct span value);

/* libmilter's prototypes lack const; it copies what it is given. */
static inline char *
milter_unconst(const char *text)
{
	union { const char *in; char *out; } pointer = { .in = text };

	return pointer.out;
}

#endif
