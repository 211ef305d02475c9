/* The packets of the milter protocol, whole, cut and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "daemon/packet.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static void
same(struct span got, struct span want)
{
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.n > 0 ? got.p : "", want.p, want.n);
}

/* In memory of its own, so that a sanitizer sees the byte behind it. */
static struct span
alone(struct span bytes)
{
	char *p = malloc(bytes.n > 0 ? bytes.n : 1);

	assert_non_null(p);
	memcpy(p, bytes.p, bytes.n);
	return span_make(p, bytes.n);
}

static void
done(struct span bytes)
{
	union { const char *in; char *out; } pointer = { .in = bytes.p };

	free(pointer.out);
}

static void
find(void **state)
{
	static const struct {
		const char *name;
		struct span in;
		enum packet_found want;
		size_t size;
		unsigned char command;
		size_t payload;
	} cases[] = {
		{ "nothing", SPAN_INIT(""), PACKET_PART, 5, 0, 0 },
		{ "a part of the length", SPAN_INIT("\0\0\0"), PACKET_PART, 5,
		    0, 0 },
		{ "the length", SPAN_INIT("\0\0\0\7"), PACKET_PART, 11, 0, 0 },
		{ "no command", SPAN_INIT("\0\0\0\0Q"), PACKET_BROKEN, 5, 0,
		    0 },
		{ "quit", SPAN_INIT("\0\0\0\1Q"), PACKET_WHOLE, 5, 'Q', 0 },
		{ "two", SPAN_INIT("\0\0\0\2Hx\0\0\0\1Q"), PACKET_WHOLE, 6,
		    'H', 1 },
		{ "one byte short", SPAN_INIT("\0\0\0\3Bx"), PACKET_PART, 7,
		    0, 0 },
		{ "the longest", SPAN_INIT("\0\x10\0\1B"), PACKET_PART,
		    PACKET_MAX + 5, 0, 0 },
		{ "too long", SPAN_INIT("\0\x10\0\2B"), PACKET_BROKEN, 5, 0,
		    0 },
		{ "below zero", SPAN_INIT("\xff\xff\xff\xffQ"), PACKET_BROKEN,
		    5, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span in = alone(cases[i].in);
		struct packet packet;
		size_t size = 0;

		print_message("%s\n", cases[i].name);
		assert_int_equal(packet_find(in, &packet, &size),
		    cases[i].want);
		assert_int_equal(size, cases[i].size);
		if (cases[i].want == PACKET_WHOLE) {
			assert_int_equal(packet.command, cases[i].command);
			assert_int_equal(packet.payload.n, cases[i].payload);
		}
		done(in);
	}
}

static void
offer(void **state)
{
	struct packet_offer got;
	struct span in = alone(SPAN("\0\0\0\6\0\0\1\xff\xff\x1f\xff\xfe"));
	struct span cut = alone(SPAN("\0\0\0\6\0\0\1\xff\0\x1f\xff"));

	(void)state;
	assert_true(packet_offer(in, &got));
	assert_int_equal(got.version, 6);
	assert_int_equal(got.actions, 0x1ff);
	assert_int_equal(got.steps, 0xff1ffffe);
	assert_false(packet_offer(cut, &got));
	done(in);
	done(cut);
}

#define PATH_107 "/5678901234567890123456789012345678901234567890" \
    "123456789012345678901234567890123456789012345678901234567890"

static void
client(void **state)
{
	static const struct {
		struct span in;
		bool good;
		struct span name, address;
	} cases[] = {
		{ SPAN_INIT("mx\0" "4\0\31" "192.0.2.1\0"), true,
		    SPAN_INIT("mx"), SPAN_INIT("192.0.2.1") },
		{ SPAN_INIT("\0" "4\0\0" "127.1\0"), true, SPAN_INIT(""),
		    SPAN_INIT("127.0.0.1") },
		{ SPAN_INIT("mx\0" "6\0\31" "2001:DB8::1\0"), true,
		    SPAN_INIT("mx"), SPAN_INIT("2001:db8::1") },
		{ SPAN_INIT("mx\0" "6\0\31" "ipv6:::1\0"), true,
		    SPAN_INIT("mx"), SPAN_INIT("::1") },
		{ SPAN_INIT("mx\0" "6\0\31" "::ffff:192.0.2.1\0"), true,
		    SPAN_INIT("mx"), SPAN_INIT("192.0.2.1") },
		{ SPAN_INIT("mx\0" "4\0\31" "192.0.2.1\0junk\0"), true,
		    SPAN_INIT("mx"), SPAN_INIT("192.0.2.1") },
		{ SPAN_INIT("mx\0U"), true, SPAN_INIT("mx"), SPAN_INIT("") },
		{ SPAN_INIT("mx\0Uwhatever"), true, SPAN_INIT("mx"),
		    SPAN_INIT("") },
		{ SPAN_INIT("localhost\0L\0\0/run/x\0"), true,
		    SPAN_INIT("localhost"), SPAN_INIT("") },
		{ SPAN_INIT("h\0L\0\0" PATH_107 "\0"), true, SPAN_INIT("h"),
		    SPAN_INIT("") },
		{ SPAN_INIT("h\0L\0\0" PATH_107 "8\0"), false, { NULL, 0 },
		    { NULL, 0 } },
		{ SPAN_INIT(""), false, { NULL, 0 }, { NULL, 0 } },
		{ SPAN_INIT("mx"), false, { NULL, 0 }, { NULL, 0 } },
		{ SPAN_INIT("mx\0"), false, { NULL, 0 }, { NULL, 0 } },
		{ SPAN_INIT("mx\0" "4"), false, { NULL, 0 }, { NULL, 0 } },
		{ SPAN_INIT("mx\0" "4\0\31"), false, { NULL, 0 },
		    { NULL, 0 } },
		{ SPAN_INIT("mx\0" "4\0\31\0"), false, { NULL, 0 },
		    { NULL, 0 } },
		{ SPAN_INIT("mx\0" "4\0\31" "192.0.2.1"), false, { NULL, 0 },
		    { NULL, 0 } },
		{ SPAN_INIT("mx\0" "4\0\31" "192.0.2.256\0"), false,
		    { NULL, 0 }, { NULL, 0 } },
		{ SPAN_INIT("mx\0" "6\0\31" "192.0.2.1\0"), false,
		    { NULL, 0 }, { NULL, 0 } },
		{ SPAN_INIT("mx\0x\0\31" "192.0.2.1\0"), false, { NULL, 0 },
		    { NULL, 0 } },
	};

	(void)state;
	assert_int_equal(sizeof(PATH_107) - 1, 107);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span in = alone(cases[i].in);
		struct packet_client got;

		print_message("client %zu\n", i);
		assert_int_equal(packet_client(in, &got), cases[i].good);
		if (cases[i].good) {
			same(got.name, cases[i].name);
			same(got.address, cases[i].address);
		}
		done(in);
	}
}

static void
field(void **state)
{
	static const struct {
		struct span in;
		bool good;
		struct span name, value;
	} cases[] = {
		{ SPAN_INIT("Subject\0 x\0"), true, SPAN_INIT("Subject"),
		    SPAN_INIT(" x") },
		{ SPAN_INIT("Subject\0\0"), true, SPAN_INIT("Subject"),
		    SPAN_INIT("") },
		{ SPAN_INIT("Subject\0a\0b\0"), true, SPAN_INIT("Subject"),
		    SPAN_INIT("a") },
		{ SPAN_INIT("\0a\0b\0"), true, SPAN_INIT(""),
		    SPAN_INIT("b") },
		{ SPAN_INIT("\0a\0"), false, { NULL, 0 }, { NULL, 0 } },
		{ SPAN_INIT("\0\0"), false, { NULL, 0 }, { NULL, 0 } },
		{ SPAN_INIT("\0"), false, { NULL, 0 }, { NULL, 0 } },
		{ SPAN_INIT(""), false, { NULL, 0 }, { NULL, 0 } },
		{ SPAN_INIT("Subject\0"), false, { NULL, 0 }, { NULL, 0 } },
		{ SPAN_INIT("Subject\0x"), false, { NULL, 0 }, { NULL, 0 } },
		{ SPAN_INIT("Subject"), false, { NULL, 0 }, { NULL, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span in = alone(cases[i].in), name, value;

		print_message("field %zu\n", i);
		assert_int_equal(packet_field(in, &name, &value),
		    cases[i].good);
		if (cases[i].good) {
			same(name, cases[i].name);
			same(value, cases[i].value);
		}
		done(in);
	}
}

static void
macros(void **state)
{
	static const struct {
		struct span in, name;
		bool found;
		struct span value;
	} cases[] = {
		{ SPAN_INIT("i\0q1\0{mail_addr}\0a@b\0"), SPAN_INIT("i"), true,
		    SPAN_INIT("q1") },
		{ SPAN_INIT("i\0q1\0{mail_addr}\0a@b\0"),
		    SPAN_INIT("{mail_addr}"), true, SPAN_INIT("a@b") },
		{ SPAN_INIT("i\0q1\0{mail_addr}\0a@b\0"),
		    SPAN_INIT("mail_addr"), false, { NULL, 0 } },
		{ SPAN_INIT("{i}\0q1\0"), SPAN_INIT("i"), true,
		    SPAN_INIT("q1") },
		{ SPAN_INIT("i\0q1\0"), SPAN_INIT("{i}"), true,
		    SPAN_INIT("q1") },
		{ SPAN_INIT("j\0i\0k\0i\0"), SPAN_INIT("i"), false,
		    { NULL, 0 } },
		{ SPAN_INIT("i\0q1\0i\0q2\0"), SPAN_INIT("i"), true,
		    SPAN_INIT("q1") },
		{ SPAN_INIT("i\0\0"), SPAN_INIT("i"), true, SPAN_INIT("") },
		{ SPAN_INIT("i\0"), SPAN_INIT("i"), true, SPAN_INIT("") },
		{ SPAN_INIT("i\0q1"), SPAN_INIT("i"), true, SPAN_INIT("") },
		{ SPAN_INIT("i"), SPAN_INIT("i"), false, { NULL, 0 } },
		{ SPAN_INIT(""), SPAN_INIT("i"), false, { NULL, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span in = alone(cases[i].in), value;

		print_message("macros %zu\n", i);
		assert_int_equal(packet_macro(in, cases[i].name, &value),
		    cases[i].found);
		if (cases[i].found)
			same(value, cases[i].value);
		done(in);
	}
}

static void
written(void **state)
{
	static const char zeros[PACKET_MAX + 1];
	struct buf out;

	(void)state;
	buf_init(&out, PACKET_MAX + 100);
	assert_true(packet_add(&out, 'c', SPAN("")));
	assert_true(packet_add(&out, 'b', SPAN("xy")));
	assert_true(packet_add_strings(&out, 'm', 258, "N", ""));
	assert_true(packet_add_strings(&out, '+', -1, "a@b", NULL));
	same(buf_span(&out), SPAN("\0\0\0\1c" "\0\0\0\3bxy"
	    "\0\0\0\10m\0\0\1\2N\0\0" "\0\0\0\5+a@b\0"));
	assert_false(packet_add(&out, 'b', span_make(zeros, sizeof(zeros))));
	assert_false(packet_add(&out, 'b', span_make(zeros, PACKET_MAX + 1)));
	assert_int_equal(out.n, 33);
	assert_true(packet_add(&out, 'b', span_make(zeros, PACKET_MAX)));
	assert_int_equal(out.n, 33 + 5 + PACKET_MAX);
	/* Without room: as it was. */
	assert_false(packet_add(&out, 'b', span_make(zeros, 58)));
	assert_false(packet_add_strings(&out, 'h', -1, PATH_107, "x"));
	assert_int_equal(out.n, 33 + 5 + PACKET_MAX);
	assert_false(out.cut);
	assert_true(packet_add(&out, 'b', span_make(zeros, 57)));
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find), cmocka_unit_test(offer),
		cmocka_unit_test(client), cmocka_unit_test(field),
		cmocka_unit_test(macros), cmocka_unit_test(written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
