/* Folding to plain letters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "message/plain.h"

#define Z	PLAIN_ZERO_WIDTH
#define C	PLAIN_CONFUSABLE
#define N	PLAIN_NFKC
#define ALL	(Z | C | N)

static const struct {
	unsigned how;
	const char *text, *want;	/* NULL: as it is */
} folds[] = {
	{ ALL, "", NULL }, { ALL, "Buy V1agra, 100% @ $5!", NULL },
	{ ALL, "\uff36 \u0456 a g r \u0430", "V i a g r a" },
	{ 0, "\uff36\u200b\u0456", NULL },
	/* What nobody sees. */
	{ Z, "V\u200bi\u00ada\u2060g\u034fr\ufeffa", "Viagra" },
	{ Z, "\u202eV\u2066i\u2069\u200e\ufe0fa\U000e0101\U000e0041", "Via" },
	{ Z, "a\u180e\u3164\u115f\U000e0fff\ufffb.", "a." },
	{ Z, "\u00a0\u2003\uff36", NULL },
	{ Z, "a \u200b b \u200b\u200b\u200b c\u200b d \u200be",
	    "a b c d e" },
	{ Z, "\u200b a  b \u200b", "a  b" }, { Z, "\u200b \u200b", "" },
	{ C | N, "a\u200bb", NULL },
	/* Compatibility forms. */
	{ N, "\uff36\u24d8\U0001d41a\u24b6 \ufb01\u2026\u00a0x\u00b2",
	    "ViaA fi... x2" },
	{ N, "e\u0301 A\u030a \u1100\u1161\u11a8 \u212b",
	    "\u00e9 \u00c5 \uac01 \u00c5" },
	{ N, "a\u0315\u0300\u05ae\u0300b", "\u00e0\u05ae\u0300\u0315b" },
	{ N, "x\uff76\uff9e", "x\u30ac" },
	{ N, "\u0301x", NULL }, { N, "\xff\u0301", NULL },
	{ Z | N, "e\u200b\u0301", "\u00e9" },
	/* Letters that look like Latin ones, in Latin words. */
	{ C, "V\u0456\u0430gr\u0430", "Viagra" },
	{ C, "\u0420\u0430\u0443\u0420al", "PayPal" },
	{ C, "\u03a1\u03b1yP\u03b1l \u0391mazo\u0578", "PayPal Amazon" },
	{ C, "V\u0406AGR\u0410 V\u0399AGRA V\u0661agra V\u0660id",
	    "VIAGRA VIAGRA V1agra V\u0660id" },
	{ C, "\u1d20\u026a\u1d00\u0262\u0280\u1d00 \u0251\u0261",
	    "viagra ag" },
	{ C, "\U0001f1fb\U0001f1ee\U0001f170\U0001f150", "VIAA" },
	{ C, "\uff36\U0001d422\u24d0", "Via" },
	{ C, "V\u0457agra K\u03ac", "V\u00efagra K\u00e1" },
	{ C, "don\u2019t \u201cgo\u201d \u2013\u2014 a\u2044b",
	    "don't \"go\" -- a/b" },
	{ C, "10\u00d710 \u00d7 ma\u00d7", "10\u00d710 \u00d7 max" },
	{ Z | C, "V\u200b\u0456agra", "Viagra" },
	{ C, "V\u200b\u0456agra", "V\u200biagra" },
	/* Words of nothing but doubles, by what is around them. */
	{ C, "your \u0405\u0441\u043e\u0440\u0435", "your Scope" },
	{ C, "\u0440\u0430\u0443\u0440\u0430\u04cf", "paypai" },
	{ C, "\u0440\u043e\u0441\u0430 \u0436\u0438\u0437\u043d\u044c", NULL },
	{ C, "\u0440\u043e\u0441\u0430 \u0436\u0438", NULL },
	{ C, "\u0440\u043e\u0441\u0430 \u0436\u0438 ab",
	    "poca \u0436\u0438 ab" },
	{ C, "\u0440\u043e\u0441\u0430 \u0436\u0438 a", NULL },
	/* Cyrillic words with Latin letters in them. */
	{ C, "pacc\u044b\u043bka",
	    "\u0440\u0430\u0441\u0441\u044b\u043b\u043a\u0430" },
	{ C, "\u0436\u0438\u0437\u043d\u044c \u0442ec\u0442",
	    "\u0436\u0438\u0437\u043d\u044c \u0442\u0435\u0441\u0442" },
	{ C, "free \u0442ec\u0442", "free \u0442\u0435\u0441\u0442" },
	{ C, "free c\u043ec", "free coc" },
	{ C, "\u0436\u0438\u0437\u043d\u044c c\u043ec",
	    "\u0436\u0438\u0437\u043d\u044c \u0441\u043e\u0441" },
	{ C, "\u0443\u0442\u0440\u043e", NULL },
	{ C, "n\u0443\u0442", "nyt" },
	{ C, "V\u0456a\u0433gr\u0430\u0436", "Viargra\u0436" },
	/* What the text is in, stays. */
	{ ALL, "\u0431\u0443\u0440\u044f \u043c\u0433\u043b\u043e\u044e",
	    NULL },
	{ ALL, "\u03ba\u03b1\u03bb\u03ae \u03bc\u03ad\u03c1\u03b1", NULL },
	{ ALL, "S\u0131n\u0131r stra\u00dfe \u00f8re \u0142 na\u00efve",
	    NULL },
	{ ALL, "\u4f60\u597d \ud55c\uae00 \u05e9\u05dc\u05d5\u05dd", NULL },
	/* A Latin word in a text without blanks. */
	{ C, "\u8fd9\u662fV\u0456agr\u0430\u836f",
	    "\u8fd9\u662fViagra\u836f" },
	/* Spaced letters are one word; two are not. */
	{ C, "\u0456 a g \u0436\u0436\u0436\u0436\u0436",
	    "i a g \u0436\u0436\u0436\u0436\u0436" },
	{ C, "\u0456 a \u0436\u0436\u0436\u0436\u0436", NULL },
	{ C, "\u0456.a.g \u0436\u0436\u0436\u0436\u0436",
	    "i.a.g \u0436\u0436\u0436\u0436\u0436" },
	{ C, "\u0456.a g \u0436\u0436\u0436\u0436\u0436", NULL },
	/* What is no UTF-8. */
	{ ALL, "\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x80", NULL },
	{ ALL, "\xd1V\u0456a\xd1", "\xd1Via\xd1" },
	/* Past the table. */
	{ ALL, "\U00030000\U000e1000\U0010ffff", NULL },
};

static void
folds_to_plain(void **state)
{
	struct plain plain;

	(void)state;
	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
		struct span text = span_of(folds[i].text), got;
		const char *want = folds[i].want;

		plain_init(&plain, folds[i].how, 1000);
		got = plain_fold(&plain, text);
		if (plain.failed || !span_equal(got, want != NULL ?
		    span_of(want) : text))
			fail_msg("%zu: %s: %.*s", i, folds[i].text,
			    SPAN_ARG(got));
		if ((want == NULL) != (got.p == text.p))
			fail_msg("%zu: %s: copied", i, folds[i].text);
		plain_clear(&plain);
	}
}

static const struct {
	const char *text, *want;
} joins[] = {
	{ "", NULL }, { "a b", NULL }, { "I a m here", "Iam here" },
	{ "V i a g r a", "Viagra" }, { "buy V i a g r a!", "buy Viagra!" },
	{ "V.i.a.g.r.a now", "Viagra now" }, { "V-i-a-g-r-a", "Viagra" },
	{ "V i.a", NULL }, { "a  b  c", NULL }, { "J. R. R. T.", NULL },
	{ "1 2 3 4", NULL }, { "v 1 a g r a", "v1agra" },
	{ "1 a 2 b 3", NULL }, { "no w a y t o do", "no wayt" "o do" },
	{ "U.S.A. x", "USA. x" }, { "a b c", "abc" }, { "ab b c", NULL },
	{ "\u0456 a g", "\u0456ag" }, { "e\u0301 a g", "e\u0301ag" },
	{ "a=b=c", NULL }, { "a b cc", NULL }, { "a b c\xff", "abc\xff" },
	{ "........................................................"
	    "..........................", NULL },
	{ "it goes on and on for more than sixty-four bytes, so that it "
	    "comes to the v i a g r a", "it goes on and on for more than "
	    "sixty-four bytes, so that it comes to the viagra" },
};

static void
joins_spaced_letters(void **state)
{
	struct plain plain;

	(void)state;
	plain_init(&plain, ALL, 1000);
	for (size_t i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
		struct span text = span_of(joins[i].text), got;
		const char *want = joins[i].want;

		got = plain_join(&plain, text);
		if (!span_equal(got, want != NULL ? span_of(want) : text) ||
		    (want == NULL) != (got.p == text.p))
			fail_msg("%s: %.*s", joins[i].text, SPAN_ARG(got));
	}
	assert_true(span_equal(plain_join(&plain, plain_fold(&plain,
	    span_of("\uff36 \u0456 a g r \u0430"))), SPAN("Viagra")));
	plain_clear(&plain);
}

/* A place before, at and after the end of each stride of the quick looks. */
static void
finds_it_anywhere(void **state)
{
	char text[200];
	struct plain plain;

	(void)state;
	plain_init(&plain, ALL, 1000);
	for (size_t at = 0; at + 5 <= sizeof(text); at++) {
		memset(text, '=', sizeof(text));
		memcpy(text + at, "\u200b", 3);
		assert_int_equal(plain_fold(&plain, span_make(text,
		    sizeof(text))).n, sizeof(text) - 3);
		memcpy(text + at, "a b c", 5);
		assert_int_equal(plain_join(&plain, span_make(text,
		    sizeof(text))).n, sizeof(text) - 2);
	}
	plain_clear(&plain);
}

static size_t
utf8(uint32_t c, char out[4])
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(n == 1 ? c : (0xf00u >> n & 0xff) | c);
	return n;
}

/* Each character, alone and in words that change it: within PLAIN_GROWTH. */
static void
grows_no_more(void **state)
{
	static const char *const begins[] = { "", "V", "\u0436", "e" };
	struct plain plain;
	size_t most = 0;

	(void)state;
	plain_init(&plain, ALL, 1000);
	for (uint32_t c = 0x80; c < 0x110000; c++) {
		if (c >= 0xd800 && c < 0xe000)
			continue;
		for (size_t i = 0; i < 4; i++) {
			char text[8];
			size_t before = strlen(begins[i]), n;
			struct span got;

			memcpy(text, begins[i], before);
			n = utf8(c, text + before);
			got = plain_fold(&plain, span_make(text, before + n));
			assert_false(plain.failed);
			if (got.n > before * 2 + n * PLAIN_GROWTH)
				fail_msg("U+%X: %zu", c, got.n);
			if (before == 0 && got.n / n > most)
				most = got.n / n;
		}
	}
	assert_int_equal(most, PLAIN_GROWTH);
	plain_clear(&plain);
}

static void
stops_at_its_bound(void **state)
{
	struct span text = span_of("V\u0456\u0430gr\u0430");

	(void)state;
	for (size_t max = 5; max <= 7; max++) {
		struct plain plain;

		plain_init(&plain, C, max);
		assert_true(plain_fold(&plain, text).n <= max);
		assert_int_equal(plain.failed, max < 6);
		plain_clear(&plain);
	}
}

/* What would take minutes if a word or a run were read again and again. */
static void
takes_linear_time(void **state)
{
	static const char *const parts[] = {
		"1 ", "a ", "a1 ", "a.b ", "\u0430 ", "\u0301", "a\u0301",
		"1", "\u1161", "\u3099", "\u200b", "\u0436\u0430",
		"\u0315\u05ae", "a 11111111 ", "\xff",
	};
	size_t size = 1 << 20;
	char *text = malloc(size);
	struct plain plain;

	(void)state;
	assert_non_null(text);
	plain_init(&plain, ALL, PLAIN_GROWTH * size);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t part = strlen(parts[i]);
		struct span got;

		for (size_t n = 0; n < size; n++)
			text[n] = parts[i][n % part];
		got = plain_fold(&plain, span_make(text, size));
		assert_false(plain.failed);
		plain_join(&plain, got);
		assert_false(plain.failed);
	}
	plain_clear(&plain);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds_to_plain),
		cmocka_unit_test(joins_spaced_letters),
		cmocka_unit_test(finds_it_anywhere),
		cmocka_unit_test(grows_no_more),
		cmocka_unit_test(stops_at_its_bound),
		cmocka_unit_test(takes_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
