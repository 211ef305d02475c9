/* Untrusted text made printable; what is UTF-8 is iconv's to say. */
#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/printable.h"

#define S(literal)	SPAN_INIT(literal)

static const struct {
	const char *name;
	struct span in;
	size_t max;
	struct span want;
} cases[] = {
	{ "empty", S(""), 9, S("") },
	{ "plain", S("a b~"), 9, S("a b~") },
	{ "controls", S("a\0\t\r\n\x1b\x7fz"), 9, S("a??????z") },
	{ "C1, written as UTF-8", S("a\xc2\x80\xc2\x9bz"), 9,
	    S("a??z") },
	{ "C1's end", S("\xc2\x9f\xc2\xa0"), 9, S("?\xc2\xa0") },
	{ "directions", S("a\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\xaa"
	    "\xe2\x80\xae\xe2\x81\xa6\xe2\x81\xa9z"), 9, S("a???????z") },
	{ "ends of lines", S("\xe2\x80\xa8\xe2\x80\xa9"), 9, S("??") },
	{ "beside these", S("\xe2\x80\x8d\xe2\x80\xaf\xe2\x81\xa5"), 9,
	    S("\xe2\x80\x8d\xe2\x80\xaf\xe2\x81\xa5") },
	{ "C1, bare", S("\x9b" "31m"), 9, S("?31m") },
	{ "latin-1", S("caf\xe9 au"), 9, S("caf? au") },
	{ "two, three, four", S("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
	    9, S("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") },
	{ "overlong", S("\xc0\xaf\xe0\x80\xaf"), 9, S("?????") },
	{ "surrogate", S("\xed\xa0\x80"), 9, S("???") },
	{ "past U+10FFFF", S("\xf4\x90\x80\x80"), 9, S("????") },
	{ "broken off", S("\xe2\x82"), 9, S("??") },
	{ "broken off, then text", S("\xe2\x82z"), 9, S("??z") },
	{ "one below", S("abcd"), 5, S("abcd") },
	{ "at the bound", S("abcde"), 5, S("abcde") },
	{ "one past", S("abcdef"), 5, S("ab...") },
	{ "only dots fit", S("abcd"), 3, S("...") },
	{ "three", S("abc"), 3, S("abc") },
	{ "less than three", S("abcd"), 0, S("...") },
	{ "between characters", S("a\xc3\xa9z9999"), 5, S("a...") },
	{ "behind one", S("a\xc3\xa9z9999"), 6, S("a\xc3\xa9...") },
	{ "ends in one", S("abc\xc3\xa9"), 5, S("abc\xc3\xa9") },
	{ "shrinks to fit", S("abc\xc2\x80\xc2\x80"), 5, S("abc??") },
};

static void
adds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;

		buf_init(&out, 100);
		buf_add(&out, SPAN("<"));
		printable_add(&out, cases[i].in, cases[i].max);
		if (!span_equal(span_skip(buf_span(&out), 1), cases[i].want))
			fail_msg("%s: got %.*s", cases[i].name,
			    SPAN_ARG(buf_span(&out)));
		assert_false(out.cut);
		buf_clear(&out);
	}
}

static void
respects_the_buffer(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 4);
	printable_add(&out, SPAN("abcdef"), 100);
	assert_true(span_equal(buf_span(&out), SPAN("abcd")));
	assert_true(out.cut);
	buf_clear(&out);
}

/* 47 bytes fit; of a longer text the end gives way to the dots. */
static void
excerpts(void **state)
{
	static const char text[] = "0123456789012345678901234567890123456789"
	    "0123456789";
	char out[PRINTABLE_EXCERPT];

	(void)state;
	for (size_t n = 46; n <= 48; n++) {
		printable_excerpt(span_make(text, n), out);
		assert_int_equal(strlen(out), n < 48 ? n : 47);
		assert_memory_equal(out, text, n < 48 ? n : 44);
	}
	assert_string_equal(out + 44, "...");
	printable_excerpt(SPAN("a\0b"), out);
	assert_string_equal(out, "a?b");
}

static bool
iconv_takes(iconv_t utf32, const unsigned char *p, size_t n)
{
	unsigned char from[4], to[64];
	char *in = (char *)from, *out = (char *)to;
	size_t left = n, room = sizeof(to);

	memcpy(from, p, n);
	iconv(utf32, NULL, NULL, NULL, NULL);
	return iconv(utf32, &in, &left, &out, &room) != (size_t)-1;
}

/*
 * Against iconv: all pairs of bytes, followed by two of those that stand at
 * the ends of ranges.
 */
static void
as_iconv(void **state)
{
	static const unsigned char tails[] = { 0x41, 0x7f, 0x80, 0xbf, 0xc0 };
	const size_t n = sizeof(tails);
	iconv_t utf32 = iconv_open("UTF-32LE", "UTF-8");

	(void)state;
	assert_ptr_not_equal(utf32, (iconv_t)-1);
	for (size_t i = 0; i < 65536 * n * n; i++) {
		unsigned char p[4] = {
			(unsigned char)(i & 255), (unsigned char)(i >> 8 & 255),
			tails[(i >> 16) % n], tails[(i >> 16) / n],
		};
		struct span text = span_make((const char *)p, 4);
		size_t got = utf8_char(text), want = 0;

		for (size_t k = 1; want == 0 && k <= 4; k++)
			if (iconv_takes(utf32, p, k))
				want = k;
		if (got != want)
			fail_msg("%02x %02x %02x %02x: %zu, iconv %zu", p[0],
			    p[1], p[2], p[3], got, want);
		/* Cut short, it is no character and is not read past. */
		for (size_t k = 0; k < got; k++)
			assert_int_equal(utf8_char(span_head(text, k)), 0);
		if (utf8_valid(text) != iconv_takes(utf32, p, 4))
			fail_msg("%02x %02x %02x %02x: valid", p[0], p[1],
			    p[2], p[3]);
	}
	iconv_close(utf32);
}

static void
ascii_is_left(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	printable_ascii(&out, SPAN("a\n\x7f\xc3\xa9\xe2\x80\xae\xe9\0"
	    "\xf0\x9f\x98\x80z"));
	assert_string_equal(buf_string(&out), "a???????z");
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds),
		cmocka_unit_test(respects_the_buffer),
		cmocka_unit_test(excerpts),
		cmocka_unit_test(as_iconv),
		cmocka_unit_test(ascii_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
