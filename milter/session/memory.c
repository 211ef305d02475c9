/*
 * memory - what happens where there is none.
 *
 * What was missed might have been what matters, so that nothing is judged by
 * the rest: a message has to wait, and all that follow in a conversation of
 * which something was lost.
 */
#include "session/state.h"

/* There may be no memory for a line of its own. */
static void
note_out_of_memory(struct session *s)
{
	static const struct note note = {
		.kind = NOTE_LOG, .warning = true,
		.text = SPAN_INIT("NOQUEUE: warning: out of memory: nothing "
		    "is judged by a part of it, it is deferred"),
	};

	s->outcome.notes = &note;
	s->outcome.nnotes = 1;
}

const struct outcome *
answer_lost(struct session *s)
{
	s->outcome.verdict = (struct verdict){
		.kind = VERDICT_TEMPFAIL, .code = 451, .dsn = SPAN("4.3.0"),
		.text = SPAN("Insufficient memory"),
	};
	/* Once for each verdict that is heard. */
	if (replies_to(s, s->kind))
		note_out_of_memory(s);
	return &s->outcome;
}

void
note_unsaid(struct session *s)
{
	if (s->dropped > 0 && s->outcome.nnotes == 0)
		note_out_of_memory(s);
}

/* Of what came by no SMTP that would be the end: see must_not_refuse(). */
static void
refuse_outgrown(struct session *s)
{
	static const struct edit hold = {
		.kind = EDIT_QUARANTINE,
		.reason = SPAN_INIT("452 4.3.1 Insufficient memory"),
	};
	const struct verdict verdict = {
		.kind = VERDICT_TEMPFAIL, .code = 452, .dsn = SPAN("4.3.1"),
		.text = SPAN("Insufficient memory for this message"),
	};

	if (!s->t->outgrown) {
		note_warning(s, "out of memory, or a transaction needs more "
		    "than %d bytes of it, or %d changes of its body",
		    TRANSACTION_MAX, SPLICES_MAX);
		note_stage(s, s->smtp ? "reject" : "hold", SPAN("452 4.3.1 "
		    "Insufficient memory for this message"), SPAN(""));
	}
	s->t->outgrown = true;
	s->t->passed = true;
	if (s->smtp) {
		s->t->decided = true;
		s->t->verdict = verdict;
	} else if (s->kind == EVENT_EOM) {
		s->outcome.edits = &hold;
		s->outcome.nedits = 1;
	}
}

void
check_memory(struct session *s)
{
	/* Who the client is, and what it calls itself. */
	if (s->conversation.failed || s->helo.failed)
		s->lost = true;
	if ((s->t->region.failed || s->event.failed) && s->t->begun &&
	    !s->t->decided)
		refuse_outgrown(s);
}
