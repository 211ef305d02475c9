/* What comments in a table keep quiet. */
#include "table_text.h"

#include "table/allowed.h"

/* Rules in lines 2, 3, 7, 9 and 12. */
#define TABLE \
	"# postern: allow covered\n/a/ x\n/b/ x\n" \
	"# postern: allow covered,dot-star both\n" \
	"# postern: allow encoded\n#+ c\n/c/ x\n" \
	"# postern: allow nonsense, colon\n/d/ x\n" \
	"# postern: allow colon\n\n/e/ x\n" \
	"# postern: allow allow\n"

static const struct {
	unsigned line, want;
} rules[] = {
	{ 0, 0 },
	{ 1, 0 },
	{ 2, LINT_BIT(LINT_COVERED) },
	{ 3, 0 },
	{ 4, 0 },
	{ 7, LINT_BIT(LINT_COVERED) | LINT_BIT(LINT_DOT_STAR) |
	    LINT_BIT(LINT_ENCODED) },
	{ 9, LINT_BIT(LINT_COLON) },
	{ 12, 0 },
	{ 13, 0 },
	{ 14, 0 },
};

static void
test_rules(void **state)
{
	struct allowed allowed;

	(void)state;
	allowed_read(&allowed, SPAN(TABLE));
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (allowed_at(&allowed, rules[i].line) != rules[i].want)
			fail_msg("line %u: %x", rules[i].line,
			    allowed_at(&allowed, rules[i].line));
	allowed_clear(&allowed);
	assert_int_equal(allowed_at(&allowed, 2), 0);
	allowed_read(&allowed, SPAN("/a/ x\n# allow covered\n/b/ x\n"));
	assert_int_equal(allowed.n, 0);
	allowed_clear(&allowed);
	allowed_read(&allowed, span_make(NULL, 0));
	allowed_clear(&allowed);
}

/* Each has a name of its own, which finds it again. */
static void
test_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < LINTS; i++) {
		assert_true(lint_name((enum lint)i).n > 0);
		assert_int_equal(lint_named(lint_name((enum lint)i)), i);
	}
	assert_int_equal(lint_name(LINT_NONE).n, 0);
	assert_int_equal(lint_named(SPAN("")), LINT_NONE);
	assert_int_equal(lint_named(SPAN("cover")), LINT_NONE);
	assert_int_equal(LINT_QUICK & LINT_BIT(LINT_DOMAIN_DOT), 0);
	assert_int_equal(LINT_QUICK & LINT_BIT(LINT_NEVER_ASKED),
	    LINT_BIT(LINT_NEVER_ASKED));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
