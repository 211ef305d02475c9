/* wire_peer - between a conversation and packets. */
#include "daemon/wire_peer.h"

#include <stdlib.h>

/* Macros */

void
wire_forget_macros(struct wire *wire, enum macros from)
{
	for (size_t i = from; i < WIRE_STAGES; i++) {
		free(wire->macros[i].p);
		wire->macros[i] = (struct wire_macros){ 0 };
	}
}

bool
wire_keep_macros(struct wire *wire, struct span payload)
{
	static const char letters[WIRE_STAGES] = { 'C', 'H', 'M', 'R', 'T',
	    'N', 'E' };
	const char *at = memchr(letters, payload.p[0], sizeof(letters));
	struct span macros = span_skip(payload, 1);
	struct wire_macros *to;

	if (at == NULL || macros.n == 0 ||
	    span_find(macros, '\0') == macros.n)
		return true;
	to = &wire->macros[at - letters];
	free(to->p);
	*to = (struct wire_macros){ malloc(macros.n), macros.n };
	if (to->p == NULL)
		return false;
	memcpy(to->p, macros.p, macros.n);
	return true;
}

/* The mail server, for a conversation */

static struct span
peer_macro(void *context, const char *name)
{
	const struct wire *wire = context;
	struct span value;

	for (size_t i = WIRE_STAGES; i-- > 0;)
		if (wire->macros[i].n > 0 && packet_macro(span_make(
		    wire->macros[i].p, wire->macros[i].n), span_of(name),
		    &value))
			return value;
	return span_make(NULL, 0);
}

/* Codes and text come from status.c, as smfi_setreply() would take them. */
static bool
peer_reply(void *context, const char *code, const char *dsn, const char *text)
{
	struct wire *wire = context;
	struct buf words;

	buf_init(&words, PACKET_MAX);
	buf_addf(&words, "%s %s %s", code, dsn, text);
	wire->replied = !words.cut && packet_add_strings(wire->out,
	    REPLY_CODE, -1, buf_string(&words), NULL);
	buf_clear(&words);
	return wire->replied;
}

static bool
may(const struct wire *wire, enum packet_action action)
{
	return (conversation_terms(wire->conversation)->actions & action) !=
	    0;
}

/* A recipient, an address or a reason; an empty one cannot be told. */
static bool
tell_text(struct wire *wire, enum packet_action action, char reply,
    const char *text, const char *args)
{
	return *text != '\0' && may(wire, action) &&
	    packet_add_strings(wire->out, reply, -1, text, args);
}

static bool
tell_field(struct wire *wire, enum packet_action action, char reply,
    int64_t index, const struct change *change, const char *value)
{
	return *change->name != '\0' && index <= INT32_MAX &&
	    may(wire, action) && packet_add_strings(wire->out, reply, index,
	    change->name, value);
}

static bool
peer_change(void *context, const struct change *change)
{
	struct wire *wire = context;
	const char *text = change->name;

	switch (change->kind) {
	case EDIT_ADDHEADER:
		return tell_field(wire, ACTION_ADDHEADER, REPLY_ADDHEADER, -1,
		    change, change->value);
	case EDIT_INSHEADER:
		return tell_field(wire, ACTION_ADDHEADER, REPLY_INSHEADER,
		    change->index, change, change->value);
	case EDIT_CHGHEADER:
		return tell_field(wire, ACTION_CHGHEADER, REPLY_CHGHEADER,
		    change->index, change, change->value);
	case EDIT_DELHEADER:
		return tell_field(wire, ACTION_CHGHEADER, REPLY_CHGHEADER,
		    change->index, change, "");
	case EDIT_ADDRCPT:
		if (change->silent && may(wire, ACTION_ADDRCPT_PAR))
			return tell_text(wire, ACTION_ADDRCPT_PAR,
			    REPLY_ADDRCPT_PAR, text, "NOTIFY=NEVER");
		return tell_text(wire, ACTION_ADDRCPT, REPLY_ADDRCPT, text,
		    NULL);
	case EDIT_DELRCPT:
		return tell_text(wire, ACTION_DELRCPT, REPLY_DELRCPT, text,
		    NULL);
	case EDIT_CHGFROM:
		return tell_text(wire, ACTION_CHGFROM, REPLY_CHGFROM, text,
		    NULL);
	case EDIT_QUARANTINE:
		return tell_text(wire, ACTION_QUARANTINE, REPLY_QUARANTINE,
		    text, NULL);
	case EDIT_REPLACEBODY:
		break;
	}
	return false;
}

static bool
peer_body(void *context, const char *bytes, size_t n)
{
	struct wire *wire = context;

	return may(wire, ACTION_BODY) && packet_add(wire->out, REPLY_BODY,
	    span_make(bytes, n));
}

static bool
peer_has_room(void *context)
{
	const struct wire *wire = context;

	return wire->out->n < WIRE_OUT;
}

struct peer_at
wire_peer(struct wire *wire)
{
	static const struct peer peer = {
		.macro = peer_macro, .reply = peer_reply,
		.change = peer_change, .body = peer_body,
		.has_room = peer_has_room,
	};

	return (struct peer_at){ &peer, wire, wire->shared->log };
}
