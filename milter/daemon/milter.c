/* milter - libmilter's callbacks. */
#include "daemon/milter.h"

#include <libmilter/mfapi.h>

#include <stdlib.h>

#include "daemon/listening.h"
#include "daemon/translate.h"

/*
 * libmilter passes no pointer of ours to its first callback.  Set once,
 * before libmilter starts a thread.
 */
static const struct shared *shared;

/* libmilter's prototypes lack const; it copies what it is given. */
static char *
unconst(const char *text)
{
	union { const char *in; char *out; } pointer = { .in = text };

	return pointer.out;
}

/* The mail server, for a conversation */

static struct span
peer_macro(void *ctx, const char *name)
{
	return span_of(smfi_getsymval(ctx, unconst(name)));
}

static bool
peer_reply(void *ctx, const char *code, const char *dsn, const char *text)
{
	return smfi_setreply(ctx, unconst(code), unconst(dsn),
	    unconst(text)) == MI_SUCCESS;
}

static int
add_recipient(SMFICTX *ctx, char *address, bool silent)
{
	const struct conversation *c = smfi_getpriv(ctx);

	if (silent && (conversation_terms(c)->actions &
	    SMFIF_ADDRCPT_PAR) != 0)
		return smfi_addrcpt_par(ctx, address,
		    unconst("NOTIFY=NEVER"));
	return smfi_addrcpt(ctx, address);
}

static bool
peer_change(void *context, const struct change *change)
{
	SMFICTX *ctx = context;
	char *name = unconst(change->name), *value = unconst(change->value);
	int index = (int)change->index;

	switch (change->kind) {
	case EDIT_ADDHEADER:
		return smfi_addheader(ctx, name, value) == MI_SUCCESS;
	case EDIT_INSHEADER:
		return smfi_insheader(ctx, index, name, value) == MI_SUCCESS;
	case EDIT_CHGHEADER:
		return smfi_chgheader(ctx, name, index, value) == MI_SUCCESS;
	case EDIT_DELHEADER:
		return smfi_chgheader(ctx, name, index, NULL) == MI_SUCCESS;
	case EDIT_ADDRCPT:
		return add_recipient(ctx, name, change->silent) == MI_SUCCESS;
	case EDIT_DELRCPT:
		return smfi_delrcpt(ctx, name) == MI_SUCCESS;
	case EDIT_CHGFROM:
		return smfi_chgfrom(ctx, name, NULL) == MI_SUCCESS;
	case EDIT_QUARANTINE:
		return smfi_quarantine(ctx, name) == MI_SUCCESS;
	case EDIT_REPLACEBODY:
		break;
	}
	return false;
}

static bool
peer_body(void *ctx, const char *bytes, size_t n)
{
	return smfi_replacebody(ctx, (unsigned char *)unconst(bytes),
	    (int)n) == MI_SUCCESS;
}

static struct peer_at
peer_of(SMFICTX *ctx)
{
	static const struct peer peer = {
		.macro = peer_macro, .reply = peer_reply,
		.change = peer_change, .body = peer_body,
	};

	return (struct peer_at){ &peer, ctx, shared->log };
}

/* A thread of libmilter's waits for it. */
static sfsistat
answer(SMFICTX *ctx, enum status status)
{
	static const sfsistat statuses[] = {
		[STATUS_CONTINUE] = SMFIS_CONTINUE,
		[STATUS_ACCEPT] = SMFIS_ACCEPT,
		[STATUS_DISCARD] = SMFIS_DISCARD,
		[STATUS_REJECT] = SMFIS_REJECT,
		[STATUS_TEMPFAIL] = SMFIS_TEMPFAIL,
		[STATUS_SKIP] = SMFIS_SKIP,
		[STATUS_NOREPLY] = SMFIS_NOREPLY,
	};

	while (status == STATUS_WAIT) {
		struct conversation *c = smfi_getpriv(ctx);

		if (conversation_waits_for(c) == WAIT_PART)
			conversation_look(c);
		else
			delay_wait(conversation_delay(c));
		conversation_wake(c);
		status = conversation_go_on(c, peer_of(ctx));
	}
	return statuses[status];
}

/* The callbacks, in the order of SMTP */

static void
ask_for_macros(SMFICTX *ctx, const struct conversation *c)
{
	static const int stages[] = {
		[LIST_CONNECT] = SMFIM_CONNECT, [LIST_HELO] = SMFIM_HELO,
		[LIST_MAIL] = SMFIM_ENVFROM, [LIST_RCPT] = SMFIM_ENVRCPT,
		[LIST_DATA] = SMFIM_DATA, [LIST_EOM] = SMFIM_EOM,
		[LIST_EOH] = SMFIM_EOH,
	};
	struct terms_list lists[TERMS_LISTS];

	conversation_macros(c, lists);
	for (size_t i = 0; i < TERMS_LISTS; i++)
		smfi_setsymlist(ctx, stages[lists[i].list],
		    unconst(lists[i].names));
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1,
    unsigned long f2, unsigned long f3, unsigned long *pf0,
    unsigned long *pf1, unsigned long *pf2, unsigned long *pf3)
{
	const struct terms offered = { (uint32_t)f0, (uint32_t)f1 };
	struct conversation *c = conversation_new(shared, &offered);

	(void)f2;
	(void)f3;
	if (c == NULL)
		return SMFIS_REJECT;	/* libmilter ends the connection */
	if ((f0 & SMFIF_SETSYMLIST) != 0)
		ask_for_macros(ctx, c);
	*pf0 = conversation_terms(c)->actions;
	*pf1 |= conversation_terms(c)->steps;
	*pf2 = *pf3 = 0;
	smfi_setpriv(ctx, c);
	return SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *address)
{
	char text[INET6_ADDRSTRLEN];

	return answer(ctx, conversation_connect(smfi_getpriv(ctx),
	    peer_of(ctx), span_of(name), translate_address(address, text)));
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	return answer(ctx, conversation_helo(smfi_getpriv(ctx), peer_of(ctx),
	    span_of(name)));
}

static sfsistat
on_mail(SMFICTX *ctx, char **args)
{
	return answer(ctx, conversation_mail(smfi_getpriv(ctx), peer_of(ctx),
	    span_of(args[0]), translate_size(args), translate_utf8(args)));
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **args)
{
	return answer(ctx, conversation_rcpt(smfi_getpriv(ctx), peer_of(ctx),
	    span_of(args[0])));
}

static sfsistat
on_data(SMFICTX *ctx)
{
	return answer(ctx, conversation_data(smfi_getpriv(ctx),
	    peer_of(ctx)));
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	return answer(ctx, conversation_header(smfi_getpriv(ctx),
	    peer_of(ctx), span_of(name), span_of(value)));
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	return answer(ctx, conversation_eoh(smfi_getpriv(ctx), peer_of(ctx)));
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t n)
{
	return answer(ctx, conversation_body(smfi_getpriv(ctx), peer_of(ctx),
	    span_make((const char *)bytes, n)));
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	return answer(ctx, conversation_eom(smfi_getpriv(ctx), peer_of(ctx)));
}

static sfsistat
on_unknown(SMFICTX *ctx, const char *command)
{
	(void)command;
	return answer(ctx, conversation_unknown(smfi_getpriv(ctx),
	    peer_of(ctx)));
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	conversation_abort(smfi_getpriv(ctx));
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
	conversation_free(&c);
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
		.xxfi_unknown = on_unknown,
		.xxfi_header = on_header,
		.xxfi_eoh = on_eoh,
		.xxfi_body = on_body,
		.xxfi_eom = on_eom,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
	};

	smfi_setmaxdatasize(PACKET_MAX);
	smfi_setbacklog(LISTENING_BACKLOG);
	if (smfi_register(description) != MI_SUCCESS ||
	    smfi_setconn(unconst(address)) != MI_SUCCESS ||
	    smfi_opensocket(0) != MI_SUCCESS)
		return -1;
	return 0;
}

void
milter_run(const struct shared *all)
{
	shared = all;
	smfi_main();
}
