/* Parameters as readers show them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "message/params.h"

#define S(literal)	SPAN_INIT(literal)
#define FFFD		"\xef\xbf\xbd"

static const struct {
	const char *name;
	struct span in, want;
} cases[] = {
	{ "nothing", S(""), S("") },
	{ "a type", S(" text/plain"), S("text/plain") },
	{ "one", S("text/plain; charset=utf-8"),
	    S("text/plain; charset=\"utf-8\"") },
	{ "quoted", S("attachment;\n\tfilename=\"a b.txt\""),
	    S("attachment; filename=\"a b.txt\"") },
	{ "escapes", S("a/b; name=\"a\\\"b\\\\c\\d\""),
	    S("a/b; name=\"a\\\"b\\\\cd\"") },
	{ "blanks, not quoted", S("a/b; name= my file.exe ; x=1"),
	    S("a/b; name=\"my file.exe\"; x=\"1\"") },
	{ "a bracket in a name", S("a/b; name=report (1).exe"),
	    S("a/b; name=\"report (1).exe\"") },
	{ "comments", S("a/b (x;y) ; (z) name(w) = (v) a.exe (last)"),
	    S("a/b; name=\"a.exe\"") },
	{ "a comment without an end", S("a/b; (name=a.exe"),
	    S("a/b; name=\"a.exe\"") },
	{ "no semicolon", S("a/b; name=\"a.txt\" filename=\"b.exe\""),
	    S("a/b; name=\"a.txt\"; filename=\"b.exe\"") },
	{ "no semicolon behind the type", S("attachment filename=b.exe"),
	    S("attachment; filename=\"b.exe\"") },
	{ "no type", S("filename=b.exe"), S("filename=\"b.exe\"") },
	{ "no quote at the end", S("a/b; name=\"b.exe"),
	    S("a/b; name=\"b.exe\"") },
	{ "semicolon in quotes", S("a/b; name=\"a;b.exe\""),
	    S("a/b; name=\"a;b.exe\"") },
	{ "many semicolons", S("a/b;; ; ;name=x;"), S("a/b; name=\"x\"") },
	{ "no parameter", S("a/b; what is this; x=1"),
	    S("a/b; what is this; x=\"1\"") },
	{ "empty", S("a/b; x=; y=\"\""), S("a/b; x=\"\"; y=\"\"") },
	{ "percent", S("a/b; name*=UTF-8'de'%C3%A4%20b.exe"),
	    S("a/b; name=\"\xc3\xa4 b.exe\"") },
	{ "percent, in quotes", S("a/b; name*=\"iso-8859-1''%E4.exe\""),
	    S("a/b; name=\"\xc3\xa4.exe\"") },
	{ "percent, no set", S("a/b; name*=%C3%A4.exe"),
	    S("a/b; name=\"\xc3\xa4.exe\"") },
	{ "percent, empty set", S("a/b; name*=''%E4.exe"),
	    S("a/b; name=\"\xc3\xa4.exe\"") },
	{ "percent, unknown set", S("a/b; name*=nobody''%E4.exe"),
	    S("a/b; name=\"" FFFD ".exe\"") },
	{ "percent, no hex", S("a/b; name*=utf-8''100%.%4x%41"),
	    S("a/b; name=\"100%.%4xA\"") },
	{ "no percent", S("a/b; name=\"%41.exe\""),
	    S("a/b; name=\"%41.exe\"") },
	{ "pieces", S("a/b; name*0=\"inv\"; name*1=\"oice\"; name*2=.exe"),
	    S("a/b; name=\"invoice.exe\"") },
	{ "pieces in any order", S("a/b; name*2=.exe; x=1; NAME*0=inv; "
	    "name*1=oice"), S("a/b; NAME=\"invoice.exe\"; x=\"1\"") },
	{ "ten pieces and more", S("a/b; n*10=k; n*9=j; n*8=i; n*7=h; n*6=g; "
	    "n*5=f; n*4=e; n*3=d; n*2=c; n*1=b; n*0=a"),
	    S("a/b; n=\"abcdefghijk\"") },
	{ "pieces with a set", S("a/b; name*0*=utf-8'en'inv%6F; "
	    "name*1=\"%69ce\"; name*2*=%2Eexe"),
	    S("a/b; name=\"invo%69ce.exe\"") },
	{ "a character in two pieces", S("a/b; name*0*=utf-8''%C3; "
	    "name*1*=%A4.exe"), S("a/b; name=\"\xc3\xa4.exe\"") },
	{ "a piece is missing", S("a/b; name*0=inv; name*7=.exe"),
	    S("a/b; name=\"inv.exe\"") },
	{ "no first piece", S("a/b; name*1=.exe"), S("a/b; name=\".exe\"") },
	{ "leading zeros", S("a/b; name*01=.exe; name*00=a"),
	    S("a/b; name=\"a.exe\"") },
	{ "a piece comes twice", S("a/b; n*0=invoice; n*1=.exe; n*1=.txt"),
	    S("a/b; n=\"invoice.exe\"; n=\"invoice.txt\"") },
	{ "a number too large", S("a/b; n*1234567=x"),
	    S("a/b; n*1234567=\"x\"") },
	{ "plain and percent", S("a/b; name=a.txt; name*=utf-8''a%2Eexe"),
	    S("a/b; name=\"a.txt\"; name=\"a.exe\"") },
	{ "twice", S("a/b; name=a.txt; name=a.exe"),
	    S("a/b; name=\"a.txt\"; name=\"a.exe\"") },
	{ "a word in quotes", S("a/b; name=\"=?utf-8?B?w6QuZXhl?=\""),
	    S("a/b; name=\"\xc3\xa4.exe\"") },
	{ "words without quotes", S("a/b; name==?utf-8?q?=C3?=\n "
	    "=?utf-8?q?=A4.exe?="), S("a/b; name=\"\xc3\xa4.exe\"") },
	{ "a word in pieces", S("a/b; name*0=\"=?utf-8?B?w6Qu\"; "
	    "name*1=\"ZXhl?=\""), S("a/b; name=\"\xc3\xa4.exe\"") },
	{ "quotes out of a word", S("a/b; name=\"=?utf-8?q?a=22;x=3D1?=\""),
	    S("a/b; name=\"a\\\";x=1\"") },
	{ "raw 8 bit", S("a/b; n\xc3\xa4m\xe9=\"\xe4.exe\""),
	    S("a/b; n\xc3\xa4m\xc3\xa9=\"\xc3\xa4.exe\"") },
	{ "control characters", S("a/b; name=\"a\0b\n\t c.e\x01xe\""),
	    S("a/b; name=\"ab c.exe\"") },
	{ "equals sign alone", S("a/b; =x; \"q\"=1; ="),
	    S("a/b; =x; \"q\"=1; =") },
};

static void
parses(void **state)
{
	struct region region;
	struct buf out;

	(void)state;
	region_init(&region, 1024UL * 1024);
	buf_init(&out, 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct params params;

		region_reset(&region);
		buf_reset(&out);
		assert_true(params_parse(cases[i].in, &region, &params));
		params_write(&params, &out);
		if (!span_equal(buf_span(&out), cases[i].want))
			fail_msg("%s: got \"%.*s\"", cases[i].name,
			    SPAN_ARG(buf_span(&out)));
	}
	buf_clear(&out);
	region_clear(&region);
}

static void
expect_nth(const struct params *params, size_t nth, const char *want)
{
	const struct param *param = params_find(params, SPAN("name"), nth);

	size_t at = 0;

	if (want == NULL)
		assert_null(param);
	else
		assert_true(param != NULL &&
		    span_equal(param->value, span_of(want)));
	/* One after the other gives the same. */
	for (size_t i = 0; i < nth; i++)
		params_next(params, SPAN("name"), &at);
	assert_ptr_equal(params_next(params, SPAN("name"), &at), param);
}

static void
finds_what_readers_prefer(void **state)
{
	struct params params;
	struct region region;

	(void)state;
	region_init(&region, 1024UL * 1024);
	assert_true(params_parse(SPAN("a/b; Name=1; x=2; name*0=3; NAME=4; "
	    "name*=5; name"), &region, &params));
	expect_nth(&params, 0, "3");
	expect_nth(&params, 1, "5");
	expect_nth(&params, 2, "1");
	expect_nth(&params, 3, "4");
	expect_nth(&params, 4, NULL);
	assert_null(params_find(&params, SPAN(""), 0));
	region_clear(&region);
}

static void
knows_fields(void **state)
{
	(void)state;
	assert_true(params_has(SPAN("content-type")));
	assert_true(params_has(SPAN("Content-Disposition")));
	assert_false(params_has(SPAN("Content-Id")));
	assert_false(params_has(SPAN("Content-Type2")));
}

/* Each many times over: no longer than its length, nothing is lost. */
static void
is_bounded(void **state)
{
	static const char *const many[] = { "; n=x", "; n*0=x", "; n*=%41",
	    ";(", "; x (", ";", " n=\"x\"", "(", "; x(;", "; n*1*=''%" };

	(void)state;
	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
		struct params params;
		struct region region;
		struct buf in, out;

		region_init(&region, 16UL * 1024 * 1024);
		buf_init(&in, 1024UL * 1024);
		buf_init(&out, 4UL * 1024 * 1024);
		while (in.n < 200000)
			buf_add(&in, span_of(many[i]));
		buf_add(&in, SPAN("; last=.exe"));
		assert_true(params_parse(buf_span(&in), &region, &params));
		assert_true(params.n <= PARAMS_MAX + 1);
		params_write(&params, &out);
		assert_false(out.cut);
		assert_non_null(memmem(out.p, out.n, ".exe", 4));
		buf_clear(&in);
		buf_clear(&out);
		region_clear(&region);
	}
}

/* A region that is full is said so, wherever it happens. */
static void
fails_without_memory(void **state)
{
	struct span in = SPAN("a/b; n=x; n*0=y; z*=utf-8''%41");
	struct params params;
	struct region region;
	size_t failed = 0;

	(void)state;
	for (size_t max = 0; max < 2000; max += 8) {
		region_init(&region, max);
		if (!params_parse(in, &region, &params))
			failed++;
		else
			assert_int_equal(params.n, 3);
		region_clear(&region);
	}
	assert_true(failed > 10 && failed < 240);
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void
survives_anything(void **state)
{
	static const char *const pieces[] = { ";", "; ", "=", "\"", "*", "*0",
	    "*1*", "*=", "name", "'", "''", "utf-8", "iso-2022-jp", "%41",
	    "%e9", "%", "(", ")", "\\", "\n ", "=?utf-8?q?", "?=", "a/b",
	    "\xff", "\xc3", "x", "0" };
	uint32_t seed = 1, code;
	struct region region;
	struct buf in, out;
	size_t n;

	(void)state;
	print_message("seed 1\n");
	buf_init(&in, 1000);
	region_init(&region, 1024UL * 1024);
	for (size_t i = 0; i < 20000; i++) {
		struct params params;

		region_reset(&region);
		buf_reset(&in);
		for (size_t left = next_random(&seed) % 30; left > 0; left--)
			buf_add(&in, span_of(pieces[next_random(&seed) %
			    (sizeof(pieces) / sizeof(pieces[0]))]));
		buf_init(&out, 10000);
		assert_true(params_parse(buf_span(&in), &region, &params));
		params_write(&params, &out);
		for (size_t at = 0; at < out.n; at += n)
			assert_int_equal(utf8_next(span_skip(buf_span(&out),
			    at), &code, &n), UTF8_GOOD);
		buf_clear(&out);
	}
	region_clear(&region);
	buf_clear(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(finds_what_readers_prefer),
		cmocka_unit_test(knows_fields),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(fails_without_memory),
		cmocka_unit_test(survives_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
