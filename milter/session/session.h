/*
 * session - one SMTP conversation: events in; a verdict, edits, notes and
 * questions out.
 *
 * A session does no I/O, knows no clock and no mail server: the milter feeds
 * it from libmilter's callbacks, scan from a stored message, a test from an
 * array, and all get the same answers.  One thread at a time may use it, but
 * not always the same one.
 *
 * An event's bytes are borrowed until the call returns; an outcome is good
 * until the next call for the same session.  The policy is pinned by whoever
 * runs the session and outlives it.
 *
 * A verdict is sticky: found at an event that the policy does not answer (a
 * header field) it is given at the next one that it does; see needs.h.
 */
#ifndef POSTERN_SESSION_SESSION_H
#define POSTERN_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/inspection.h"
#include "base/span.h"
#include "message/header.h"
#include "policy/policy.h"

struct session;

/*
 * Events come in the order of SMTP.  CONNECT once; HELO any number of times;
 * MAIL begins a transaction, EOM and ABORT end it.  DATA may be left out.
 * Header fields are looked at when the header ends: by EOH, or what follows.
 * UNKNOWN, a command that the mail server did not know, comes anywhere.
 */
enum event_kind {
	EVENT_CONNECT, EVENT_HELO, EVENT_MAIL, EVENT_RCPT, EVENT_DATA,
	EVENT_HEADER, EVENT_EOH, EVENT_BODY, EVENT_EOM, EVENT_ABORT,
	EVENT_UNKNOWN
};

struct event {
	enum event_kind kind;
	struct span queue_id;		/* i, empty where not known yet */
	union {
		struct {
			struct span name;	/* "[192.0.2.1]": unknown */
			struct span address;	/* presentation form; empty:
						   a local socket */
			struct span reverse;	/* {client_ptr}, or empty */
			bool smtp;		/* {client_resolve} is there */
		} connect;
		struct {
			struct span name;
		} helo;
		struct {
			struct span path;	/* "<user@example.com>" */
			struct span address;	/* {mail_addr}, or empty */
			struct span login;	/* {auth_authen}, or empty */
			uint64_t size;		/* SIZE=, 0 where not given */
			bool utf8;		/* SMTPUTF8 was */
		} mail;
		struct {
			struct span path;
			struct span address;	/* {rcpt_addr}, or empty */
			bool refused;		/* by the mail server, that
						   hears no reply */
		} rcpt;
		/* The value as with SMFIP_HDR_LEADSPC. */
		struct field header;
		struct span body;
	};
};

enum verdict_kind {
	VERDICT_CONTINUE,
	VERDICT_ACCEPT,		/* nothing more is looked at */
	VERDICT_REJECT, VERDICT_TEMPFAIL,
	VERDICT_DISCARD
};

struct verdict {
	enum verdict_kind kind;
	/* REJECT and TEMPFAIL: */
	unsigned code;
	struct span dsn;
	/* Always, where there is a reason: */
	struct span text;
	struct span rule;	/* "FILE:LINE", or the setting */
};

/* One call that the milter makes at end of message, in this order. */
enum edit_kind {
	EDIT_ADDHEADER, EDIT_INSHEADER, EDIT_CHGHEADER, EDIT_DELHEADER,
	EDIT_ADDRCPT, EDIT_DELRCPT, EDIT_CHGFROM, EDIT_REPLACEBODY,
	EDIT_QUARANTINE
};

struct edit {
	enum edit_kind kind;
	/*
	 * INSHEADER: 1 is below the MTA's own Received and above the first
	 * field that was seen.  CHGHEADER, DELHEADER: the nth of that name.
	 */
	unsigned index;
	struct span name;	/* of the field */
	struct span value;	/* as with SMFIP_HDR_LEADSPC */
	struct span address;	/* ADDRCPT, DELRCPT: as the client wrote it */
	bool silent;		/* ADDRCPT: the sender hears nothing of it */
	struct span reason;	/* QUARANTINE */
	/* REPLACEBODY: see session_new_body(). */
};

enum note_kind {
	NOTE_LOG,	/* a line for the log */
	NOTE_LOOKUP,	/* a lookup that was made (struct session_options) */
	NOTE_PART,	/* with LOOKUPS_ALL: the text of a part follows, if it
			   has any that is looked at */
	NOTE_REMARK	/* with LOOKUPS_ALL: something about the message */
};

struct note {
	enum note_kind kind;
	struct span text;	/* NOTE_LOG: all of the line */
	bool warning;		/* NOTE_LOG: something of ours is wrong */
	const char *view;	/* "header_checks", ...; NOTE_PART: "part";
				   NOTE_REMARK: "ambiguous" */
	struct span key;	/* NOTE_PART: see part_describe() */
	/* NOTE_LOOKUP: */
	struct span table;
	enum answer answer;
	struct span rule;	/* "FILE:LINE", where it was a hit */
	struct span action;	/* the result, $1 and the like filled in */
};

/*
 * What a session cannot know.  Its runner does with the notes of the outcome
 * as ever, and then calls session_answer(), which gives a new outcome.
 */
enum ask_kind {
	ASK_CONVERSATION,	/* may one more conversation be filtered? */
	ASK_TRANSACTION,	/* may a transaction begin? */
	ASK_PART		/* what is in this attachment? at EOM only;
				   session_answer_part() */
};

/* About so many attachments of a message it asks; the others are an error. */
#define SESSION_PARTS_MAX	10000

enum ask_answer { ASK_YES, ASK_NO };

struct ask {
	enum ask_kind kind;
	unsigned id;
	/* ASK_PART; the bytes come from session_part_read(). */
	struct inspection_limits limits;
	uint64_t size;
	bool cut;		/* of something larger */
};

struct outcome {
	struct verdict verdict;
	/* At EVENT_EOM only, and only with CONTINUE or ACCEPT. */
	const struct edit *edits;
	size_t nedits;
	const struct note *notes;
	size_t nnotes;
	/* While there are asks the verdict is not yet one. */
	const struct ask *asks;
	size_t nasks;
	/* Milliseconds that the reply is to wait, if one is given. */
	unsigned delay;
};

/*
 * The lookups of which there is a NOTE_LOOKUP.  To tell of all of them, each
 * key is asked by itself.
 */
enum lookups_told { LOOKUPS_NONE, LOOKUPS_FOUND, LOOKUPS_ALL };

struct session_options {
	struct scratch_pool *scratch;
	enum lookups_told lookups;
};

/* NULL only without memory. */
struct session *session_new(const struct policy *policy,
    const struct session_options *options);
void session_free(struct session **session);

/*
 * In shadow mode the outcome is what it would be in enforce mode: not to
 * carry it out is the runner's part (policy->conf.mode).
 */
const struct outcome *session_event(struct session *session,
    const struct event *event);
const struct outcome *session_answer(struct session *session,
    unsigned ask_id, enum ask_answer answer);

/*
 * What was found, or with an error that nothing could be; borrowed until it
 * returns.
 */
const struct outcome *session_answer_part(struct session *session,
    unsigned ask_id, const struct inspection *inspection);

/*
 * Bytes of the attachment that is asked about, as a struct inspection_source
 * wants them; the context is the session.
 */
ssize_t session_part_read(void *session, uint64_t offset, char *to,
    size_t size, const char **why_r);

/* No body chunk that is still to come changes anything (SMFIS_SKIP). */
bool session_skips_body(const struct session *session);

/*
 * After EDIT_REPLACEBODY, until the next event: the new body in pieces, in
 * order.  A reader starts as { 0 }.  The piece's length, 0 at the end, or -1,
 * with a reason, where what was kept cannot be read.
 */
struct body_reader {
	size_t splice;		/* the next one */
	size_t within;		/* how much of its text is out */
	uint64_t offset;	/* in the old body */
};

ssize_t session_new_body(const struct session *session,
    struct body_reader *reader, char *to, size_t size, const char **why_r);

/* "accept", "reject", ... for scan and for tests; CONTINUE is "accept". */
const char *verdict_word(enum verdict_kind kind);
/* "addheader", ... */
const char *edit_word(enum edit_kind kind);

#endif
