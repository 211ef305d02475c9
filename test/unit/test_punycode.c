/* Tests of message/punycode: RFC 3492, and its limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message/punycode.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *label, *want;
} cases[] = {
	{ "b\u00fccher", "bcher-kva" },
	{ "\u2603", "n3h" },
	{ "\U0001f4a9", "ls8h" },
	/* Section 7.1 of the RFC: B, E, L, S. */
	{ "\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587",
	    "ihqwcrb4cv8a8dqg056pqjye" },
	{ "\u05dc\u05de\u05d4\u05d4\u05dd\u05e4\u05e9\u05d5\u05d8"
	    "\u05dc\u05d0\u05de\u05d3\u05d1\u05e8\u05d9\u05dd"
	    "\u05e2\u05d1\u05e8\u05d9\u05ea",
	    "4dbcagdahymbxekheh6e0a7fei0b" },
	{ "3\u5e74b\u7d44\u91d1\u516b\u5148\u751f",
	    "3b-ww4c5e180e575a65lsy2b" },
	{ "-> $1.00 <-", "-> $1.00 <--" },
};

static void
labels_are_encoded(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&out);
		assert_true(punycode_add(span_of(cases[i].label), &out));
		if (!span_equal(buf_span(&out), span_of(cases[i].want)))
			fail_msg("%s: %s", cases[i].label, buf_string(&out));
	}
	buf_clear(&out);
}

/* The most that a delta can come to, and one character more. */
static void
limits_hold(void **state)
{
	struct buf label, out;

	(void)state;
	buf_init(&label, 1000);
	buf_init(&out, 1000);
	for (size_t n = PUNYCODE_MAX - 1; n <= PUNYCODE_MAX + 1; n++) {
		buf_reset(&label);
		buf_reset(&out);
		for (size_t i = 0; i < n; i++)
			buf_add(&label, i + 1 < n ? SPAN("a") :
			    SPAN("\U0010ffff"));
		assert_int_equal(punycode_add(buf_span(&label), &out),
		    n <= PUNYCODE_MAX);
		assert_int_equal(out.n > 0, n <= PUNYCODE_MAX);
	}
	buf_reset(&out);
	assert_false(punycode_add(SPAN("a\xff"), &out));
	assert_false(punycode_add(SPAN(""), &out));
	assert_int_equal(out.n, 0);
	buf_clear(&label);
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_encoded),
		cmocka_unit_test(limits_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
