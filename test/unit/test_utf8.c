/* What is a character in UTF-8, and what is done with what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"

static const struct {
	struct span in;
	enum utf8 want;
	uint32_t code;
	size_t n;
} cases[] = {
	{ SPAN_INIT("a"), UTF8_GOOD, 'a', 1 },
	{ SPAN_INIT("\0"), UTF8_GOOD, 0, 1 },
	{ SPAN_INIT("\x7f"), UTF8_GOOD, 0x7f, 1 },
	{ SPAN_INIT("\xc2\x80"), UTF8_GOOD, 0x80, 2 },
	{ SPAN_INIT("\xdf\xbf" "x"), UTF8_GOOD, 0x7ff, 2 },
	{ SPAN_INIT("\xe0\xa0\x80"), UTF8_GOOD, 0x800, 3 },
	{ SPAN_INIT("\xed\x9f\xbf"), UTF8_GOOD, 0xd7ff, 3 },
	{ SPAN_INIT("\xee\x80\x80"), UTF8_GOOD, 0xe000, 3 },
	{ SPAN_INIT("\xf0\x90\x80\x80"), UTF8_GOOD, 0x10000, 4 },
	{ SPAN_INIT("\xf4\x8f\xbf\xbf"), UTF8_GOOD, 0x10ffff, 4 },
	{ SPAN_INIT("\x80"), UTF8_BAD, 0, 1 },
	{ SPAN_INIT("\xc0\x80"), UTF8_BAD, 0, 1 },
	{ SPAN_INIT("\xc1\xbf"), UTF8_BAD, 0, 1 },
	{ SPAN_INIT("\xe0\x9f\xbf"), UTF8_BAD, 0, 1 },
	{ SPAN_INIT("\xed\xa0\x80"), UTF8_BAD, 0, 1 },
	{ SPAN_INIT("\xf0\x8f\xbf\xbf"), UTF8_BAD, 0, 1 },
	{ SPAN_INIT("\xf4\x90\x80\x80"), UTF8_BAD, 0, 1 },
	{ SPAN_INIT("\xf5\x80\x80\x80"), UTF8_BAD, 0, 1 },
	{ SPAN_INIT("\xff"), UTF8_BAD, 0, 1 },
	{ SPAN_INIT("\xe2\x82" "x"), UTF8_BAD, 0, 2 },
	{ SPAN_INIT("\xf0\x9f\x98" "x"), UTF8_BAD, 0, 3 },
	{ SPAN_INIT("\xc3"), UTF8_CUT, 0, 1 },
	{ SPAN_INIT("\xe2\x82"), UTF8_CUT, 0, 2 },
	{ SPAN_INIT("\xf0\x9f\x98"), UTF8_CUT, 0, 3 },
};

static void
reads_characters(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t code;
		size_t n;

		if (utf8_next(cases[i].in, &code, &n) != cases[i].want ||
		    n != cases[i].n || (cases[i].want == UTF8_GOOD &&
		    code != cases[i].code))
			fail_msg("case %zu: U+%04X in %zu", i, code, n);
	}
}

/* Behind a good one, and where it is all good but for what follows. */
static void
knows_what_is_valid(void **state)
{
	(void)state;
	assert_true(utf8_is_valid(SPAN("")));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text;

		buf_init(&text, 100);
		buf_add(&text, SPAN("a\xe2\x82\xac"));
		buf_add(&text, cases[i].in);
		if (utf8_is_valid(buf_span(&text)) !=
		    (cases[i].want == UTF8_GOOD))
			fail_msg("case %zu", i);
		buf_clear(&text);
	}
}

static void
writes_what_it_reads(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 16);
	for (uint32_t code = 0; code < 0x110010; code++) {
		bool none = code > 0x10ffff ||
		    (code >= 0xd800 && code < 0xe000);
		uint32_t got = 0;
		size_t n = 0;

		buf_reset(&out);
		assert_true(utf8_add(&out, code));
		assert_int_equal(utf8_next(buf_span(&out), &got, &n),
		    UTF8_GOOD);
		assert_int_equal(n, out.n);
		assert_int_equal(got, none ? UTF8_REPLACEMENT : code);
	}
	buf_clear(&out);
}

static void
adds_no_half_character(void **state)
{
	(void)state;
	for (size_t max = 1; max < 8; max++) {
		struct buf out;
		size_t want = max < 4 ? 1 : max < 7 ? 4 : 7;

		buf_init(&out, max);
		assert_int_equal(utf8_add_valid(&out,
		    SPAN("a\xe2\x82\xac\xe2\x82\xac")), max == 7);
		assert_int_equal(out.n, want);
		buf_clear(&out);

		buf_init(&out, max);
		utf8_add(&out, 'a');
		assert_int_equal(utf8_add(&out, 0x20ac), max > 3);
		assert_int_equal(out.n, max > 3 ? 4 : 1);
		assert_int_equal(out.cut, max < 4);
		buf_clear(&out);
	}
}

static void
marks_what_is_bad(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	assert_true(utf8_add_valid(&out,
	    SPAN("\xff" "a\xe2\x82" "b\xed\xa0\x80" "c\xc3")));
	assert_true(span_equal(buf_span(&out), SPAN("\xef\xbf\xbd" "a"
	    "\xef\xbf\xbd" "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "c"
	    "\xef\xbf\xbd")));
	buf_clear(&out);
}

static void
fits_whole_characters(void **state)
{
	struct span s = SPAN("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
	static const size_t want[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11 };

	(void)state;
	for (size_t n = 0; n < sizeof(want) / sizeof(want[0]); n++)
		assert_int_equal(utf8_fit(s, n), want[n]);
	assert_int_equal(utf8_fit(s, 100), 11);
}

static void
knows_space_and_control(void **state)
{
	size_t spaces = 0, controls = 0;
	struct buf out;

	(void)state;
	buf_init(&out, 4);
	for (uint32_t code = 0; code < 0x110000; code++) {
		size_t space, control;

		buf_reset(&out);
		utf8_add(&out, code);
		space = utf8_space(buf_span(&out));
		control = utf8_control(buf_span(&out));
		assert_true(space == 0 || space == out.n);
		assert_true(control == 0 || control == out.n);
		assert_int_equal(control > 0,
		    code < 0x20 || (code >= 0x7f && code < 0xa0));
		spaces += space > 0;
		controls += control > 0;
	}
	/* The property White_Space of Unicode 15 has so many. */
	assert_int_equal(spaces, 25);
	assert_int_equal(controls, 65);
	assert_int_equal(utf8_space(SPAN("")), 0);
	assert_int_equal(utf8_space(SPAN("\xe2\x80")), 0);
	assert_int_equal(utf8_control(SPAN("")), 0);
	assert_int_equal(utf8_control(SPAN("\xc2")), 0);
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_characters),
		cmocka_unit_test(knows_what_is_valid),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(adds_no_half_character),
		cmocka_unit_test(marks_what_is_bad),
		cmocka_unit_test(fits_whole_characters),
		cmocka_unit_test(knows_space_and_control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
