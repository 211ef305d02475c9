/* What is asked of spans, NUL bytes and empty spans included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/span.h"

#define S(literal)	SPAN_INIT(literal)

static void
expect_span(const char *name, struct span got, struct span want)
{
	if (!span_equal(got, want))
		fail_msg("%s: got \"%.*s\", want \"%.*s\"", name,
		    SPAN_ARG(got), SPAN_ARG(want));
}

static const struct {
	struct span a, b;
	bool equal, caseequal, starts, casestarts, ends;
} pairs[] = {
	{ S(""), S(""), true, true, true, true, true },
	{ { NULL, 0 }, S(""), true, true, true, true, true },
	{ S("ab"), { NULL, 0 }, false, false, true, true, true },
	{ { NULL, 0 }, S("a"), false, false, false, false, false },
	{ S("abc"), S("abc"), true, true, true, true, true },
	{ S("abc"), S("ab"), false, false, true, true, false },
	{ S("abc"), S("bc"), false, false, false, false, true },
	{ S("ab"), S("abc"), false, false, false, false, false },
	{ S("aBc"), S("AbC"), false, true, false, true, false },
	{ S("a\0b"), S("a\0c"), false, false, false, false, false },
	{ S("a\0b"), S("A\0B"), false, true, false, true, false },
	{ S("a\0bc"), S("a\0b"), false, false, true, true, false },
	/* 0x20 apart, but no letters; and letters, but not of ASCII. */
	{ S("@"), S("`"), false, false, false, false, false },
	{ S("["), S("{"), false, false, false, false, false },
	{ S("\xc9"), S("\xe9"), false, false, false, false, false },
};

static void
compares(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct span a = pairs[i].a, b = pairs[i].b;

		if (span_equal(a, b) != pairs[i].equal ||
		    span_caseequal(a, b) != pairs[i].caseequal ||
		    span_starts(a, b) != pairs[i].starts ||
		    span_casestarts(a, b) != pairs[i].casestarts ||
		    span_ends(a, b) != pairs[i].ends)
			fail_msg("pair %zu: \"%.*s\" and \"%.*s\"", i,
			    SPAN_ARG(a), SPAN_ARG(b));
	}
}

static const struct {
	struct span in;
	size_t n;
	struct span head, skip;
} cuts[] = {
	{ S("abc"), 0, S(""), S("abc") },
	{ S("abc"), 2, S("ab"), S("c") },
	{ S("abc"), 3, S("abc"), S("") },
	{ S("abc"), 4, S("abc"), S("") },
	{ S("abc"), SIZE_MAX, S("abc"), S("") },
	{ { NULL, 0 }, 1, S(""), S("") },
};

static void
cuts_at(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		expect_span("head", span_head(cuts[i].in, cuts[i].n),
		    cuts[i].head);
		expect_span("skip", span_skip(cuts[i].in, cuts[i].n),
		    cuts[i].skip);
	}
}

static const struct {
	struct span in;
	size_t first, last;	/* of '.' */
} finds[] = {
	{ { NULL, 0 }, 0, 0 },
	{ S("abc"), 3, 3 },
	{ S("."), 0, 0 },
	{ S("a.b.c"), 1, 3 },
	{ S("ab."), 2, 2 },
	{ S("\0.\0."), 1, 3 },
};

static void
finds_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(finds) / sizeof(finds[0]); i++) {
		assert_int_equal(span_find(finds[i].in, '.'), finds[i].first);
		assert_int_equal(span_rfind(finds[i].in, '.'), finds[i].last);
	}
}

static const struct {
	struct span in, trimmed, word, rest;
	bool digits;
} texts[] = {
	{ S(""), S(""), S(""), S(""), false },
	{ S(" \t\r\n\v\f"), S(""), S(""), S("\r\n\v\f"), false },
	{ S("one"), S("one"), S("one"), S(""), false },
	{ S("one \t two  "), S("one \t two"), S("one"),
	    S("two  "), false },
	{ S(" one"), S("one"), S(""), S("one"), false },
	{ S("one\n"), S("one"), S("one\n"), S(""), false },
	{ S("\0 x"), S("\0 x"), S("\0"), S("x"), false },
	{ S("0123456789"), S("0123456789"), S("0123456789"),
	    S(""), true },
	{ S("12a"), S("12a"), S("12a"), S(""), false },
	{ S("1 2"), S("1 2"), S("1"), S("2"), false },
	{ S("\xb2"), S("\xb2"), S("\xb2"), S(""), false },
};

static void
splits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct span rest = texts[i].in;

		expect_span("trim", span_trim(rest), texts[i].trimmed);
		assert_int_equal(span_digits(rest), texts[i].digits);
		expect_span("word", span_word(&rest), texts[i].word);
		expect_span("rest", rest, texts[i].rest);
	}
}

static void
looks_anywhere(void **state)
{
	(void)state;
	assert_true(span_casehas(SPAN("a Boundary=b"), SPAN("boundary")));
	assert_true(span_casehas(SPAN("xab"), SPAN("AB")));
	assert_false(span_casehas(SPAN("xab"), SPAN("ba")));
	assert_false(span_casehas(SPAN("a"), SPAN("ab")));
	assert_false(span_casehas(span_of(NULL), SPAN("a")));
}

static void
of_strings(void **state)
{
	(void)state;
	expect_span("of", span_of("ab"), SPAN("ab"));
	assert_int_equal(span_of(NULL).n, 0);
	assert_int_equal(SPAN("a\0b").n, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares),
		cmocka_unit_test(cuts_at),
		cmocka_unit_test(finds_byte),
		cmocka_unit_test(splits),
		cmocka_unit_test(looks_anywhere),
		cmocka_unit_test(of_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
