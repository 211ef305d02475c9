/*
 * conversation_parts - what conversation.c and conversation_events.c share.
 */
#ifndef POSTERN_DAEMON_CONVERSATION_PARTS_H
#define POSTERN_DAEMON_CONVERSATION_PARTS_H

#include "daemon/changes.h"
#include "daemon/conversation.h"
#include "daemon/talk.h"

enum stage { STAGE_IDLE, STAGE_ENVELOPE, STAGE_HEADER, STAGE_BODY };

struct conversation {
	const struct shared *shared;
	struct pin *pin;
	const struct policy *policy;
	struct talk talk;		/* its session: from CONNECT on */
	struct terms terms;
	bool hears_late;		/* nothing is said in the envelope */
	bool counted;			/* among the messages that are open */
	enum stage stage;

	/* The event that is answered. */
	enum event_kind kind;
	const struct outcome *outcome;	/* NULL: not before a part was seen */
	struct changes changes;
	bool settled;			/* has it to be late? */
	unsigned delay;			/* milliseconds, while it waits */
};

bool conversation_is_shadow(const struct conversation *c);

/* NULL: its outcome has to be waited for. */
const struct outcome *conversation_tell(struct conversation *c,
    struct peer_at at, struct event *event);

/* Tells, and answers. */
enum status conversation_handle(struct conversation *c, struct peer_at at,
    struct event *event);

/* The message has its verdict, or will have none: its memory goes. */
void conversation_end_message(struct conversation *c);

#endif
