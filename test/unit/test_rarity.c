/* rarity: an order of runs, as mail has them. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "table/rarity.h"

/* What is common, and what is not. */
static const struct {
	const char *common, *rare;
} pairs[] = {
	{ "subject", "easeaco" },
	{ "http://", "pundmil" },
	{ "://www.", "zq7 par" },
	{ "content", "because" },
	{ "received: ", "zins your" },
	{ " the", "qxzj" },
	{ "e", "q" },
	{ "your", "your zins" },
	{ "xyz", "axyz" },
};

static void
test_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		double common = rarity_of(span_of(pairs[i].common));
		double rare = rarity_of(span_of(pairs[i].rare));

		print_message("%s %g, %s %g\n", pairs[i].common, common,
		    pairs[i].rare, rare);
		assert_true(common > rare);
		assert_true(common < 1 && rare > 0);
	}
}

static void
test_folded(void **state)
{
	(void)state;
	assert_true(rarity_of(SPAN("")) == 1);
	assert_true(rarity_of(SPAN("Subject")) == rarity_of(SPAN("subject")));
	assert_true(rarity_of(SPAN("\xc3\xa4")) > 0);
	/* What is longer than is looked at is as rare as its begin. */
	assert_true(rarity_of(SPAN("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
	    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")) > 0);
}

/* A longer run is in no more texts than a part of it. */
static void
test_parts(void **state)
{
	static const char run[] = "received: from mx.example.net (zq7 parcel)";

	(void)state;
	for (size_t from = 0; from < sizeof(run) - 1; from++)
		for (size_t n = 5; from + n < sizeof(run); n++) {
			struct span all = span_make(run + from, n);

			assert_true(rarity_of(all) <=
			    rarity_of(span_head(all, n - 1)));
			assert_true(rarity_of(all) <=
			    rarity_of(span_skip(all, 1)));
		}
}

static void
test_sets(void **state)
{
	struct byteset digits[2] = { 0 }, any[2];

	(void)state;
	for (unsigned char c = '0'; c <= '9'; c++) {
		byteset_add(&digits[0], c);
		byteset_add(&digits[1], c);
	}
	any[0] = any[1] = (struct byteset){ 0 };
	byteset_invert(&any[0]);
	byteset_invert(&any[1]);
	assert_true(rarity_of_sets(digits, 0) == 1);
	assert_true(rarity_of_sets(digits, 2) < rarity_of_sets(digits, 1));
	assert_true(rarity_of_sets(digits, 1) < rarity_of_sets(any, 1));
	assert_true(rarity_of_sets(any, 2) > 0.9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_folded),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
