/* fold: keys as postmap folds them. */
#include "table_text.h"

#include "table/fold.h"

static const struct {
	struct span key;
	const char *want;	/* NULL: it is no UTF-8 */
} cases[] = {
	{ T(""), "" },
	{ T("a"), "a" },
	{ T("User@Example.COM"), "user@example.com" },
	{ T("\xc3\x89"), "\xc3\xa9" },
	{ T("stra\xc3\x9f""e"), "strasse" },
	{ T("\xce\xa3\xcf\x82"), "\xcf\x83\xcf\x83" },
	{ T("\xe2\x84\xaa"), "k" },
	{ T("\xce\x90"), "\xce\xb9\xcc\x88\xcc\x81" },
	{ T("\xff"), NULL },
	{ T("a\xc3"), NULL },
	{ T("\xc0\x80"), NULL },
	{ T("\xed\xa0\x80"), NULL },
};

static void
test_keys(void **state)
{
	struct buf out;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_init(&out, 100);
		buf_addc(&out, '<');
		assert_int_equal(fold_key(cases[i].key, &out),
		    cases[i].want != NULL);
		assert_false(out.cut);
		assert_string_equal(buf_string(&out) + 1,
		    cases[i].want != NULL ? cases[i].want : "");
		buf_clear(&out);
	}
}

/* The folding alone tells so too: keys that differ must not become one. */
static void
test_no_utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t n;
		char *folded = fold_unicode(cases[i].key, &n);

		assert_int_equal(folded != NULL, cases[i].want != NULL);
		free(folded);
	}
}

/* At the bound it is cut, which is not the same as no UTF-8. */
static void
test_bound(void **state)
{
	struct buf out;

	(void)state;
	for (size_t max = 3; max <= 5; max++) {
		buf_init(&out, max);
		assert_int_equal(fold_key(SPAN("ABCD"), &out), max >= 4);
		assert_int_equal(out.cut, max < 4);
		buf_clear(&out);
		buf_init(&out, max + 2);
		assert_int_equal(fold_key(SPAN("\xce\x90"), &out), max >= 4);
		assert_int_equal(out.cut, max < 4);
		buf_clear(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_no_utf8),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
