/* Translation between libmilter's terms and the session's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <sys/un.h>

#include "daemon/translate.h"

static void
addresses(void **state)
{
	static const struct { int family; const char *in, *want; } cases[] = {
		{ AF_INET, "192.0.2.1", "192.0.2.1" },
		{ AF_INET, "0.0.0.0", "0.0.0.0" },
		{ AF_INET6, "2001:DB8:0:0::1", "2001:db8::1" },
		{ AF_INET6, "::1", "::1" },
		{ AF_INET6, "::ffff:192.0.2.1", "192.0.2.1" },
		{ AF_INET6, "::192.0.2.1", "::192.0.2.1" },
		{ AF_INET6, "64:ff9b::192.0.2.1", "64:ff9b::c000:201" },
		{ AF_UNIX, NULL, "" }, { AF_UNSPEC, NULL, "" },
	};
	char text[INET6_ADDRSTRLEN];

	(void)state;
	assert_int_equal(translate_address(NULL, text).n, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		union {
			struct sockaddr any;
			struct sockaddr_in v4;
			struct sockaddr_in6 v6;
		} address;
		struct span got;

		memset(&address, 0, sizeof(address));
		address.any.sa_family = (sa_family_t)cases[i].family;
		if (cases[i].in != NULL)
			assert_int_equal(inet_pton(cases[i].family,
			    cases[i].in, cases[i].family == AF_INET ?
			    (void *)&address.v4.sin_addr :
			    (void *)&address.v6.sin6_addr), 1);
		got = translate_address(&address.any, text);
		assert_int_equal(got.n, strlen(cases[i].want));
		assert_memory_equal(got.n > 0 ? got.p : "", cases[i].want,
		    got.n);
	}
}

static void
utf8(void **state)
{
	char path[] = "<a@b>", size[] = "SIZE=1", word[] = "smtpUTF8";
	char more[] = "SMTPUTF8=x", alone[] = "SMTPUTF8";
	char *given[] = { path, size, word, NULL };
	char *not_given[] = { path, size, more, NULL };
	char *as_path[] = { alone, NULL }, *nothing[] = { NULL };

	(void)state;
	assert_true(translate_utf8(given));
	assert_false(translate_utf8(not_given));
	assert_false(translate_utf8(as_path));
	assert_false(translate_utf8(nothing));
}

static void
sizes(void **state)
{
	static const struct { const char *args[5]; uint64_t want; } cases[] = {
		{ { NULL }, 0 },
		{ { "<a@b>", NULL }, 0 },
		{ { "<a@b>", "SIZE=100", NULL }, 100 },
		{ { "<a@b>", "BODY=8BITMIME", "size=7", NULL }, 7 },
		{ { "SIZE=5", NULL }, 0 },
		{ { "<a@b>", "SIZE=", NULL }, 0 },
		{ { "<a@b>", "SIZE=-1", NULL }, 0 },
		{ { "<a@b>", "SIZE=1x", NULL }, 0 },
		{ { "<a@b>", "XSIZE=5", NULL }, 0 },
		{ { "<a@b>", "SIZE=18446744073709551614", NULL },
		    UINT64_MAX - 1 },
		{ { "<a@b>", "SIZE=18446744073709551615", NULL }, UINT64_MAX },
		{ { "<a@b>", "SIZE=18446744073709551616", NULL }, UINT64_MAX },
		{ { "<a@b>", "SIZE=99999999999999999999999", NULL },
		    UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char copies[5][64], *args[5] = { NULL };

		for (size_t j = 0; cases[i].args[j] != NULL; j++)
			args[j] = strcpy(copies[j], cases[i].args[j]);
		assert_int_equal(translate_size(args), cases[i].want);
	}
}

static void
replies(void **state)
{
	static const struct { const char *in, *want; } cases[] = {
		{ "", "" }, { "plain text", "plain text" },
		{ "100%", "100%%" }, { "%s%n", "%%s%%n" },
		{ "a\r\nb", "a  b" }, { "tab\there\x7f", "tab here " },
		{ "caf\xc3\xa9", "caf\xc3\xa9" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, REPLY_TEXT_MAX);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&out);
		translate_reply(span_of(cases[i].in), &out);
		assert_string_equal(buf_string(&out), cases[i].want);
	}
	/* A NUL would end it for libmilter. */
	buf_reset(&out);
	translate_reply(SPAN("a\0b"), &out);
	assert_string_equal(buf_string(&out), "a b");
	buf_clear(&out);
}

/* libmilter refuses one byte more; a "%%" is not cut in two. */
static void
reply_bound(void **state)
{
	static const struct { size_t plain, percent, want; } cases[] = {
		{ 979, 0, 979 }, { 980, 0, 980 }, { 981, 0, 980 },
		{ 978, 1, 980 }, { 979, 1, 979 }, { 0, 490, 980 },
		{ 0, 491, 980 }, { 1, 490, 979 }, { 5000, 0, 980 },
	};
	char text[6000];
	struct buf out;

	(void)state;
	buf_init(&out, REPLY_TEXT_MAX);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(text, 'x', cases[i].plain);
		memset(text + cases[i].plain, '%', cases[i].percent);
		buf_reset(&out);
		translate_reply(span_make(text, cases[i].plain +
		    cases[i].percent), &out);
		assert_int_equal(out.n, cases[i].want);
		assert_false(out.cut);
	}
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(sizes),
		cmocka_unit_test(utf8),
		cmocka_unit_test(replies),
		cmocka_unit_test(reply_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
