/* The text in the place of an attachment, whatever the attachment is called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/printable.h"
#include "message/notice.h"

static const struct notice_words words = {
	SPAN_INIT("a.exe"), SPAN_INIT("a/b"), SPAN_INIT("no")
};

static const struct {
	const char *setting, *want;	/* NULL: it is wrong */
} settings[] = {
	{ "gone", "gone" },
	{ "$name ($type): $reason", "a.exe (a/b): no" },
	{ "${name}s $$5 $$name", "a.exes $5 $name" },
	{ "$name$type", "a.exea/b" },
	{ "-- \n$name\n\ntwo $$ ", "-- \na.exe\n\ntwo $" },
	{ "a\tb\033", "a?b?" },
	{ NOTICE_DEFAULT, "An attachment was removed from this message: "
	    "a.exe (a/b). no" },
	{ "", NULL },
	{ "$", NULL },
	{ "a $ b", NULL },
	{ "$names", NULL },
	{ "$rule", NULL },
	{ "${name", NULL },
	{ "${}", NULL },
	{ "\xff", NULL },
};

static void
fills(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		struct span setting = span_of(settings[i].setting);
		bool wrong = notice_wrong(setting) != NULL;
		struct buf text;

		if (wrong != (settings[i].want == NULL))
			fail_msg("\"%s\" is %s", settings[i].setting,
			    wrong ? "wrong" : "right");
		buf_init(&text, NOTICE_MAX);
		/* One that is wrong does no harm either. */
		notice_fill(&text, setting, &words);
		if (!wrong)
			assert_string_equal(buf_string(&text),
			    settings[i].want);
		buf_clear(&text);
	}
}

static void
bounds_the_setting(void **state)
{
	char long_one[NOTICE_SETTING_MAX + 1];

	(void)state;
	memset(long_one, 'x', sizeof(long_one));
	assert_null(notice_wrong(span_make(long_one, NOTICE_SETTING_MAX)));
	assert_non_null(notice_wrong(span_make(long_one,
	    NOTICE_SETTING_MAX + 1)));
}

/* Nothing of a stranger's begins a line of its own. */
static void
keeps_names_in_line(void **state)
{
	struct notice_words odd = {
		SPAN("a\r\nSubject: x\r\n\r\n\xff$reason"), SPAN("a\nb"),
		SPAN("x\ry")
	};
	struct buf text;

	(void)state;
	buf_init(&text, NOTICE_MAX);
	notice_fill(&text, SPAN("$name|$type|$reason"), &odd);
	assert_string_equal(buf_string(&text),
	    "a??Subject: x?????$reason|a?b|x?y");
	buf_clear(&text);
}

static const struct {
	const char *text, *want;
} bodies[] = {
	{ "", "" },
	{ "a", "a\n" },
	{ "a\n\nb\n", "a\n\nb\n" },
	{ "--b\n.\nFrom x\na-.F", "=2D-b\n=2E\n=46rom x\na-.F\n" },
	{ "a=b\xc3\xa9", "a=3Db=C3=A9\n" },
	{ "a b \n c", "a b=20\n c\n" },
};

static void
quotes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		struct buf out;

		buf_init(&out, 4096);
		notice_body(&out, span_of(bodies[i].text));
		assert_string_equal(buf_string(&out), bodies[i].want);
		buf_clear(&out);
	}
}

static int
digit(char c)
{
	return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* Lines of any length are short, begin with no "-", and can be read back. */
static void
keeps_lines_short(void **state)
{
	static const char *const of[] = { "-", "x", "\xc3\xa9", "a ", ".F" };

	(void)state;
	for (size_t i = 0; i < 5 * 200; i++) {
		struct buf text, out, back;
		struct span rest;

		buf_init(&text, 4096);
		buf_init(&out, 4096);
		buf_init(&back, 4096);
		if (i % 3 == 0)
			buf_addc(&text, 'x');
		for (size_t k = 0; k < i / 5; k++)
			buf_add(&text, span_of(of[i % 5]));
		notice_body(&out, buf_span(&text));
		rest = buf_span(&out);
		while (rest.n > 0) {
			struct span line = span_head(rest,
			    span_find(rest, '\n'));

			rest = span_skip(rest, line.n + 1);
			assert_true(line.n <= 76);
			assert_true(line.n == 0 || line.p[0] != '-');
			assert_true(line.n == 0 || line.p[line.n - 1] != ' ');
			for (size_t k = 0; k < line.n; k++)
				if (line.p[k] != '=')
					buf_addc(&back, line.p[k]);
				else if (k + 2 < line.n) {
					buf_addc(&back, (char)(
					    digit(line.p[k + 1]) << 4 |
					    digit(line.p[k + 2])));
					k += 2;
				}
		}
		assert_true(span_equal(buf_span(&back), buf_span(&text)));
		buf_clear(&text);
		buf_clear(&out);
		buf_clear(&back);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills),
		cmocka_unit_test(bounds_the_setting),
		cmocka_unit_test(keeps_names_in_line),
		cmocka_unit_test(quotes),
		cmocka_unit_test(keeps_lines_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
