/* What the JSON writer makes of values and of bytes that are no text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "tool/json.h"

#define S(literal)	SPAN_INIT(literal)
#define FFFD		"\xef\xbf\xbd"

static bool
to_buf(void *context, struct span bytes)
{
	return buf_add(context, bytes);
}

static void
begin(struct json *json, struct buf *out, size_t max)
{
	struct json_sink sink = { to_buf, out };

	buf_init(out, max);
	json_init(json, &sink);
}

static void
expect(struct json *json, struct buf *out, const char *name,
    struct span want)
{
	if (json_failed(json) || !span_equal(buf_span(out), want))
		fail_msg("%s: got %.*s, want %.*s", name,
		    SPAN_ARG(buf_span(out)), SPAN_ARG(want));
	buf_clear(out);
}

/* The replacements are those of Python's bytes.decode("utf-8", "replace"). */
static const struct {
	const char *name;
	struct span input, want;
} strings[] = {
	{ "empty", S(""), S("") },
	{ "plain", S("a b~"), S("a b~") },
	{ "marks", S("\"\\/"), S("\\\"\\\\/") },
	{ "blanks", S("\t\r\n"), S("\\t\\r\\n") },
	{ "NUL", S("a\0b"), S("a\\u0000b") },
	{ "controls", S("\x01\x1b\x1f\x20\x7e\x7f"),
	    S("\\u0001\\u001b\\u001f ~\\u007f") },
	{ "C1", S("\xc2\x80\xc2\x9f\xc2\xa0"),
	    S("\\u0080\\u009f\xc2\xa0") },
	{ "two bytes", S("\xc3\xa9\xdf\xbf"), S("\xc3\xa9\xdf\xbf") },
	{ "three bytes", S("\xe0\xa0\x80\xed\x9f\xbf\xef\xbf\xbf"),
	    S("\xe0\xa0\x80\xed\x9f\xbf\xef\xbf\xbf") },
	{ "four bytes", S("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"),
	    S("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf") },
	{ "Latin-1", S("caf\xe9"), S("caf" FFFD) },
	{ "Latin-1 within", S("caf\xe9s"), S("caf" FFFD "s") },
	{ "continuation alone", S("\x80" "a\xbf"), S(FFFD "a" FFFD) },
	{ "overlong two", S("\xc0\xaf\xc1\xbf"), S(FFFD FFFD FFFD FFFD) },
	{ "overlong three", S("\xe0\x9f\xbf"), S(FFFD FFFD FFFD) },
	{ "overlong four", S("\xf0\x8f\xbf\xbf"), S(FFFD FFFD FFFD FFFD) },
	{ "surrogate", S("\xed\xa0\x80"), S(FFFD FFFD FFFD) },
	{ "too high", S("\xf4\x90\x80\x80"), S(FFFD FFFD FFFD FFFD) },
	{ "f5 to ff", S("\xf5\xff"), S(FFFD FFFD) },
	{ "a part of three", S("\xe2\x82"), S(FFFD) },
	{ "a part, then a letter", S("\xe2\x82" "a"), S(FFFD "a") },
	{ "a part, then a quote", S("\xf0\x9f\x98\""), S(FFFD "\\\"") },
	{ "a part, then a whole", S("\xe2\x82\xc3\xa9"), S(FFFD "\xc3\xa9") },
	{ "a part, then a part", S("\xf0\x9f\xe2\x82"), S(FFFD FFFD) },
};

static void
writes_strings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		struct json json;
		struct buf out, want;

		buf_init(&want, 1000);
		buf_addf(&want, "\"%.*s\"", SPAN_ARG(strings[i].want));
		begin(&json, &out, 1000);
		json_string(&json, strings[i].input);
		expect(&json, &out, strings[i].name, buf_span(&want));

		begin(&json, &out, 1000);
		json_begin_string(&json);
		for (size_t n = 0; n < strings[i].input.n; n++)
			json_piece(&json, span_make(strings[i].input.p + n, 1));
		json_end_string(&json);
		expect(&json, &out, strings[i].name, buf_span(&want));
		buf_clear(&want);
	}
}

static void
writes_structure(void **state)
{
	struct json json;
	struct buf out;

	(void)state;
	begin(&json, &out, 1000);
	json_begin_object(&json);
	json_key(&json, "a");
	json_number(&json, UINT64_MAX);
	json_key(&json, "b");
	json_begin_array(&json);
	json_end_array(&json);
	json_key(&json, "c");
	json_begin_array(&json);
	json_null(&json);
	json_bool(&json, true);
	json_bool(&json, false);
	json_begin_object(&json);
	json_end_object(&json);
	json_text(&json, SPAN(""));
	json_text(&json, SPAN("x"));
	json_raw(&json, SPAN(""));
	json_end_array(&json);
	json_key(&json, "d");
	json_begin_array(&json);
	json_raw(&json, SPAN("1,"));
	json_raw(&json, SPAN("2"));
	json_number(&json, 0);
	json_end_array(&json);
	json_end_object(&json);
	expect(&json, &out, "structure", SPAN("{\"a\":18446744073709551615,"
	    "\"b\":[],\"c\":[null,true,false,{},null,\"x\"],\"d\":[1,2,0]}"));
}

/* Values by themselves, as they are kept for json_raw(). */
static void
separates_values(void **state)
{
	struct json json;
	struct buf out;

	(void)state;
	begin(&json, &out, 100);
	json_begin_object(&json);
	json_end_object(&json);
	json_begin_object(&json);
	json_end_object(&json);
	expect(&json, &out, "values", SPAN("{},{}"));
}

static void
stays_failed(void **state)
{
	(void)state;
	for (size_t max = 0; max <= 4; max++) {
		struct json json;
		struct buf out;

		begin(&json, &out, max);
		json_string(&json, SPAN("ab"));
		if (json_failed(&json) != (max < 4))
			fail_msg("%zu bytes for four", max);
		buf_clear(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_strings),
		cmocka_unit_test(writes_structure),
		cmocka_unit_test(separates_values),
		cmocka_unit_test(stays_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
