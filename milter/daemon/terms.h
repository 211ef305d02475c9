/*
 * terms - what is agreed with a mail server, whatever engine speaks with it.
 *
 * The terms are made once, when a connection begins, and never change.
 */
#ifndef POSTERN_DAEMON_TERMS_H
#define POSTERN_DAEMON_TERMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "daemon/packet.h"
#include "session/needs.h"
#include "session/session.h"

/* Sets of ACTION_* and of STEP_*: on offer, or as agreed. */
struct terms {
	uint32_t actions, steps;
};

/*
 * What of the protocol is asked for: replies are the events that are answered,
 * a set of event_bit().
 */
uint32_t terms_steps(const struct needs *needs, unsigned replies,
    uint32_t offered);

/* It was agreed that no answer is given to this. */
bool terms_is_silent(const struct terms *terms, enum event_kind kind);

/*
 * The macros that are used, as they are asked for while the terms are
 * negotiated.  Of a mail server that cannot be asked come those that it has.
 */
#define TERMS_LISTS	7
struct terms_list {
	enum packet_list list;
	const char *names;
};
void terms_macros(const struct needs *needs,
    struct terms_list lists_r[TERMS_LISTS]);

/*
 * A header field's value as the session has it, which is as with
 * STEP_LEADING_SPACE, all that follows the colon; a mail server without it has
 * taken one blank away.  The space may be used.
 */
struct span terms_value_from(const struct terms *terms, struct span value,
    struct buf *space);
/* And as this mail server wants it. */
struct span terms_value_for(const struct terms *terms, struct span value);

#endif
