/* wire - the milter protocol of one connection. */
#include "daemon/wire.h"

#include "daemon/translate.h"
#include "daemon/wire_peer.h"
#include "daemon/wire_state.h"

/* What a command's function says beside a status. */
enum {
	DONE_IGNORED = STATUS_WAIT + 1,	/* as if it had not come */
	DONE_CLOSE
};

/* The commands, in the order of SMTP */

static bool
add_number(struct buf *out, uint32_t n)
{
	const char bytes[] = { (char)(n >> 24), (char)(n >> 16),
	    (char)(n >> 8), (char)n };

	return buf_add(out, span_make(bytes, sizeof(bytes)));
}

/* What is agreed, and the macros that are asked for. */
static int
answer_offer(struct wire *wire, uint32_t version, bool macros)
{
	struct terms_list lists[TERMS_LISTS];
	struct buf text;
	bool told;

	buf_init(&text, PACKET_MAX);
	add_number(&text, version < PACKET_VERSION ? version :
	    PACKET_VERSION);
	add_number(&text, conversation_terms(wire->conversation)->actions);
	add_number(&text, wire->steps & wire->offered);
	conversation_macros(wire->conversation, lists);
	for (size_t i = 0; macros && i < TERMS_LISTS; i++) {
		add_number(&text, lists[i].list);
		buf_add(&text, span_make(lists[i].names,
		    strlen(lists[i].names) + 1));
	}
	told = !text.cut && packet_add(wire->out, PACKET_NEGOTIATE,
	    buf_span(&text));
	buf_clear(&text);
	return told ? DONE_IGNORED : DONE_CLOSE;
}

static int
negotiate(struct wire *wire, struct span payload)
{
	struct packet_offer offer;
	struct terms offered;

	wire_forget_macros(wire, MACROS_CONNECT);
	if (!packet_offer(payload, &offer) ||
	    offer.version < PACKET_VERSION_MIN || offer.version > INT32_MAX)
		return DONE_CLOSE;
	offered.actions = offer.actions != 0 ? offer.actions :
	    ACTIONS_OLDEST;
	wire->offered = offer.steps != 0 ? offer.steps &
	    ~(uint32_t)STEPS_INTERNAL : STEPS_OLDEST;
	offered.steps = wire->offered | STEP_MUTE_ALL;
	wire->conversation = conversation_new(wire->shared, &offered);
	if (wire->conversation == NULL)
		return DONE_CLOSE;
	wire->steps = conversation_terms(wire->conversation)->steps;
	return answer_offer(wire, offer.version,
	    (offered.actions & ACTION_MACROS) != 0);
}

static int
on_connect(struct wire *wire, struct span payload)
{
	struct packet_client client;

	wire_forget_macros(wire, MACROS_HELO);
	if (!packet_client(payload, &client))
		return DONE_CLOSE;
	return (int)conversation_connect(wire->conversation, wire_peer(wire),
	    client.name, client.address);
}

static int
on_helo(struct wire *wire, struct span payload)
{
	wire_forget_macros(wire, MACROS_MAIL);
	if (payload.p[payload.n - 1] != '\0')
		return DONE_IGNORED;
	return (int)conversation_helo(wire->conversation, wire_peer(wire),
	    packet_text(payload));
}

static int
on_mail(struct wire *wire, struct span payload)
{
	struct span path;

	wire_forget_macros(wire, MACROS_RCPT);
	if (!packet_string(&payload, &path))
		return DONE_CLOSE;
	return (int)conversation_mail(wire->conversation, wire_peer(wire), path,
	    translate_packed_size(payload), translate_packed_utf8(payload));
}

static int
on_rcpt(struct wire *wire, struct span payload)
{
	struct span path;

	wire_forget_macros(wire, MACROS_DATA);
	if (!packet_string(&payload, &path))
		return DONE_CLOSE;
	return (int)conversation_rcpt(wire->conversation, wire_peer(wire),
	    path);
}

static int
on_data(struct wire *wire, struct span payload)
{
	(void)payload;
	return (int)conversation_data(wire->conversation, wire_peer(wire));
}

static int
on_header(struct wire *wire, struct span payload)
{
	struct span name, value;

	if (!packet_field(payload, &name, &value))
		return DONE_CLOSE;
	return (int)conversation_header(wire->conversation, wire_peer(wire),
	    name, value);
}

static int
on_eoh(struct wire *wire, struct span payload)
{
	(void)payload;
	return (int)conversation_eoh(wire->conversation, wire_peer(wire));
}

static int
on_body(struct wire *wire, struct span payload)
{
	return (int)conversation_body(wire->conversation, wire_peer(wire),
	    payload);
}

/* After the body that came with it, if any: that may have been the end. */
static int
on_eom_after(struct wire *wire, int done)
{
	wire->body_first = done == STATUS_WAIT;
	if (done != STATUS_CONTINUE && done != STATUS_NOREPLY &&
	    done != STATUS_SKIP)
		return done;
	return (int)conversation_eom(wire->conversation, wire_peer(wire));
}

static int
on_eom(struct wire *wire, struct span payload)
{
	return on_eom_after(wire, payload.n > 0 ? on_body(wire, payload) :
	    STATUS_CONTINUE);
}

static int
on_abort(struct wire *wire, struct span payload)
{
	(void)payload;
	conversation_abort(wire->conversation);
	return DONE_IGNORED;
}

static int
on_unknown(struct wire *wire, struct span payload)
{
	(void)payload;
	return (int)conversation_unknown(wire->conversation,
	    wire_peer(wire));
}

static int
on_quit(struct wire *wire, struct span payload)
{
	(void)wire;
	(void)payload;
	return DONE_CLOSE;
}

/* A new client follows; what was agreed goes with the conversation. */
static int
on_quit_nc(struct wire *wire, struct span payload)
{
	(void)payload;
	conversation_free(&wire->conversation);
	wire_forget_macros(wire, MACROS_CONNECT);
	return DONE_IGNORED;
}

static int
on_macros(struct wire *wire, struct span payload)
{
	return wire_keep_macros(wire, payload) ? DONE_IGNORED : DONE_CLOSE;
}

/* Answers */

/*
 * Where there is to be none nothing is said, unless the mail server does not
 * know silence: then it waits for a "continue".
 */
static bool
put_status(struct wire *wire, enum status status)
{
	static const char replies[] = {
		[STATUS_CONTINUE] = REPLY_CONTINUE,
		[STATUS_ACCEPT] = REPLY_ACCEPT,
		[STATUS_DISCARD] = REPLY_DISCARD,
		[STATUS_REJECT] = REPLY_REJECT,
		[STATUS_TEMPFAIL] = REPLY_TEMPFAIL,
		[STATUS_SKIP] = REPLY_SKIP,
	};
	uint32_t mute = wire_mute(wire->state);

	if ((wire->steps & mute) != 0) {
		if ((wire->offered & mute) != 0)
			return true;
		status = STATUS_CONTINUE;
	} else if (status == STATUS_NOREPLY || wire->replied) {
		return true;
	}
	return packet_add(wire->out, replies[status], span_make(NULL, 0));
}

static const struct command {
	unsigned char letter;
	uint8_t state;
	bool may_be_empty;
	int (*run)(struct wire *wire, struct span payload);
} commands[] = {
	{ PACKET_HEADER, STATE_HEADER, false, on_header },
	{ PACKET_MACRO, STATE_SAME, false, on_macros },
	{ PACKET_BODY, STATE_BODY, false, on_body },
	{ PACKET_NEGOTIATE, STATE_AGREED, false, negotiate },
	{ PACKET_CONNECT, STATE_CONNECT, false, on_connect },
	{ PACKET_HELO, STATE_HELO, false, on_helo },
	{ PACKET_MAIL, STATE_MAIL, false, on_mail },
	{ PACKET_RCPT, STATE_RCPT, false, on_rcpt },
	{ PACKET_DATA, STATE_DATA, true, on_data },
	{ PACKET_EOH, STATE_EOH, true, on_eoh },
	{ PACKET_EOM, STATE_EOM, true, on_eom },
	{ PACKET_ABORT, STATE_ABORT, true, on_abort },
	{ PACKET_UNKNOWN, STATE_UNKNOWN, false, on_unknown },
	{ PACKET_QUIT, STATE_QUIT, true, on_quit },
	{ PACKET_QUIT_NC, STATE_QUIT_NC, true, on_quit_nc },
};

static const struct command *
find_command(unsigned char letter)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].letter == letter)
			return &commands[i];
	return NULL;
}

/* A refusal of these does not end the message. */
static bool
stays(const struct wire *wire)
{
	return wire->state == STATE_RCPT || wire->state == STATE_UNKNOWN;
}

static enum wire_next
finish(struct wire *wire, int done)
{
	wire->waits = done == STATUS_WAIT;
	if (done == DONE_CLOSE)
		return WIRE_CLOSE;
	if (done == DONE_IGNORED)
		return WIRE_READ;
	if (done == STATUS_WAIT)
		return conversation_waits_for(wire->conversation) ==
		    WAIT_ROOM ? WIRE_WRITE : WIRE_WAIT;
	if (!put_status(wire, (enum status)done))
		return WIRE_CLOSE;
	/* The message is over. */
	if (done == STATUS_ACCEPT || (!stays(wire) &&
	    (done == STATUS_REJECT || done == STATUS_TEMPFAIL ||
	    done == STATUS_DISCARD)))
		wire->state = STATE_HELO;
	return WIRE_READ;
}

static bool
in_message(const struct wire *wire)
{
	return wire->state >= STATE_MAIL && wire->state < STATE_EOM;
}

/*
 * What comes out of order ends a message, and is passed over where it cannot
 * follow on HELO either; the mail server then has no answer to wait for.
 */
static bool
enter(struct wire *wire, unsigned state)
{
	if (!wire_may_follow(wire->state, state, wire->steps)) {
		if (in_message(wire))
			conversation_abort(wire->conversation);
		wire->state = STATE_HELO;
		if (!wire_may_follow(wire->state, state, wire->steps))
			return false;
	}
	wire->state = (uint8_t)state;
	return true;
}

static enum wire_next
run(struct wire *wire, const struct packet *packet)
{
	const struct command *command = find_command(packet->command);

	if (command == NULL)
		return WIRE_CLOSE;
	if (command->state != STATE_SAME && !enter(wire, command->state))
		return command->state == STATE_QUIT ? WIRE_CLOSE : WIRE_READ;
	if (packet->payload.n == 0 && !command->may_be_empty)
		return WIRE_CLOSE;
	wire->replied = false;
	return finish(wire, command->run(wire, packet->payload));
}

static enum wire_next
go_on(struct wire *wire)
{
	int done = (int)conversation_go_on(wire->conversation, wire_peer(wire));

	if (wire->body_first)
		done = on_eom_after(wire, done);
	return finish(wire, done);
}

/* In and out */

void
wire_init(struct wire *wire, const struct shared *shared)
{
	*wire = (struct wire){ .shared = shared, .state = STATE_NEW };
}

void
wire_clear(struct wire *wire)
{
	conversation_free(&wire->conversation);
	wire_forget_macros(wire, MACROS_CONNECT);
}

enum wire_next
wire_feed(struct wire *wire, struct span bytes, struct buf *out,
    size_t *taken_r, size_t *wanted_r)
{
	enum wire_next next = WIRE_READ;
	struct packet packet;
	size_t size = PACKET_HEAD;
	const char *begin = bytes.p;

	wire->out = out;
	if (wire->waits)
		next = go_on(wire);
	while (next == WIRE_READ && out->n < WIRE_OUT) {
		enum packet_found found = packet_find(bytes, &packet, &size);

		if (found != PACKET_WHOLE) {
			next = found == PACKET_PART ? WIRE_READ : WIRE_CLOSE;
			break;
		}
		bytes = span_skip(bytes, size);
		next = run(wire, &packet);
	}
	if (next == WIRE_READ && out->n >= WIRE_OUT)
		next = WIRE_WRITE;
	*taken_r = (size_t)(bytes.p - begin);
	*wanted_r = size;
	return next;
}
