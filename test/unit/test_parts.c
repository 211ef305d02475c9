/*
 * Tables made of tables: unionmap, pipemap, and fail, which ends both.
 */
#include "table_text.h"

static const struct table_options strict = { .compatible = false };

/* What postmap 3.7 says to the same. */
static const struct {
	const char *table, *key, *want;
} lookups[] = {
	{ "unionmap:{static:x}", "a", "x" },
	{ "unionmap:{static:x}", "", "x" },
	{ "unionmap:{static:x,,static:y , }", "a", "x,y" },
	{ "unionmap:{ inline:{a=b}, inline:{a=c} }", "a", "b,c" },
	{ "unionmap:{inline:{a=b} inline:{b=c}}", "b", "c" },
	{ "unionmap:{inline:{a=b} inline:{b=c}}", "c", NULL },
	{ "unionmap:{static:{x y},static:z}", "a", "x y,z" },
	{ "unionmap:{unionmap:{static:a,static:b},pipemap:{static:c}}", "x",
	    "a,b,c" },
	{ "unionmap:{pcre:{{/(.)b/ <$1>}} regexp:{{/b(.)/ [$1]}}}", "abc",
	    "<a>,[c]" },
	/* Where the first takes parts of keys, all see keys folded. */
	{ "unionmap:{static:x pcre:{{/A/i y} {/a/i z}}}", "A", "x,z" },
	{ "unionmap:{static:x pcre:{{/\xc3\x89/ y} {/\xc3\xa9/ z}}}",
	    "\xc3\x89", "x,z" },
	{ "unionmap:{static:x pcre:{{/\xff/ y}}}", "\xff", "x,y" },
	{ "unionmap:{pcre:{{/A/i y} {/a/i z}} static:x}", "A", "y,x" },
	{ "unionmap:{pcre:{{/A/i y}} inline:{a=z}}", "A", "y,z" },
	{ "unionmap:{unionmap:{static:x} pcre:{{/A/i y} {/a/i z}}}", "A",
	    "x,z" },
	{ "pipemap:{static:a,static:b}", "x", "b" },
	{ "pipemap:{inline:{a=b},inline:{b=c},inline:{c=d}}", "A", "d" },
	{ "pipemap:{inline:{a=b},inline:{b=c}}", "b", NULL },
	{ "pipemap:{inline:{a=b},inline:{a=c}}", "a", NULL },
	{ "pipemap:{inline:{a=A} pcre:{{/A/i y} {/a/i z}}}", "a", "y" },
	{ "pipemap:{pcre:{{/(.)b/ $1}} regexp:{{/(.*)/ <$1>}}}", "ab",
	    "<a>" },
	{ "pipemap:{pcre:{{/(.*)b/ $1}} pcre:{{/(.*)b/ $1}} "
	    "pcre:{{/(.*)b/ $1}} }", "abbb", "a" },
	{ "pipemap:{unionmap:{static:a,static:b} inline:{{a,b=x}}}", "", "x" },
	{ "pipemap:{inline:{a=b} fail:x}", "c", NULL },
};

static void
test_lookups(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(lookups); i++) {
		struct opened opened;

		open_named(&opened, lookups[i].table, &strict);
		wrong += !complains(&opened, lookups[i].table, "");
		wrong += opened.table == NULL || !answers(opened.table,
		    lookups[i].table, span_of(lookups[i].key),
		    lookups[i].want);
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

/* A result that is empty: Postfix warns, and it is there all the same. */
static void
test_empty_results(void **state)
{
	static const struct {
		const char *table, *want;
	} cases[] = {
		{ "unionmap:{pcre:{{/a/}}}", NULL },
		{ "unionmap:{pcre:{{/a/}} static:x}", "x" },
		{ "unionmap:{static:x pcre:{{/a/}}}", "x," },
		{ "unionmap:{static:x pcre:{{/a/}} static:y}", "x,,y" },
		{ "pipemap:{static:a pcre:{{/a/}}}", "" },
		{ "pipemap:{pcre:{{/a/}} static:x}", "x" },
		{ "pipemap:{pcre:{{/a/}} pcre:{{/^$/ x}}}", "x" },
	};
	const struct table_options options = { .compatible = true };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct opened opened;

		open_named(&opened, cases[i].table, &options);
		assert_true(answers(opened.table, cases[i].table, SPAN("a"),
		    cases[i].want));
		close_opened(&opened);
	}
}

#define WRITE	" (write {TYPE:NAME, TYPE:NAME})\n"
#define NESTED4	"unionmap:{unionmap:{unionmap:{unionmap:{"
#define NESTED	NESTED4 NESTED4 NESTED4 NESTED4
#define ENDS	"}}}}}}}}}}}}}}}}"

static const struct {
	const char *table, *want;
} faults[] = {
	{ "unionmap:x", "E0 the list of tables does not begin with \"{\""
	    WRITE },
	{ "pipemap:{static:x", "E0 the list of tables has no closing \"}\""
	    WRITE },
	{ "unionmap:{static:x}y", "E0 the list of tables goes on after the "
	    "closing \"}\"" WRITE },
	{ "unionmap:{}", "E0 there is no table in the braces" WRITE },
	{ "pipemap:{ , }", "E0 there is no table in the braces" WRITE },
	{ "pipemap:{static:x pcre:/nonexistent hash:/nonexistent}",
	    "E0 cannot be read: No such file or directory\n"
	    "E0 cannot be read: No such file or directory\n" },
	{ NESTED "static:x" ENDS, "" },
	{ "pipemap:{" NESTED "static:x" ENDS "}",
	    "E0 more than 16 tables in one another\n" },
};

static void
test_faults(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct opened opened;

		open_named(&opened, faults[i].table, &strict);
		wrong += !complains(&opened, faults[i].table, faults[i].want);
		assert_int_equal(opened.table == NULL,
		    faults[i].want[0] != '\0');
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

static void
test_takes_parts(void **state)
{
	static const struct {
		const char *table;
		bool parts;
	} cases[] = {
		{ "unionmap:{static:x pcre:{}}", true },
		{ "unionmap:{pcre:{} static:x}", false },
		{ "pipemap:{inline:{a=b} regexp:{}}", true },
		{ "pipemap:{regexp:{} static:x}", false },
		{ "unionmap:{pipemap:{static:x}}", true },
		{ "unionmap:{fail:x}", false },
		{ "fail:x", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct opened opened;

		open_named(&opened, cases[i].table, &strict);
		assert_int_equal(table_takes_parts(opened.table),
		    cases[i].parts);
		close_opened(&opened);
	}
}

/* Why, and that nothing below is asked. */
static void
test_fails(void **state)
{
	static const struct {
		const char *table, *why;
	} cases[] = {
		{ "fail:the disk is full", "the disk is full" },
		{ "unionmap:{static:x fail:b static:y}", "b" },
		{ "pipemap:{static:x fail:b fail:c}", "b" },
		{ "pipemap:{static:x pipemap:{fail:d}}", "d" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct opened opened;
		struct match match;

		open_named(&opened, cases[i].table, &strict);
		match_init(&match, NULL);
		assert_int_equal(table_find(opened.table, SPAN("a"), &match),
		    ANSWER_ERROR);
		assert_string_equal(match.why, cases[i].why);
		match_clear(&match);
		close_opened(&opened);
	}
}

/* A result of 1 MiB is one; a byte more is not. */
static void
test_long_results(void **state)
{
	struct scratch_pool *pool = scratch_pool_new();

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		size_t n = ((size_t)1 << 19) + more;
		struct opened opened;
		struct match match;
		struct buf name;

		buf_init(&name, (size_t)1 << 22);
		buf_addf(&name, "unionmap:{static:%0*d static:%0*d}",
		    (1 << 19) - 1, 0, (int)n, 0);
		open_named(&opened, buf_string(&name), &strict);
		match_init(&match, pool);
		assert_int_equal(table_find(opened.table, SPAN("a"), &match),
		    more ? ANSWER_ERROR : ANSWER_HIT);
		if (more)
			assert_string_equal(match.why,
			    "the result is too long");
		else
			assert_int_equal(match.text.n, (size_t)1 << 20);
		match_clear(&match);
		close_opened(&opened);
		buf_clear(&name);
	}
	scratch_pool_free(&pool);
}

/* Rules are numbered through; of a pipe only the last table's are results. */
static void
test_rules(void **state)
{
	static const struct {
		const char *file, *text;
		bool substitutes, passed_on;
	} rules[] = {
		{ "static:w", "w", false, false },
		{ "inline:{a=b b=c}", "b", false, true },
		{ "inline:{a=b b=c}", "c", false, true },
		{ "pcre:{{/(.)/ $1}}", "$1", true, false },
		{ "static:z", "z", false, false },
	};
	static const struct {
		const char *key, *text;
		size_t rule;
	} finds[] = {
		{ "a", "w,b,z", 0 }, { "x", "w,z", 0 },
	};
	struct opened opened;
	struct match match;
	struct rule rule;

	(void)state;
	open_named(&opened, "unionmap:{static:w pipemap:{inline:{a=b b=c} "
	    "pcre:{{/(.)/ $1}}} pcre:{} static:z}", &strict);
	assert_int_equal(table_rules(opened.table), COUNT(rules));
	for (size_t i = 0; i < COUNT(rules); i++) {
		table_rule(opened.table, i, &rule);
		assert_string_equal(rule.file, rules[i].file);
		assert_true(span_equal(rule.text, span_of(rules[i].text)));
		assert_int_equal(rule.substitutes, rules[i].substitutes);
		assert_int_equal(rule.passed_on, rules[i].passed_on);
		assert_int_equal(rule.line, 0);
	}
	match_init(&match, NULL);
	for (size_t i = 0; i < COUNT(finds); i++) {
		assert_int_equal(table_find(opened.table,
		    span_of(finds[i].key), &match), ANSWER_HIT);
		assert_true(span_equal(match.text, span_of(finds[i].text)));
		assert_int_equal(match.rule, finds[i].rule);
	}
	match_clear(&match);
	close_opened(&opened);

	open_named(&opened, "unionmap:{inline:{a=b} pipemap:{inline:{a=b b=c} "
	    "pcre:{{/(.)/ $1}}} static:z}", &strict);
	match_init(&match, NULL);
	assert_int_equal(table_find(opened.table, SPAN("b"), &match),
	    ANSWER_HIT);
	assert_int_equal(match.rule, 3);
	match_clear(&match);
	close_opened(&opened);
}

/* Limits are told by the rule's number in the whole. */
static void
test_limits(void **state)
{
	const struct table_options options = { .match_limit = 1 };
	struct opened opened;
	struct match match;

	(void)state;
	open_named(&opened, "unionmap:{inline:{x=y} pipemap:{pcre:{{/^b/ x} "
	    "{/(a+)*[bc]/ x} {/./ a}} pcre:{{/./ z}}}}",
	    &options);
	match_init(&match, NULL);
	assert_int_equal(table_find(opened.table, SPAN("aaaaaaaaaaaaaaaaaa"),
	    &match), ANSWER_HIT);
	assert_true(match.limited > 0);
	assert_int_equal(match.limited_rule, 2);
	match_clear(&match);
	close_opened(&opened);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_empty_results),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_takes_parts),
		cmocka_unit_test(test_fails),
		cmocka_unit_test(test_long_results),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
