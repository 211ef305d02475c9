/*
 * The native engine's reader: a stream of the milter protocol, fed whole and
 * in pieces, says the same to the byte.
 *
 * The first byte names a policy, the second the size of the pieces; the rest is
 * the stream.
 */
#include "base/log.h"
#include "daemon/wire.h"
#include "fuzz.h"

#define SAID_MAX	((size_t)64 << 20)
#define COPY_MAX	((size_t)4 << 20)

static const char *const policies[] = {
	"header_checks = [\"pcre:checks\"]; body_checks = [\"pcre:checks\"];",
	"delay_reject = false; client_access = [\"inline:{192.0.2.9=REJECT}\"];"
	"helo_access = [\"inline:{bad=REJECT}\"];"
	"sender_access = [\"inline:{no@a=REJECT}\"];"
	"recipient_access = [\"inline:{no@a=REJECT, gone@a=DISCARD}\"];",
	"hard_error_limit = 3; soft_error_limit = 1; error_sleep_time = 1;"
	"recipient_access = [\"inline:{no@a=REJECT}\"];",
	"mode = \"shadow\"; header_checks = [\"pcre:checks\"];",
	"header_checks = [\"pcre:checks\"]; session_limit = 1;"
	"session_limit_action = \"accept\"; header_size_limit = 10;"
	"header_size_action = \"truncate\";",
	"body_checks = [\"pcre:checks\"]; message_size_limit = 100;"
	"exempt = { mynetworks = [\"body\", \"size\"]; };",
};
#define POLICIES	(sizeof(policies) / sizeof(policies[0]))

static const char checks[] = "/reject/ REJECT\n/hold/ HOLD\n/strip/ STRIP\n"
    "/prepend/ PREPEND X: y\n/replace/ REPLACE X-Other: 100%\n"
    "/discard/ DISCARD\n/redirect/ REDIRECT a@b\n/bcc/ BCC a@b\n";

static struct side {
	struct shared shared;
	struct traffic traffic;
	struct delays delays;
} sides[POLICIES];

static void
nothing(void *context)
{
	(void)context;
}

static struct shared *
side_of(size_t n)
{
	struct side *side = &sides[n];
	struct complaints complaints;
	struct policy *policy;
	const char *why;

	if (side->shared.current != NULL)
		return &side->shared;
	fuzz_files[0] = (struct fuzz_file){ "postern.conf",
	    span_of(policies[n]) };
	fuzz_files[1] = (struct fuzz_file){ "checks", span_of(checks) };
	complaints_init(&complaints);
	policy = policy_new("/postern.conf", NULL, &complaints);
	complaints_clear(&complaints);
	MUST(policy != NULL);
	traffic_init(&side->traffic);
	delays_init(&side->delays);
	side->shared = (struct shared){
		.log = log_open("/dev/null", &why),
		.current = current_new(policy, nothing, NULL),
		.traffic = &side->traffic, .delays = &side->delays,
		.scratch = scratch_pool_new(),
	};
	MUST(side->shared.log != NULL && side->shared.current != NULL);
	return &side->shared;
}

/* Nobody waits here. */
static void
answer_wait(struct wire *wire)
{
	switch (conversation_waits_for(wire->conversation)) {
	case WAIT_PART:
		conversation_look(wire->conversation);
		break;
	case WAIT_DELAY:
		MUST(conversation_delay(wire->conversation) <= 8000);
		conversation_wake(wire->conversation);
		break;
	case WAIT_ROOM:
		MUST(!"room is made by writing");
	}
}

/* As a connection does, which has the bytes in memory of just their size. */
static enum wire_next
feed(struct wire *wire, struct span *waiting, struct buf *said)
{
	enum wire_next next = WIRE_WRITE;

	while (next == WIRE_WRITE || next == WIRE_WAIT) {
		struct span copy = fuzz_copy(*waiting);
		size_t taken = 0, wanted = 0;
		struct buf out;

		buf_init(&out, WIRE_OUT_MAX);
		next = wire_feed(wire, copy, &out, &taken, &wanted);
		MUST(taken <= waiting->n);
		MUST(!out.failed && out.n <= WIRE_OUT_MAX);
		if (next == WIRE_READ && waiting->n > taken)
			MUST(wanted > waiting->n - taken &&
			    wanted <= PACKET_MAX + PACKET_HEAD);
		*waiting = span_skip(*waiting, taken);
		buf_add(said, buf_span(&out));
		buf_clear(&out);
		fuzz_free(copy);
		if (next == WIRE_WAIT)
			answer_wait(wire);
	}
	return next;
}

/* All that is said is packets. */
static void
read_answers(struct span said)
{
	while (said.n > 0) {
		struct packet packet;
		size_t size;

		MUST(packet_find(said, &packet, &size) == PACKET_WHOLE);
		MUST(strchr("+-2abcdehimqrstyO", packet.command) != NULL);
		said = span_skip(said, size);
	}
}

static void
play(struct shared *shared, struct span stream, size_t piece,
    struct buf *said)
{
	enum wire_next next = WIRE_READ;
	struct wire wire;
	size_t end = 0;
	struct span waiting = span_head(stream, 0);

	buf_init(said, SAID_MAX);
	wire_init(&wire, shared);
	while (next == WIRE_READ && end < stream.n) {
		size_t more = piece < stream.n - end ? piece : stream.n - end;

		end += more;
		waiting = span_make(waiting.p, waiting.n + more);
		next = feed(&wire, &waiting, said);
	}
	/* Who closes has nothing more to say. */
	wire_clear(&wire);
	MUST(atomic_load(&shared->traffic->conversations) == 0);
	MUST(traffic_messages(shared->traffic) == 0);
	MUST(atomic_load(&shared->delays->waiting) == 0);
	read_answers(buf_span(said));
	buf_addc(said, next == WIRE_CLOSE ? '!' : '.');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_make((const char *)data, size);
	struct buf whole, pieces;
	struct shared *shared;
	size_t piece;

	if (size > COPY_MAX)
		return 0;
	shared = side_of(fuzz_choice(&rest, POLICIES));
	piece = 1 + fuzz_choice(&rest, 64);
	play(shared, rest, rest.n > 0 ? rest.n : 1, &whole);
	play(shared, rest, piece, &pieces);
	MUST(span_equal(buf_span(&whole), buf_span(&pieces)));
	buf_clear(&whole);
	buf_clear(&pieces);
	return 0;
}
