/*
 * packet - the packets of the milter protocol: what they are, and how they
 * are read.
 *
 * A packet is its length in four bytes, a command and a payload; numbers are
 * in network order, strings end in NUL.  Everything here is a pure function
 * over the bytes of one connection: a packet is read where it lies, its spans
 * point into it, and a length is looked at before anybody takes memory for
 * it.  What a packet means when it comes is the matter of wire.h.
 *
 * The names and numbers are those of version 6 of the protocol (sendmail's
 * libmilter/mfdef.h and mfapi.h).
 */
#ifndef POSTERN_DAEMON_PACKET_H
#define POSTERN_DAEMON_PACKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/*
 * The most bytes behind a command, in either direction.  Postfix sends header
 * fields of up to 102,400 bytes in one packet.
 */
#define PACKET_MAX	(1024 * 1024)

/* The length and the command. */
#define PACKET_HEAD	5

#define PACKET_VERSION		6
#define PACKET_VERSION_MIN	2

/* What a mail server sends. */
enum packet_command {
	PACKET_ABORT = 'A', PACKET_BODY = 'B', PACKET_CONNECT = 'C',
	PACKET_MACRO = 'D', PACKET_EOM = 'E', PACKET_HELO = 'H',
	PACKET_QUIT_NC = 'K', PACKET_HEADER = 'L', PACKET_MAIL = 'M',
	PACKET_EOH = 'N', PACKET_NEGOTIATE = 'O', PACKET_QUIT = 'Q',
	PACKET_RCPT = 'R', PACKET_DATA = 'T', PACKET_UNKNOWN = 'U'
};

/* What a filter sends; it answers PACKET_NEGOTIATE with the same. */
enum packet_reply {
	REPLY_ADDRCPT = '+', REPLY_DELRCPT = '-', REPLY_ADDRCPT_PAR = '2',
	REPLY_ACCEPT = 'a', REPLY_BODY = 'b', REPLY_CONTINUE = 'c',
	REPLY_DISCARD = 'd', REPLY_CHGFROM = 'e', REPLY_ADDHEADER = 'h',
	REPLY_INSHEADER = 'i', REPLY_CHGHEADER = 'm', REPLY_QUARANTINE = 'q',
	REPLY_REJECT = 'r', REPLY_SKIP = 's', REPLY_TEMPFAIL = 't',
	REPLY_CODE = 'y'
};

/* What a filter may do to a message: SMFIF_*. */
enum packet_action {
	ACTION_ADDHEADER = 0x01, ACTION_BODY = 0x02, ACTION_ADDRCPT = 0x04,
	ACTION_DELRCPT = 0x08, ACTION_CHGHEADER = 0x10,
	ACTION_QUARANTINE = 0x20, ACTION_CHGFROM = 0x40,
	ACTION_ADDRCPT_PAR = 0x80, ACTION_MACROS = 0x100,
	ACTIONS_ALL = 0x1ff,
	ACTIONS_OLDEST = 0x0f	/* what an offer of none stands for */
};

/*
 * What of the protocol is left out, and what is done beside it: SMFIP_*.
 * NO_x: the event is not sent; MUTE_x: no reply to it (SMFIP_NR_*).
 */
enum packet_step {
	STEP_NO_CONNECT = 0x01, STEP_NO_HELO = 0x02, STEP_NO_MAIL = 0x04,
	STEP_NO_RCPT = 0x08, STEP_NO_BODY = 0x10, STEP_NO_HEADER = 0x20,
	STEP_NO_EOH = 0x40, STEP_NO_UNKNOWN = 0x100, STEP_NO_DATA = 0x200,
	STEP_MUTE_HEADER = 0x80, STEP_MUTE_CONNECT = 0x1000,
	STEP_MUTE_HELO = 0x2000, STEP_MUTE_MAIL = 0x4000,
	STEP_MUTE_RCPT = 0x8000, STEP_MUTE_DATA = 0x10000,
	STEP_MUTE_UNKNOWN = 0x20000, STEP_MUTE_EOH = 0x40000,
	STEP_MUTE_BODY = 0x80000,
	STEP_MUTE_ALL = 0xff080,
	STEP_REFUSED = 0x800,	/* RCPT that it has refused is sent, too */
	STEP_SKIP = 0x400, STEP_LEADING_SPACE = 0x100000,
	STEPS_OLDEST = 0x3f,	/* what an offer of none stands for */
	/* How large a packet may be: libmilter's own affair. */
	STEPS_INTERNAL = 0x70000000
};

/* The lists of macros that a filter may ask for: SMFIM_*. */
enum packet_list {
	LIST_CONNECT, LIST_HELO, LIST_MAIL, LIST_RCPT, LIST_DATA, LIST_EOM,
	LIST_EOH
};

struct packet {
	unsigned char command;
	struct span payload;
};

enum packet_found {
	PACKET_WHOLE,
	PACKET_PART,		/* more bytes are needed */
	PACKET_BROKEN		/* no command in it, or too long */
};

/*
 * The packet that the bytes begin with.  *size_r is how long it is with its
 * head, as soon as that is known; for a PACKET_PART of less than four bytes it
 * is PACKET_HEAD.
 */
enum packet_found packet_find(struct span bytes, struct packet *packet_r,
    size_t *size_r);

/* PACKET_NEGOTIATE; false where it is too short. */
struct packet_offer {
	uint32_t version, actions, steps;
};
bool packet_offer(struct span payload, struct packet_offer *offer_r);

/*
 * PACKET_CONNECT; false where it is malformed.  The address, in the space, is
 * in presentation form, an IPv4-mapped one as IPv4; empty where the client is
 * none of the network.
 */
struct packet_client {
	struct span name, address;
	char space[INET6_ADDRSTRLEN];
};
bool packet_client(struct span payload, struct packet_client *client_r);

/*
 * PACKET_HEADER; false where it is malformed.  As libmilter hands them over,
 * both end at their first NUL.
 */
bool packet_field(struct span payload, struct span *name_r,
    struct span *value_r);

/*
 * Takes the next string from the front of the rest, NUL left out.  What has no
 * NUL behind it is no string: false.
 */
bool packet_string(struct span *rest, struct span *string_r);

/* Up to the first NUL, or all. */
struct span packet_text(struct span payload);

/*
 * PACKET_MACRO without its first byte: names and values in turn.  The value of
 * a name, where "{x}" and "x" are one; a name without a value has an empty
 * one.  False: it is not there.
 */
bool packet_macro(struct span macros, struct span name, struct span *value_r);

/* Packets to be written: false, and the buffer as it was, without room. */
bool packet_add(struct buf *out, char reply, struct span payload);
/* A number (none: -1) and strings, each with its NUL; a NULL is left out. */
bool packet_add_strings(struct buf *out, char reply, int64_t number,
    const char *first, const char *second);

#endif
