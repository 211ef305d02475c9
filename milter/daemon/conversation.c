/* conversation - from SMTP events to their answers. */
#include "daemon/conversation_parts.h"

#include <stdlib.h>

bool
conversation_is_shadow(const struct conversation *c)
{
	return c->policy->conf.mode == MODE_SHADOW;
}

/* What is agreed */

/*
 * Whether there is a place for this conversation is known by now, so that only
 * who has none waits for a reply to CONNECT.  In shadow mode that and MAIL are
 * all that may be answered: what begins while the filter stops is to go on
 * without it.
 */
static unsigned
replies_of(const struct conversation *c, const struct needs *needs)
{
	unsigned replies = conversation_is_shadow(c) ? event_bit(EVENT_MAIL) :
	    needs->replies;

	return c->talk.joined ? replies : replies | event_bit(EVENT_CONNECT);
}

/*
 * What the mail server leaves out, and waits for, follows from the policy.
 * All actions that are on offer: which of them a table asks for may change
 * while the mail server runs.
 */
struct conversation *
conversation_new(const struct shared *shared, const struct terms *offered)
{
	struct conversation *c = calloc(1, sizeof(*c));
	struct needs needs;

	if (c == NULL)
		return NULL;
	c->shared = shared;
	c->pin = current_pin(shared->current);
	c->policy = pin_policy(c->pin);
	c->talk.log = shared->log;
	c->talk.inspector = shared->inspector;
	c->talk.joined = traffic_join(shared->traffic,
	    c->policy->conf.session_limit);
	session_needs(c->policy, &needs);
	c->hears_late = !conversation_is_shadow(c) && (needs.replies &
	    (event_bit(EVENT_MAIL) | event_bit(EVENT_RCPT))) == 0;
	c->terms.actions = offered->actions & ACTIONS_ALL;
	c->terms.steps = terms_steps(&needs, replies_of(c, &needs),
	    offered->steps);
	return c;
}

const struct terms *
conversation_terms(const struct conversation *c)
{
	return &c->terms;
}

void
conversation_macros(const struct conversation *c,
    struct terms_list lists_r[TERMS_LISTS])
{
	struct needs needs;

	session_needs(c->policy, &needs);
	terms_macros(&needs, lists_r);
}

/* One conversation, one session */

const struct outcome *
conversation_tell(struct conversation *c, struct peer_at at,
    struct event *event)
{
	if (event->kind >= EVENT_MAIL && event->kind <= EVENT_EOM)
		event->queue_id = at.peer->macro(at.context, "i");
	return talk_event(&c->talk, event);
}

void
conversation_end_message(struct conversation *c)
{
	if (c->stage == STAGE_IDLE && !c->counted)
		return;
	talk_event(&c->talk, &(struct event){ .kind = EVENT_ABORT });
	c->stage = STAGE_IDLE;
	if (c->counted)
		traffic_end(c->shared->traffic);
	c->talk.begun = c->counted = false;
}

void
conversation_free(struct conversation **conversation)
{
	struct conversation *c = *conversation;

	*conversation = NULL;
	if (c == NULL)
		return;
	conversation_wake(c);
	if (c->talk.session != NULL)
		conversation_end_message(c);
	session_free(&c->talk.session);
	if (c->talk.joined)
		traffic_leave(c->shared->traffic);
	current_unpin(c->shared->current, &c->pin);
	free(c);
}

/* From an outcome to an answer */

/* Who has no place here goes by unseen; all others are heard to the end. */
static enum status
shadow_status_of(const struct conversation *c)
{
	return c->talk.turned_away ? STATUS_ACCEPT : STATUS_CONTINUE;
}

/*
 * The event's verdict carried out.  RCPT alone may be refused without an end
 * to the message.
 */
static enum status
answer(struct conversation *c, struct peer_at at)
{
	enum event_kind kind = c->kind;
	enum status status;

	if (terms_is_silent(&c->terms, kind))
		return STATUS_NOREPLY;
	status = conversation_is_shadow(c) ? shadow_status_of(c) :
	    status_of(&c->outcome->verdict, kind, at);
	if (status == STATUS_CONTINUE || kind < EVENT_MAIL)
		return status;
	if (kind != EVENT_RCPT || status == STATUS_ACCEPT ||
	    status == STATUS_DISCARD)
		conversation_end_message(c);
	return status;
}

static enum status
answer_body(struct conversation *c, struct peer_at at)
{
	enum status status = answer(c, at);

	if (status == STATUS_CONTINUE && (c->terms.steps & STEP_SKIP) != 0 &&
	    session_skips_body(c->talk.session))
		return STATUS_SKIP;
	return status;
}

static enum status
finish(struct conversation *c, struct peer_at at)
{
	static const struct verdict deferred = {
		.kind = VERDICT_TEMPFAIL, .code = 451,
		.dsn = SPAN_INIT("4.3.0"),
		.text = SPAN_INIT("Service unavailable - try again later"),
	};
	enum verdict_kind kind = c->outcome->verdict.kind;

	if (conversation_is_shadow(c))
		return STATUS_CONTINUE;
	if (kind != VERDICT_CONTINUE && kind != VERDICT_ACCEPT)
		return status_of(&c->outcome->verdict, EVENT_EOM, at);
	switch (changes_make(&c->changes, at, &c->terms, c->talk.session,
	    c->outcome)) {
	case CHANGES_DONE:
		return STATUS_CONTINUE;
	case CHANGES_FULL:
		return STATUS_WAIT;
	case CHANGES_FAILED:
		break;
	}
	return status_of(&deferred, EVENT_EOM, at);
}

static enum status
answer_eom(struct conversation *c, struct peer_at at)
{
	enum status status = finish(c, at);

	if (status != STATUS_WAIT)
		conversation_end_message(c);
	return status;
}

/* In shadow mode nothing of ours is to be noticed. */
static bool
must_be_late(struct conversation *c, struct peer_at at)
{
	if (c->settled)
		return c->delay > 0;
	c->settled = true;
	if (c->outcome->delay > 0 && !conversation_is_shadow(c) &&
	    !terms_is_silent(&c->terms, c->kind) &&
	    delay_begin(c->shared->delays,
	    c->policy->conf.delay_session_limit, at.log))
		c->delay = c->outcome->delay;
	return c->delay > 0;
}

static enum status
conclude(struct conversation *c, struct peer_at at)
{
	if (c->outcome == NULL || must_be_late(c, at))
		return STATUS_WAIT;
	switch (c->kind) {
	case EVENT_BODY:
		return answer_body(c, at);
	case EVENT_EOM:
		return answer_eom(c, at);
	default:
		return answer(c, at);
	}
}

enum status
conversation_handle(struct conversation *c, struct peer_at at,
    struct event *event)
{
	c->kind = event->kind;
	c->changes = (struct changes){ 0 };
	c->settled = false;
	c->outcome = conversation_tell(c, at, event);
	return conclude(c, at);
}

enum wait_for
conversation_waits_for(const struct conversation *c)
{
	return c->outcome == NULL ? WAIT_PART :
	    c->delay > 0 ? WAIT_DELAY : WAIT_ROOM;
}

void
conversation_look(struct conversation *c)
{
	c->outcome = talk_look(&c->talk);
}

unsigned
conversation_delay(const struct conversation *c)
{
	return c->delay;
}

void
conversation_wake(struct conversation *c)
{
	if (c->delay > 0)
		delay_end(c->shared->delays);
	c->delay = 0;
}

enum status
conversation_go_on(struct conversation *c, struct peer_at at)
{
	return conclude(c, at);
}
