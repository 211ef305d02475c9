/* Paths, the two forms of an address, extensions, and those of a field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "message/address.h"

#define S(literal)	{ "" literal, sizeof(literal) - 1 }
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static void
expect(struct span input, struct span got, struct span want)
{
	if (!span_equal(got, want))
		fail_msg("<%.*s>: got <%.*s>, want <%.*s>", SPAN_ARG(input),
		    SPAN_ARG(got), SPAN_ARG(want));
}

static const struct {
	struct span argument, address;
} paths[] = {
	{ S("<a@b.c>"), S("a@b.c") },
	{ S("a@b.c"), S("a@b.c") },
	{ S("<>"), S("") },
	{ S(""), S("") },
	{ S(" <a@b> "), S("a@b") },
	{ S("< a@b >"), S("a@b") },
	{ S("<a@b> SIZE=3"), S("a@b") },
	{ S("<a@b"), S("a@b") },
	{ S("<"), S("") },
	{ S("<@x:a@b>"), S("a@b") },
	{ S("<@x,@y.z:a@b>"), S("a@b") },
	{ S("@x:a@b"), S("a@b") },
	{ S("<@[IPv6:::1],@y:a@b>"), S("a@b") },
	{ S("<@[IPv6:::1]>"), S("@[IPv6:::1]") },
	{ S("<@x>"), S("@x") },
	{ S("<a@[IPv6:::1]>"), S("a@[IPv6:::1]") },
	{ S("<\"a>b\"@c>"), S("\"a>b\"@c") },
	{ S("<\"a@b\"@c>"), S("\"a@b\"@c") },
	{ S("<\"a\\\">b\"@c>x"), S("\"a\\\">b\"@c") },
	{ S("<a\\>b@c>"), S("a\\>b@c") },
	{ S("<\"a>b@c"), S("\"a>b@c") },
	{ S("<\"@x:\"@c>"), S("\"@x:\"@c") },
	{ S("<postmaster>"), S("postmaster") },
	{ S("<\xc3\xa9@b>"), S("\xc3\xa9@b") },
	{ S("<a\0b@c>"), S("a\0b@c") },
	{ S("<a\\"), S("a\\") },
};

static void
path_is_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++)
		expect(paths[i].argument, address_of_path(paths[i].argument),
		    paths[i].address);
}

static const struct {
	struct span address;
	bool domain;
	struct span local_r, domain_r;
} splits[] = {
	{ S("a@b"), true, S("a"), S("b") },
	{ S("a@b@c"), true, S("a@b"), S("c") },
	{ S("\"a@b\"@c"), true, S("\"a@b\""), S("c") },
	{ S("@c"), true, S(""), S("c") },
	{ S("a@"), true, S("a"), S("") },
	{ S("a"), false, S("a"), S("") },
	{ S(""), false, S(""), S("") },
};

static void
split_at_the_last(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(splits); i++) {
		struct span local, domain;

		if (address_split(splits[i].address, &local, &domain) !=
		    splits[i].domain)
			fail_msg("<%.*s>", SPAN_ARG(splits[i].address));
		expect(splits[i].address, local, splits[i].local_r);
		expect(splits[i].address, domain, splits[i].domain_r);
	}
}

static const struct {
	struct span external, internal;
	bool both;		/* the external form is what we write */
} forms[] = {
	{ S(""), S(""), true },
	{ S("a@b.c"), S("a@b.c"), true },
	{ S("a.b+c@d"), S("a.b+c@d"), true },
	{ S("\"a b\"@c"), S("a b@c"), true },
	{ S("\"a@b\"@c"), S("a@b@c"), true },
	{ S("\"a\\\"b\"@c"), S("a\"b@c"), true },
	{ S("\"a\\\\b\"@c"), S("a\\b@c"), true },
	{ S("\"a\\\rb\"@c"), S("a\rb@c"), true },
	{ S("\"a\tb\"@c"), S("a\tb@c"), true },
	{ S("\"a\0b\"@c"), S("a\0b@c"), true },
	{ S("\"a\x7f\"@c"), S("a\x7f@c"), true },
	{ S("\"a,b\"@c"), S("a,b@c"), true },
	{ S("\"a:b\"@c"), S("a:b@c"), true },
	{ S("\"a[b]\"@c"), S("a[b]@c"), true },
	{ S("\"\"@c"), S("@c"), true },
	{ S("\".a\"@c"), S(".a@c"), true },
	{ S("\"a.\"@c"), S("a.@c"), true },
	{ S("\"a..b\"@c"), S("a..b@c"), true },
	{ S("a\xc3\xa9@c"), S("a\xc3\xa9@c"), true },
	{ S("!#$%&'*/=?^_`{|}~@c"), S("!#$%&'*/=?^_`{|}~@c"), true },
	{ S("a"), S("a"), true },
	{ S("\"a b\""), S("a b"), true },
	{ S("a@"), S("a@"), true },
	{ S("\"a\"@c"), S("a@c"), false },
	{ S("a\\@b@c"), S("a@b@c"), false },
	{ S("\"a\".\"b\"@c"), S("a.b@c"), false },
	{ S("\"a@b"), S("a@b"), false },
	{ S("a\\"), S("a\\"), false },
	{ S("\"a\"@[\"x\"]"), S("a@[\"x\"]"), false },
};

static void
forms_are_written(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	for (size_t i = 0; i < COUNT(forms); i++) {
		buf_reset(&out);
		address_internal(forms[i].external, &out);
		expect(forms[i].external, buf_span(&out), forms[i].internal);
		if (!forms[i].both)
			continue;
		buf_reset(&out);
		address_external(forms[i].internal, &out);
		expect(forms[i].internal, buf_span(&out), forms[i].external);
	}
	buf_clear(&out);
}

/* Whatever a local part is made of, it is read as it was written. */
static void
forms_round_trip(void **state)
{
	static const char bytes[] = "ab.@\"\\ <>,:;()[]\r\n\t\x7f\xff\0+-";
	struct buf plain, external, again;

	(void)state;
	buf_init(&plain, 100);
	buf_init(&external, 100);
	buf_init(&again, 100);
	srand(1);
	for (unsigned i = 0; i < 20000; i++) {
		buf_reset(&plain);
		buf_reset(&external);
		buf_reset(&again);
		for (int n = rand() % 8; n > 0; n--)
			buf_addc(&plain, bytes[(size_t)rand() % sizeof(bytes)]);
		buf_add(&plain, SPAN("@d"));
		address_external(buf_span(&plain), &external);
		address_internal(buf_span(&external), &again);
		expect(buf_span(&external), buf_span(&again),
		    buf_span(&plain));
	}
	buf_clear(&plain);
	buf_clear(&external);
	buf_clear(&again);
}

static const struct {
	struct span local, delimiters, base;
} bases[] = {
	{ S("a+b"), S("+"), S("a") },
	{ S("a+b+c"), S("+"), S("a") },
	{ S("a-b+c"), S("+-"), S("a") },
	{ S("a-b+c"), S("+"), S("a-b") },
	{ S("a+b"), S(""), S("a+b") },
	{ S("a+b"), S("-"), S("a+b") },
	{ S("a+"), S("+"), S("a") },
	{ S("+b"), S("+"), S("+b") },
	{ S("++"), S("+"), S("++") },
	{ S(""), S("+"), S("") },
	{ S("postmaster"), S("m"), S("postmaster") },
	{ S("Postmaster"), S("-m"), S("Postmaster") },
	{ S("postmaster+x"), S("+"), S("postmaster") },
	{ S("mailer-daemon"), S("-"), S("mailer-daemon") },
	{ S("MAILER-DAEMON"), S("-"), S("MAILER-DAEMON") },
	{ S("mailer-daemon-x"), S("-"), S("mailer") },
	{ S("double-bounce"), S("-"), S("double-bounce") },
	{ S("owner-list"), S("-"), S("owner-list") },
	{ S("Owner-list+x"), S("+-"), S("Owner-list+x") },
	{ S("owner-list+x"), S("+"), S("owner-list") },
	{ S("owner"), S("-"), S("owner") },
	{ S("list-request"), S("-"), S("list-request") },
	{ S("list-Request"), S("-+"), S("list-Request") },
	{ S("list+a-request"), S("+"), S("list") },
	{ S("-request"), S("-"), S("-request") },
	{ S("x-requests"), S("-"), S("x") },
	{ S("a\0b"), S("\0"), S("a") },
};

static void
extensions_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bases); i++)
		expect(bases[i].local, address_base(bases[i].local,
		    bases[i].delimiters), bases[i].base);
}

/*
 * Ordinary fields: the figures are those of Python's email.utils.getaddresses
 * (3.11), but for source routes, which it does not know; there they are those
 * of email.headerregistry.
 */
static const struct {
	struct span value;
	size_t count;
} ordinary[] = {
	{ S(""), 0 }, { S(" "), 0 }, { S("a@b"), 1 }, { S(" a@b"), 1 },
	{ S("a@b, c@d"), 2 }, { S("A <a@b>, B <c@d>"), 2 },
	{ S("\"Doe, John\" <a@b>"), 1 }, { S("\"a\\\"b, c\" <a@b>, c@d"), 2 },
	{ S("A (x, y) <a@b>"), 1 }, { S("(c) a@b (d, e)"), 1 },
	{ S("(a (b, c) d) a@b"), 1 }, { S("(a\\) b, c) a@b, d@e"), 2 },
	{ S("a@b,\n c@d,\n\te@f"), 3 }, { S("Group: a@b, c@d;"), 2 },
	{ S("Group:;"), 0 }, { S("undisclosed-recipients:;"), 0 },
	{ S("undisclosed-recipients: ;"), 0 }, { S("A: a@b, c@d;, e@f"), 3 },
	{ S("A: a@b;, B: c@d, e@f;"), 3 }, { S("<@x,@y:a@b>, c@d"), 2 },
	{ S("A <@x,@y:a@b>"), 1 }, { S("\"a,b\"@c"), 1 },
	{ S("\"a,b\"@c, d@e"), 2 }, { S("a@[1.2.3.4], b@c"), 2 },
	{ S("a@[IPv6:::1], b@c"), 2 }, { S("A <a@[IPv6:::1]>"), 1 },
	{ S("=?utf-8?q?Doe=2C_John?= <a@b>, c@d"), 2 },
	{ S("=?utf-8?b?YSxi?= =?utf-8?b?YSxi?= <a@b>"), 1 },
	{ S(", a@b,, c@d,"), 2 }, { S("a@b,"), 1 }, { S(",,,"), 0 },
	{ S("root"), 1 }, { S("root, a@b"), 2 },
	{ S("John Q. Public <a@b>"), 1 }, { S("a.b@c.d, <e@f>"), 2 },
	{ S("<a@b>"), 1 }, { S("A B <a@b> (c)"), 1 }, { S("\"\" <a@b>"), 1 },
	{ S("a . b @ c . d, e@f"), 2 }, { S("\xc3\xa9 <a@b>, c@d"), 2 },
	{ S("\"A: b\" <a@b>"), 1 }, { S("A\tB\n <a@b>"), 1 },
	{ S("\"x;y\" <a@b>"), 1 },
};

/* Broken ones: rather too many than too few, and nothing hides the rest. */
static const struct {
	struct span value;
	size_t count;
} broken[] = {
	{ S("a@b; c@d; e@f"), 3 },
	{ S("<a@b> <c@d> <e@f>"), 3 },
	{ S("\"a, b@c, d@e"), 3 },
	{ S("(a, b@c, d@e"), 3 },
	{ S("((a, b@c), d@e, f@g"), 4 },
	{ S("a@[b, c@d, e@f"), 3 },
	{ S("<a@b, c@d, e@f"), 3 },
	{ S("<@x, a@b, c@d"), 2 },
	{ S("<@x, <a@b>, c@d"), 2 },
	{ S("=?utf-8?q?Doe, John?= <a@b>"), 2 },
	{ S("=?utf-8?q?Doe,_John?= <a@b>"), 1 },
	{ S("=?utf-8?q?Doe,John <a@b>, c@d"), 3 },
	{ S("=?a, =?b, =?c"), 3 },
	{ S("<>"), 0 }, { S("nobody <>, a@b"), 1 }, { S("< >"), 0 },
	{ S("(only a comment)"), 0 },
	{ S("G: a@b, H: c@d, e@f"), 3 },
	{ S(":::a@b"), 1 }, { S(">>> a@b"), 1 }, { S("a\\,b@c, d@e"), 2 },
	{ S("a@b\\"), 1 }, { S("a\0b@c, \0"), 2 }, { S("<\\"), 1 },
};

static void
addresses_are_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ordinary); i++)
		if (address_count(ordinary[i].value) != ordinary[i].count)
			fail_msg("%.*s: %zu", SPAN_ARG(ordinary[i].value),
			    address_count(ordinary[i].value));
	for (size_t i = 0; i < COUNT(broken); i++)
		if (address_count(broken[i].value) != broken[i].count)
			fail_msg("%.*s: %zu", SPAN_ARG(broken[i].value),
			    address_count(broken[i].value));
}

/* Addresses with a blank between; test_addresses.py asks Python, too. */
static const struct {
	struct span value;
	const char *want;
} named[] = {
	{ S(" a@b"), "a@b" }, { S(" A <a@b>, c@d (x)"), "a@b c@d" },
	{ S("\"x@y\" <a@b>"), "a@b" }, { S("x@y <a@b>"), "a@b" },
	{ S("=?utf-8?q?x=40y?= <a@b>"), "a@b" },
	{ S("=?utf-8?q?x@y,z@z?= <a@b>"), "a@b" },
	{ S("Friends: a@b, C <c@d>;, e@f"), "a@b c@d e@f" },
	{ S("undisclosed-recipients:;"), "" }, { S(""), "" }, { S("<>"), "" },
	{ S("a (x) . b@c . (y) d"), "a.b@c.d" }, { S("a\n @\n b"), "a@b" },
	{ S("<@x,@y:a@b>"), "a@b" }, { S("<(x) a@b (y)>"), "a@b" },
	{ S("\"a,b\"@c"), "\"a,b\"@c" }, { S("\"a\r\n.b\"@c"), "\"a.b\"@c" },
	{ S("a@[ 192.0.2.1\n ]"), "a@[192.0.2.1]" },
	{ S("a@[IPv6:::1]"), "a@[IPv6:::1]" },
	{ S("root"), "root" }, { S("<root>"), "root" },
	{ S("John Q. Public"), "" }, { S("Mr. Public"), "Mr.Public" },
	/* What is broken may hide no address. */
	{ S("a@b c@d"), "a@b c@d" }, { S("<a@b c@d>"), "a@b c@d" },
	{ S("John a@b"), "a@b" }, { S("a@b John"), "a@b" },
	{ S("<a@b> <c@d>"), "a@b c@d" }, { S("<a@b, c@d"), "a@b c@d" },
	{ S("\"a <b@c>"), "b@c" }, { S("(a <b@c>"), "b@c" },
	{ S("> a@b"), "a@b" }, { S("a@b>"), "a@b" },
	{ S("a@b; c@d"), "a@b c@d" },
	{ S("(x) <a@b> y@z"), "a@b" }, { S("a@b@c"), "a@b@c" },
	{ S("@"), "@" }, { S("a\\ b@c"), "a\\ b@c" },
};

static void
addresses_are_read(void **state)
{
	struct buf address, got;

	(void)state;
	buf_init(&address, 100);
	buf_init(&got, 1000);
	for (size_t i = 0; i < COUNT(named); i++) {
		struct address_reader reader;

		buf_reset(&got);
		address_begin(&reader, named[i].value);
		while (address_next(&reader, &address)) {
			if (got.n > 0)
				buf_addc(&got, ' ');
			buf_add(&got, buf_span(&address));
		}
		expect(named[i].value, buf_span(&got),
		    span_of(named[i].want));
		assert_false(address_next(&reader, &address));
	}
	buf_clear(&address);
	buf_clear(&got);
}

static void
address_is_cut_at_its_bound(void **state)
{
	struct address_reader reader;
	struct buf address;

	(void)state;
	for (size_t max = 4; max <= 6; max++) {
		buf_init(&address, max);
		address_begin(&reader, SPAN("ab@cd, e@f"));
		assert_true(address_next(&reader, &address));
		assert_int_equal(address.cut, max < 5);
		assert_true(address_next(&reader, &address));
		assert_false(address.cut);
		assert_true(span_equal(buf_span(&address), SPAN("e@f")));
		buf_clear(&address);
	}
}

static size_t
read_all(struct span value)
{
	struct address_reader reader;
	struct buf address;
	size_t n = 0;

	buf_init(&address, 1024);
	address_begin(&reader, value);
	while (address_next(&reader, &address))
		n++;
	buf_clear(&address);
	return n;
}

/* A cost that grew with the square would not come to an end here. */
static void
cost_is_linear(void **state)
{
	static const char *const units[] = {
		"(", "\"", "[", "<", "=?", "=?a", "=?a?q?", "\\\"", "(\"",
		"(\\", "<@", "<@,", ", ", "<@x,", "a@b,", ":", "([\"", "<( ",
		"()", "=? ", "(()", "\"\"", "[=?", "a ", "a(b) ", "a@b ", "> ",
	};
	const size_t size = 4 << 20;
	struct buf value;

	(void)state;
	buf_init(&value, size);
	for (size_t i = 0; i < COUNT(units); i++) {
		buf_reset(&value);
		while (!value.cut)
			buf_add(&value, span_of(units[i]));
		assert_true(address_count(buf_span(&value)) <= size);
		assert_true(read_all(span_head(buf_span(&value),
		    size / 4)) <= size);
	}
	/* Blanks behind every '<' of a route that never comes. */
	buf_reset(&value);
	while (!value.cut)
		buf_add(&value, SPAN("<@                                ,"));
	assert_true(address_count(buf_span(&value)) <= size);
	buf_clear(&value);
}

static void
ways_are_seen(void **state)
{
	static const struct {
		struct span address;
		bool routed;
	} ways[] = {
		{ S("a@b.c"), false }, { S("a%x@b.c"), true },
		{ S("x!a@b.c"), true }, { S("\"a@x\"@b.c"), true },
		{ S("a@x@b.c"), true }, { S("%@b.c"), true },
		{ S("a@b%c"), false }, { S("a@[IPv6:::1]"), false },
		{ S("a"), false }, { S("a%b"), true }, { S(""), false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		assert_int_equal(address_routed(ways[i].address),
		    ways[i].routed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_is_taken_apart),
		cmocka_unit_test(split_at_the_last),
		cmocka_unit_test(forms_are_written),
		cmocka_unit_test(forms_round_trip),
		cmocka_unit_test(extensions_are_cut),
		cmocka_unit_test(ways_are_seen),
		cmocka_unit_test(addresses_are_counted),
		cmocka_unit_test(addresses_are_read),
		cmocka_unit_test(address_is_cut_at_its_bound),
		cmocka_unit_test(cost_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
