/* What is a header field, and which names mime_header_checks sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message/header.h"

#define S(literal)	{ "" literal, sizeof(literal) - 1 }

static const struct {
	struct span text;
	bool field;
	struct span name, value;
} fields[] = {
	{ S("Subject: x"), true, S("Subject"), S(" x") },
	{ S("Subject:x"), true, S("Subject"), S("x") },
	{ S("Subject:"), true, S("Subject"), S("") },
	{ S("S:\tx \t"), true, S("S"), S("\tx \t") },
	{ S("S :x"), true, S("S"), S("x") },
	{ S("S \t  : x"), true, S("S"), S(" x") },
	{ S("S: a\n b\n\tc"), true, S("S"), S(" a\n b\n\tc") },
	{ S("S: a:b"), true, S("S"), S(" a:b") },
	{ S("S: \0b"), true, S("S"), S(" \0b") },
	{ S("!#$%&'*+-./09;<=>?@[\\]^_`{|}~: x"), true,
	  S("!#$%&'*+-./09;<=>?@[\\]^_`{|}~"), S(" x") },
	{ S("--b: x"), true, S("--b"), S(" x") },
	{ S(""), false, S(""), S("") },
	{ S(":"), false, S(""), S("") },
	{ S(": x"), false, S(""), S("") },
	{ S(" : x"), false, S(""), S("") },
	{ S(" S: x"), false, S(""), S("") },
	{ S("Subject"), false, S(""), S("") },
	{ S("Subject "), false, S(""), S("") },
	{ S("two words: x"), false, S(""), S("") },
	{ S("S\n: x"), false, S(""), S("") },
	{ S("S \n: x"), false, S(""), S("") },
	{ S("S\0: x"), false, S(""), S("") },
	{ S("S\x1f: x"), false, S(""), S("") },
	{ S("S\x7f: x"), false, S(""), S("") },
	{ S("S\xc3\xa9: x"), false, S(""), S("") },
	{ S("S\r: x"), false, S(""), S("") },
};

static void
a_field_is_parsed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct field got = { { "", 0 }, { "", 0 } };

		if (field_parse(fields[i].text, &got) != fields[i].field)
			fail_msg("\"%.*s\": %s", SPAN_ARG(fields[i].text),
			    fields[i].field ? "not a field" : "a field");
		if (!span_equal(got.name, fields[i].name) ||
		    !span_equal(got.value, fields[i].value))
			fail_msg("\"%.*s\": \"%.*s\" and \"%.*s\"",
			    SPAN_ARG(fields[i].text), SPAN_ARG(got.name),
			    SPAN_ARG(got.value));
	}
}

static const struct {
	const char *name;
	bool mime;
} names[] = {
	{ "MIME-Version", true },
	{ "mime-version", true },
	{ "Content-Type", true },
	{ "CONTENT-TYPE", true },
	{ "Content-Transfer-Encoding", true },
	{ "Content-Disposition", true },
	{ "Content-ID", true },
	{ "Content-Id", true },
	{ "Content-Description", true },
	{ "Content-Length", false },
	{ "Content-Language", false },
	{ "Content-", false },
	{ "Content", false },
	{ "Content-Typ", false },
	{ "Content-Types", false },
	{ "X-Content-Type", false },
	{ "Type", false },
	{ "MIME-Version2", false },
	{ "", false },
};

static void
six_names_are_mime(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (field_is_mime(span_of(names[i].name)) != names[i].mime)
			fail_msg("%s", names[i].name);
}

static void
four_names_are_dropped(void **state)
{
	static const char *const yes[] = { "Bcc", "BCC", "Resent-Bcc",
	    "content-length", "Return-Path" };
	static const char *const no[] = { "Cc", "Bcc2", "Content-Type", "",
	    "X-Return-Path", "Resent-Cc" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(field_is_dropped(span_of(yes[i])));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(field_is_dropped(span_of(no[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_is_parsed),
		cmocka_unit_test(six_names_are_mime),
		cmocka_unit_test(four_names_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
