/* A header field as its reader sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message/readable.h"

static const struct {
	const char *name, *value, *want;
} cases[] = {
	{ "Subject", " x", "Subject: x" },
	{ "Subject", "", "Subject: " },
	{ "Subject", "\n ", "Subject: " },
	{ "Subject", " a\n\t =?utf-8?q?b?=  c ", "Subject: a b c" },
	{ "subject", " \xe9\x80", "subject: \xc3\xa9\xe2\x82\xac" },
	{ "S\xe9", " x", "S\xc3\xa9: x" },
	{ "Content-Type", " text/plain;\n charset=us-ascii",
	    "Content-Type: text/plain; charset=\"us-ascii\"" },
	{ "content-disposition", " attachment; filename*1=.exe; "
	    "filename*0*=utf-8''%C3%A9",
	    "content-disposition: attachment; filename=\"\xc3\xa9.exe\"" },
	/* No parameters are known of. */
	{ "Content-Id", " <a*0*=%41>", "Content-Id: <a*0*=%41>" },
};

static void
shows_fields(void **state)
{
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct field field = {
			span_of(cases[i].name), span_of(cases[i].value)
		};

		buf_init(&out, readable_room(&field));
		assert_true(readable_field(&field, &out));
		assert_string_equal(buf_string(&out), cases[i].want);
		buf_clear(&out);
	}
}

/* What grows most: there is room, and without it that is said. */
static void
has_room(void **state)
{
	static const char *const many[] = { "\xa4", ";\xa4", ";a=", ";a=\xa4",
	    ";n*0=\xa4", ";n*0=\xa4;n*1=\xa4", "=?q?\xa4?=", ";\"\\\"",
	    ";n=a\"", "\n " };

	(void)state;
	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++)
		for (size_t n = 1; n < 300; n++) {
			struct field field = { SPAN("Content-Type"),
			    { NULL, 0 } };
			struct buf value, out;
			size_t full;

			buf_init(&value, 300 * strlen(many[i]));
			for (size_t k = 0; k < n; k++)
				buf_add(&value, span_of(many[i]));
			field.value = buf_span(&value);
			buf_init(&out, readable_room(&field));
			assert_true(readable_field(&field, &out));
			full = out.n;
			buf_clear(&out);
			buf_init(&out, full - 1);
			assert_false(readable_field(&field, &out));
			buf_clear(&out);
			buf_clear(&value);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_fields),
		cmocka_unit_test(has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
