/*
 * peer - the mail server, as an engine lets a conversation reach it.
 *
 * libmilter (milter.c) and the native engine (wire.c) each have one table of
 * these functions; the context is theirs, good for one call of the
 * conversation.  A function that answers false has told the mail server
 * nothing.
 */
#ifndef POSTERN_DAEMON_PEER_H
#define POSTERN_DAEMON_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/log.h"
#include "base/span.h"
#include "session/session.h"

/* One change, at the end of a message; all but the new body. */
struct change {
	enum edit_kind kind;
	unsigned index;
	const char *name;	/* of the field; or an address, or a reason */
	const char *value;	/* of the field */
	bool silent;		/* ADDRCPT: with NOTIFY=NEVER */
};

struct peer {
	/* The value of a macro, good during the event; empty: there is none. */
	struct span (*macro)(void *context, const char *name);

	/* The words of the REJECT or TEMPFAIL that is the event's status. */
	bool (*reply)(void *context, const char *code, const char *dsn,
	    const char *text);

	bool (*change)(void *context, const struct change *change);
	/* Of a new body the next bytes, at most PEER_CHUNK_MAX. */
	bool (*body)(void *context, const char *bytes, size_t n);

	/*
	 * Is what was told so far on its way?  NULL: always, since telling
	 * waits for it.
	 */
	bool (*has_room)(void *context);
};

/* libmilter's own size of a piece. */
#define PEER_CHUNK_MAX	65535

/* A table with its context, and where to say what is wrong. */
struct peer_at {
	const struct peer *peer;
	void *context;
	struct log *log;
};

#endif
