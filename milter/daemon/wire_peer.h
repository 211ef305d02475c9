/*
 * wire_peer - what a conversation asks and tells the mail server, in packets;
 * and the macros.  A part of wire.c.
 */
#ifndef POSTERN_DAEMON_WIRE_PEER_H
#define POSTERN_DAEMON_WIRE_PEER_H

#include "daemon/wire.h"

/* The stages of macros: those of a later one stand above an earlier one's. */
enum macros {
	MACROS_CONNECT, MACROS_HELO, MACROS_MAIL, MACROS_RCPT, MACROS_DATA,
	MACROS_EOH, MACROS_EOM
};

/*
 * They live until a command of an earlier stage, and take the place of those
 * that came for the same one, as long as there is one in the packet.  False
 * only without memory.
 */
bool wire_keep_macros(struct wire *wire, struct span payload);

void wire_forget_macros(struct wire *wire, enum macros from);

/* Good during wire_feed(). */
struct peer_at wire_peer(struct wire *wire);

#endif
