/* Encoded words as readers show them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "message/words.h"

#define S(literal)	SPAN_INIT(literal)
#define FFFD		"\xef\xbf\xbd"

static const struct {
	const char *name;
	struct span in, want;
} cases[] = {
	{ "nothing", S(""), S("") },
	{ "plain", S(" Hello, world "), S("Hello, world") },
	{ "q", S("=?utf-8?q?caf=C3=A9_au_lait?="), S("caf\xc3\xa9 au lait") },
	{ "b", S("=?UTF-8?B?Y2Fmw6k=?="), S("caf\xc3\xa9") },
	{ "small hex", S("=?utf-8?Q?=c3=a9?="), S("\xc3\xa9") },
	{ "no hex", S("=?utf-8?q?a=4?= =?utf-8?q?=GZ=?="), S("a=4=GZ=") },
	{ "empty", S("a =?utf-8?q?\?= b"), S("a b") },
	{ "text on both sides", S("a =?utf-8?q?b?= c"), S("a b c") },
	{ "neighbours", S("=?utf-8?q?a?= =?utf-8?q?b?="), S("ab") },
	{ "neighbours in folds", S("=?utf-8?q?a?=\n\t =?utf-8?q?b?=\r\n c"),
	    S("ab c") },
	{ "no blank", S("x=?utf-8?q?a?==?utf-8?q?b?=y"), S("xaby") },
	{ "a split character", S("=?utf-8?q?=C3?= =?utf-8?q?=A9?="),
	    S("\xc3\xa9") },
	{ "split, q and b", S("=?utf-8?q?=C3?= =?UTF-8?b?qQ==?="),
	    S("\xc3\xa9") },
	{ "split, not healed", S("=?utf-8?q?=C3?= x =?utf-8?q?=A9?="),
	    S(FFFD " x " FFFD) },
	{ "split by another set", S("=?utf-8?q?=C3?= =?gb2312?q?a?= "
	    "=?utf-8?q?=A9?="), S(FFFD "a" FFFD) },
	{ "two sets", S("=?iso-8859-1?q?=E9?= =?koi8-r?q?=F7?="),
	    S("\xc3\xa9\xd0\x92") },
	{ "split euc", S("=?euc-jp?q?=C6?= =?euc-jp?q?=FC?="),
	    S("\xe6\x97\xa5") },
	{ "shifts end with the word", S("=?iso-2022-jp?b?GyRCRnw=?= "
	    "=?iso-2022-jp?q?Viagra?="), S("\xe6\x97\xa5Viagra") },
	{ "language", S("=?us-ascii*en-us?q?hi?="), S("hi") },
	{ "in quotes", S("\"=?utf-8?q?a?= b\" <x@y>"), S("\"a b\" <x@y>") },
	{ "in a comment", S("(=?utf-8?q?a?=)"), S("(a)") },
	{ "blanks within", S("=?utf-8?q?a b?="), S("a b") },
	{ "base64 in a fold", S("=?utf-8?b?Vmlh\n Z3Jh?="), S("Viagra") },
	{ "base64, no padding", S("=?utf-8?b?Vmk?="), S("Vi") },
	{ "base64, padding within", S("=?utf-8?b?VmlhZw==cmE=?="),
	    S("Viagra") },
	{ "base64 with junk", S("=?utf-8?b?V!m*l-h_Z 3Jh?="), S("Viagra") },
	{ "base64, a digit too many", S("=?utf-8?b?Vmlhg?="), S("Via") },
	{ "question mark", S("=?utf-8?q?why?not?="), S("why?not") },
	{ "escape at once", S("=?utf-8?q?=41?="), S("A") },
	{ "a word in a word", S("=?utf-8?q?x =?utf-8?b?VmlhZ3Jh?="),
	    S("=?utf-8?q?x Viagra") },
	{ "no end", S("=?utf-8?q?abc"), S("=?utf-8?q?abc") },
	{ "half an end", S("=?utf-8?q?abc?"), S("=?utf-8?q?abc?") },
	{ "no encoding", S("=?utf-8?x?abc?="), S("=?utf-8?x?abc?=") },
	{ "no set", S("=?\?q?caf=E9?="), S("caf\xc3\xa9") },
	{ "blank in the set", S("=?utf 8?q?a?="), S("=?utf 8?q?a?=") },
	{ "a long set", S("=?xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxx?q?a?="),
	    S("=?xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxx?q?a?=") },
	{ "unknown set", S("=?x-nobody?q?caf=E9?="), S("caf" FFFD) },
	{ "unknown set, UTF-8", S("=?x-nobody?q?caf=C3=A9?="),
	    S("caf\xc3\xa9") },
	{ "a lie", S("=?us-ascii?q?caf=E9?="), S("caf" FFFD) },
	{ "raw UTF-8", S("caf\xc3\xa9"), S("caf\xc3\xa9") },
	{ "raw 8 bit", S("caf\xe9 =?utf-8?q?=C3=A9?= \xe9"),
	    S("caf\xc3\xa9 \xc3\xa9 \xc3\xa9") },
	{ "raw 8 bit in a word", S("=?utf-8?q?caf\xc3\xa9?="),
	    S("caf\xc3\xa9") },
	{ "base64 of UTF-16", S("=?utf-16?b?/v8AVgBpAGEAZwByAGE=?="),
	    S("Viagra") },
	{ "a mark in each word", S("=?utf-16?b?//5hAA==?= "
	    "=?utf-16?b?/v8AYg==?="), S("ab") },
	{ "a mark in each word, UTF-8", S("=?utf-8?b?77u/YQ==?= "
	    "=?utf-8?q?=EF=BB=BFb?="), S("ab") },
	{ "UTF-7", S("=?utf-7?q?+AFYAaQBhAGcAcgBh-?="), S("Viagra") },
	{ "line ends within", S("=?utf-8?q?a=0D=0AX:_b?="), S("a X: b") },
	{ "control characters", S("V=?utf-8?q?i=00a=07g?=\x08ra"),
	    S("Viagra") },
	{ "white space", S("a \n\t\v\f\r  b\t"), S("a b") },
	{ "white space of Unicode", S("a\xc2\xa0\xe2\x80\x83" "b=?utf-8?q?"
	    "=E3=80=80=C2=85c=C2=80d?="), S("a b cd") },
	{ "not decoded twice", S("=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?="),
	    S("=?utf-8?q?a?=") },
};

static void
decodes(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&out);
		assert_true(words_decode(cases[i].in, &out));
		words_squeeze(&out, 0);
		if (!span_equal(buf_span(&out), cases[i].want))
			fail_msg("%s: got \"%.*s\"", cases[i].name,
			    SPAN_ARG(buf_span(&out)));
	}
	buf_clear(&out);
}

static void
squeezes_from_there(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	buf_add(&out, SPAN("A:  \t b  c "));
	words_squeeze(&out, 3);
	assert_true(span_equal(buf_span(&out), SPAN("A: b c")));
	words_squeeze(&out, 6);
	assert_int_equal(out.n, 6);
	buf_clear(&out);
}

/* Each of these many times over must take no longer than its length. */
static const char *const many[] = {
	"=?utf-8?q?a?= ", "=?", "=?utf-8?q?", "=?utf-8?q?=?utf-8?b?",
	"=?iso-2022-jp?b?GyRCRnw=?= =?koi8-r?q?=F7?= ", "\xe9=?x?b?\?=",
	"=?utf-8?q?a?=           ", "?=", "=?utf-8?q?\xf0\x9f?=", "=?a",
};

static void
stays_linear(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
		size_t length = strlen(many[i]);
		struct buf in, out;

		buf_init(&in, 10000 * length);
		for (size_t n = 0; n < 10000; n++)
			buf_add(&in, span_of(many[i]));
		buf_init(&out, 3 * in.n);
		assert_true(words_decode(buf_span(&in), &out));
		if (i == 0)
			assert_int_equal(out.n, 10000 + 1);
		buf_clear(&in);
		buf_clear(&out);
	}
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Whatever comes: valid UTF-8 of at most three times the length. */
static void
survives_anything(void **state)
{
	static const char *const pieces[] = { "=?", "?=", "?q?", "?B?", "?",
	    "=", "utf-8", "utf-16", "iso-2022-jp", "big5", "=C3", "=A9", "4Kw",
	    "\xe2\x82", "\xff", " ", "\n ", "_", "a", "*de", "\"" };
	uint32_t seed = 1, code;
	struct buf in, out;
	size_t n;

	(void)state;
	print_message("seed 1\n");
	buf_init(&in, 1000);
	for (size_t i = 0; i < 20000; i++) {
		buf_reset(&in);
		for (size_t left = next_random(&seed) % 30; left > 0; left--)
			buf_add(&in, span_of(pieces[next_random(&seed) %
			    (sizeof(pieces) / sizeof(pieces[0]))]));
		buf_init(&out, 3 * in.n);
		assert_true(words_decode(buf_span(&in), &out));
		for (size_t at = 0; at < out.n; at += n)
			assert_int_equal(utf8_next(span_skip(buf_span(&out),
			    at), &code, &n), UTF8_GOOD);
		buf_clear(&out);
	}
	buf_clear(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes),
		cmocka_unit_test(squeezes_from_there),
		cmocka_unit_test(stays_linear),
		cmocka_unit_test(survives_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
