/* Names of attachments: the form that counts, and all that a part has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message/file_name.h"

static void
test_form(void **state)
{
	static const struct {
		struct span name;
		const char *want;
	} cases[] = {
		{ SPAN_INIT(""), "" },
		{ SPAN_INIT("a.txt"), "a.txt" },
		{ SPAN_INIT("a.exe. .. "), "a.exe" },
		{ SPAN_INIT(" . "), "" },
		{ SPAN_INIT(" .a"), " .a" },
		{ SPAN_INIT("\xc3\xa4.exe"), "\xc3\xa4.exe" },
		{ SPAN_INIT("a\xe2\x80\xae" "fdp.exe"),
		    "a<U+202E>fdp.exe" },
		{ SPAN_INIT("a\xe2\x80\x8b.exe\xe2\x80\x8b"),
		    "a<U+200B>.exe<U+200B>" },
		{ SPAN_INIT("a\n\0b\x7f"), "a<U+000A><U+0000>b<U+007F>" },
		{ SPAN_INIT("a\xc2\xad\xef\xbb\xbf"), "a<U+00AD><U+FEFF>" },
		{ SPAN_INIT("\xf3\xa0\x81\x81x"), "<U+E0041>x" },
		{ SPAN_INIT("a\xff.exe"), "a\xef\xbf\xbd.exe" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;

		buf_init(&out, FILE_NAME_MAX);
		file_name_add(&out, cases[i].name);
		assert_string_equal(buf_string(&out), cases[i].want);
		buf_clear(&out);
	}
}

/* The end stays, at any length. */
static void
test_length(void **state)
{
	static char name[100000];

	(void)state;
	memset(name, 'a', sizeof(name));
	for (size_t n = 4; n < sizeof(name); n = n < FILE_NAME_MAX - 2 ||
	    n > FILE_NAME_MAX + 2 ? n * 2 - 3 : n + 1) {
		struct span text = span_make(name + sizeof(name) - n, n);
		struct buf out;

		memcpy(name + sizeof(name) - 4, ".exe", 4);
		buf_init(&out, FILE_NAME_MAX);
		file_name_add(&out, text);
		assert_false(out.cut);
		assert_true(span_ends(buf_span(&out), SPAN(".exe")));
		assert_int_equal(out.n, n < FILE_NAME_MAX ? n :
		    FILE_NAME_MAX);
		buf_clear(&out);
	}
}

static const struct {
	const char *type, *disposition;
	const char *names;		/* with | between them */
	const char *charset, *how;
} parts[] = {
	{ "", "", "", "", "" },
	{ " text/plain", "", "", "", "" },
	{ " text/plain; charset=\"UTF-8\"", " INLINE", "", "utf-8",
	    "inline" },
	{ " a/b; name=a.txt", " attachment; filename=b.exe", "b.exe|a.txt",
	    "", "attachment" },
	{ " a/b; name=a.txt", " attachment; filename=\"a.txt. \"", "a.txt",
	    "", "attachment" },
	{ " a/b; name=\"=?utf-8?q?=C3=A4.exe?=\"", "", "\xc3\xa4.exe", "",
	    "" },
	{ "", " attachment; filename=a.txt; filename*=utf-8''b%2Eexe",
	    "b.exe|a.txt", "", "attachment" },
	{ "", " x; filename*1=.exe; filename*0=a", "a.exe", "", "x" },
	{ "", " attachment; filename=a.exe; filename=b.txt", "a.exe|b.txt",
	    "", "attachment" },
	{ " a/b; charset=\"x y\xff\"", " \xff", "", "x?y??", "??" },
};

static void
test_parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct part_words words;
		struct region region;
		struct buf names;

		region_init(&region, 1 << 16);
		buf_init(&names, 1 << 16);
		assert_true(part_words(span_of(parts[i].type),
		    span_of(parts[i].disposition), SPAN(""), &region,
		    &words));
		for (size_t k = 0; k < words.names.n; k++)
			buf_addf(&names, "%s%.*s", k > 0 ? "|" : "",
			    SPAN_ARG(words.names.list[k]));
		assert_string_equal(buf_string(&names), parts[i].names);
		assert_true(span_equal(words.charset,
		    span_of(parts[i].charset)));
		assert_true(span_equal(words.disposition,
		    span_of(parts[i].how)));
		buf_clear(&names);
		region_clear(&region);
	}
}

/* The fields come again, and some readers take the last. */
static void
test_again(void **state)
{
	static const char *const want[] = { "b", "a", "d.exe", "c" };
	struct part_words words;
	struct region region;

	(void)state;
	region_init(&region, 1 << 16);
	assert_true(part_words(SPAN(" a/b; name=a"),
	    SPAN(" attachment; filename=b"),
	    SPAN("; x/y; name=c; attachment; filename*0=d; filename*1=.exe"),
	    &region, &words));
	assert_int_equal(words.names.n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(span_equal(words.names.list[i],
		    span_of(want[i])));
	assert_true(span_equal(words.disposition, SPAN("attachment")));
	region_clear(&region);
}

/* Of more names than are looked at the first, in bounded memory. */
static void
test_many(void **state)
{
	struct part_words words;
	struct region region;
	struct buf value;

	(void)state;
	buf_init(&value, 1 << 16);
	buf_add(&value, SPAN(" attachment"));
	for (int i = 0; i < 1000; i++)
		buf_addf(&value, "; filename=n%d", i);
	region_init(&region, 1 << 16);
	assert_true(part_words(SPAN(""), buf_span(&value), SPAN(""), &region,
	    &words));
	assert_int_equal(words.names.n, FILE_NAMES_MAX);
	assert_true(words.names.more);
	/* None that is new: not one more. */
	buf_reset(&value);
	buf_add(&value, SPAN(" attachment"));
	for (int i = 0; i < 2 * FILE_NAMES_MAX; i++)
		buf_addf(&value, "; filename=n%d", i % FILE_NAMES_MAX);
	assert_true(part_words(SPAN(""), buf_span(&value), SPAN(""), &region,
	    &words));
	assert_int_equal(words.names.n, FILE_NAMES_MAX);
	assert_false(words.names.more);
	assert_true(span_equal(words.names.list[0], SPAN("n0")));
	region_clear(&region);
	buf_clear(&value);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
