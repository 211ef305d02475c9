/* wire_state - which command may follow which. */
#include "daemon/wire_state.h"

#include "daemon/packet.h"

#define BIT(state)	(1U << STATE_ ## state)

static const struct {
	unsigned next;		/* what may follow */
	uint32_t no, mute;	/* agreed: is not sent, has no reply */
} states[STATES] = {
	[STATE_NEW] = { BIT(AGREED), 0, 0 },
	[STATE_AGREED] = { BIT(CONNECT) | BIT(UNKNOWN), 0, 0 },
	[STATE_CONNECT] = { BIT(HELO) | BIT(MAIL) | BIT(UNKNOWN),
	    STEP_NO_CONNECT, STEP_MUTE_CONNECT },
	[STATE_HELO] = { BIT(HELO) | BIT(MAIL) | BIT(UNKNOWN),
	    STEP_NO_HELO, STEP_MUTE_HELO },
	[STATE_MAIL] = { BIT(RCPT) | BIT(ABORT) | BIT(UNKNOWN),
	    STEP_NO_MAIL, STEP_MUTE_MAIL },
	[STATE_RCPT] = { BIT(RCPT) | BIT(DATA) | BIT(HEADER) | BIT(EOH) |
	    BIT(BODY) | BIT(EOM) | BIT(ABORT) | BIT(UNKNOWN),
	    STEP_NO_RCPT, STEP_MUTE_RCPT },
	/* A message need not have header fields. */
	[STATE_DATA] = { BIT(HEADER) | BIT(EOH) | BIT(BODY) | BIT(EOM) |
	    BIT(ABORT),
	    STEP_NO_DATA, STEP_MUTE_DATA },
	[STATE_HEADER] = { BIT(HEADER) | BIT(EOH) | BIT(ABORT),
	    STEP_NO_HEADER, STEP_MUTE_HEADER },
	[STATE_EOH] = { BIT(BODY) | BIT(EOM) | BIT(ABORT),
	    STEP_NO_EOH, STEP_MUTE_EOH },
	[STATE_BODY] = { BIT(BODY) | BIT(EOM) | BIT(ABORT),
	    STEP_NO_BODY, STEP_MUTE_BODY },
	[STATE_EOM] = { BIT(MAIL) | BIT(QUIT) | BIT(QUIT_NC) | BIT(UNKNOWN),
	    0, 0 },
	[STATE_QUIT] = { 0, 0, 0 },
	[STATE_ABORT] = { 0, 0, 0 },
	[STATE_UNKNOWN] = { BIT(HELO) | BIT(MAIL) | BIT(RCPT) | BIT(DATA) |
	    BIT(BODY) | BIT(ABORT) | BIT(UNKNOWN) | BIT(QUIT) | BIT(QUIT_NC),
	    STEP_NO_UNKNOWN, STEP_MUTE_UNKNOWN },
	[STATE_QUIT_NC] = { BIT(CONNECT) | BIT(UNKNOWN), 0, 0 },
};

bool
wire_may_follow(unsigned state, unsigned next, uint32_t steps)
{
	for (;;) {
		if ((states[state].next & (1U << next)) != 0)
			return true;
		if (++state >= STATES ||
		    (states[state].no & steps) == 0)
			return false;
	}
}

uint32_t
wire_mute(unsigned state)
{
	return states[state].mute;
}
