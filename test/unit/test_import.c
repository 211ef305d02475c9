/* postern import's reader of parameters; the rest is test/tool. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "tool/import_params.h"

#define REGION_MAX	((size_t)64 << 20)

struct fixture {
	struct region region;
	struct buf text;
	struct import_params params;
	unsigned line;
	const char *why;
};

static bool
begin(struct fixture *f, const char *text)
{
	region_init(&f->region, REGION_MAX);
	buf_init(&f->text, (size_t)1 << 20);
	buf_addf(&f->text, "%s", text);
	assert_true(buf_reserve(&f->text, 0));
	return import_params_read(&f->params, &f->text, &f->region, &f->line,
	    &f->why);
}

static void
end(struct fixture *f)
{
	buf_clear(&f->text);
	region_clear(&f->region);
}

static void
assert_value(struct fixture *f, const char *name, const char *want)
{
	struct span value = import_params_get(&f->params, name);

	if (!span_equal(value, span_of(want)))
		fail_msg("%s: \"%.*s\", not \"%s\"", name, SPAN_ARG(value),
		    want);
}

/* Some that postconf -x was seen to give, too: test/tool/test_import.py. */
static void
test_values(void **state)
{
	static const char text[] =
	    "# a comment\n"
	    "a = A\n"
	    "b=$a B\n"
	    "e =\n"
	    "long = one\n"
	    "    two\n"
	    "# in between\n"
	    "\tthree  \n"
	    "twice = 1\n"
	    "twice = 2\n"
	    "loop = x$loop\n"
	    "open = ${a\n"
	    "choice = ${a?{yes}:{no}} ${e?{yes}:{no}} ${e:no}\n"
	    "compare = ${{$b} == {A B} ? {eq} : {ne}}${{10}<{9}?{lt}:{ge}}\n"
	    "dollar = $$a $ $\n"
	    "unknown = $a/$foo/${foo}/$foot\n"
	    "myhostname = mx.example.com\n"
	    "host = $mydomain\n"
	    "dir = $config_directory/x\n"
	    "smtp-out_x.y = 1\n"
	    "minus = $a-b $foo-b $a.c\n";
	static const char *const want[][2] = {
		{ "a", "A" }, { "b", "A B" }, { "e", "" },
		{ "long", "one    two\tthree" }, { "twice", "2" },
		{ "open", "${a" }, { "choice", "yes no no" },
		{ "compare", "eqge" }, { "dollar", "$a $ $" },
		{ "unknown", "A/$foo/$foo/$foot" },
		{ "smtp-out_x.y", "1" }, { "minus", "A-b $foo-b A.c" },
		{ "host", "example.com" }, { "dir", "/etc/postfix/x" },
		{ "mime_header_checks", "" }, { "nothing", "" },
		{ "loop", "xxxxxxxxxxxxxxxxxxxx" },
	};
	struct fixture f;

	(void)state;
	assert_true(begin(&f, text));
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_value(&f, want[i][0], want[i][1]);
	end(&f);
}

static void
test_missing(void **state)
{
	struct fixture f;

	(void)state;
	assert_true(begin(&f, "a = $foo\nb = x$$foo\n"));
	assert_value(&f, "a", "$foo");
	assert_true(span_equal(import_params_missing(&f.params,
	    SPAN("hash:$foo/x")), SPAN("foo")));
	assert_true(span_equal(import_params_missing(&f.params,
	    SPAN("$foo")), SPAN("foo")));
	assert_true(span_equal(import_params_missing(&f.params,
	    SPAN("x$foo-b")), SPAN("foo")));
	assert_int_equal(import_params_missing(&f.params,
	    SPAN("$food $fo foo $")).n, 0);
	end(&f);
}

static void
test_faults(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
	} bad[] = {
		{ "", 0 }, { "# nothing\n\n", 0 }, { "a = 1\nb\n", 2 },
		{ "= x\n", 1 }, { "a b = x\n", 1 }, { "  a = x\n", 1 },
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(begin(&f, bad[i].text));
		assert_non_null(f.why);
		assert_int_equal(f.line, bad[i].line);
		end(&f);
	}
}

static void
test_nul(void **state)
{
	struct fixture f;

	(void)state;
	region_init(&f.region, REGION_MAX);
	buf_init(&f.text, 100);
	buf_add(&f.text, SPAN("a = 1\nb = 2\0x\n"));
	assert_true(buf_reserve(&f.text, 0));
	assert_false(import_params_read(&f.params, &f.text, &f.region,
	    &f.line, &f.why));
	assert_int_equal(f.line, 2);
	end(&f);
}

static bool
reads_many(size_t n)
{
	struct fixture f;
	struct buf text;
	bool good;

	buf_init(&text, (size_t)1 << 20);
	for (size_t i = 0; i < n; i++)
		buf_addf(&text, "p%zu = x\n", i);
	good = begin(&f, buf_string(&text));
	end(&f);
	buf_clear(&text);
	return good;
}

static void
test_bounds(void **state)
{
	struct fixture f;
	struct buf text;

	(void)state;
	assert_true(reads_many(IMPORT_PARAMS_MAX - 1));
	assert_true(reads_many(IMPORT_PARAMS_MAX));
	assert_false(reads_many(IMPORT_PARAMS_MAX + 1));

	/* Ten names of ten names of ten names: it ends, and soon. */
	buf_init(&text, (size_t)1 << 20);
	for (int i = 0; i < 15; i++) {
		buf_addf(&text, "p%d = ", i);
		for (int j = 0; j < 10; j++)
			buf_addf(&text, "$p%d", i + 1);
		buf_addc(&text, '\n');
	}
	buf_addf(&text, "p15 =\n");
	assert_true(begin(&f, buf_string(&text)));
	assert_value(&f, "p0", "");
	end(&f);
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
