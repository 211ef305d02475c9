/*
 * Counting steps: what matches stays the same, groups included, and no text
 * takes more steps than it may.  Random patterns are made with POSTERN_SEED;
 * POSTERN_ROUNDS says how many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "table/step_points.h"

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))
#define PAIRS		20

static void
test_budget(void **state)
{
	const uint64_t free_steps = STEPS_FREE + 10 * STEPS_FREE_PER_BYTE;
	const uint64_t all = 1000 * 1000;
	struct steps steps = { .all = 0 };

	(void)state;
	assert_int_equal(steps_allowed(NULL, NULL, 10), UINT64_MAX);
	steps_begin(&steps, 0);
	steps_spend(&steps, UINT64_MAX);
	assert_int_equal(steps_allowed(&steps, NULL, 10), UINT64_MAX);
	steps_spend(&steps, 1);
	assert_int_equal(steps.used, UINT64_MAX);

	steps_begin(&steps, all);
	assert_int_equal(steps_allowed(&steps, NULL, 10),
	    all / STEPS_MATCH_PART + free_steps);
	/* The last of the half, and then the reserve. */
	steps_spend(&steps, all / 2 - free_steps - 1);
	assert_int_equal(steps_allowed(&steps, NULL, 10), free_steps + 1);
	steps_spend(&steps, 1);
	assert_int_equal(steps_allowed(&steps, NULL, 10), free_steps);
	steps_spend(&steps, free_steps);
	assert_int_equal(steps_allowed(&steps, NULL, 10), free_steps);
	steps_spend(&steps, all / 2 - 1);
	assert_int_equal(steps_allowed(&steps, NULL, 10), 1);
	steps_spend(&steps, 1);
	assert_int_equal(steps_allowed(&steps, NULL, 10), 0);
	steps_spend(&steps, 1);
	assert_int_equal(steps_allowed(&steps, NULL, 10), 0);
	steps_clear(&steps);
}

static void
test_rules(void **state)
{
	struct steps steps = { .all = 0 };
	int rules[STEPS_RULES + 2];

	(void)state;
	steps_note(NULL, &(struct steps_rule){ .rule = rules });
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < COUNT(rules); i++)
			steps_note(&steps, &(struct steps_rule){
			    .rule = &rules[i], .spent = round == 1 });
	assert_int_equal(steps.n_rules, STEPS_RULES);
	assert_int_equal(steps.others, 6);
	for (size_t i = 0; i < steps.n_rules; i++) {
		assert_int_equal(steps.rules[i].times, 3);
		assert_true(steps.rules[i].spent);
	}
	/* Those that are known get less for a long key. */
	steps.all = 1000 * 1000;
	steps.used = 500 * 1000;
	assert_int_equal(steps_allowed(&steps, rules, 1600), STEPS_FREE + 100);
	assert_int_equal(steps_allowed(&steps, &rules[STEPS_RULES], 1600),
	    STEPS_FREE + 1600 * STEPS_FREE_PER_BYTE);
	steps.used = 750 * 1000;
	assert_int_equal(steps_allowed(&steps, rules, 1600), 0);
	assert_true(steps_allowed(&steps, &rules[STEPS_RULES], 1600) > 0);
	steps_begin(&steps, 1);
	assert_int_equal(steps.n_rules + steps.others, 0);
	steps_clear(&steps);
}

static const struct {
	const char *pattern;
	bool counted;
} counted[] = {
	{ "^Subject: foo", false },
	{ "^Subject:.*foo", true },
	{ "foo|bar|baz", false },
	{ "https?://", false },
	{ "a{3}", false },
	{ "a{16}", false },
	{ "a{17}", true },
	{ "(?:ab){2}", true },
	{ "a?a?a?a?a?a?", false },		/* 64 ways */
	{ "a?a?a?a?a?a?a?", true },
	{ "[ab]?x[cd]?y(?:e|f)z(?i)", false },
	{ "(a)\\1", true },
	{ "\\p{L}", true },
	{ "(?=a+)b", true },
	{ "", false },
};

static int
wrongly_counted(uint32_t options)
{
	int wrong = 0;

	for (size_t i = 0; i < COUNT(counted); i++) {
		struct step_points *points;
		size_t offset;
		int error;
		pcre2_code *code = step_points_compile(
		    span_of(counted[i].pattern), options, &error, &offset,
		    &points);

		assert_non_null(code);
		if ((points != NULL) != counted[i].counted) {
			print_error("%s, %x: %d\n", counted[i].pattern,
			    options, points != NULL);
			wrong++;
		}
		free(points);
		pcre2_code_free(code);
	}
	return wrong;
}

static void
test_what_is_counted(void **state)
{
	(void)state;
	assert_int_equal(wrongly_counted(PCRE2_CASELESS), 0);
	assert_int_equal(wrongly_counted(PCRE2_CASELESS | PCRE2_UTF |
	    PCRE2_UCP), 0);
}

static void
test_faults(void **state)
{
	struct step_points *points;
	size_t offset;
	int error;

	(void)state;
	/* As without counting, whatever was rewritten. */
	assert_null(step_points_compile(SPAN("a*b*("), 0, &error, &offset,
	    &points));
	assert_int_equal(offset, 5);
	assert_int_equal(error, PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS);
	assert_null(points);
}

/* One pattern, compiled as ever and with its steps counted. */
struct pair {
	pcre2_code *plain, *counts;
	struct step_points *points;
	pcre2_match_data *want, *got;
	pcre2_match_context *context;
};

static bool
pair_make(struct pair *pair, const char *pattern, uint32_t options)
{
	size_t offset;
	int error;

	pair->plain = pcre2_compile((PCRE2_SPTR)pattern, strlen(pattern),
	    options, &error, &offset, NULL);
	pair->counts = step_points_compile(span_of(pattern), options, &error,
	    &offset, &pair->points);
	if ((pair->plain == NULL) != (pair->counts == NULL))
		fail_msg("/%s/ with %x compiles only %s", pattern, options,
		    pair->plain != NULL ? "plain" : "rewritten");
	if (pair->plain == NULL)
		return false;
	pcre2_jit_compile(pair->plain, PCRE2_JIT_COMPLETE);
	pcre2_jit_compile(pair->counts, PCRE2_JIT_COMPLETE);
	return true;
}

static void
pair_clear(struct pair *pair)
{
	free(pair->points);
	pcre2_code_free(pair->plain);
	pcre2_code_free(pair->counts);
}

static int
match_plain(struct pair *pair, struct span key, uint32_t options)
{
	return pcre2_match(pair->plain, (PCRE2_SPTR)key.p, key.n, 0, options,
	    pair->want, pair->context);
}

static bool
are_alike(const struct pair *pair, int want, int got)
{
	return want == got && (want < 1 || memcmp(
	    pcre2_get_ovector_pointer(pair->want),
	    pcre2_get_ovector_pointer(pair->got),
	    (size_t)want * 2 * sizeof(size_t)) == 0);
}

/*
 * 1: they match alike; 0: neither does; -1: one had met a limit, which may
 * need a little more or less.  Some patterns, with \K and few others, JIT code
 * of PCRE2 10.42 itself matches otherwise than its interpreter; then it is the
 * interpreter that is right.
 */
static int
compare(struct pair *pair, const char *pattern, struct span key)
{
	struct steps steps = { .all = 0 };
	int want = match_plain(pair, key, 0);
	int got = pair->points != NULL ? step_points_match(pair->points,
	    &steps, NULL, pair->counts, key, 0, pair->got,
	    pair->context) :
	    pcre2_match(pair->counts, (PCRE2_SPTR)key.p, key.n, 0, 0,
	    pair->got, pair->context);

	if (want < PCRE2_ERROR_PARTIAL || got < PCRE2_ERROR_PARTIAL)
		return -1;
	if (are_alike(pair, want, got))
		return want > 0;
	want = match_plain(pair, key, PCRE2_NO_JIT);
	if (!are_alike(pair, want, got))
		fail_msg("/%s/ on \"%.*s\": %d instead of %d", pattern,
		    (int)key.n, key.p, got, want);
	return want > 0;
}

static uint64_t seed;

static unsigned
dice(unsigned sides)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(seed >> 33) % sides;
}

/* Patterns and keys are of characters. */
static bool utf;

static void
make_pattern(struct buf *out, unsigned depth)
{
	static const char *const atoms[] = {
		"a", "b", "c", "ab", "\\w", "[ab]", "[^a]", ".", "\\b", "^",
		"$", "\\1", "\\2", "\\s", "(?i)", "\\x61", "[[:alpha:]]",
		"\\d", "(?C)", "\\Qa\\E", "\\R", "(?1)", "\\K", "a++", "\\z",
	}, *const wide[] = {
		"\xc3\xa9", "[\xc3\xa9k]", "s", "k", "[^\xc3\xa9]", "\\W",
		"\\xe9", "[a-\xd1\x8f]", "\\S",
	};
	static const char *const opens[] = {
		"(", "(", "(?:", "(?=", "(?!", "(?<=", "(?>", "(?i:",
		"(?<n>", "(?|", "(?(1)", "(*COMMIT)(",
	};
	static const char *const repeats[] = {
		"*", "+", "?", "*?", "+?", "??", "*+", "{2}", "{1,3}",
		"{0,20}", "{20}", "{2,}", "{0,40}?",
	};

	for (unsigned n = 1 + dice(4); n > 0; n--) {
		if (depth > 0 && dice(3) == 0) {
			buf_addf(out, "%s", opens[dice(COUNT(opens))]);
			make_pattern(out, depth - 1);
			buf_addc(out, ')');
		} else if (utf && dice(3) == 0) {
			buf_addf(out, "%s", wide[dice(COUNT(wide))]);
		} else {
			buf_addf(out, "%s", atoms[dice(COUNT(atoms))]);
		}
		if (dice(3) == 0)
			buf_addf(out, "%s", repeats[dice(COUNT(repeats))]);
		if (dice(8) == 0)
			buf_addc(out, '|');
	}
}

static void
make_key(struct buf *out)
{
	static const char letters[] = "aaaabbbcAB1 \n-";
	static const char *const wide[] = {
		"\xc3\xa9", "\xc3\x89", "s", "\xc5\xbf", "\xe2\x84\xaa", "K",
		"\xf0\x9f\x98\x80", "\xd1\x8f", "\xc2\x85",
	};

	for (unsigned n = dice(30); n > 0; n--)
		if (utf && dice(3) == 0)
			buf_addf(out, "%s", wide[dice(COUNT(wide))]);
		else
			buf_addc(out, letters[dice(sizeof(letters) - 1)]);
}

static unsigned
from_environment(const char *name, unsigned otherwise)
{
	const char *value = getenv(name);

	return value != NULL ? (unsigned)strtoul(value, NULL, 10) : otherwise;
}

static void
test_random(void **state)
{
	static const uint32_t flags[] = {
		PCRE2_CASELESS, PCRE2_DOTALL, PCRE2_MULTILINE,
		PCRE2_EXTENDED, PCRE2_ANCHORED, PCRE2_UNGREEDY,
	};
	unsigned rounds = from_environment("POSTERN_ROUNDS", 20000);
	unsigned right = 0, matched = 0, used = 0;
	struct pair pair = {
		.want = pcre2_match_data_create(PAIRS, NULL),
		.got = pcre2_match_data_create(PAIRS, NULL),
		.context = pcre2_match_context_create(NULL),
	};
	struct buf pattern, key;

	(void)state;
	seed = from_environment("POSTERN_SEED", 20261120);
	printf("seed %llu\n", (unsigned long long)seed);
	pcre2_set_match_limit(pair.context, 20000);
	buf_init(&pattern, 10000);
	buf_init(&key, 1000);
	for (unsigned i = 0; i < rounds; i++) {
		uint32_t options = 0;

		for (size_t j = 0; j < COUNT(flags); j++)
			options |= dice(4) == 0 ? flags[j] : 0;
		utf = dice(3) == 0;
		options |= utf ? PCRE2_UTF | PCRE2_UCP : 0;
		buf_reset(&pattern);
		make_pattern(&pattern, 3);
		if (!pair_make(&pair, buf_string(&pattern), options))
			continue;
		right++;
		used += pair.points != NULL;
		for (int j = 0; j < 8; j++) {
			buf_reset(&key);
			make_key(&key);
			matched += compare(&pair, buf_string(&pattern),
			    buf_span(&key)) > 0;
		}
		pair_clear(&pair);
	}
	/* Else it shows nothing. */
	printf("%u patterns, %u with steps, %u matches\n", right, used,
	    matched);
	assert_true(used > right / 4 && used < right);
	assert_true(matched > right);
	pcre2_match_data_free(pair.want);
	pcre2_match_data_free(pair.got);
	pcre2_match_context_free(pair.context);
	buf_clear(&pattern);
	buf_clear(&key);
}

/* Each takes more than these, however it is compiled. */
static const char *const slow[] = {
	"[ab]*[ac]*[ad]*[xy]", "a.*a.*a.*[xy]", "(?:a|aa)+[xy]",
	"^(a+)+[xy]", "(?:a?){40}[xy]", "a?a?a?a?a?a?a?a?a?a?a?a?a?a?b+c",
	"(a+)(a+)\\1\\2[xy]", "(?=(a+))\\1\\1?[xy]", "(?>a[ab]*c|a)*[xy]",
	"\\p{L}*\\p{L}*\\p{L}*[!?]", "(a(?1)?a?)+[xy]",
};

static void
test_bounds(void **state)
{
	pcre2_match_data *data = pcre2_match_data_create(PAIRS, NULL);
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	pcre2_jit_stack *stack = pcre2_jit_stack_create(1024, 1024 * 1024,
	    NULL);
	char text[2001];

	(void)state;
	pcre2_jit_stack_assign(context, NULL, stack);
	memset(text, 'a', sizeof(text) - 3);
	memcpy(text + sizeof(text) - 3, "bbc", 3);
	for (size_t i = 0; i < COUNT(slow); i++) {
		for (int jit = 0; jit < 2; jit++) {
			struct steps steps = { .all = 0 };
			struct step_points *points;
			size_t offset;
			int error, result;
			pcre2_code *code = step_points_compile(
			    span_of(slow[i]), PCRE2_DOTALL, &error, &offset,
			    &points);

			assert_non_null(code);
			assert_non_null(points);
			if (jit)
				pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
			steps_begin(&steps, 100000);
			result = step_points_match(points, &steps, NULL, code,
			    span_make(text, sizeof(text)), 0, data, context);
			if (result != PCRE2_ERROR_CALLOUT)
				fail_msg("/%s/: %d after %llu steps", slow[i],
				    result, (unsigned long long)steps.used);
			/* No more than one run beyond. */
			assert_true(steps.used < 60000);
			free(points);
			pcre2_code_free(code);
			steps_clear(&steps);
		}
	}
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
	pcre2_jit_stack_free(stack);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budget), cmocka_unit_test(test_rules),
		cmocka_unit_test(test_what_is_counted),
		cmocka_unit_test(test_faults), cmocka_unit_test(test_random),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
