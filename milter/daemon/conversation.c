/* conversation - from SMTP events to their answers. */
#include "daemon/conversation.h"

#include <stdlib.h>

#include "daemon/changes.h"
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

static bool
is_shadow(const struct conversation *c)
{
	return c->policy->conf.mode == MODE_SHADOW;
}

/*
 * Something failed here, or the other side does not keep the protocol's
 * order: the message is not ours to lose, nor to let pass unseen.  Where
 * nothing of the conversation is known, neither is whether a reply is awaited:
 * an engine leaves out the one that says CONTINUE, and EOM has one for sure.
 */
static enum status
fault_status(const struct conversation *c, enum event_kind kind)
{
	if (c == NULL)
		return kind == EVENT_EOM ? STATUS_TEMPFAIL : STATUS_CONTINUE;
	if (terms_is_silent(&c->terms, kind))
		return STATUS_NOREPLY;
	return is_shadow(c) ? STATUS_ACCEPT : STATUS_TEMPFAIL;
}

static enum status
unable(const struct conversation *c, struct peer_at at, enum event_kind kind,
    const char *why)
{
	log_line(at.log, LOG_LEVEL_WARNING, "warning: %s", why);
	return fault_status(c, kind);
}

static enum status
out_of_order(const struct conversation *c, struct peer_at at,
    enum event_kind kind)
{
	static const char *const names[] = {
		[EVENT_CONNECT] = "CONNECT", [EVENT_HELO] = "HELO",
		[EVENT_MAIL] = "MAIL", [EVENT_RCPT] = "RCPT",
		[EVENT_HEADER] = "a header field",
		[EVENT_EOH] = "the end of the header",
		[EVENT_BODY] = "a body", [EVENT_EOM] = "the end of a message",
		[EVENT_UNKNOWN] = "an unknown command",
	};

	log_line(at.log, LOG_LEVEL_WARNING,
	    "warning: the mail server sent %s where none can be", names[kind]);
	return fault_status(c, kind);
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
	unsigned replies = is_shadow(c) ? event_bit(EVENT_MAIL) :
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
	c->hears_late = !is_shadow(c) && (needs.replies &
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

/* NULL: its outcome has to be waited for. */
static const struct outcome *
tell(struct conversation *c, struct peer_at at, struct event *event)
{
	if (event->kind >= EVENT_MAIL && event->kind <= EVENT_EOM)
		event->queue_id = at.peer->macro(at.context, "i");
	return talk_event(&c->talk, event);
}

/* The message has its verdict, or will have none: its memory goes. */
static void
end_message(struct conversation *c)
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
		end_message(c);
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
	status = is_shadow(c) ? shadow_status_of(c) :
	    status_of(&c->outcome->verdict, kind, at);
	if (status == STATUS_CONTINUE || kind < EVENT_MAIL)
		return status;
	if (kind != EVENT_RCPT || status == STATUS_ACCEPT ||
	    status == STATUS_DISCARD)
		end_message(c);
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

	if (is_shadow(c))
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
		end_message(c);
	return status;
}

/* In shadow mode nothing of ours is to be noticed. */
static bool
must_be_late(struct conversation *c, struct peer_at at)
{
	if (c->settled)
		return c->delay > 0;
	c->settled = true;
	if (c->outcome->delay > 0 && !is_shadow(c) &&
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

static enum status
handle(struct conversation *c, struct peer_at at, struct event *event)
{
	c->kind = event->kind;
	c->changes = (struct changes){ 0 };
	c->settled = false;
	c->outcome = tell(c, at, event);
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

/* The events */

/*
 * Postfix gives {client_resolve} for SMTP clients only; a mail server that
 * cannot be asked for it is taken to have nothing but these.
 */
static bool
came_by_smtp(const struct conversation *c, struct peer_at at)
{
	return (c->terms.actions & ACTION_MACROS) == 0 ||
	    at.peer->macro(at.context, "{client_resolve}").n > 0;
}

enum status
conversation_connect(struct conversation *c, struct peer_at at,
    struct span name, struct span address)
{
	struct event event = { .kind = EVENT_CONNECT };

	/* After SMFIC_QUIT_NC nothing is left of what was negotiated. */
	if (c == NULL || c->talk.session != NULL)
		return out_of_order(c, at, EVENT_CONNECT);
	c->talk.session = session_new(c->policy, &(struct session_options){
	    .scratch = c->shared->scratch });
	if (c->talk.session == NULL)
		return unable(c, at, EVENT_CONNECT,
		    "no memory for one more conversation");
	event.connect.name = name;
	event.connect.address = address;
	event.connect.reverse = at.peer->macro(at.context, "{client_ptr}");
	event.connect.smtp = came_by_smtp(c, at);
	/* Otherwise no recipient is refused. */
	if (!event.connect.smtp && terms_is_silent(&c->terms, EVENT_MAIL))
		c->hears_late = !is_shadow(c);
	return handle(c, at, &event);
}

enum status
conversation_helo(struct conversation *c, struct peer_at at, struct span name)
{
	struct event event = { .kind = EVENT_HELO };

	if (c == NULL || c->talk.session == NULL)
		return out_of_order(c, at, EVENT_HELO);
	end_message(c);
	event.helo.name = name;
	return handle(c, at, &event);
}

/*
 * While the filter stops, none may begin.  One that hears so only at its end is
 * waited for until then.
 */
static void
begin_message(struct conversation *c)
{
	struct traffic *traffic = c->shared->traffic;

	c->talk.begun = c->counted = traffic_begin(traffic);
	if (!c->talk.begun && c->hears_late) {
		traffic_linger(traffic);
		c->counted = true;
	}
	c->stage = STAGE_ENVELOPE;
}

/*
 * Nobody need tell of an abort once a message has had a verdict, so MAIL also
 * ends what went before.
 */
enum status
conversation_mail(struct conversation *c, struct peer_at at,
    struct span path, uint64_t size, bool utf8)
{
	struct event event = { .kind = EVENT_MAIL };

	if (c == NULL || c->talk.session == NULL)
		return out_of_order(c, at, EVENT_MAIL);
	end_message(c);
	begin_message(c);
	event.mail.path = path;
	event.mail.address = at.peer->macro(at.context, "{mail_addr}");
	event.mail.login = at.peer->macro(at.context, "{auth_authen}");
	event.mail.size = size;
	event.mail.utf8 = utf8;
	return handle(c, at, &event);
}

/* By the mail server, which hears no reply to it. */
static bool
was_refused(const struct conversation *c, struct peer_at at)
{
	return (c->terms.steps & STEP_REFUSED) != 0 && span_equal(
	    at.peer->macro(at.context, "{rcpt_mailer}"), SPAN("error"));
}

enum status
conversation_rcpt(struct conversation *c, struct peer_at at, struct span path)
{
	struct event event = { .kind = EVENT_RCPT };

	if (c == NULL || c->stage != STAGE_ENVELOPE)
		return out_of_order(c, at, EVENT_RCPT);
	event.rcpt.path = path;
	event.rcpt.address = at.peer->macro(at.context, "{rcpt_addr}");
	event.rcpt.refused = was_refused(c, at);
	return handle(c, at, &event);
}

enum status
conversation_data(struct conversation *c, struct peer_at at)
{
	struct event event = { .kind = EVENT_DATA };

	if (c != NULL && c->stage == STAGE_ENVELOPE)
		tell(c, at, &event);
	return STATUS_NOREPLY;
}

enum status
conversation_header(struct conversation *c, struct peer_at at,
    struct span name, struct span value)
{
	struct event event = { .kind = EVENT_HEADER };
	struct buf space;

	if (c == NULL || c->stage == STAGE_IDLE || c->stage == STAGE_BODY)
		return out_of_order(c, at, EVENT_HEADER);
	c->stage = STAGE_HEADER;
	event.header.name = name;
	buf_init(&space, PACKET_MAX);
	event.header.value = terms_value_from(&c->terms, value, &space);
	tell(c, at, &event);
	buf_clear(&space);
	return STATUS_NOREPLY;
}

/* The end of the header, where the mail server was not to send it. */
static void
tell_eoh(struct conversation *c, struct peer_at at)
{
	struct event event = { .kind = EVENT_EOH };

	if (c->stage == STAGE_BODY)
		return;
	c->stage = STAGE_BODY;
	tell(c, at, &event);
}

enum status
conversation_eoh(struct conversation *c, struct peer_at at)
{
	struct event event = { .kind = EVENT_EOH };

	if (c == NULL || c->stage == STAGE_IDLE || c->stage == STAGE_BODY)
		return out_of_order(c, at, EVENT_EOH);
	c->stage = STAGE_BODY;
	return handle(c, at, &event);
}

enum status
conversation_body(struct conversation *c, struct peer_at at,
    struct span bytes)
{
	struct event event = { .kind = EVENT_BODY };

	if (c == NULL || c->stage == STAGE_IDLE)
		return out_of_order(c, at, EVENT_BODY);
	tell_eoh(c, at);
	event.body = bytes;
	return handle(c, at, &event);
}

enum status
conversation_eom(struct conversation *c, struct peer_at at)
{
	struct event event = { .kind = EVENT_EOM };

	if (c == NULL || c->stage == STAGE_IDLE)
		return out_of_order(c, at, EVENT_EOM);
	tell_eoh(c, at);
	return handle(c, at, &event);
}

enum status
conversation_unknown(struct conversation *c, struct peer_at at)
{
	struct event event = { .kind = EVENT_UNKNOWN };

	if (c == NULL || c->talk.session == NULL)
		return out_of_order(c, at, EVENT_UNKNOWN);
	return handle(c, at, &event);
}

void
conversation_abort(struct conversation *c)
{
	if (c != NULL && c->talk.session != NULL)
		end_message(c);
}
