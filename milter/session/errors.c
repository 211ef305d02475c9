/*
 * errors - a conversation with many errors is slowed down, and ended.
 *
 * As in Postfix, an error is a reply that refuses, and a message that is
 * taken makes all of them forgotten; after soft_error_limit of them every
 * reply has to wait, and after hard_error_limit there is but 421.  Postfix
 * says that unasked; a filter, at what comes next.
 */
#include "session/state.h"

#define MILLISECONDS	1000

static bool
are_too_many(const struct session *s)
{
	uint64_t limit = s->policy->conf.hard_error_limit;

	return s->smtp && limit > 0 && s->errors >= limit;
}

bool
errors_refuse(struct session *s)
{
	struct reply reply;

	if (!are_too_many(s) || !replies_to(s, s->kind))
		return false;
	reply_make(421, "4.7.0", &s->event, &reply,
	    "Error: too many errors");
	return refuse(s, &reply, SPAN("hard_error_limit"), NULL,
	    &s->outcome.verdict);
}

void
errors_refuse_message(struct session *s)
{
	struct reply reply;

	if (!s->t->begun || s->t->cut_off || !are_too_many(s))
		return;
	s->t->cut_off = true;
	/* Whatever else was found: it is this that ends the conversation. */
	s->t->decided = false;
	reply_make(421, "4.7.0", &s->event, &reply,
	    "Error: too many errors");
	refuse_message(s, &reply, SPAN("hard_error_limit"), NULL);
}

static bool
is_refusal(const struct verdict *verdict)
{
	return verdict->kind == VERDICT_REJECT ||
	    verdict->kind == VERDICT_TEMPFAIL;
}

/* Once, until a message is taken. */
static void
note_delay(struct session *s)
{
	const struct conf *conf = &s->policy->conf;

	if (s->slowed)
		return;
	s->slowed = true;
	note_stage(s, "delay", span_of(region_printf(&s->event, "%llu errors, "
	    "each reply waits %llu s", (unsigned long long)s->errors,
	    (unsigned long long)conf->error_sleep_time)),
	    SPAN("soft_error_limit"));
}

/* An error does not count for its own reply. */
static void
delay_reply(struct session *s)
{
	const struct conf *conf = &s->policy->conf;

	if (conf->soft_error_limit == 0 || conf->error_sleep_time == 0 ||
	    s->errors < conf->soft_error_limit || !replies_to(s, s->kind))
		return;
	note_delay(s);
	s->outcome.delay = (unsigned)conf->error_sleep_time * MILLISECONDS;
}

void
errors_settle(struct session *s)
{
	bool error = s->error_seen || is_refusal(&s->outcome.verdict);

	if (!s->smtp || s->outcome.nasks > 0)
		return;
	if (s->kind == EVENT_EOM && !error) {
		s->errors = 0;
		s->slowed = false;
		return;
	}
	delay_reply(s);
	if (error)
		s->errors++;
}
