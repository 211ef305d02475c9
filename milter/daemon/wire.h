/*
 * wire - the engine that is our own: the milter protocol of one connection,
 * bytes in, bytes out.
 *
 * Versions 6 to 2, as libmilter 8.17 speaks it towards Postfix and Sendmail:
 * what is agreed, the macros and how long they live, which command may follow
 * which, and what each is answered.  No I/O and no clock here: whoever has the
 * bytes of a connection feeds them, in pieces of any size, and writes what
 * comes out.  One thread at a time, not always the same one.
 *
 * We differ from libmilter, where that is a bug of its:
 * - a length of 0, or of 2^31 and more, ends the connection; libmilter takes
 *   the next byte for an empty packet's command;
 * - body bytes in the packet that ends a message are looked at and the message
 *   has its one answer; libmilter gives none, or two, where body chunks are not
 *   answered or a chunk was answered with "skip";
 * - which commands may be left out follows from what this connection agreed;
 *   libmilter adds up what all connections ever agreed;
 * - a message without header fields may go on from DATA to its body or its end;
 *   libmilter passes them over where header fields are to be sent.
 */
#ifndef POSTERN_DAEMON_WIRE_H
#define POSTERN_DAEMON_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "daemon/conversation.h"

/* The stages that macros are sent for, in the order in which they hide. */
#define WIRE_STAGES	7

/*
 * As long as this much waits to be written nothing more is said, but for the
 * packet that is begun; and what is written to is larger by that.
 */
#define WIRE_OUT	((size_t)128 * 1024)
#define WIRE_OUT_MAX	(WIRE_OUT + PACKET_MAX + 4096)

struct wire {
	const struct shared *shared;
	struct conversation *conversation;	/* NULL: nothing is agreed */
	uint32_t offered;	/* the mail server's steps */
	uint32_t steps;		/* agreed, with those that we fake */
	uint8_t state;
	bool waits;		/* an event has no answer yet */
	bool body_first;	/* it is the body of a packet of EOM */
	bool replied;		/* in words, and not with the status */
	struct wire_macros {
		char *p;	/* ours; see packet_macro() */
		size_t n;
	} macros[WIRE_STAGES];
	struct buf *out;	/* during wire_feed() */
};

void wire_init(struct wire *wire, const struct shared *shared);
/* Also ends the conversation. */
void wire_clear(struct wire *wire);

enum wire_next {
	WIRE_READ,	/* more bytes */
	WIRE_WRITE,	/* what is in `out`; then wire_feed(), with the rest */
	WIRE_WAIT,	/* for conversation_waits_for(), and then the same */
	WIRE_CLOSE	/* write what is in `out`, and close */
};

/*
 * Takes packets from the front of the bytes, as many as it can, and adds what
 * there is to answer to `out`, whose bound is WIRE_OUT_MAX.  *taken_r bytes are
 * done with; the rest is to be fed again, at WIRE_READ with more behind it:
 * *wanted_r is how long the packet is that it begins with, as far as that is
 * known.
 */
enum wire_next wire_feed(struct wire *wire, struct span bytes,
    struct buf *out, size_t *taken_r, size_t *wanted_r);

#endif
