/*
 * nothing - a filter that does nothing.
 *
 *	nothing LISTEN [--noreply | --eoh]
 *
 * The floor under every measurement, and the proof of the test harness: mail
 * that passes through it must arrive as if no filter were there.  It takes
 * part in every event and may make every change, but makes none.  With
 * --noreply it also spares the mail server the wait for its answers, which
 * is the least that a filter with all callbacks can cost; with --eoh it replies
 * to the end of the header, which shows what one reply costs.
 */
#include <stdio.h>
#include <string.h>

#include <libmilter/mfapi.h>

enum { DATA_SIZE = 1024 * 1024 };

static const unsigned long actions = SMFIF_ADDHDRS | SMFIF_CHGBODY |
    SMFIF_ADDRCPT | SMFIF_DELRCPT | SMFIF_CHGHDRS | SMFIF_QUARANTINE |
    SMFIF_CHGFROM | SMFIF_ADDRCPT_PAR;

static const unsigned long noreply = SMFIP_NR_CONN | SMFIP_NR_HELO |
    SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_DATA | SMFIP_NR_UNKN |
    SMFIP_NR_HDR | SMFIP_NR_EOH | SMFIP_NR_BODY;

/* Its address says "this connection negotiated no replies". */
static char silent;
/* But one, to the end of the header. */
static char nearly_silent;

static sfsistat
negotiate(SMFICTX *ctx, unsigned long have_actions,
	unsigned long have_protocol, unsigned long f2, unsigned long f3,
	unsigned long *actions_r, unsigned long *protocol_r,
	unsigned long *f2_r, unsigned long *f3_r)
{
	(void)ctx, (void)f2, (void)f3;
	*actions_r = have_actions & actions;
	*protocol_r = have_protocol & SMFIP_HDR_LEADSPC;
	*f2_r = *f3_r = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
negotiate_noreply(SMFICTX *ctx, unsigned long have_actions,
	unsigned long have_protocol, unsigned long f2, unsigned long f3,
	unsigned long *actions_r, unsigned long *protocol_r,
	unsigned long *f2_r, unsigned long *f3_r)
{
	negotiate(ctx, have_actions, have_protocol, f2, f3, actions_r,
	    protocol_r, f2_r, f3_r);
	if ((have_protocol & noreply) == noreply) {
		*protocol_r |= noreply;
		smfi_setpriv(ctx, &silent);
	}
	return SMFIS_CONTINUE;
}

static sfsistat
negotiate_eoh(SMFICTX *ctx, unsigned long have_actions,
	unsigned long have_protocol, unsigned long f2, unsigned long f3,
	unsigned long *actions_r, unsigned long *protocol_r,
	unsigned long *f2_r, unsigned long *f3_r)
{
	negotiate_noreply(ctx, have_actions, have_protocol, f2, f3, actions_r,
	    protocol_r, f2_r, f3_r);
	if (smfi_getpriv(ctx) == &silent) {
		*protocol_r &= ~SMFIP_NR_EOH;
		smfi_setpriv(ctx, &nearly_silent);
	}
	return SMFIS_CONTINUE;
}

/* libmilter wants to hear of the silence again from every callback. */
static sfsistat
pass(SMFICTX *ctx)
{
	return smfi_getpriv(ctx) ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	return smfi_getpriv(ctx) == &silent ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *address)
{
	(void)name, (void)address;
	return pass(ctx);
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	(void)name;
	return pass(ctx);
}

static sfsistat
on_envelope(SMFICTX *ctx, char **argv)
{
	(void)argv;
	return pass(ctx);
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	(void)name, (void)value;
	return pass(ctx);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *chunk, size_t size)
{
	(void)ctx, (void)chunk, (void)size;
	return pass(ctx);
}

static sfsistat
on_unknown(SMFICTX *ctx, const char *command)
{
	(void)command;
	return pass(ctx);
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

static int
usage(void)
{
	fputs("usage: nothing LISTEN [--noreply | --eoh]\n", stderr);
	return 2;
}

int
main(int argc, char **argv)
{
	char name[] = "nothing";
	struct smfiDesc filter = {
		.xxfi_name = name,
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = actions,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_envelope,
		.xxfi_envrcpt = on_envelope,
		.xxfi_header = on_header,
		.xxfi_eoh = on_eoh,
		.xxfi_body = on_body,
		.xxfi_eom = on_eom,
		.xxfi_abort = on_eom,
		.xxfi_close = on_close,
		.xxfi_unknown = on_unknown,
		.xxfi_data = pass,
		.xxfi_negotiate = negotiate,
	};

	if (argc == 3 && strcmp(argv[2], "--noreply") == 0)
		filter.xxfi_negotiate = negotiate_noreply;
	else if (argc == 3 && strcmp(argv[2], "--eoh") == 0)
		filter.xxfi_negotiate = negotiate_eoh;
	else if (argc != 2)
		return usage();
	smfi_setmaxdatasize(DATA_SIZE);
	if (smfi_register(filter) != MI_SUCCESS ||
	    smfi_setconn(argv[1]) != MI_SUCCESS ||
	    smfi_opensocket(1) != MI_SUCCESS) {
		fprintf(stderr, "nothing: cannot listen on %s\n", argv[1]);
		return 1;
	}
	return smfi_main() == MI_SUCCESS ? 0 : 1;
}
