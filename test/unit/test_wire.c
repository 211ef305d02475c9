/*
 * The native engine's protocol: what is answered to which packets, fed at once
 * and one byte at a time.
 *
 * Packets are written as lines: the command, and its payload with "|" for NUL
 * and "$" for the end of a line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/wire.h"

#include "policy_folder.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define SPACE		((size_t)8 << 20)

static struct shared shared;
static struct traffic traffic;
static struct delays delays;

static void
idle(void *context)
{
	(void)context;
}

static void
begin(const char *settings)
{
	struct policy *policy = make_policy(settings, NULL);

	traffic_init(&traffic);
	delays_init(&delays);
	shared.current = current_new(policy, idle, NULL);
	assert_non_null(shared.current);
	shared.traffic = &traffic;
	shared.delays = &delays;
}

static void
end(void)
{
	assert_int_equal(traffic_messages(&traffic), 0);
	assert_int_equal(atomic_load(&traffic.conversations), 0);
	current_free(&shared.current);
}

/* Lines into packets.  "O" has numbers; "=" and a number is a bare length. */
static void
write_packets(struct buf *out, const char *lines)
{
	char line[1024];
	unsigned a, b, c;

	while (*lines != '\0') {
		size_t n = strcspn(lines, "\n");

		assert_true(n > 0 && n < sizeof(line));
		memcpy(line, lines, n);
		line[n] = '\0';
		lines += n + (lines[n] == '\n');
		for (char *p = line; p < line + n; p++)
			*p = *p == '|' ? '\0' : *p == '$' ? '\n' : *p;
		if (line[0] == '=') {
			unsigned length = (unsigned)strtoul(line + 1, NULL, 16);
			const char bytes[] = { (char)(length >> 24),
			    (char)(length >> 16), (char)(length >> 8),
			    (char)length };

			assert_true(buf_add(out, span_make(bytes, 4)));
		} else if (line[0] == 'O' && sscanf(line, "O %u %x %x", &a, &b,
		    &c) == 3) {
			const unsigned char bytes[12] = { 0, 0, 0,
			    (unsigned char)a, 0, 0, (unsigned char)(b >> 8),
			    (unsigned char)b, (unsigned char)(c >> 24),
			    (unsigned char)(c >> 16), (unsigned char)(c >> 8),
			    (unsigned char)c };

			assert_true(packet_add(out, 'O', span_make(
			    (const char *)bytes, sizeof(bytes))));
		} else {
			assert_true(packet_add(out, line[0],
			    span_make(line + 1, n - 1)));
		}
	}
}

static unsigned
number(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (unsigned)u[0] << 24 | (unsigned)u[1] << 16 |
	    (unsigned)u[2] << 8 | u[3];
}

/* Packets into lines. */
static void
read_packets(struct span bytes, struct buf *out)
{
	struct packet packet;
	size_t size;

	while (bytes.n > 0) {
		const char *p;

		assert_int_equal(packet_find(bytes, &packet, &size),
		    PACKET_WHOLE);
		p = packet.payload.p;
		buf_addc(out, (char)packet.command);
		if (packet.command == 'O') {
			buf_addf(out, " %u %x %x", number(p), number(p + 4),
			    number(p + 8));
			packet.payload = span_skip(packet.payload, 12);
		} else if (strchr("im", packet.command) != NULL) {
			buf_addf(out, "%u ", number(p));
			packet.payload = span_skip(packet.payload, 4);
		}
		for (size_t i = 0; i < packet.payload.n; i++)
			buf_addc(out, packet.payload.p[i] == '\0' ? '|' :
			    packet.payload.p[i] == '\n' ? '$' :
			    packet.payload.p[i]);
		buf_addc(out, '\n');
		bytes = span_skip(bytes, size);
	}
}

/* Feeds in pieces of `step` bytes; what is said, and how it ends. */
static void
converse(struct span in, size_t step, struct buf *said)
{
	struct wire wire;
	struct buf out;
	size_t have = 0, at = 0, taken, wanted;
	enum wire_next next = WIRE_READ;

	wire_init(&wire, &shared);
	buf_init(&out, WIRE_OUT_MAX);
	buf_reset(said);
	while (next != WIRE_CLOSE && (next != WIRE_READ || have < in.n)) {
		/* In memory of its own, for the sanitizers. */
		char *piece;

		if (next == WIRE_READ)
			have = in.n - have > step ? have + step : in.n;
		piece = malloc(have - at + 1);
		assert_non_null(piece);
		memcpy(piece, in.p + at, have - at);
		next = wire_feed(&wire, span_make(piece, have - at), &out,
		    &taken, &wanted);
		free(piece);
		at += taken;
		assert_true(at <= have);
		assert_true(next != WIRE_READ || have - at < wanted);
		assert_true(out.n < WIRE_OUT_MAX);
		read_packets(buf_span(&out), said);
		buf_reset(&out);
		if (next == WIRE_WAIT) {
			buf_addf(said, "(waits)\n");
			if (conversation_waits_for(wire.conversation) ==
			    WAIT_PART)
				conversation_look(wire.conversation);
			conversation_wake(wire.conversation);
		}
	}
	buf_addf(said, next == WIRE_CLOSE ? "(closes)\n" : "");
	buf_clear(&out);
	wire_clear(&wire);
}

static void
check(struct span in, const char *want)
{
	struct buf whole, pieces;

	buf_init(&whole, SPACE);
	buf_init(&pieces, SPACE);
	converse(in, in.n, &whole);
	if (want != NULL)
		assert_string_equal(buf_string(&whole), want);
	converse(in, 1, &pieces);
	assert_string_equal(buf_string(&pieces), buf_string(&whole));
	buf_clear(&whole);
	buf_clear(&pieces);
}

#define RULES \
    "recipient_access = [ \"inline:{no@example.net=REJECT}\" ];\n" \
    "header_checks = [ \"pcre:fields\" ];\n" \
    "body_checks = [ \"pcre:lines\" ];\nbody_checks_size_limit = 0;\n"

#define OFFER	"O 6 1ff 1fffff\n"
#define OPENING	"DC{client_resolve}|OK|\nCmx|4pp192.0.2.1|\nHmx|\n"

/* What Postfix is promised has its own tests; here nothing is on offer. */
#define OLD_OFFER	"O 2 3f 7f\n"
#define OLD_AGREED	"O 2 3f 0\n"
#define OLD_OPENING	OLD_OFFER OPENING
#define OLD_OPENED	OLD_AGREED "c\nc\n"
#define ENVELOPE	"M<a@b>|\nR<c@d>|\n"
#define ENVELOPE_OLD	"c\nc\n"

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "nothing", "", "" },
	{ "quit at once", "Q", "(closes)\n" },
	{ "not begun", "Hmx|", "c\n" },
	{ "version 1", "O 1 3f 7f", "(closes)\n" },
	{ "a short offer", "Oxxxx", "(closes)\n" },
	{ "an empty offer", "O", "(closes)\n" },
	{ "an offer of nothing", "O 2 0 0", "O 2 f 0\n" },
	{ "version 2", OLD_OFFER, OLD_AGREED },
	{ "version 9", "O 9 3f 7f", "O 6 3f 0\n" },
	{ "two offers", OLD_OFFER OLD_OFFER, OLD_AGREED },
	{ "how large packets may be", "O 6 3f 3000007f", "O 6 3f 0\n" },
	{ "silence is faked", OLD_OPENING "Q", OLD_OPENED "(closes)\n" },
	{ "a message", OLD_OPENING ENVELOPE "T\nLSubject|x|\nN\nBhello\r$\nE\n"
	    "Q", OLD_OPENED ENVELOPE_OLD "c\nc\nc\nc\nc\n(closes)\n" },
	{ "two messages", OLD_OPENING ENVELOPE "N\nE\n" ENVELOPE "N\nE\nQ",
	    OLD_OPENED ENVELOPE_OLD "c\nc\n" ENVELOPE_OLD "c\nc\n"
	    "(closes)\n" },
	{ "a refused recipient", OLD_OPENING "M<a@b>|\nR<no@example.net>|\n"
	    "R<c@d>|\nN\nE", OLD_OPENED "c\ny554 5.7.1 <no@example.net>: "
	    "Recipient address rejected: Access denied|\nc\nc\nc\n" },
	{ "a refused message", OLD_OPENING ENVELOPE "LSubject|no|\nN\nE\n"
	    ENVELOPE "N\nE", OLD_OPENED ENVELOPE_OLD "c\nc\ny550 5.7.1 no|\n"
	    ENVELOPE_OLD "c\nc\n" },
	{ "edits", OLD_OPENING ENVELOPE "LSubject|add|\nLSubject|hold|\nN\n"
	    "Bchange me\r$\nE", OLD_OPENED ENVELOPE_OLD "c\nc\nc\nc\n"
	    "i1 X-New|1|\nbchanged\r$\nqfields:2|\nc\n" },
	{ "body bytes with the end", OLD_OPENING ENVELOPE "N\nEreject me\r$",
	    OLD_OPENED ENVELOPE_OLD "c\ny550 5.7.1 body|\n" },
	{ "no header field", OLD_OPENING ENVELOPE "T\nE", OLD_OPENED
	    ENVELOPE_OLD "c\nc\n" },
	{ "a field behind the header", OLD_OPENING ENVELOPE "N\nLA|b|\n"
	    ENVELOPE, OLD_OPENED ENVELOPE_OLD "c\n" ENVELOPE_OLD },
	{ "MAIL in a message", OLD_OPENING ENVELOPE "LA|b|\n" ENVELOPE "E",
	    OLD_OPENED ENVELOPE_OLD "c\n" ENVELOPE_OLD "c\n" },
	{ "RCPT without MAIL", OLD_OPENING "R<c@d>|\nM<a@b>|", OLD_OPENED
	    "c\n" },
	{ "the end without a message", OLD_OPENING "E", OLD_OPENED },
	{ "aborted", OLD_OPENING ENVELOPE "A\nA\n" ENVELOPE "A", OLD_OPENED
	    ENVELOPE_OLD ENVELOPE_OLD },
	{ "HELO again", OLD_OPENING "Hmy|\n" ENVELOPE "Hmz|\n", OLD_OPENED
	    "c\n" ENVELOPE_OLD "c\n" },
	{ "HELO without an end", OLD_OPENING "Hmy\nHmz|", OLD_OPENED "c\n" },
	{ "an empty HELO", OLD_OPENING "H", OLD_OPENED "(closes)\n" },
	{ "an empty body", OLD_OPENING ENVELOPE "N\nB", OLD_OPENED
	    ENVELOPE_OLD "c\n(closes)\n" },
	{ "MAIL without an end", OLD_OPENING "M<a@b>", OLD_OPENED
	    "(closes)\n" },
	{ "a broken field", OLD_OPENING ENVELOPE "LA|", OLD_OPENED
	    ENVELOPE_OLD "(closes)\n" },
	{ "a broken client", OLD_OFFER "Cmx|4pp192.0.2.|", OLD_AGREED
	    "(closes)\n" },
	{ "CONNECT again", OLD_OPENING "Cmx|4pp192.0.2.1|\nHmx|", OLD_OPENED
	    "c\n" },
	{ "a command that nobody knows", OLD_OPENING "Z", OLD_OPENED
	    "(closes)\n" },
	{ "no command", OLD_OPENING "=0", OLD_OPENED "(closes)\n" },
	{ "a long packet", OLD_OPENING "=100002", OLD_OPENED "(closes)\n" },
	{ "an endless packet", OLD_OPENING "=ffffffff", OLD_OPENED
	    "(closes)\n" },
	{ "macros of nothing", OLD_OPENING "D\n", OLD_OPENED "(closes)\n" },
	{ "odd macros", OLD_OPENING "DM\nDMi\nDZi|x|\nDL\n" ENVELOPE,
	    OLD_OPENED ENVELOPE_OLD },
	{ "another client", OLD_OPENING "M<a@b>|\nR<c@d>|\nE\nK\nHmx|",
	    OLD_OPENED ENVELOPE_OLD "c\nc\n" },
	{ "a client too many", OLD_OPENING "M<a@b>|\nR<c@d>|\nE\nK\n"
	    "Cmx|4pp192.0.2.1|\n" ENVELOPE "N\nE", OLD_OPENED ENVELOPE_OLD
	    "c\nc\n" ENVELOPE_OLD "c\nt\n" },
};

static void
answers(void **state)
{
	struct buf in;

	(void)state;
	begin(RULES);
	buf_init(&in, SPACE);
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("%s\n", cases[i].name);
		buf_reset(&in);
		write_packets(&in, cases[i].in);
		check(buf_span(&in), cases[i].want);
	}
	buf_clear(&in);
	end();
}

/* A message of which only its end is answered, and the macros asked for. */
static void
silence(void **state)
{
	struct buf in, said;
	const char *agreed, *rest;

	(void)state;
	begin(RULES);
	buf_init(&in, SPACE);
	buf_init(&said, SPACE);
	write_packets(&in, OFFER OPENING "M<a@b>|\nR<c@d>|\nLSubject| no|\n"
	    "N\nBx\r$\nE\nQ");
	converse(buf_span(&in), in.n, &said);
	agreed = buf_string(&said);
	rest = strchr(agreed, '\n');
	assert_non_null(rest);
	assert_non_null(strstr(agreed, "{client_resolve}|"));
	assert_string_equal(rest, "\nc\ny550 5.7.1 no|\n(closes)\n");
	check(buf_span(&in), NULL);
	buf_clear(&said);
	buf_clear(&in);
	end();
}

/* What an event of before said is forgotten in time. */
static void
macros(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} lives[] = {
		{ "of this message", "DM{auth_authen}|mallory|\nM<a@b>|\n"
		    "R<c@d>|", "c\nrefused\n" },
		{ "until the next HELO", "DM{auth_authen}|mallory|\nM<a@b>|\n"
		    "A\nHmx|\nM<a@b>|\nR<c@d>|", "c\nc\nc\nc\n" },
		{ "a new one in its place", "DM{auth_authen}|mallory|\n"
		    "M<a@b>|\nA\nDM{auth_authen}|alice|\nM<a@b>|\nR<c@d>|",
		    "c\nc\nc\n" },
		{ "none in its place", "DM{auth_authen}|mallory|\nM<a@b>|\n"
		    "A\nDM\nM<a@b>|\nR<c@d>|", "c\nc\nrefused\n" },
		{ "of a later stage", "DR{auth_authen}|mallory|\n"
		    "M<a@b>|\nR<c@d>|", "c\nc\n" },
	};
	struct buf in, said;

	(void)state;
	begin("login_access = [ \"inline:{mallory=REJECT}\" ];\n");
	buf_init(&in, SPACE);
	buf_init(&said, SPACE);
	for (size_t i = 0; i < COUNT(lives); i++) {
		char got[256] = "";
		const char *rest;

		print_message("%s\n", lives[i].name);
		buf_reset(&in);
		write_packets(&in, OLD_OPENING);
		write_packets(&in, lives[i].in);
		converse(buf_span(&in), in.n, &said);
		rest = strstr(buf_string(&said), "\nc\nc\n");
		assert_non_null(rest);
		for (const char *p = rest + 5; *p != '\0'; p = rest + 1) {
			rest = strchr(p, '\n');
			assert_non_null(rest);
			snprintf(got + strlen(got), sizeof(got) - strlen(got),
			    "%s\n", *p == 'c' ? "c" : "refused");
		}
		assert_string_equal(got, lives[i].want);
		check(buf_span(&in), NULL);
	}
	buf_clear(&said);
	buf_clear(&in);
	end();
}

/* A new body that is larger than what may wait to be written. */
static void
large(void **state)
{
	enum { LINES = 200000 };
	struct buf in, said, want;

	(void)state;
	begin(RULES);
	buf_init(&in, SPACE);
	buf_init(&said, SPACE);
	buf_init(&want, SPACE);
	write_packets(&in, OLD_OPENING ENVELOPE "N\n");
	for (int i = 0; i < LINES / 1000; i++) {
		struct buf chunk;

		buf_init(&chunk, SPACE);
		for (int j = 0; j < 1000; j++)
			buf_addf(&chunk, "change me\r\n");
		assert_true(packet_add(&in, 'B', buf_span(&chunk)));
		buf_clear(&chunk);
	}
	write_packets(&in, "E\nQ");
	converse(buf_span(&in), in.n, &said);
	for (int i = 0; i < LINES; i++)
		buf_addf(&want, "changed\r$");
	{
		/* The chunks put together. */
		const char *p = strstr(buf_string(&said), "\nb");
		size_t n = 0;

		assert_non_null(p);
		p++;
		while (*p == 'b') {
			size_t chunk = want.n - n < PEER_CHUNK_MAX ? want.n -
			    n : PEER_CHUNK_MAX;

			assert_memory_equal(p + 1, want.p + n, chunk);
			n += chunk;
			p += 1 + chunk + 1;
		}
		assert_int_equal(n, want.n);
		assert_string_equal(p, "c\n(closes)\n");
	}
	buf_clear(&want);
	buf_clear(&said);
	buf_clear(&in);
	end();
}

/* An answer that is late, in the midst of what is said already. */
static void
late(void **state)
{
	struct buf in;

	(void)state;
	begin("recipient_access = [ \"inline:{no@example.net=REJECT}\" ];\n"
	    "soft_error_limit = 1;\nerror_sleep_time = \"1s\";\n");
	buf_init(&in, SPACE);
	write_packets(&in, OLD_OPENING "M<a@b>|\nR<no@example.net>|\n"
	    "R<no@example.net>|\nA\nQ");
	check(buf_span(&in), "O 2 3f 10\nc\nc\nc\n"
	    "y554 5.7.1 <no@example.net>: Recipient address rejected: "
	    "Access denied|\n(waits)\n"
	    "y554 5.7.1 <no@example.net>: Recipient address rejected: "
	    "Access denied|\n(closes)\n");
	buf_clear(&in);
	end();
}

static int
set_up(void **state)
{
	const char *why;

	if (make_folder(state) < 0 ||
	    (shared.scratch = scratch_pool_new()) == NULL)
		return -1;
	write_file("fields", "/^Subject: no/ REJECT no\n"
	    "/^Subject: hold/ HOLD\n/^Subject: add/ PREPEND X-New: 1\n");
	write_file("lines", "/^reject me/ REJECT body\n"
	    "/^change me/ REPLACE changed\n");
	shared.log = log_open("/dev/null", &why);
	return shared.log != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	scratch_pool_free(&shared.scratch);
	log_close(&shared.log, 0);
	return remove_folder(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers), cmocka_unit_test(silence),
		cmocka_unit_test(macros), cmocka_unit_test(large),
		cmocka_unit_test(late),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
