/* conversation_events - the events of SMTP, one by one. */
#include "daemon/conversation_parts.h"

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
	return conversation_is_shadow(c) ? STATUS_ACCEPT : STATUS_TEMPFAIL;
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
		c->hears_late = !conversation_is_shadow(c);
	return conversation_handle(c, at, &event);
}

enum status
conversation_helo(struct conversation *c, struct peer_at at, struct span name)
{
	struct event event = { .kind = EVENT_HELO };

	if (c == NULL || c->talk.session == NULL)
		return out_of_order(c, at, EVENT_HELO);
	conversation_end_message(c);
	event.helo.name = name;
	return conversation_handle(c, at, &event);
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
	conversation_end_message(c);
	begin_message(c);
	event.mail.path = path;
	event.mail.address = at.peer->macro(at.context, "{mail_addr}");
	event.mail.login = at.peer->macro(at.context, "{auth_authen}");
	event.mail.size = size;
	event.mail.utf8 = utf8;
	return conversation_handle(c, at, &event);
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
	return conversation_handle(c, at, &event);
}

enum status
conversation_data(struct conversation *c, struct peer_at at)
{
	struct event event = { .kind = EVENT_DATA };

	if (c != NULL && c->stage == STAGE_ENVELOPE)
		conversation_tell(c, at, &event);
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
	conversation_tell(c, at, &event);
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
	conversation_tell(c, at, &event);
}

enum status
conversation_eoh(struct conversation *c, struct peer_at at)
{
	struct event event = { .kind = EVENT_EOH };

	if (c == NULL || c->stage == STAGE_IDLE || c->stage == STAGE_BODY)
		return out_of_order(c, at, EVENT_EOH);
	c->stage = STAGE_BODY;
	return conversation_handle(c, at, &event);
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
	return conversation_handle(c, at, &event);
}

enum status
conversation_eom(struct conversation *c, struct peer_at at)
{
	struct event event = { .kind = EVENT_EOM };

	if (c == NULL || c->stage == STAGE_IDLE)
		return out_of_order(c, at, EVENT_EOM);
	tell_eoh(c, at);
	return conversation_handle(c, at, &event);
}

enum status
conversation_unknown(struct conversation *c, struct peer_at at)
{
	struct event event = { .kind = EVENT_UNKNOWN };

	if (c == NULL || c->talk.session == NULL)
		return out_of_order(c, at, EVENT_UNKNOWN);
	return conversation_handle(c, at, &event);
}

void
conversation_abort(struct conversation *c)
{
	if (c != NULL && c->talk.session != NULL)
		conversation_end_message(c);
}
