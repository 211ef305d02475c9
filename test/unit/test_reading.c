/* As what text mail programs show a part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message/reading.h"

#define S(literal)	{ "" literal, sizeof(literal) - 1 }

static const struct {
	struct span type, content_type, disposition;
	enum reading want;
} cases[] = {
	{ S("text/plain"), S(""), S(""), READING_PLAIN },
	{ S("text/plain"), S("text/plain; name=a.html"), S(""),
	  READING_PLAIN },
	{ S("text/x-other"), S("text/x-other"), S(""), READING_PLAIN },
	{ S("text/html"), S("text/html; name=a.txt"), S(""), READING_HTML },
	{ S("text/watch-html"), S("text/watch-html"), S(""), READING_HTML },
	{ S("application/xhtml+xml"), S("application/xhtml+xml"), S(""),
	  READING_HTML },
	{ S("text/richtext"), S("text/richtext"), S(""), READING_ENRICHED },
	{ S("multipart/x"), S("multipart/x"), S(""), READING_PLAIN },
	{ S("message/x"), S("message/x"), S(""), READING_PLAIN },
	{ S("image/png"), S("image/png; name=a.html"), S(""), READING_NONE },
	/* By name: */
	{ S("application/octet-stream"), S("application/octet-stream"),
	  S(""), READING_NONE },
	{ S("application/octet-stream"), S("application/octet-stream;"
	  " name=a.html"), S(""), READING_HTML },
	{ S("application/octet-stream"), S("application/octet-stream;"
	  " name=html"), S(""), READING_NONE },
	{ S("application/octet-stream"), S("application/octet-stream;"
	  " name=\"A.HTM. \""), S(""), READING_HTML },
	{ S("application/octet-stream"), S("application/octet-stream"),
	  S("attachment; filename*0=a.t; filename*1=xt"), READING_PLAIN },
	{ S("application/octet-stream"), S("application/octet-stream;"
	  " name=a.html"), S("attachment; filename=a.exe"), READING_HTML },
	{ S("application/force-download"), S("application/force-download;"
	  " name==?utf-8?q?a.em=6c?="), S(""), READING_MESSAGE },
	/* No type, or none that is one, is text. */
	{ S("text/plain"), S(""), S("inline; filename=a.htm"),
	  READING_HTML },
	{ S("text/plain"), S("html; name=a.html"), S(""), READING_HTML },
	{ S("text/plain"), S("file; name=a.exe"), S(""), READING_PLAIN },
};

static void
names_tell_where_types_do_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct part part = { .type = cases[i].type,
			.content_type = cases[i].content_type,
			.disposition = cases[i].disposition };
		bool failed = false;

		assert_int_equal(reading_of(&part, &failed), cases[i].want);
		assert_false(failed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_tell_where_types_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
