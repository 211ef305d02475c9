/*
 * scan_run - one stored message through a session, as the daemon would.
 *
 * The client, HELO and the envelope come from the command line; what is not
 * said there is taken from what the store has noted (Return-Path, the From
 * line of an mbox, X-Original-To, Delivered-To), or is a name that nobody
 * has.  Fields that no milter saw are left out: those, and what cleanup(8)
 * drops.
 */
#ifndef POSTERN_TOOL_SCAN_RUN_H
#define POSTERN_TOOL_SCAN_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/region.h"
#include "service/inspect.h"
#include "session/session.h"
#include "tool/mailbox.h"

/* A path is "<user@example.com>". */
struct scan_envelope {
	struct span client_address;	/* empty: no client */
	struct span client_name;	/* empty: unknown */
	struct span helo;		/* empty: none */
	struct span login;
	struct span from;		/* a path; empty: the message's own */
	const struct span *rcpts;	/* paths; none: the message's own */
	size_t nrcpts;
	bool stored;			/* leave the newest Received out */
};

struct scan_rcpt {
	struct span path;
	struct verdict verdict;
};

/* What became of a message; all of it good until scan_run_clear(). */
struct scan_run {
	struct session *session;
	struct region region;
	struct verdict verdict;
	const struct outcome *outcome;	/* the last one; NULL: none */
	struct scan_rcpt *rcpts;	/* those that were tried */
	size_t nrcpts;
};

/* What all runs share. */
struct scan_parts {
	struct scratch_pool *scratch;
	struct inspector *inspector;	/* NULL: there is none, */
	const char *no_inspector;	/* since ... */
};

/* What hears of the notes of a session, as they come. */
struct scan_notes {
	enum lookups_told lookups;
	void (*note)(void *context, const struct note *note);
	void *context;
};

/*
 * Runs the message that mailbox_next() came to.  0, or -1 with a one-line
 * reason; scan_run_clear() is due either way.
 */
int scan_run(struct scan_run *run, const struct policy *policy,
    const struct scan_parts *parts, const struct scan_envelope *envelope,
    struct mailbox *mailbox, const struct scan_notes *notes,
    const char **why_r);
void scan_run_clear(struct scan_run *run);

/* A path of an address with or without its brackets; the region's. */
struct span scan_path(struct region *region, struct span address);

#endif
