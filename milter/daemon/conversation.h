/*
 * conversation - SMTP events from a mail server into a session, and its
 * outcome back: all that is one, whatever engine speaks with the mail server.
 *
 * milter.c (libmilter) and wire.c (our own) call it, event by event, and are
 * told what to answer; what goes to the mail server beside that goes through
 * a struct peer.  One thread at a time may use a conversation, but not always
 * the same one.
 *
 * An answer may have to be waited for (STATUS_WAIT).  The bytes of an event are
 * borrowed until its call returns, also then.
 *
 * In shadow mode neither a verdict nor an edit reaches the mail server:
 * where the filter would have ended a message, it accepts, and is asked
 * nothing more about it.
 */
#ifndef POSTERN_DAEMON_CONVERSATION_H
#define POSTERN_DAEMON_CONVERSATION_H

#include "base/log.h"
#include "daemon/current.h"
#include "daemon/delay.h"
#include "daemon/peer.h"
#include "daemon/status.h"
#include "daemon/terms.h"
#include "daemon/traffic.h"
#include "service/inspect.h"
#include "table/table.h"

/* What all conversations share; set up before the first, never changed. */
struct shared {
	struct log *log;
	struct current *current;
	struct traffic *traffic;
	struct scratch_pool *scratch;
	struct inspector *inspector;	/* NULL: there is none */
	struct delays *delays;
};

struct conversation;

/*
 * Pins the policy in force.  The steps on offer hold STEP_MUTE_ALL, which an
 * engine fakes for a mail server that has it not.  What is left out and waited
 * for follows from the policy.  NULL only without memory.
 */
struct conversation *conversation_new(const struct shared *shared,
    const struct terms *offered);
/* Ends a message that is open; never waits. */
void conversation_free(struct conversation **conversation);

/* As agreed; an engine may add steps that it leaves out for itself. */
const struct terms *conversation_terms(const struct conversation *c);

/* What to ask for, where ACTION_MACROS is on offer. */
void conversation_macros(const struct conversation *c,
    struct terms_list lists_r[TERMS_LISTS]);

/*
 * The events, in the order of SMTP.  What comes out of order is answered, too;
 * c may be NULL, where nothing is left of what was negotiated.  The address is
 * in presentation form, empty where there is none; the size is that of SIZE=,
 * and utf8 that SMTPUTF8 was given.
 */
enum status conversation_connect(struct conversation *c, struct peer_at at,
    struct span name, struct span address);
enum status conversation_helo(struct conversation *c, struct peer_at at,
    struct span name);
enum status conversation_mail(struct conversation *c, struct peer_at at,
    struct span path, uint64_t size, bool utf8);
enum status conversation_rcpt(struct conversation *c, struct peer_at at,
    struct span path);
enum status conversation_data(struct conversation *c, struct peer_at at);
enum status conversation_header(struct conversation *c, struct peer_at at,
    struct span name, struct span value);
enum status conversation_eoh(struct conversation *c, struct peer_at at);
enum status conversation_body(struct conversation *c, struct peer_at at,
    struct span bytes);
enum status conversation_eom(struct conversation *c, struct peer_at at);
/* A command that the mail server does not know. */
enum status conversation_unknown(struct conversation *c, struct peer_at at);
/* No answer is due. */
void conversation_abort(struct conversation *c);

/*
 * After STATUS_WAIT.  No other event may come until conversation_go_on() has
 * given the status.
 */
enum wait_for {
	WAIT_PART,		/* call conversation_look(), in any thread */
	WAIT_DELAY,		/* so long, then call conversation_wake() */
	WAIT_ROOM		/* until peer->has_room() says yes */
};

enum wait_for conversation_waits_for(const struct conversation *c);

/* Takes its time: what is in the attachments. */
void conversation_look(struct conversation *c);

/*
 * How many milliseconds the answer is to be late.  It counts among those of
 * delay_session_limit until it wakes, or is freed.
 */
unsigned conversation_delay(const struct conversation *c);
void conversation_wake(struct conversation *c);

enum status conversation_go_on(struct conversation *c, struct peer_at at);

#endif
