/*
 * session - one SMTP conversation.  See session.h.
 *
 * This file takes the events in and gives the outcome; what an event means is
 * in envelope.c and content.c.
 */
#include "session/session.h"

#include <assert.h>
#include <stdlib.h>

#include "session/state.h"

static void
begin_transaction(struct session *s, const struct region *region)
{
	struct transaction *t = s->t;

	*t = (struct transaction){ .region = *region };
	steps_begin(&t->steps, s->policy->conf.match_time_limit *
	    STEPS_PER_SECOND);
	buf_init(&t->field, FIELD_MAX);
	fields_init(&t->waiting);
	buf_init(&t->decoded, 0);
	t->last_recipient = &t->recipients;
	t->last_bcc = &t->bcc;
	t->last_prepend = &t->prepends;
	t->last_insertion = &t->insertions;
	t->attached.last = &t->attached.list;
}

static void
end_transaction(struct transaction *t)
{
	mime_free(&t->mime);
	attachments_clear(t);
	views_clear(t);
	rewrite_clear(t);
	edits_clear(t);
	steps_clear(&t->steps);
	fields_clear(&t->waiting);
	buf_clear(&t->field);
	buf_clear(&t->decoded);
}

static void
clear_transaction(struct session *s)
{
	struct region region = s->t->region;

	end_transaction(s->t);
	region_reset(&region);
	begin_transaction(s, &region);
	buf_reset(&s->queue_id);
}

/* Between messages a conversation keeps what it knows of the client. */
static void
free_transaction(struct session *s)
{
	if (s->t == NULL)
		return;
	end_transaction(s->t);
	region_clear(&s->t->region);
	free(s->t);
	s->t = NULL;
	buf_clear(&s->queue_id);
}

struct session *
session_new(const struct policy *policy, const struct session_options *options)
{
	struct session *s = calloc(1, sizeof(*s));
	struct needs needs;

	if (s == NULL)
		return NULL;
	s->policy = policy;
	s->options = *options;
	session_needs(policy, &needs);
	s->replies = needs.replies;
	region_init(&s->conversation, CONVERSATION_MAX);
	region_init(&s->event, EVENT_MAX);
	buf_init(&s->helo, NAME_MAX_BYTES);
	buf_init(&s->queue_id, 64);
	return s;
}

void
session_free(struct session **session)
{
	struct session *s = *session;

	if (s == NULL)
		return;
	free_transaction(s);
	region_clear(&s->event);
	region_clear(&s->conversation);
	buf_clear(&s->helo);
	buf_clear(&s->queue_id);
	free(s);
	*session = NULL;
}

bool
replies_to(const struct session *s, enum event_kind kind)
{
	return (s->replies & event_bit(kind)) != 0;
}

bool
is_exempt(const struct session *s, enum exempt_group group)
{
	return (s->t->exempt & group) != 0;
}

void
hold_message(struct session *s, struct span reason)
{
	if (s->t->hold)
		return;
	s->t->hold = true;
	/* For the mail server's log. */
	s->t->hold_reason = reply_plain(reason, true, &s->t->region);
}

struct span
reply_span(struct session *s, const struct reply *reply)
{
	return span_of(region_printf(&s->event, "%u %.*s %.*s", reply->code,
	    SPAN_ARG(reply->dsn), SPAN_ARG(reply->text)));
}

/*
 * A reject would make a trusted relay bounce to a forged sender.  Of mail
 * that came by sendmail(1) or qmqp, Postfix keeps what is tempfailed for ever
 * and loses what is rejected and has nobody to return to.
 */
static bool
must_not_refuse(const struct session *s, bool permanent)
{
	if (!s->smtp)
		return !permanent || s->t->sender.n == 0;
	return s->trusted && permanent;
}

static void
set_verdict(struct session *s, const struct reply *reply, struct span rule,
    struct verdict *verdict_r)
{
	*verdict_r = (struct verdict){
		.kind = reply->code >= 500 ? VERDICT_REJECT : VERDICT_TEMPFAIL,
		.code = reply->code,
		.dsn = region_copy(&s->t->region, reply->dsn),
		.text = reply_plain(reply->text, s->t->utf8, &s->t->region),
		.rule = region_copy(&s->t->region, rule),
	};
}

void
give(struct session *s, const struct reply *reply, struct span rule,
    struct verdict *verdict_r)
{
	note_stage(s, "reject", reply_span(s, reply), rule);
	set_verdict(s, reply, rule, verdict_r);
}

bool
refuse(struct session *s, const struct reply *reply, struct span rule,
    const struct seen *seen, struct verdict *verdict_r)
{
	struct reply given = *reply;
	struct span text;
	bool hold;

	if (s->policy->conf.soft_bounce && given.code >= 500)
		reply_soften(&given, &s->t->region);
	text = reply_span(s, &given);
	hold = must_not_refuse(s, given.code >= 500);
	if (seen != NULL)
		note_content(s, hold ? "hold" : "reject", seen, text, rule);
	else
		note_stage(s, hold ? "hold" : "reject", text, rule);
	if (hold)
		hold_message(s, text);
	else
		set_verdict(s, &given, rule, verdict_r);
	return !hold;
}

void
refuse_message(struct session *s, const struct reply *reply, struct span rule,
    const struct seen *seen)
{
	if (s->t->decided)
		return;
	s->t->decided = refuse(s, reply, rule, seen, &s->t->verdict);
	/* Held instead: that is decided too, so no more is looked for. */
	if (!s->t->decided)
		s->t->passed = true;
}

void
discard_message(struct session *s, struct span rule)
{
	if (s->t->decided)
		return;
	s->t->decided = true;
	s->t->verdict = (struct verdict){
		.kind = VERDICT_DISCARD,
		.rule = region_copy(&s->t->region, rule),
	};
}

void
fail_message(struct session *s, const char *why)
{
	struct reply reply;

	note_warning(s, "%s", why);
	reply_make(451, "4.3.0", &s->t->region, &reply,
	    "Temporary failure in the content filter");
	refuse_message(s, &reply, SPAN(""), NULL);
}

/* False without memory. */
static bool
take_transaction(struct session *s)
{
	struct region region;

	if (s->t != NULL)
		return true;
	if ((s->t = malloc(sizeof(*s->t))) == NULL)
		return false;
	region_init(&region, TRANSACTION_MAX);
	begin_transaction(s, &region);
	return true;
}

/* The match is good until the event has ended. */
static bool
begin_event(struct session *s, enum event_kind kind, struct match *match)
{
	region_reset(&s->event);
	s->kind = kind;
	s->notes = NULL;
	s->notes_room = 0;
	s->dropped = 0;
	s->error_seen = false;
	s->outcome = (struct outcome){ .verdict.kind = VERDICT_CONTINUE };
	if (s->lost || !take_transaction(s)) {
		s->lost = true;
		return false;
	}
	s->match = match;
	match_init(match, s->options.scratch);
	match->steps = &s->t->steps;
	if (s->t->ended)
		clear_transaction(s);
	return true;
}

/* Where the protocol takes a reply that is about the whole message. */
static bool
replies_for_message(const struct session *s)
{
	if (s->kind == EVENT_EOM)
		return true;
	return s->smtp && s->kind == EVENT_BODY && replies_to(s, s->kind);
}

/*
 * Where nobody waits for a reply a verdict would be lost: needs.c must know
 * of all that can come to one.  Who has no place is always told at CONNECT.
 */
static bool
can_be_heard(const struct session *s)
{
	return s->outcome.verdict.kind == VERDICT_CONTINUE ||
	    replies_to(s, s->kind) || s->kind == EVENT_CONNECT;
}

/* Nothing that was found in this event is still to be read. */
static bool
can_rest(const struct session *s)
{
	return (s->kind == EVENT_CONNECT || s->kind == EVENT_HELO ||
	    s->kind == EVENT_ABORT) && s->outcome.nnotes == 0 &&
	    s->outcome.nasks == 0 &&
	    s->outcome.verdict.kind == VERDICT_CONTINUE;
}

static const struct outcome *
end_event(struct session *s)
{
	struct outcome *outcome = &s->outcome;

	if (s->kind == EVENT_EOM && outcome->nasks == 0) {
		if (s->t->begun && !s->t->decided)
			edits_finish(s);
		s->t->ended = true;
	}
	check_memory(s);
	if (s->t->decided && replies_for_message(s)) {
		outcome->verdict = s->t->verdict;
		outcome->nedits = 0;
	}
	if (s->t->ended || (s->t->decided && replies_for_message(s)))
		note_limits_met(s);
	errors_settle(s);
	assert(can_be_heard(s));
	note_dropped(s);
	outcome->notes = s->notes;
	note_unsaid(s);
	match_clear(s->match);
	s->match = NULL;
	if (can_rest(s)) {
		free_transaction(s);
		region_clear(&s->event);
	}
	return outcome;
}

static void
take_queue_id(struct session *s, struct span queue_id)
{
	if (queue_id.n == 0 || span_equal(queue_id, buf_span(&s->queue_id)))
		return;
	buf_reset(&s->queue_id);
	buf_add(&s->queue_id, queue_id);
}

const struct outcome *
session_event(struct session *s, const struct event *event)
{
	struct match match;

	if (!begin_event(s, event->kind, &match))
		return answer_lost(s);
	if (event->kind == EVENT_MAIL || event->kind == EVENT_HELO ||
	    event->kind == EVENT_ABORT) {
		note_limits_met(s);
		clear_transaction(s);
	}
	take_queue_id(s, event->queue_id);
	switch (event->kind) {
	case EVENT_CONNECT:
		on_connect(s, event);
		break;
	case EVENT_HELO:
		on_helo(s, event);
		break;
	case EVENT_MAIL:
		on_mail(s, event);
		break;
	case EVENT_RCPT:
		on_rcpt(s, event);
		break;
	case EVENT_DATA:
	case EVENT_ABORT:
		break;
	case EVENT_HEADER:
		on_header(s, &event->header);
		break;
	case EVENT_EOH:
		on_eoh(s);
		break;
	case EVENT_BODY:
		on_body(s, event->body);
		break;
	case EVENT_EOM:
		on_eom(s);
		break;
	case EVENT_UNKNOWN:
		s->error_seen = true;
		errors_refuse(s);
		break;
	}
	return end_event(s);
}

void
ask(struct session *s, enum ask_kind kind)
{
	s->ask = (struct ask){ .kind = kind, .id = ++s->last_ask };
	s->outcome.asks = &s->ask;
	s->outcome.nasks = 1;
}

static bool
is_asked(const struct session *s, unsigned ask_id)
{
	return s->outcome.nasks > 0 && ask_id == s->ask.id;
}

const struct outcome *
session_answer_part(struct session *s, unsigned ask_id,
    const struct inspection *inspection)
{
	struct match match;

	if (!is_asked(s, ask_id) || s->ask.kind != ASK_PART)
		return &s->outcome;
	if (!begin_event(s, s->kind, &match))
		return answer_lost(s);
	on_part_answered(s, inspection);
	return end_event(s);
}

const struct outcome *
session_answer(struct session *s, unsigned ask_id, enum ask_answer answer)
{
	struct match match;

	if (!is_asked(s, ask_id) || s->ask.kind == ASK_PART)
		return &s->outcome;
	if (!begin_event(s, s->kind, &match))
		return answer_lost(s);
	switch (s->ask.kind) {
	case ASK_CONVERSATION:
		on_connect_answered(s, answer);
		break;
	case ASK_TRANSACTION:
		on_mail_answered(s, answer);
		break;
	case ASK_PART:
		break;
	}
	return end_event(s);
}

const char *
verdict_word(enum verdict_kind kind)
{
	static const char *const words[] = {
		[VERDICT_CONTINUE] = "accept", [VERDICT_ACCEPT] = "accept",
		[VERDICT_REJECT] = "reject", [VERDICT_TEMPFAIL] = "tempfail",
		[VERDICT_DISCARD] = "discard",
	};

	return words[kind];
}

const char *
edit_word(enum edit_kind kind)
{
	static const char *const words[] = {
		[EDIT_ADDHEADER] = "addheader",
		[EDIT_INSHEADER] = "insheader",
		[EDIT_CHGHEADER] = "chgheader",
		[EDIT_DELHEADER] = "delheader", [EDIT_ADDRCPT] = "addrcpt",
		[EDIT_DELRCPT] = "delrcpt", [EDIT_CHGFROM] = "chgfrom",
		[EDIT_REPLACEBODY] = "replacebody",
		[EDIT_QUARANTINE] = "quarantine",
	};

	return words[kind];
}
