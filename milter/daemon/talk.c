/* talk - an event for a session, and what it asks.  See talk.h. */
#include "daemon/talk.h"

/*
 * A session asks once or twice, and once for an attachment; one that never
 * stops asking is a bug.
 */
#define ASKS_MAX	(SESSION_PARTS_MAX + 16)

static void
log_notes(const struct talk *talk, const struct outcome *outcome)
{
	for (size_t i = 0; i < outcome->nnotes; i++) {
		const struct note *note = &outcome->notes[i];

		if (note->kind == NOTE_LOG)
			log_line(talk->log, note->warning ?
			    LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "%.*s",
			    SPAN_ARG(note->text));
	}
}

static enum ask_answer
answer(struct talk *talk, enum ask_kind kind)
{
	bool yes = false;

	switch (kind) {
	case ASK_CONVERSATION:
		yes = talk->joined;
		break;
	case ASK_TRANSACTION:
		yes = talk->begun;
		break;
	case ASK_PART:
		break;
	}
	if (!yes)
		talk->turned_away = true;
	return yes ? ASK_YES : ASK_NO;
}

/* Its processes may have been killed, and started again. */
static void
log_news(const struct talk *talk)
{
	char line[256];

	while (inspector_news(talk->inspector, line, sizeof(line)))
		log_line(talk->log, LOG_LEVEL_WARNING, "warning: inspector: "
		    "%s", line);
}

/* It is waited for, no longer than attachment_time_limit. */
static const struct outcome *
answer_part(struct talk *talk)
{
	const struct ask *ask = &talk->part;
	const struct inspection_source source = {
		.size = ask->size, .cut = ask->cut,
		.read = session_part_read, .context = talk->session,
	};
	struct inspection found = {
		.error = SPAN("there is no inspector (see the start in the "
		    "log)")
	};
	const struct outcome *outcome;
	struct region region;

	region_init(&region, INSPECT_REGION(ask->limits.entries));
	if (talk->inspector != NULL) {
		inspect(talk->inspector, &ask->limits, &source, &region,
		    &found);
		log_news(talk);
	}
	outcome = session_answer_part(talk->session, ask->id, &found);
	region_clear(&region);
	return outcome;
}

/* All that can be answered at once; NULL where a part is asked about. */
static const struct outcome *
answer_asks(struct talk *talk, const struct outcome *outcome)
{
	log_notes(talk, outcome);
	while (outcome->nasks > 0 && talk->asked++ < ASKS_MAX) {
		struct ask ask = outcome->asks[0];

		if (ask.kind == ASK_PART) {
			talk->part = ask;
			return NULL;
		}
		outcome = session_answer(talk->session, ask.id,
		    answer(talk, ask.kind));
		log_notes(talk, outcome);
	}
	return outcome;
}

const struct outcome *
talk_event(struct talk *talk, const struct event *event)
{
	const struct outcome *outcome = session_event(talk->session, event);

	talk->turned_away = false;
	talk->asked = 0;
	return answer_asks(talk, outcome);
}

const struct outcome *
talk_look(struct talk *talk)
{
	const struct outcome *outcome;

	do
		outcome = answer_asks(talk, answer_part(talk));
	while (outcome == NULL);
	return outcome;
}
