/* The logical lines of tables: one text, the lines that come of it. */
#include "table_text.h"

#include "table/logical.h"

/* "LINE:text" each; '>' before an indented one, '0' behind one with a NUL. */
static const struct {
	const char *name;
	struct span text;
	const char *want;
} cases[] = {
	{ "nothing", T(""), "" },
	{ "one", T("a b\n"), "1:a b|" },
	{ "no line end", T("a b"), "1:a b|" },
	{ "two", T("a\nb\n"), "1:a|2:b|" },
	{ "continued", T("first\n  second\n     third\n"),
	    "1:first  second     third|" },
	{ "continued by a tab", T("a\n\tb\nc"), "1:a\tb|3:c|" },
	{ "comments and blank lines", T("\n# x\n   # y\n \t \na\n\n#\nb"),
	    "5:a|8:b|" },
	{ "continued behind a comment", T("a\n# x\n\n  b\nc"),
	    "1:a  b|5:c|" },
	{ "a comment is none inside", T("a # b\n c#d"), "1:a # b c#d|" },
	{ "white space at the end", T("a \t\r\n b \n"), "1:a \t\r b|" },
	{ "CRLF", T("a\r\nb\r\n\r\n\r\nc"), "1:a|2:b|5:c|" },
	{ "CRLF continued", T("a\r\n b\r\n"), "1:a\r b|" },
	{ "form feed is white space", T("a\n\fb\n\v\nc"), "1:a\fb|4:c|" },
	{ "indented first", T("\n  a\n b\nc"), "2:>  a b|4:c|" },
	{ "only indented", T(" a"), "1:> a|" },
	{ "NUL", T("a b\0c\nd"), "1:a b0|2:d|" },
	{ "NUL, blanks before it", T("a b \0c\n e\nd"), "1:a b0|3:d|" },
	{ "NUL alone", T("\0\nd"), "1:0|2:d|" },
	{ "bytes above 127", T("\xa0 b\n\x85""c"), "1:\xa0 b|2:\x85""c|" },
	{ "suspect", T("a\n x\n !b\n !c\nd"), "1:a x !b !c?3|5:d|" },
};

static bool
suspects(struct span text)
{
	return text.p[0] == '!';
}

static void
test_lines(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf text, got;
		struct logical lines = { .suspects = suspects };
		struct logical_line line;

		buf_init(&text, 1000);
		buf_init(&got, 1000);
		buf_add(&text, cases[i].text);
		buf_string(&text);
		lines.p = text.p;
		lines.n = text.n;
		while (logical_next(&lines, &line)) {
			buf_addf(&got, "%u:%s%.*s%s", line.line,
			    line.indented ? ">" : "", SPAN_ARG(line.text),
			    line.nul ? "0" : "");
			if (line.suspect > 0)
				buf_addf(&got, "?%u", line.suspect);
			buf_addc(&got, '|');
		}
		if (strcmp(buf_string(&got), cases[i].want) != 0) {
			print_error("%s: %s, wanted %s\n", cases[i].name,
			    buf_string(&got), cases[i].want);
			wrong++;
		}
		buf_clear(&text);
		buf_clear(&got);
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
