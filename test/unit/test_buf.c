/* Buffers grow up to their bound; what does not fit is left out and said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"

#define S(literal)	SPAN_INIT(literal)

static const struct {
	const char *name;
	size_t max;
	struct span first, second, want;
	bool cut;
} adds[] = {
	{ "nothing", 0, S(""), S(""), S(""), false },
	{ "no room at all", 0, S("a"), S(""), S(""), true },
	{ "one below", 5, S("ab"), S("cd"), S("abcd"), false },
	{ "at the bound", 4, S("ab"), S("cd"), S("abcd"), false },
	{ "one past", 3, S("ab"), S("cd"), S("abc"), true },
	{ "full before", 2, S("ab"), S("cd"), S("ab"), true },
	{ "empty to full", 2, S("ab"), S(""), S("ab"), false },
	{ "NUL", 9, S("a\0"), S("\0b"), S("a\0\0b"), false },
	{ "null span", 9, { NULL, 0 }, S("b"), S("b"), false },
	{ "no bound", SIZE_MAX, S("ab"), S("c"), S("abc"), false },
};

static void
expect(const char *name, const struct buf *buf, struct span want, bool cut)
{
	if (!span_equal(buf_span(buf), want))
		fail_msg("%s: got \"%.*s\", want \"%.*s\"", name,
		    SPAN_ARG(buf_span(buf)), SPAN_ARG(want));
	if (buf->cut != cut)
		fail_msg("%s: cut is %d", name, buf->cut);
}

/* Whole, byte by byte, and through printf: the same is kept. */
static void
adds_up_to_max(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(adds) / sizeof(adds[0]); i++) {
		struct span a = adds[i].first, b = adds[i].second;
		struct buf buf;
		bool whole;

		buf_init(&buf, adds[i].max);
		whole = buf_add(&buf, a);
		whole = buf_add(&buf, b) && whole;
		expect(adds[i].name, &buf, adds[i].want, adds[i].cut);
		assert_int_equal(whole, !adds[i].cut);
		assert_int_equal(buf_string(&buf)[buf.n], '\0');

		buf_reset(&buf);
		expect("reset", &buf, SPAN(""), false);
		for (size_t j = 0; j < a.n; j++)
			buf_addc(&buf, a.p[j]);
		for (size_t j = 0; j < b.n; j++)
			buf_addc(&buf, b.p[j]);
		expect(adds[i].name, &buf, adds[i].want, adds[i].cut);

		buf_reset(&buf);
		if (span_find(a, '\0') == a.n) {
			whole = buf_addf(&buf, "%.*s", SPAN_ARG(a));
			whole = buf_addf(&buf, "%.*s", SPAN_ARG(b)) && whole;
			expect(adds[i].name, &buf, adds[i].want, adds[i].cut);
			assert_int_equal(whole, !adds[i].cut);
		}
		buf_clear(&buf);
	}
}

static void
grows(void **state)
{
	const size_t max = 100000;
	struct buf buf;

	(void)state;
	buf_init(&buf, max);
	for (size_t i = 0; i < max; i++)
		assert_true(buf_addc(&buf, (char)(i % 251)));
	assert_false(buf_addc(&buf, 'x'));
	assert_true(buf.cut);
	for (size_t i = 0; i < max; i++)
		assert_int_equal((unsigned char)buf.p[i], i % 251);
	/* A bound on bytes is one on memory: doubling stops there. */
	assert_in_range(buf.size, max, max + 1);
	buf_clear(&buf);
	assert_int_equal(buf.max, max);
	assert_false(buf.cut);
}

static void
reserves(void **state)
{
	static const struct {
		size_t max, used, n;
		bool want;
	} cases[] = {
		{ 10, 4, 5, true }, { 10, 4, 6, true }, { 10, 4, 7, false },
		{ 10, 10, 0, true }, { 10, 10, 1, false },
		{ 10, 4, SIZE_MAX, false },
		{ SIZE_MAX, 4, SIZE_MAX, false },
		{ SIZE_MAX, 4, SIZE_MAX - 4, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf buf;

		buf_init(&buf, cases[i].max);
		buf_add(&buf, span_make("0123456789", cases[i].used));
		assert_int_equal(buf_reserve(&buf, cases[i].n),
		    cases[i].want);
		assert_int_equal(buf.n, cases[i].used);
		assert_false(buf.cut);
		buf_clear(&buf);
	}
}

static void
strings(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 3);
	assert_string_equal(buf_string(&buf), "");
	buf_addf(&buf, "%d", 12345);
	assert_string_equal(buf_string(&buf), "123");
	assert_true(buf.cut);
	buf_clear(&buf);
	buf_init(&buf, 0);
	assert_string_equal(buf_string(&buf), "");
	buf_clear(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_up_to_max),
		cmocka_unit_test(grows),
		cmocka_unit_test(reserves),
		cmocka_unit_test(strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
