/* milter - libmilter's callbacks. */
#include "daemon/milter.h"

#include <libmilter/mfapi.h>

#include <stdlib.h>

#include "daemon/milter_edits.h"
#include "daemon/milter_terms.h"
#include "daemon/milter_verdict.h"
#include "daemon/talk.h"
#include "daemon/translate.h"

#define BACKLOG		1024

enum stage { STAGE_IDLE, STAGE_ENVELOPE, STAGE_HEADER, STAGE_BODY };

struct conversation {
	struct pin *pin;
	const struct policy *policy;
	struct talk talk;		/* its session: from CONNECT on */
	struct milter_terms terms;
	bool hears_late;		/* nothing is said in the envelope */
	bool counted;			/* among the messages that are open */
	enum stage stage;
};

/*
 * libmilter passes no pointer of ours to its first callback.  Set once,
 * before libmilter starts a thread.
 */
static const struct milter *milter;

static bool
is_shadow(const struct conversation *c)
{
	return c->policy->conf.mode == MODE_SHADOW;
}

/*
 * Something failed here, or the other side does not keep the protocol's
 * order: the message is not ours to lose, nor to let pass unseen.  Where
 * nothing of the conversation is known, neither is whether a reply is awaited:
 * libmilter leaves out the one that says CONTINUE, and EOM has one for sure.
 */
static sfsistat
fault_status(const struct conversation *c, enum event_kind kind)
{
	if (c == NULL)
		return kind == EVENT_EOM ? SMFIS_TEMPFAIL : SMFIS_CONTINUE;
	if (milter_is_silent(&c->terms, kind))
		return SMFIS_NOREPLY;
	return is_shadow(c) ? SMFIS_ACCEPT : SMFIS_TEMPFAIL;
}

static sfsistat
unable(const struct conversation *c, enum event_kind kind, const char *why)
{
	log_line(milter->log, LOG_LEVEL_WARNING, "warning: %s", why);
	return fault_status(c, kind);
}

static sfsistat
out_of_order(const struct conversation *c, enum event_kind kind)
{
	static const char *const names[] = {
		[EVENT_CONNECT] = "CONNECT", [EVENT_HELO] = "HELO",
		[EVENT_MAIL] = "MAIL", [EVENT_RCPT] = "RCPT",
		[EVENT_HEADER] = "a header field",
		[EVENT_EOH] = "the end of the header",
		[EVENT_BODY] = "a body", [EVENT_EOM] = "the end of a message",
	};

	log_line(milter->log, LOG_LEVEL_WARNING,
	    "warning: the mail server sent %s where none can be", names[kind]);
	return fault_status(c, kind);
}

/* One conversation, one session */

static const struct outcome *
tell(SMFICTX *ctx, struct conversation *c, struct event *event)
{
	if (event->kind >= EVENT_MAIL && event->kind <= EVENT_EOM)
		event->queue_id = milter_macro(ctx, "i");
	return talk_event(&c->talk, event);
}

/* The message has its verdict, or will have none: its memory goes. */
static void
end_message(SMFICTX *ctx, struct conversation *c)
{
	if (c->stage == STAGE_IDLE && !c->counted)
		return;
	tell(ctx, c, &(struct event){ .kind = EVENT_ABORT });
	c->stage = STAGE_IDLE;
	if (c->counted)
		traffic_end(milter->traffic);
	c->talk.begun = c->counted = false;
}

static void
free_conversation(SMFICTX *ctx, struct conversation *c)
{
	if (c->talk.session != NULL)
		end_message(ctx, c);
	session_free(&c->talk.session);
	if (c->talk.joined)
		traffic_leave(milter->traffic);
	current_unpin(milter->current, &c->pin);
	free(c);
}

/* From an outcome to an answer */

/* Who has no place here goes by unseen; all others are heard to the end. */
static sfsistat
shadow_status_of(const struct conversation *c)
{
	return c->talk.turned_away ? SMFIS_ACCEPT : SMFIS_CONTINUE;
}

/*
 * The event, and its verdict carried out.  RCPT alone may be refused without
 * an end to the message.
 */
static sfsistat
answer_event(SMFICTX *ctx, struct conversation *c, struct event *event)
{
	const struct outcome *outcome = tell(ctx, c, event);
	sfsistat status;

	if (milter_is_silent(&c->terms, event->kind))
		return SMFIS_NOREPLY;
	status = is_shadow(c) ? shadow_status_of(c) :
	    milter_verdict(ctx, &outcome->verdict, event->kind, milter->log);
	if (status == SMFIS_CONTINUE || event->kind < EVENT_MAIL)
		return status;
	if (event->kind != EVENT_RCPT || status == SMFIS_ACCEPT ||
	    status == SMFIS_DISCARD)
		end_message(ctx, c);
	return status;
}

/* The callbacks, in the order of SMTP */

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
static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1,
    unsigned long f2, unsigned long f3, unsigned long *pf0,
    unsigned long *pf1, unsigned long *pf2, unsigned long *pf3)
{
	const struct milter_terms offered = { f0, f1 };
	struct conversation *c = calloc(1, sizeof(*c));
	struct needs needs;

	(void)f2;
	(void)f3;
	if (c == NULL)
		return SMFIS_REJECT;	/* libmilter ends the connection */
	c->pin = current_pin(milter->current);
	c->policy = pin_policy(c->pin);
	c->talk.log = milter->log;
	c->talk.inspector = milter->inspector;
	c->talk.joined = traffic_join(milter->traffic,
	    c->policy->conf.session_limit);
	session_needs(c->policy, &needs);
	c->hears_late = !is_shadow(c) && (needs.replies &
	    (event_bit(EVENT_MAIL) | event_bit(EVENT_RCPT))) == 0;
	c->terms.actions = f0 & SMFI_CURR_ACTS;
	c->terms.protocol = *pf1 |
	    milter_protocol(&needs, replies_of(c, &needs), f1);
	milter_ask_for_macros(ctx, &offered, &needs);
	*pf0 = c->terms.actions;
	*pf1 = c->terms.protocol;
	*pf2 = *pf3 = 0;
	smfi_setpriv(ctx, c);
	return SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *address)
{
	struct conversation *c = smfi_getpriv(ctx);
	struct session_options options = { .scratch = milter->scratch };
	struct event event = { .kind = EVENT_CONNECT };
	char text[INET6_ADDRSTRLEN];

	/* After SMFIC_QUIT_NC nothing is left of what was negotiated. */
	if (c == NULL || c->talk.session != NULL)
		return out_of_order(c, EVENT_CONNECT);
	if ((c->talk.session = session_new(c->policy, &options)) == NULL)
		return unable(c, EVENT_CONNECT,
		    "no memory for one more conversation");
	event.connect.name = span_of(name);
	event.connect.address = translate_address(address, text);
	event.connect.reverse = milter_macro(ctx, "{client_ptr}");
	event.connect.smtp = milter_came_by_smtp(ctx, &c->terms);
	/* Otherwise no recipient is refused. */
	if (!event.connect.smtp && milter_is_silent(&c->terms, EVENT_MAIL))
		c->hears_late = !is_shadow(c);
	return answer_event(ctx, c, &event);
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	struct conversation *c = smfi_getpriv(ctx);
	struct event event = { .kind = EVENT_HELO };

	if (c == NULL || c->talk.session == NULL)
		return out_of_order(c, EVENT_HELO);
	end_message(ctx, c);
	event.helo.name = span_of(name);
	return answer_event(ctx, c, &event);
}

/*
 * While the filter stops, none may begin.  One that hears so only at its end is
 * waited for until then.
 */
static void
begin_message(struct conversation *c)
{
	c->talk.begun = c->counted = traffic_begin(milter->traffic);
	if (!c->talk.begun && c->hears_late) {
		traffic_linger(milter->traffic);
		c->counted = true;
	}
	c->stage = STAGE_ENVELOPE;
}

/*
 * libmilter tells of no abort once a message has had a verdict, so MAIL also
 * ends what went before.
 */
static sfsistat
on_mail(SMFICTX *ctx, char **args)
{
	struct conversation *c = smfi_getpriv(ctx);
	struct event event = { .kind = EVENT_MAIL };

	if (c == NULL || c->talk.session == NULL)
		return out_of_order(c, EVENT_MAIL);
	end_message(ctx, c);
	begin_message(c);
	event.mail.path = span_of(args[0]);
	event.mail.address = milter_macro(ctx, "{mail_addr}");
	event.mail.login = milter_macro(ctx, "{auth_authen}");
	event.mail.size = translate_size(args);
	return answer_event(ctx, c, &event);
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **args)
{
	struct conversation *c = smfi_getpriv(ctx);
	struct event event = { .kind = EVENT_RCPT };

	if (c == NULL || c->stage != STAGE_ENVELOPE)
		return out_of_order(c, EVENT_RCPT);
	event.rcpt.path = span_of(args[0]);
	event.rcpt.address = milter_macro(ctx, "{rcpt_addr}");
	return answer_event(ctx, c, &event);
}

static sfsistat
on_data(SMFICTX *ctx)
{
	struct conversation *c = smfi_getpriv(ctx);
	struct event event = { .kind = EVENT_DATA };

	if (c != NULL && c->stage == STAGE_ENVELOPE)
		tell(ctx, c, &event);
	return SMFIS_NOREPLY;
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct conversation *c = smfi_getpriv(ctx);
	struct event event = { .kind = EVENT_HEADER };
	struct buf space;

	if (c == NULL || c->stage == STAGE_IDLE || c->stage == STAGE_BODY)
		return out_of_order(c, EVENT_HEADER);
	c->stage = STAGE_HEADER;
	event.header.name = span_of(name);
	buf_init(&space, MILTER_PACKET_MAX);
	event.header.value = milter_value_from(&c->terms, span_of(value),
	    &space);
	tell(ctx, c, &event);
	buf_clear(&space);
	return SMFIS_NOREPLY;
}

/* The end of the header, where the mail server was not to send it. */
static void
tell_eoh(SMFICTX *ctx, struct conversation *c)
{
	struct event event = { .kind = EVENT_EOH };

	if (c->stage == STAGE_BODY)
		return;
	c->stage = STAGE_BODY;
	tell(ctx, c, &event);
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	struct conversation *c = smfi_getpriv(ctx);
	struct event event = { .kind = EVENT_EOH };

	if (c == NULL || c->stage == STAGE_IDLE || c->stage == STAGE_BODY)
		return out_of_order(c, EVENT_EOH);
	c->stage = STAGE_BODY;
	return answer_event(ctx, c, &event);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t n)
{
	struct conversation *c = smfi_getpriv(ctx);
	struct event event = { .kind = EVENT_BODY };
	sfsistat status;

	if (c == NULL || c->stage == STAGE_IDLE)
		return out_of_order(c, EVENT_BODY);
	tell_eoh(ctx, c);
	event.body = span_make((const char *)bytes, n);
	status = answer_event(ctx, c, &event);
	if (status == SMFIS_CONTINUE && (c->terms.protocol & SMFIP_SKIP) != 0 &&
	    session_skips_body(c->talk.session))
		return SMFIS_SKIP;
	return status;
}

static sfsistat
finish(SMFICTX *ctx, struct conversation *c, const struct outcome *outcome)
{
	static const struct verdict deferred = {
		.kind = VERDICT_TEMPFAIL, .code = 451,
		.dsn = SPAN_INIT("4.3.0"),
		.text = SPAN_INIT("Service unavailable - try again later"),
	};
	enum verdict_kind kind = outcome->verdict.kind;

	if (is_shadow(c))
		return SMFIS_CONTINUE;
	if (kind != VERDICT_CONTINUE && kind != VERDICT_ACCEPT)
		return milter_verdict(ctx, &outcome->verdict, EVENT_EOM,
		    milter->log);
	if (milter_make_edits(ctx, &c->terms, c->talk.session, outcome,
	    milter->log))
		return SMFIS_CONTINUE;
	return milter_verdict(ctx, &deferred, EVENT_EOM, milter->log);
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	struct conversation *c = smfi_getpriv(ctx);
	struct event event = { .kind = EVENT_EOM };
	sfsistat status;

	if (c == NULL || c->stage == STAGE_IDLE)
		return out_of_order(c, EVENT_EOM);
	tell_eoh(ctx, c);
	status = finish(ctx, c, tell(ctx, c, &event));
	end_message(ctx, c);
	return status;
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct conversation *c = smfi_getpriv(ctx);

	if (c != NULL && c->talk.session != NULL)
		end_message(ctx, c);
	return SMFIS_CONTINUE;
}

/*
 * Comes at any time, without a CONNECT too, and perhaps under the lock of
 * libmilter's pool: nothing here waits.
 */
static sfsistat
on_close(SMFICTX *ctx)
{
	struct conversation *c = smfi_getpriv(ctx);

	smfi_setpriv(ctx, NULL);
	if (c != NULL)
		free_conversation(ctx, c);
	return SMFIS_CONTINUE;
}

int
milter_open(const char *address)
{
	struct smfiDesc description = {
		.xxfi_name = milter_unconst("postern"),
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFI_CURR_ACTS,
		.xxfi_negotiate = on_negotiate,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt,
		.xxfi_data = on_data,
		.xxfi_header = on_header,
		.xxfi_eoh = on_eoh,
		.xxfi_body = on_body,
		.xxfi_eom = on_eom,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
	};

	smfi_setmaxdatasize(MILTER_PACKET_MAX);
	smfi_setbacklog(BACKLOG);
	if (smfi_register(description) != MI_SUCCESS ||
	    smfi_setconn(milter_unconst(address)) != MI_SUCCESS ||
	    smfi_opensocket(0) != MI_SUCCESS)
		return -1;
	return 0;
}

void
milter_run(const struct milter *parts)
{
	milter = parts;
	smfi_main();
}
