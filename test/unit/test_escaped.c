/* Tests of base/escaped: what is seen, and that it comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/escaped.h"
#include "table/notes.h"

#define S(literal)	SPAN_INIT(literal)

static const struct {
	struct span text, want;
} cases[] = {
	{ S(""), S("") },
	{ S("a b~\u00e9\u20ac\U0001f600"), S("a b~\u00e9\u20ac\U0001f600") },
	{ S("\0\t\n\r\x1b\x7f"), S("\\x00\\t\\n\\x0d\\x1b\\x7f") },
	{ S("a\\b\\\\"), S("a\\\\b\\\\\\\\") },
	{ S("\xff\xc3"), S("\\xff\\xc3") },
	{ S("\xc2\x80\xc2\x9f\xc2\xa0"), S("\\xc2\\x80\\xc2\\x9f\xc2\xa0") },
	{ S("\u200a\u200b\u202e\u202f"),
	    S("\u200a\\xe2\\x80\\x8b\\xe2\\x80\\xae\u202f") },
	{ S("\u00ad\ufeff\ufe0f"),
	    S("\\xc2\\xad\\xef\\xbb\\xbf\\xef\\xb8\\x8f") },
	{ S("\U000e0041"), S("\\xf3\\xa0\\x81\\x81") },
};

static void
nothing_is_lost(void **state)
{
	struct buf out, back;

	(void)state;
	buf_init(&out, 1000);
	buf_init(&back, 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&out);
		escaped_add(&out, cases[i].text);
		if (!span_equal(buf_span(&out), cases[i].want))
			fail_msg("%zu: %s", i, buf_string(&out));
		buf_reset(&back);
		notes_unescape(buf_span(&out), &back);
		if (!span_equal(buf_span(&back), cases[i].text))
			fail_msg("%zu: %s", i, buf_string(&back));
	}
	buf_clear(&out);
	buf_clear(&back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
