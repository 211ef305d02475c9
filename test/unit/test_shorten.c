/* Long names: the front, the end, and nothing of a character. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/shorten.h"

static void
test_shorten(void **state)
{
	static const struct {
		const char *name;
		const char *want;
	} cases[] = {
		{ "", "" },
		{ "0123456789abcdef", "0123456789abcdef" },
		{ "0123456789abcdefg", "0123...89abcdefg" },
		{ "0123456789abcdefghijklm.exe", "0123...ijklm.exe" },
		/* The fourth byte and the ninth from the end are inside. */
		{ "012\xc3\xa4" "456789abcdefghijklm",
		    "012...efghijklm" },
		{ "0123456789abcdefg\xc3\xa4" "hijklmno",
		    "0123...hijklmno" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;

		buf_init(&out, 100);
		shorten_add(&out, span_of(cases[i].name), 16);
		assert_string_equal(buf_string(&out), cases[i].want);
		buf_clear(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shorten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
