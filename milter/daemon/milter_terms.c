/* milter_terms - what is agreed with a mail server. */
#include "daemon/milter_terms.h"

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

unsigned long
milter_protocol(const struct needs *needs, unsigned replies,
    unsigned long offered)
{
	unsigned long protocol = SMFIP_SKIP | SMFIP_HDR_LEADSPC;

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if ((needs->events & event_bit(i)) == 0)
			protocol |= steps[i].leave_out;
		if ((replies & event_bit(i)) == 0)
			protocol |= steps[i].no_reply;
	}
	return protocol & offered;
}

bool
milter_is_silent(const struct milter_terms *terms, enum event_kind kind)
{
	return (terms->protocol & steps[kind].no_reply) != 0;
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
 * header's end, from which libmilter takes nothing.  In Postfix these lists
 * stand above milter_..._macros of main.cf.
 */
void
milter_ask_for_macros(SMFICTX *ctx, const struct milter_terms *offered,
    const struct needs *needs)
{
	const struct { int stage; const char *names; } list[] = {
		{ SMFIM_CONNECT, needs->reverse ?
		    "{client_resolve} {client_ptr}" : "{client_resolve}" },
		{ SMFIM_HELO, NO_MACRO },
		{ SMFIM_ENVFROM, needs->sender && needs->login ?
		    "i {auth_authen} {mail_addr}" : needs->sender ?
		    "i {mail_addr}" : needs->login ? "i {auth_authen}" : "i" },
		{ SMFIM_ENVRCPT, needs->recipient ? "i {rcpt_addr}" : "i" },
		{ SMFIM_DATA, NO_MACRO },
		{ SMFIM_EOH, "i" },
		{ SMFIM_EOM, "i" },
	};

	if ((offered->actions & SMFIF_SETSYMLIST) == 0)
		return;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		smfi_setsymlist(ctx, list[i].stage,
		    milter_unconst(list[i].names));
}

struct span
milter_macro(SMFICTX *ctx, const char *name)
{
	return span_of(smfi_getsymval(ctx, milter_unconst(name)));
}

/*
 * Postfix gives {client_resolve} for SMTP clients only; a mail server that
 * cannot be asked for it is taken to have nothing but these.
 */
bool
milter_came_by_smtp(SMFICTX *ctx, const struct milter_terms *terms)
{
	return (terms->actions & SMFIF_SETSYMLIST) == 0 ||
	    milter_macro(ctx, "{client_resolve}").n > 0;
}

struct span
milter_value_from(const struct milter_terms *terms, struct span value,
    struct buf *space)
{
	if ((terms->protocol & SMFIP_HDR_LEADSPC) != 0)
		return value;
	buf_addc(space, ' ');
	buf_add(space, value);
	return buf_span(space);
}

struct span
milter_value_for(const struct milter_terms *terms, struct span value)
{
	if ((terms->protocol & SMFIP_HDR_LEADSPC) == 0 && value.n > 1 &&
	    value.p[0] == ' ')
		return span_skip(value, 1);
	return value;
}
