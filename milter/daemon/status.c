/* status - a session's verdict in the terms of the protocol. */
#include "daemon/status.h"

#include <stdio.h>

#include "base/buf.h"
#include "daemon/translate.h"

static void
set_reply(struct peer_at at, unsigned code, struct span dsn,
    struct span text)
{
	char number[4], enhanced[16];
	struct buf words;

	snprintf(number, sizeof(number), "%03u", code % 1000);
	/* Without one a text that begins with a digit is malformed. */
	if (dsn.n == 0 || dsn.n >= sizeof(enhanced) || dsn.p[0] != number[0])
		snprintf(enhanced, sizeof(enhanced), "%c.7.1", number[0]);
	else
		snprintf(enhanced, sizeof(enhanced), "%.*s", SPAN_ARG(dsn));
	buf_init(&words, REPLY_TEXT_MAX + 1);
	translate_reply(text, &words);
	if (!at.peer->reply(at.context, number, enhanced,
	    buf_string(&words)))
		log_line(at.log, LOG_LEVEL_WARNING, "warning: the milter "
		    "protocol does not take the reply %s %s %.*s", number,
		    enhanced, SPAN_ARG(text));
	buf_clear(&words);
}

/*
 * libmilter keeps a reply that was set until a status of its class uses it,
 * and it cannot be cleared: so it is set right here, before each of these.
 */
static enum status
refuse(const struct verdict *verdict, struct peer_at at)
{
	bool reject = verdict->kind == VERDICT_REJECT &&
	    verdict->code >= 500 && verdict->code < 600;
	unsigned code = verdict->code;

	if (!reject && (code < 400 || code >= 500))
		code = 451;
	set_reply(at, code, verdict->dsn, verdict->text);
	return reject ? STATUS_REJECT : STATUS_TEMPFAIL;
}

enum status
status_of(const struct verdict *verdict, enum event_kind kind,
    struct peer_at at)
{
	switch (verdict->kind) {
	case VERDICT_CONTINUE:
		break;
	case VERDICT_ACCEPT:
		return STATUS_ACCEPT;
	case VERDICT_DISCARD:
		/* Cannot be said before MAIL; it is sticky. */
		if (kind >= EVENT_MAIL)
			return STATUS_DISCARD;
		break;
	case VERDICT_REJECT:
	case VERDICT_TEMPFAIL:
		return refuse(verdict, at);
	}
	return STATUS_CONTINUE;
}
