/* Header fields in ASCII: what is sent, and that a reader sees the text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message/encoded.h"
#include "message/readable.h"

#define S(literal)	{ "" literal, sizeof(literal) - 1 }
#define TEN(x)		x x x x x x x x x x

static const struct {
	struct span name, value, want;	/* empty: it cannot be */
} cases[] = {
	{ S("Subject"), S(" plain \"text\""), S(" plain \"text\"") },
	{ S("Subject"), S(" \xc3\xa9"), S(" =?utf-8?B?w6k=?=") },
	{ S("Subject"), S(" [x] caf\xc3\xa9 y"),
	  S(" [x] =?utf-8?B?Y2Fmw6k=?= y") },
	{ S("X-Any"), S(" \xc3\xa9 a b\xc3\xa9"),
	  S(" =?utf-8?B?w6kgYSBiw6k=?=") },
	/* 45 bytes, of which the last character is whole; and 46. */
	{ S("Subject"), S(" " TEN("abcd") "abc\xc3\xa9"),
	  S(" =?utf-8?B?YWJjZGFiY2RhYmNkYWJjZGFiY2RhYmNkYWJjZGFiY2RhYmNk"
	  "YWJjZGFiY8Op?=") },
	{ S("Subject"), S(" " TEN("abcd") "abcd\xc3\xa9"),
	  S(" =?utf-8?B?YWJjZGFiY2RhYmNkYWJjZGFiY2RhYmNkYWJjZGFiY2RhYmNk"
	  "YWJjZGFiY2Q=?=\n =?utf-8?B?w6k=?=") },
	{ S("From"), S(" \"J\xc3\xa9 \\\" x\" <a@b.c>, d@e.f"),
	  S(" =?utf-8?B?SsOpICIgeA==?= <a@b.c>, d@e.f") },
	{ S("reply-to"), S("\xc3\xa9<a@b.c>"),
	  S("=?utf-8?B?w6k=?= <a@b.c>") },
	{ S("Resent-To"), S(" \xc3\xa9: a@b.c;"),
	  S(" =?utf-8?B?w6k=?= : a@b.c;") },
	{ S("To"), S(" a@b.c (\xc3\xa9)"), S(" a@b.c (=?utf-8?B?w6k=?=)") },
	{ S("To"), S(" \xc3\xa9@b.c"), S("") },
	{ S("To"), S(" x <a@\xc3\xa9.c>"), S("") },
	{ S("To"), S(" \"\xc3\xa9"), S("") },
	{ S("To"), S(" x (\xc3\xa9"), S(" x (=?utf-8?B?w6k=?=)") },
	{ S("Message-ID"), S(" <\xc3\xa9@x>"), S("") },
	{ S("Resent-Date"), S(" \xc3\xa9"), S("") },
	{ S("Subject"), S(" \xe9"), S("") },
	{ S("Content-Disposition"),
	  S(" attachment; filename=\"\xc3\xa9 %.txt\"; x=y"),
	  S(" attachment;\n filename*=utf-8''%C3%A9%20%25.txt;\n x=\"y\"") },
	{ S("Content-Type"), S(" a/b; name=\"" TEN("12345") "12345678\xc3\xa9"
	  "3\""), S(" a/b;\n name*0*=utf-8''" TEN("12345")
	  "12345678%C3%A9;\n name*1*=3") },
	{ S("Content-Type"), S(" \xc3\xa9; name=x"), S("") },
	{ S("Content-Type"), S(" a/b; " TEN("abcdef") "=\xc3\xa9"),
	  S(" a/b;\n " TEN("abcdef") "*=utf-8''%C3%A9") },
	{ S("Content-Type"), S(" a/b; " TEN("abcdef") "g=\xc3\xa9"), S("") },
	{ S("Content-Type"), S(" a/b; \xc3\xa9=x"), S("") },
};

static bool
is_sendable(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return false;
	return true;
}

static void
expect_same_reading(const struct field *field, struct span sent)
{
	const struct field other = { field->name, sent };
	struct buf want, got;

	buf_init(&want, readable_room(field));
	buf_init(&got, readable_room(&other));
	assert_true(readable_field(field, &want));
	assert_true(readable_field(&other, &got));
	if (!span_equal(buf_span(&want), buf_span(&got)))
		fail_msg("%s is read as\n%s", buf_string(&want),
		    buf_string(&got));
	buf_clear(&want);
	buf_clear(&got);
}

static void
fields_become_ascii(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct field field = { cases[i].name, cases[i].value };
		const char *why = NULL;
		struct buf out;
		bool done;

		buf_init(&out, ENCODED_ROOM(field.value.n));
		done = encoded_value(&field, &out, &why);
		assert_int_equal(done, cases[i].want.n > 0);
		if (!done)
			assert_non_null(why);
		if (done && !span_equal(buf_span(&out), cases[i].want))
			fail_msg("%zu: %s", i, buf_string(&out));
		buf_clear(&out);
	}
}

/* Anything, in any field: ASCII comes out, and a reader sees the same. */
static void
readers_see_the_text(void **state)
{
	static const struct span names[] = {
		S("Subject"), S("From"), S("Content-Type"),
		S("Content-Disposition"), S("X-Other")
	};
	static const char *const pieces[] = {
		"a", "bc ", " ", "\xc3\xa9", "\xe2\x82\xac", "\"", "<a@b.c>",
		",", "(x", ")", "; n=", "\\", "\xf0\x9f\x98\x80", "=", "%"
	};
	unsigned seed = 20261120;

	(void)state;
	for (unsigned n = 0; n < 20000; n++) {
		struct field field = { names[n % 5], { NULL, 0 } };
		const char *why;
		struct buf value, out;

		buf_init(&value, 1000);
		buf_addc(&value, ' ');
		for (unsigned i = 0; i < n % 31; i++) {
			seed = seed * 1103515245 + 12345;
			buf_add(&value, span_of(pieces[(seed >> 16) % 15]));
		}
		field.value = buf_span(&value);
		buf_init(&out, ENCODED_ROOM(value.n));
		if (encoded_value(&field, &out, &why)) {
			assert_true(is_sendable(buf_span(&out)));
			assert_false(out.cut);
			if (n % 5 == 0 || n % 5 == 4)
				expect_same_reading(&field, buf_span(&out));
		} else {
			assert_true(n % 5 >= 1 && n % 5 <= 3);
		}
		buf_clear(&value);
		buf_clear(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_become_ascii),
		cmocka_unit_test(readers_see_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
