/*
 * wire_state - the order of the milter protocol's commands.  A part of wire.c.
 */
#ifndef POSTERN_DAEMON_WIRE_STATE_H
#define POSTERN_DAEMON_WIRE_STATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Where a connection is, in the order of SMTP, which wire_may_follow() goes
 * by: what was agreed to be left out is passed over.
 */
enum state {
	STATE_NEW, STATE_AGREED, STATE_CONNECT, STATE_HELO, STATE_MAIL,
	STATE_RCPT, STATE_DATA, STATE_HEADER, STATE_EOH, STATE_BODY,
	STATE_EOM, STATE_QUIT, STATE_ABORT, STATE_UNKNOWN, STATE_QUIT_NC,
	STATES,
	STATE_SAME	/* the command does not change it */
};

/* steps are those that were agreed. */
bool wire_may_follow(unsigned state, unsigned next, uint32_t steps);

/* The step by which a state has no reply; 0: it always has, or never. */
uint32_t wire_mute(unsigned state);

#endif
