/* terms - what is agreed with a mail server. */
#include "daemon/terms.h"

/*
 * How not to be sent an event, and not to answer it.  For a mail server that
 * has no silence an engine fakes it: STEP_MUTE_* are always on offer.
 */
static const struct {
	uint32_t leave_out, mute;
} steps[] = {
	[EVENT_CONNECT] = { STEP_NO_CONNECT, STEP_MUTE_CONNECT },
	[EVENT_HELO] = { STEP_NO_HELO, STEP_MUTE_HELO },
	[EVENT_MAIL] = { STEP_NO_MAIL, STEP_MUTE_MAIL },
	[EVENT_RCPT] = { STEP_NO_RCPT, STEP_MUTE_RCPT },
	[EVENT_DATA] = { STEP_NO_DATA, STEP_MUTE_DATA },
	[EVENT_HEADER] = { STEP_NO_HEADER, STEP_MUTE_HEADER },
	[EVENT_EOH] = { STEP_NO_EOH, STEP_MUTE_EOH },
	[EVENT_BODY] = { STEP_NO_BODY, STEP_MUTE_BODY },
	[EVENT_EOM] = { 0, 0 },
	[EVENT_UNKNOWN] = { STEP_NO_UNKNOWN, STEP_MUTE_UNKNOWN },
};

uint32_t
terms_steps(const struct needs *needs, unsigned replies, uint32_t offered)
{
	uint32_t wanted = STEP_SKIP | STEP_LEADING_SPACE;

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if ((needs->events & event_bit(i)) == 0)
			wanted |= steps[i].leave_out;
		if ((replies & event_bit(i)) == 0)
			wanted |= steps[i].mute;
	}
	if (needs->refused)
		wanted |= STEP_REFUSED;
	return wanted & offered;
}

bool
terms_is_silent(const struct terms *terms, enum event_kind kind)
{
	return (terms->steps & steps[kind].mute) != 0;
}

/*
 * A list must name one, and where nothing is wanted a name that no mail server
 * has makes the packet empty.
 */
#define NO_MACRO	"{none}"

/*
 * What is used, where it is first known: Sendmail knows the queue ID from MAIL
 * on, Postfix at DATA, which is not asked for: nothing is logged between that
 * and the end of the header.  Each header field, too, brings the list of the
 * header's end, from which nothing is taken.  In Postfix these lists stand
 * above milter_..._macros of main.cf.
 */
void
terms_macros(const struct needs *needs, struct terms_list lists_r[TERMS_LISTS])
{
	const struct terms_list lists[TERMS_LISTS] = {
		{ LIST_CONNECT, needs->reverse ?
		    "{client_resolve} {client_ptr}" : "{client_resolve}" },
		{ LIST_HELO, NO_MACRO },
		{ LIST_MAIL, needs->sender && needs->login ?
		    "i {auth_authen} {mail_addr}" : needs->sender ?
		    "i {mail_addr}" : needs->login ? "i {auth_authen}" : "i" },
		{ LIST_RCPT, needs->recipient && needs->refused ?
		    "i {rcpt_addr} {rcpt_mailer}" : needs->recipient ?
		    "i {rcpt_addr}" : needs->refused ?
		    "i {rcpt_mailer}" : "i" },
		{ LIST_DATA, NO_MACRO },
		{ LIST_EOM, "i" },
		{ LIST_EOH, "i" },
	};

	memcpy(lists_r, lists, sizeof(lists));
}

struct span
terms_value_from(const struct terms *terms, struct span value,
    struct buf *space)
{
	if ((terms->steps & STEP_LEADING_SPACE) != 0)
		return value;
	buf_addc(space, ' ');
	buf_add(space, value);
	return buf_span(space);
}

struct span
terms_value_for(const struct terms *terms, struct span value)
{
	if ((terms->steps & STEP_LEADING_SPACE) == 0 && value.n > 1 &&
	    value.p[0] == ' ')
		return span_skip(value, 1);
	return value;
}
