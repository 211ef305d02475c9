/* milter_verdict - a session's verdict as a callback's status. */
#include "daemon/milter_verdict.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "daemon/milter_terms.h"
#include "daemon/translate.h"

static void
set_reply(SMFICTX *ctx, unsigned code, struct span dsn, struct span text,
    struct log *log)
{
	char number[4], status[16];
	struct buf words;

	snprintf(number, sizeof(number), "%03u", code % 1000);
	/* Without one a text that begins with a digit is malformed. */
	if (dsn.n == 0 || dsn.n >= sizeof(status) || dsn.p[0] != number[0])
		snprintf(status, sizeof(status), "%c.7.1", number[0]);
	else
		snprintf(status, sizeof(status), "%.*s", SPAN_ARG(dsn));
	buf_init(&words, REPLY_TEXT_MAX + 1);
	translate_reply(text, &words);
	if (smfi_setreply(ctx, number, status,
	    milter_unconst(buf_string(&words))) != MI_SUCCESS)
		log_line(log, LOG_LEVEL_WARNING,
		    "warning: libmilter did not take the reply %s %s %.*s",
		    number, status, SPAN_ARG(text));
	buf_clear(&words);
}

/*
 * libmilter keeps a reply that was set until a status of its class uses it,
 * and it cannot be cleared: so it is set right here, before each of these.
 */
static sfsistat
refuse(SMFICTX *ctx, const struct verdict *verdict, struct log *log)
{
	bool reject = verdict->kind == VERDICT_REJECT &&
	    verdict->code >= 500 && verdict->code < 600;
	unsigned code = verdict->code;

	if (!reject && (code < 400 || code >= 500))
		code = 451;
	set_reply(ctx, code, verdict->dsn, verdict->text, log);
	return reject ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

sfsistat
milter_verdict(SMFICTX *ctx, const struct verdict *verdict,
    enum event_kind kind, struct log *log)
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
		return refuse(ctx, verdict, log);
	}
	return SMFIS_CONTINUE;
}
