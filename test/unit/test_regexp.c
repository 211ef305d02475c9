/*
 * regexp tables: what they find and complain about, what differs from pcre,
 * patterns that refer back, and the sets of compiled patterns.
 */
#include "table_text.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "table/regexp_set.h"
#include "table/steps.h"

static const struct table_options strict = { .compatible = false };
static const struct table_options compatible = { .compatible = true };

static const struct {
	const char *name;
	struct span table, key;
	const char *want;	/* NULL: a miss */
} lookups[] = {
	{ "no case", T("/^SUBJ/ x"), T("subject"), "x" },
	{ "i turns that round", T("/^SUBJ/i x"), T("subject"), NULL },
	{ "ii turns it twice", T("/^SUBJ/ii x"), T("subject"), "x" },
	{ "case of ASCII alone", T("/^\xc3\xa9/ x"), T("\xc3\x89"), NULL },
	{ "a dot is a byte", T("/^..$/ x"), T("\xc3\xa9"), "x" },
	{ "a dot takes LF", T("/a.b/ x"), T("a\nb"), "x" },
	{ "with m it does not", T("/a.b/m x"), T("a\nb"), NULL },
	{ "the ends alone", T("/^b/ x"), T("a\nb"), NULL },
	{ "with m every line", T("/^b$/m x"), T("a\nb\nc"), "x" },
	{ "an LF is no end", T("/a$/ x"), T("a\n"), NULL },
	{ "basic", T("/(a)/x x"), T("a"), NULL },
	{ "basic groups", T("/\\(a\\)/x <$1>"), T("a"), "<a>" },
	{ "basic plus", T("/a+/x x"), T("aa"), NULL },
	{ "classes", T("/^[[:digit:]]{2}$/ x"), T("12"), "x" },
	{ "no \\d", T("/\\d/ x"), T("1"), NULL },
	{ "the longest", T("/(a|ab)(c|bcd)?/ $1-$2"), T("abcd"), "a-bcd" },
	{ "the longest of all", T("/^(a|ab|abc)/ $1"), T("abc"), "abc" },
	{ "refers back", T("/(.)\\1/ $1"), T("abba"), "b" },
	{ "a group without part", T("/a(b)?c/ <$1>"), T("ac"), "<>" },
	{ "second pattern", T("/a/!/b/ x"), T("a"), "x" },
	{ "second pattern matches", T("/a/!/b/ x"), T("ab"), NULL },
	{ "only the second", T("/a/!/b/ x"), T("c"), NULL },
	{ "both negated", T("!/a/!/b/ x"), T("c"), "x" },
	{ "second twice negated", T("/a/!!/b/ x"), T("ab"), "x" },
	{ "blanks before it", T("/a/! ! /b/ x"), T("ab"), "x" },
	{ "flags of both", T("/A/i!/B/i x"), T("Ab"), "x" },
	{ "delimiter of its own", T("/a/!|b/c| x"), T("ab/c"), NULL },
	{ "groups of the first", T("/(a)(b*)/!/(c)/ $2$1"), T("abb"), "bba" },
	{ "a third is result", T("/a/!/b/!/c/ x"), T("a"), "!/c/ x" },
	{ "a blank ends flags", T("/a/ !/b/ x"), T("a"), "!/b/ x" },
	{ "IF", T("if /a/\n/b/ x\nendif\n/b/ y"), T("b"), "y" },
	{ "IF not", T("if !/a/\n/b/ x\nendif\n/b/ y"), T("b"), "x" },
	{ "dollars", T("/a/ $$1"), T("a"), "$1" },
	{ "a NUL in the key", T("/a.b/ x\n/^a/ y"), T("a\0b"), "y" },
	{ "behind the NUL", T("/b$/ y"), T("a\0b"), "y" },
	{ "delimiters in the pattern", T("/a\\/b/ x"), T("a/b"), "x" },
	{ "empty key", T("/^$/ x"), T(""), "x" },
	{ "no rules", T("# x\n"), T("a"), NULL },
};

static void
test_lookups(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(lookups); i++) {
		size_t at = i / 2;
		struct opened opened;

		open_text(&opened, "regexp", lookups[at].table,
		    i % 2 ? &compatible : &strict);
		wrong += !complains(&opened, lookups[at].name, "");
		wrong += opened.table == NULL || !answers(opened.table,
		    lookups[at].name, lookups[at].key, lookups[at].want);
		assert_false(table_takes_parts(opened.table));
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

/*
 * comes_of_it: what the compatible complaint has behind the strict one; NULL:
 * it is the same warning in both.
 */
static const struct {
	const char *name, *table, *text, *comes_of_it;
	const char *want;	/* for "a", in the compatible table */
} faults[] = {
	{ "no pattern", "/(/ x\n/a/ y", "Unmatched ( or \\( in the pattern "
	    "\"(\"", "skipping this rule", "y" },
	{ "no second pattern", "/a/!/(/ x\n/a/ y", "Unmatched ( or \\( in the "
	    "pattern \"(\"", "skipping this rule", "y" },
	{ "second without end", "/a/!/b x\n/a/ y", "the pattern has no "
	    "closing \"/\"", "skipping this rule", "y" },
	{ "a flag of pcre", "/a/s x\n/a/ y", "\"s\" is not a flag (there are "
	    "i m x, and a blank ends them)", "skipping this rule", "y" },
	{ "a flag of the second", "/a/!/b/q x\n/a/ y", "\"q\" is not a flag "
	    "(there are i m x, and a blank ends them)", "skipping this rule",
	    "y" },
	{ "a group that is not there", "/a/ $1\n/a/ y", "\"$1\" is not a "
	    "group (the pattern has 0)", "skipping this rule", "y" },
	{ "a group of the second", "/a/!/(b)/ $1\n/a/ y", "\"$1\" is not a "
	    "group (the pattern has 0)", "skipping this rule", "y" },
	{ "a group of a negated one", "!/(b)/ $1\n/a/ y", "\"$1\" in the "
	    "result of a negated rule, which sets no groups",
	    "skipping this rule", "y" },
	{ "no result", "/a/!/b/", "no result behind the pattern",
	    "using an empty one", "" },
	{ "two in an IF", "if /a/!/a/\n/a/ x\nendif", "\"!/a/\" behind the "
	    "IF's pattern is ignored, and a rule there is lost (put the rule "
	    "on a line of its own, at the margin; make words a comment "
	    "above) [if-text]", NULL, "x" },
};

static void
test_faults(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct opened opened;
		char want[400];

		open_text(&opened, "regexp", span_of(faults[i].table),
		    &strict);
		snprintf(want, sizeof(want), "%c1 %s\n",
		    faults[i].comes_of_it != NULL ? 'E' : 'W', faults[i].text);
		wrong += !complains(&opened, faults[i].name, want);
		close_opened(&opened);
		open_text(&opened, "regexp", span_of(faults[i].table),
		    &compatible);
		snprintf(want, sizeof(want), "W1 %s%s%s\n", faults[i].text,
		    faults[i].comes_of_it != NULL ? ": " : "",
		    faults[i].comes_of_it != NULL ? faults[i].comes_of_it :
		    "");
		wrong += !complains(&opened, faults[i].name, want);
		wrong += !answers(opened.table, faults[i].name, SPAN("a"),
		    faults[i].want);
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

/* What glibc's compiler would run out of stack for. */
static void
test_deep(void **state)
{
	static const struct {
		int depth;
		bool right;
	} cases[] = { { 1000, true }, { 1001, false }, { 31000, false } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct opened opened;
		struct buf text;

		buf_init(&text, 100000);
		buf_addc(&text, '/');
		for (int n = 0; n < cases[i].depth; n++)
			buf_addc(&text, '(');
		buf_addc(&text, 'a');
		for (int n = 0; n < cases[i].depth; n++)
			buf_addc(&text, ')');
		buf_addf(&text, "/ x\n");
		open_text(&opened, "regexp", buf_span(&text), &strict);
		assert_int_equal(opened.complaints.errors, !cases[i].right);
		close_opened(&opened);
		buf_clear(&text);
	}
}

/* A pattern that refers back is not tried on more than 2048 bytes. */
static void
test_refers(void **state)
{
	static const struct {
		const char *table;
		size_t length;
		bool limited;
		const char *want;
	} cases[] = {
		{ "/(b)\\1/ x\n/a/ y", 2047, false, "y" },
		{ "/(b)\\1/ x\n/a/ y", 2048, false, "y" },
		{ "/(b)\\1/ x\n/a/ y", 2049, true, "y" },
		{ "/a/ y\n/(b)\\1/ x", 2049, false, "y" },
		{ "!/(b)\\1/ x\n/a/ y", 2048, false, "x" },
		{ "!/(b)\\1/ x\n/a/ y", 2049, true, "y" },
		{ "/a/!/(b)\\1/ x\n/a/ y", 2049, true, "y" },
		{ "if !/(b)\\1/\n/a/ x\nendif\n/a/ y", 2049, true, "y" },
		{ "/b\\\\1/ x\n/a/ y", 2049, false, "y" },
	};
	struct table_options error = { .limit_is_error = true };
	char *key = malloc(3000);

	(void)state;
	memset(key, 'a', 3000);
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		size_t at = i / 2;
		bool fails = i % 2 && cases[at].limited;
		struct opened opened;
		struct match match;

		open_text(&opened, "regexp", span_of(cases[at].table),
		    i % 2 ? &error : &strict);
		match_init(&match, NULL);
		assert_int_equal(table_find(opened.table, span_make(key,
		    cases[at].length), &match), fails ? ANSWER_ERROR :
		    ANSWER_HIT);
		assert_int_equal(match.limited, cases[at].limited);
		assert_int_equal(match.limited_rule, 0);
		if (!fails)
			assert_true(span_equal(match.text,
			    span_of(cases[at].want)));
		match_clear(&match);
		close_opened(&opened);
	}
	free(key);
}

/* Where what else it needs is not there, it needs no steps either. */
static void
test_refers_to_nothing(void **state)
{
	struct steps steps = { .all = 0 };
	struct opened opened;
	struct match match;
	char text[3000];

	(void)state;
	memset(text, 'a', sizeof(text));
	open_text(&opened, "regexp", SPAN("/foo(a+)\\1b/ w\n"
	    "/^bar: (a+)\\1b/ x\n/(a|foo)\\1*bar/ y\n/aaa/ z"), &strict);
	match_init(&match, NULL);
	match.steps = &steps;
	assert_int_equal(table_find(opened.table, span_make(text,
	    sizeof(text)), &match), ANSWER_HIT);
	assert_int_equal(match.rule, 3);
	assert_int_equal(match.limited, 0);
	assert_int_equal(steps.used, 0);
	match_clear(&match);
	steps_clear(&steps);
	close_opened(&opened);
}

/* What a search may cost is known before it begins. */
static void
test_steps(void **state)
{
	static const struct {
		const char *pattern;
		uint64_t steps;		/* for 400 letters "a" */
	} cases[] = {
		{ "^Subject:.*foo", 0 },
		{ "(^a|^b).*foo", 0 },
		{ "foo|bar", 0 },
		{ "a.{20}b", 0 },
		{ "b.*a", 400 / 4 },
		{ "a.*b", 401 * 400 / 4 },
		{ "(b|a)+c", 401 * 400 / 4 },
		{ "(a)\\1", 0 },
		{ "(a+)\\1", 400 * 400 * 400 / 2 },
		{ "(a+)(b)\\1\\2\\1", UINT64_C(10240000000000) },
		{ "^(a+)\\1", 8 * 400 * 400 },
		{ "^(a+)\\1|b", 400 * 400 * 400 / 2 },
		{ "(a)*\\1", UINT64_C(25600000000) },
		{ "a*(a+)\\1", UINT64_C(25600000000) },
		{ "^a*(a+)\\1", UINT64_C(8) * 400 * 400 * 400 },
		{ "(a*)*a*\\1", UINT64_C(10240000000000) },
		{ "^(a*)*a*\\1", UINT64_C(8) * 25600000000 },
		{ "^.*a.{20}b", 400 * 400 + 400 * 24 * 32 },
	};
	char text[400];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct regexp_work work;
		uint64_t steps;

		regexp_work_read(span_of(cases[i].pattern), REG_EXTENDED,
		    &work);
		steps = regexp_work_steps(&work, span_make(text,
		    sizeof(text)));
		if (steps != cases[i].steps)
			fail_msg("%s: %llu", cases[i].pattern,
			    (unsigned long long)steps);
	}
}

/* What is too much is not tried, and costs nothing. */
static void
test_steps_are_taken(void **state)
{
	struct steps steps = { .all = 0 };
	struct opened opened;
	struct match match;
	char text[2000];

	(void)state;
	memset(text, 'a', sizeof(text));
	open_text(&opened, "regexp", SPAN("/a.*b/ x\n!/a.*b/ y\n/a/ z"),
	    &strict);
	for (int i = 0; i < 2; i++) {
		match_init(&match, NULL);
		match.steps = &steps;
		steps_begin(&steps, i == 0 ? 100 * 1000 : 100 * 1000 * 1000);
		assert_int_equal(table_find(opened.table, span_make(text,
		    sizeof(text)), &match), ANSWER_HIT);
		assert_true(span_equal(match.text, i == 0 ? SPAN("z") :
		    SPAN("y")));
		assert_int_equal(match.limited, i == 0 ? 2 : 0);
		assert_int_equal(steps.used, i == 0 ? 0 :
		    2 * (2001 * 2000 / 4));
		match_clear(&match);
	}
	assert_int_equal(steps.n_rules, 0);
	steps_clear(&steps);
	close_opened(&opened);
}

#define THREADS	(REGEXP_SETS_MAX + 8)
#define ROUNDS	1500

struct shared {
	const struct table *table;
	struct scratch_pool *pool;
};

/* Each asks for a text that only it expects; sets are renewed meanwhile. */
static void *
search_much(void *argument)
{
	const struct shared *shared = argument;
	unsigned mine = (unsigned)((uintptr_t)&mine >> 4) % 1000;
	size_t wrong = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct match match;
		char key[600], want[40];

		snprintf(key, sizeof(key), "b%u-%u %500s", mine, i, "");
		snprintf(want, sizeof(want), "%u of %u", i, mine);
		match_init(&match, shared->pool);
		wrong += table_find(shared->table, span_of(key), &match) !=
		    ANSWER_HIT || !span_equal(match.text, span_of(want)) ||
		    match.rule != 1;
		match_clear(&match);
	}
	return (void *)(uintptr_t)wrong;
}

static void
test_threads(void **state)
{
	struct opened opened;
	struct shared shared;
	pthread_t threads[THREADS];

	(void)state;
	open_named(&opened, "regexp:{ {/^a/ x} {/^(b)([0-9]+)-(([0-9])+) *$/!"
	    "/c/ $3 of $2} }", &strict);
	shared = (struct shared){ opened.table, scratch_pool_new() };
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    search_much, &shared), 0);
	for (size_t i = 0; i < THREADS; i++) {
		void *wrong;

		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
	scratch_pool_free(&shared.pool);
	close_opened(&opened);
}

static const struct regexp_pattern patterns[] = {
	{ "a", REG_EXTENDED, { .repeats = false } },
	{ "b", REG_EXTENDED, { .repeats = false } },
};

/* A pattern is compiled when it is asked for, and forgotten in time. */
static void
test_forgets(void **state)
{
	struct regexp_sets *sets = regexp_sets_new(patterns, 2, 1);
	struct regexp_set *set = regexp_sets_take(sets);

	(void)state;
	assert_false(set->ready[0] || set->ready[1]);
	assert_non_null(regexp_set_pattern(sets, set, 1));
	assert_true(!set->ready[0] && set->ready[1]);
	set->bytes = REGEXP_SET_BYTES;
	regexp_sets_give(sets, set);
	assert_ptr_equal(regexp_sets_take(sets), set);
	assert_true(set->ready[1]);
	set->bytes++;
	regexp_sets_give(sets, set);
	assert_ptr_equal(regexp_sets_take(sets), set);
	assert_false(set->ready[1]);
	assert_int_equal(set->bytes, 0);
	assert_non_null(regexp_set_pattern(sets, set, 1));
	regexp_sets_give(sets, set);
	regexp_sets_free(&sets);
	assert_null(sets);
}

struct waiting {
	struct regexp_sets *sets;
	atomic_bool has;
	struct regexp_set *got;
};

static void *
wait_for_set(void *argument)
{
	struct waiting *waiting = argument;

	waiting->got = regexp_sets_take(waiting->sets);
	atomic_store(&waiting->has, true);
	return NULL;
}

/* Large tables have fewer sets, and then one has to wait. */
static void
test_bounded(void **state)
{
	static const struct {
		size_t patterns, sets;
	} cases[] = {
		{ 0, 16 }, { 2, 16 }, { 1024, 16 }, { 1025, 15 },
		{ 8192, 2 }, { 8193, 2 }, { 1000000, 2 },
	};

	const struct timespec soon = { 0, 20 * 1000 * 1000 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		/* No pattern is asked for, so none need be there. */
		struct waiting waiting = { .sets = regexp_sets_new(patterns,
		    cases[i].patterns, 0) };
		struct regexp_set *taken[REGEXP_SETS_MAX];
		pthread_t thread;

		for (size_t n = 0; n < cases[i].sets; n++) {
			taken[n] = regexp_sets_take(waiting.sets);
			assert_non_null(taken[n]);
		}
		pthread_create(&thread, NULL, wait_for_set, &waiting);
		nanosleep(&soon, NULL);
		assert_false(atomic_load(&waiting.has));
		regexp_sets_give(waiting.sets, taken[1]);
		pthread_join(thread, NULL);
		assert_ptr_equal(waiting.got, taken[1]);
		for (size_t n = 0; n < cases[i].sets; n++)
			regexp_sets_give(waiting.sets, taken[n]);
		regexp_sets_free(&waiting.sets);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_refers),
		cmocka_unit_test(test_refers_to_nothing),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_steps_are_taken),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_forgets),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
