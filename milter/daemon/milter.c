/* milter - libmilter's callbacks. */
#include "daemon/milter.h"

#include <libmilter/mfapi.h>

#include <stdio.h>
#include <stdlib.h>

#include "daemon/translate.h"
#include "session/needs.h"
#include "session/session.h"

/*
 * Postfix sends header fields of up to 102,400 bytes in one packet; libmilter
 * drops the connection at a packet past its limit, 65,535 when not told.
 */
#define PACKET_MAX	(1024 * 1024)

/* An inserted value, or a piece of a new body: libmilter's own chunk size. */
#define VALUE_MAX	PACKET_MAX
#define CHUNK_MAX	65535

#define BACKLOG		1024

/* A session asks once or twice; one that never stops asking is a bug. */
#define ASKS_MAX	16

enum stage { STAGE_IDLE, STAGE_ENVELOPE, STAGE_HEADER, STAGE_BODY };

struct conversation {
	struct pin *pin;
	const struct policy *policy;
	struct session *session;	/* from CONNECT on */
	unsigned long actions, protocol;	/* as negotiated */
	bool joined;			/* one of session_limit */
	bool hears_late;		/* nothing is said in the envelope */
	bool begun;			/* traffic_begin() said yes */
	bool counted;			/* among the messages that are open */
	bool turned_away;		/* an ask was answered with no */
	enum stage stage;
};

/*
 * How not to be sent an event, and not to answer it.  For a mail server that
 * has no silence libmilter fakes it: SMFIP_NR_* are always on offer.
 */
static const struct {
	unsigned long leave_out, no_reply;
} steps[] = {
	[EVENT_CONNECT] = { SMFIP_NOCONNECT, SMFIP_NR_CONN },
	[EVENT_HELO] = { SMFIP_NOHELO, SMFIP_NR_HELO },
	[EVENT_MAIL] = { SMFIP_NOMAIL, SMFIP_NR_MAIL },
	[EVENT_RCPT] = { SMFIP_NORCPT, SMFIP_NR_RCPT },
	[EVENT_DATA] = { SMFIP_NODATA, SMFIP_NR_DATA },
	[EVENT_HEADER] = { SMFIP_NOHDRS, SMFIP_NR_HDR },
	[EVENT_EOH] = { SMFIP_NOEOH, SMFIP_NR_EOH },
	[EVENT_BODY] = { SMFIP_NOBODY, SMFIP_NR_BODY },
	[EVENT_EOM] = { 0, 0 },
};

/*
 * libmilter passes no pointer of ours to its first callback.  Set once,
 * before libmilter starts a thread.
 */
static const struct milter *milter;

/* libmilter's prototypes lack const; it copies what it is given. */
static char *
unconst(const char *text)
{
	union { const char *in; char *out; } pointer = { .in = text };

	return pointer.out;
}

static struct span
macro(SMFICTX *ctx, const char *name)
{
	return span_of(smfi_getsymval(ctx, unconst(name)));
}

static bool
is_shadow(const struct conversation *c)
{
	return c->policy->conf.mode == MODE_SHADOW;
}

/* It was agreed that no answer is given to this. */
static bool
is_silent(const struct conversation *c, enum event_kind kind)
{
	return (c->protocol & steps[kind].no_reply) != 0;
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
	if (is_silent(c, kind))
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

static void
log_notes(const struct outcome *outcome)
{
	for (size_t i = 0; i < outcome->nnotes; i++) {
		const struct note *note = &outcome->notes[i];

		if (note->kind == NOTE_LOG)
			log_line(milter->log, note->warning ?
			    LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "%.*s",
			    SPAN_ARG(note->text));
	}
}

static enum ask_answer
answer(struct conversation *c, enum ask_kind kind)
{
	bool yes = false;

	switch (kind) {
	case ASK_CONVERSATION:
		yes = c->joined;
		break;
	case ASK_TRANSACTION:
		yes = c->begun;
		break;
	}
	if (!yes)
		c->turned_away = true;
	return yes ? ASK_YES : ASK_NO;
}

static const struct outcome *
tell(SMFICTX *ctx, struct conversation *c, struct event *event)
{
	const struct outcome *outcome;

	if (event->kind >= EVENT_MAIL && event->kind <= EVENT_EOM)
		event->queue_id = macro(ctx, "i");
	outcome = session_event(c->session, event);
	c->turned_away = false;
	log_notes(outcome);
	for (int i = 0; outcome->nasks > 0 && i < ASKS_MAX; i++) {
		struct ask ask = outcome->asks[0];

		outcome = session_answer(c->session, ask.id,
		    answer(c, ask.kind));
		log_notes(outcome);
	}
	return outcome;
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
	c->begun = c->counted = false;
}

static void
free_conversation(SMFICTX *ctx, struct conversation *c)
{
	if (c->session != NULL)
		end_message(ctx, c);
	session_free(&c->session);
	if (c->joined)
		traffic_leave(milter->traffic);
	current_unpin(milter->current, &c->pin);
	free(c);
}

/* From a verdict to an answer */

/* 0, or -1 where libmilter does not take it: then it sends its own words. */
static int
set_reply(SMFICTX *ctx, unsigned code, struct span dsn, struct span text)
{
	char number[4], status[16];
	struct buf words;
	int result;

	snprintf(number, sizeof(number), "%03u", code % 1000);
	/* Without one a text that begins with a digit is malformed. */
	if (dsn.n == 0 || dsn.n >= sizeof(status) || dsn.p[0] != number[0])
		snprintf(status, sizeof(status), "%c.7.1", number[0]);
	else
		snprintf(status, sizeof(status), "%.*s", SPAN_ARG(dsn));
	buf_init(&words, REPLY_TEXT_MAX + 1);
	translate_reply(text, &words);
	result = smfi_setreply(ctx, number, status,
	    unconst(buf_string(&words)));
	buf_clear(&words);
	if (result != MI_SUCCESS)
		log_line(milter->log, LOG_LEVEL_WARNING,
		    "warning: libmilter did not take the reply %s %s %.*s",
		    number, status, SPAN_ARG(text));
	return result == MI_SUCCESS ? 0 : -1;
}

/*
 * libmilter keeps a reply that was set until a status of its class uses it,
 * and it cannot be cleared: so it is set right here, before each of these.
 */
static sfsistat
refuse(SMFICTX *ctx, const struct verdict *verdict)
{
	bool reject = verdict->kind == VERDICT_REJECT &&
	    verdict->code >= 500 && verdict->code < 600;
	unsigned code = verdict->code;

	if (!reject && (code < 400 || code >= 500))
		code = 451;
	set_reply(ctx, code, verdict->dsn, verdict->text);
	return reject ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

static sfsistat
status_of(SMFICTX *ctx, const struct verdict *verdict, enum event_kind kind)
{
	switch (verdict->kind) {
	case VERDICT_CONTINUE:
		break;
	case VERDICT_ACCEPT:
		return SMFIS_ACCEPT;
	case VERDICT_DISCARD:
		/* Cannot be said before MAIL; it is sticky. */
		if (kind >= EVENT_MAIL)
			return SMFIS_DISCARD;
		break;
	case VERDICT_REJECT:
	case VERDICT_TEMPFAIL:
		return refuse(ctx, verdict);
	}
	return SMFIS_CONTINUE;
}

/* Who has no place here goes by unseen; all others are heard to the end. */
static sfsistat
shadow_status_of(const struct conversation *c)
{
	return c->turned_away ? SMFIS_ACCEPT : SMFIS_CONTINUE;
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

	if (is_silent(c, event->kind))
		return SMFIS_NOREPLY;
	status = is_shadow(c) ? shadow_status_of(c) :
	    status_of(ctx, &outcome->verdict, event->kind);
	if (status == SMFIS_CONTINUE || event->kind < EVENT_MAIL)
		return status;
	if (event->kind != EVENT_RCPT || status == SMFIS_ACCEPT ||
	    status == SMFIS_DISCARD)
		end_message(ctx, c);
	return status;
}

/* Edits, at end of message */

/*
 * Fills the chunk from the session's pieces, which may be small: the bytes
 * in it, 0 at the end, or -1.
 */
static ssize_t
fill_chunk(const struct conversation *c, struct body_reader *reader,
    char *chunk, const char **why_r)
{
	size_t n = 0;
	ssize_t piece = 1;

	while (n < CHUNK_MAX && piece > 0) {
		piece = session_new_body(c->session, reader, chunk + n,
		    CHUNK_MAX - n, why_r);
		if (piece > 0)
			n += (size_t)piece;
	}
	return piece < 0 ? -1 : (ssize_t)n;
}

static int
replace_body(SMFICTX *ctx, const struct conversation *c)
{
	struct body_reader reader = { 0 };
	char *chunk = malloc(CHUNK_MAX);
	const char *why = "out of memory";
	int result = MI_SUCCESS;
	ssize_t n = -1;

	if (chunk != NULL)
		n = fill_chunk(c, &reader, chunk, &why);
	/* Even an empty body must be said. */
	if (n == 0)
		result = smfi_replacebody(ctx, (unsigned char *)chunk, 0);
	while (n > 0 && result == MI_SUCCESS) {
		result = smfi_replacebody(ctx, (unsigned char *)chunk, (int)n);
		n = fill_chunk(c, &reader, chunk, &why);
	}
	free(chunk);
	if (n >= 0)
		return result;
	log_line(milter->log, LOG_LEVEL_ERROR,
	    "error: the changed body cannot be read: %s", why);
	return MI_FAILURE;
}

static int
add_recipient(SMFICTX *ctx, const struct conversation *c, const char *address,
    bool silent)
{
	if (silent && (c->actions & SMFIF_ADDRCPT_PAR) != 0)
		return smfi_addrcpt_par(ctx, unconst(address),
		    unconst("NOTIFY=NEVER"));
	return smfi_addrcpt(ctx, unconst(address));
}

/* The value as this mail server wants it: see on_header(). */
static struct span
outgoing(const struct conversation *c, struct span value)
{
	if ((c->protocol & SMFIP_HDR_LEADSPC) == 0 && value.n > 1 &&
	    value.p[0] == ' ')
		return span_skip(value, 1);
	return value;
}

static int
make_edit(SMFICTX *ctx, const struct conversation *c,
    const struct edit *edit, struct buf *first, struct buf *second)
{
	char *name, *value;

	buf_reset(first);
	buf_reset(second);
	buf_add(first, edit->name.n > 0 ? edit->name : edit->address.n > 0 ?
	    edit->address : edit->reason);
	buf_add(second, outgoing(c, edit->value));
	name = unconst(buf_string(first));
	value = unconst(buf_string(second));
	if (first->cut || second->cut)
		return MI_FAILURE;
	switch (edit->kind) {
	case EDIT_ADDHEADER:
		return smfi_addheader(ctx, name, value);
	case EDIT_INSHEADER:
		return smfi_insheader(ctx, (int)edit->index, name, value);
	case EDIT_CHGHEADER:
		return smfi_chgheader(ctx, name, (int)edit->index, value);
	case EDIT_DELHEADER:
		return smfi_chgheader(ctx, name, (int)edit->index, NULL);
	case EDIT_ADDRCPT:
		return add_recipient(ctx, c, name, edit->silent);
	case EDIT_DELRCPT:
		return smfi_delrcpt(ctx, name);
	case EDIT_CHGFROM:
		return smfi_chgfrom(ctx, name, NULL);
	case EDIT_REPLACEBODY:
		return replace_body(ctx, c);
	case EDIT_QUARANTINE:
		return smfi_quarantine(ctx, name);
	}
	return MI_FAILURE;
}

/* False where the mail server could not be told all of them. */
static bool
make_edits(SMFICTX *ctx, const struct conversation *c,
    const struct outcome *outcome)
{
	struct buf first, second;
	size_t done = 0;

	buf_init(&first, VALUE_MAX);
	buf_init(&second, VALUE_MAX);
	while (done < outcome->nedits && make_edit(ctx, c,
	    &outcome->edits[done], &first, &second) == MI_SUCCESS)
		done++;
	buf_clear(&first);
	buf_clear(&second);
	if (done == outcome->nedits)
		return true;
	log_line(milter->log, LOG_LEVEL_ERROR, "error: %.*s: the mail server "
	    "does not take %s (edit %zu of %zu); the message is deferred",
	    SPAN_ARG(macro(ctx, "i")), edit_word(outcome->edits[done].kind),
	    done + 1, outcome->nedits);
	return false;
}

/* The callbacks, in the order of SMTP */

/*
 * A list must name one, and where nothing is wanted a name that no mail server
 * has makes the packet empty.
 */
#define NO_MACRO	"{none}"

/*
 * What is used, where it is first known: Postfix knows the queue ID at DATA,
 * Sendmail from MAIL on.  Each header field, too, brings the list of the
 * header's end, from which libmilter takes nothing.  In Postfix these lists
 * stand above milter_..._macros of main.cf.
 */
static void
ask_for_macros(SMFICTX *ctx, const struct needs *needs, bool has_data)
{
	const struct { int stage; const char *names; } list[] = {
		{ SMFIM_CONNECT, needs->reverse ?
		    "{client_resolve} {client_ptr}" : "{client_resolve}" },
		{ SMFIM_HELO, NO_MACRO },
		{ SMFIM_ENVFROM, needs->sender && needs->login ?
		    "i {auth_authen} {mail_addr}" : needs->sender ?
		    "i {mail_addr}" : needs->login ? "i {auth_authen}" : "i" },
		{ SMFIM_ENVRCPT, needs->recipient ? "i {rcpt_addr}" : "i" },
		{ SMFIM_DATA, "i" },
		{ SMFIM_EOH, has_data ? NO_MACRO : "i" },
		{ SMFIM_EOM, "i" },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		smfi_setsymlist(ctx, list[i].stage, unconst(list[i].names));
}

/*
 * Whether there is a place for this conversation is known by now, so that only
 * who has none waits for a reply to CONNECT.  In shadow mode that and MAIL are
 * all that may be answered: what begins while the filter stops is to go on
 * without it.
 */
static unsigned long
protocol_for(const struct conversation *c, const struct needs *needs,
    unsigned long offered)
{
	unsigned replies = is_shadow(c) ? event_bit(EVENT_MAIL) :
	    needs->replies;
	unsigned long protocol = SMFIP_SKIP | SMFIP_HDR_LEADSPC;

	if (!c->joined)
		replies |= event_bit(EVENT_CONNECT);
	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if ((needs->events & event_bit(i)) == 0)
			protocol |= steps[i].leave_out;
		if ((replies & event_bit(i)) == 0)
			protocol |= steps[i].no_reply;
	}
	return protocol & offered;
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
	struct conversation *c = calloc(1, sizeof(*c));
	struct needs needs;

	(void)f2;
	(void)f3;
	if (c == NULL)
		return SMFIS_REJECT;	/* libmilter ends the connection */
	c->pin = current_pin(milter->current);
	c->policy = pin_policy(c->pin);
	c->joined = traffic_join(milter->traffic,
	    c->policy->conf.session_limit);
	session_needs(c->policy, &needs);
	c->hears_late = !is_shadow(c) && (needs.replies &
	    (event_bit(EVENT_MAIL) | event_bit(EVENT_RCPT))) == 0;
	c->actions = f0 & SMFI_CURR_ACTS;
	c->protocol = *pf1 | protocol_for(c, &needs, f1);
	if ((f0 & SMFIF_SETSYMLIST) != 0)
		ask_for_macros(ctx, &needs, (f1 & SMFIP_NODATA) != 0);
	*pf0 = c->actions;
	*pf1 = c->protocol;
	*pf2 = *pf3 = 0;
	smfi_setpriv(ctx, c);
	return SMFIS_CONTINUE;
}

/*
 * Postfix gives {client_resolve} for SMTP clients only; a mail server that
 * cannot be asked for it is taken to have nothing but these.
 */
static bool
came_by_smtp(SMFICTX *ctx, const struct conversation *c)
{
	return (c->actions & SMFIF_SETSYMLIST) == 0 ||
	    macro(ctx, "{client_resolve}").n > 0;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *address)
{
	struct conversation *c = smfi_getpriv(ctx);
	struct session_options options = { .scratch = milter->scratch };
	struct event event = { .kind = EVENT_CONNECT };
	char text[INET6_ADDRSTRLEN];

	/* After SMFIC_QUIT_NC nothing is left of what was negotiated. */
	if (c == NULL || c->session != NULL)
		return out_of_order(c, EVENT_CONNECT);
	if ((c->session = session_new(c->policy, &options)) == NULL)
		return unable(c, EVENT_CONNECT,
		    "no memory for one more conversation");
	event.connect.name = span_of(name);
	event.connect.address = translate_address(address, text);
	event.connect.reverse = macro(ctx, "{client_ptr}");
	event.connect.smtp = came_by_smtp(ctx, c);
	return answer_event(ctx, c, &event);
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	struct conversation *c = smfi_getpriv(ctx);
	struct event event = { .kind = EVENT_HELO };

	if (c == NULL || c->session == NULL)
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
	c->begun = c->counted = traffic_begin(milter->traffic);
	if (!c->begun && c->hears_late) {
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

	if (c == NULL || c->session == NULL)
		return out_of_order(c, EVENT_MAIL);
	end_message(ctx, c);
	begin_message(c);
	event.mail.path = span_of(args[0]);
	event.mail.address = macro(ctx, "{mail_addr}");
	event.mail.login = macro(ctx, "{auth_authen}");
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
	event.rcpt.address = macro(ctx, "{rcpt_addr}");
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

/*
 * The session has values as with SMFIP_HDR_LEADSPC, all that follows the
 * colon; a mail server without it has taken one blank away.
 */
static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct conversation *c = smfi_getpriv(ctx);
	struct event event = { .kind = EVENT_HEADER };
	struct buf text;

	if (c == NULL || c->stage == STAGE_IDLE || c->stage == STAGE_BODY) {
		return out_of_order(c, EVENT_HEADER);
	}
	c->stage = STAGE_HEADER;
	event.header.name = span_of(name);
	event.header.value = span_of(value);
	buf_init(&text, VALUE_MAX);
	if ((c->protocol & SMFIP_HDR_LEADSPC) == 0) {
		buf_addc(&text, ' ');
		buf_add(&text, event.header.value);
		event.header.value = buf_span(&text);
	}
	tell(ctx, c, &event);
	buf_clear(&text);
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
	if (status == SMFIS_CONTINUE && (c->protocol & SMFIP_SKIP) != 0 &&
	    session_skips_body(c->session))
		return SMFIS_SKIP;
	return status;
}

static sfsistat
finish(SMFICTX *ctx, struct conversation *c, const struct outcome *outcome)
{
	enum verdict_kind kind = outcome->verdict.kind;

	if (is_shadow(c))
		return SMFIS_CONTINUE;
	if (kind != VERDICT_CONTINUE && kind != VERDICT_ACCEPT)
		return status_of(ctx, &outcome->verdict, EVENT_EOM);
	if (make_edits(ctx, c, outcome))
		return SMFIS_CONTINUE;
	set_reply(ctx, 451, SPAN("4.3.0"),
	    SPAN("Service unavailable - try again later"));
	return SMFIS_TEMPFAIL;
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

	if (c != NULL && c->session != NULL)
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
		.xxfi_name = unconst("postern"),
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

	smfi_setmaxdatasize(PACKET_MAX);
	smfi_setbacklog(BACKLOG);
	if (smfi_register(description) != MI_SUCCESS ||
	    smfi_setconn(unconst(address)) != MI_SUCCESS ||
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
