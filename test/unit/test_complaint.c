/* Complaints are kept in order, formatted as people expect, and bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/complaint.h"

static const struct {
	enum complaint_kind kind;
	const char *file;
	unsigned line;
	const char *text, *want;
} cases[] = {
	{ COMPLAINT_ERROR, "a.conf", 14, "x: no such setting",
	    "a.conf:14: x: no such setting" },
	{ COMPLAINT_WARNING, "hash:/t", 0, "100% odd",
	    "hash:/t: warning: 100% odd" },
	{ COMPLAINT_ERROR, "", 4294967295u, "", ":4294967295: " },
	{ COMPLAINT_WARNING, "t", 1, "w", "t:1: warning: w" },
};

static void
formats(void **state)
{
	struct complaints complaints;
	struct buf out;

	(void)state;
	complaints_init(&complaints);
	buf_init(&out, 200);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		complain(&complaints, cases[i].kind, cases[i].file,
		    cases[i].line, "%s", cases[i].text);
	assert_int_equal(complaints.n, 4);
	assert_int_equal(complaints.errors, 2);
	assert_int_equal(complaints.warnings, 2);
	for (size_t i = 0; i < complaints.n; i++) {
		buf_reset(&out);
		complaint_format(&complaints.list[i], &out);
		assert_string_equal(buf_string(&out), cases[i].want);
	}
	buf_clear(&out);
	complaints_clear(&complaints);
	assert_int_equal(complaints.errors, 0);
	assert_int_equal(complaints.n, 0);
}

static void
bound(void **state)
{
	static const size_t counts[] = {
		0, COMPLAINTS_MAX - 1, COMPLAINTS_MAX, COMPLAINTS_MAX + 1,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t n = counts[i];
		struct complaints complaints;

		complaints_init(&complaints);
		for (size_t j = 0; j < n; j++)
			complain(&complaints, COMPLAINT_ERROR, "f",
			    (unsigned)j, "number %zu", j);
		assert_int_equal(complaints.errors, n);
		if (n > COMPLAINTS_MAX)
			n = COMPLAINTS_MAX;
		assert_int_equal(complaints.n, n);
		for (size_t j = 0; j < n; j++)
			assert_int_equal(complaints.list[j].line, j);
		complaints_clear(&complaints);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
