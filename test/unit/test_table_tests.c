/* The tests inside tables: which comments are some, and what they say. */
#include "table_text.h"

#include "table/notes.h"
#include "table/table_tests.h"

/* Each note as KIND LINE>RULE:text, "|" behind it. */
static const struct {
	const char *name;
	struct span text;
	const char *want;
} notes[] = {
	{ "none", T("# x\na b\n"), "" },
	{ "both", T("#+ x\n#- y\na b\n"), "+1>3:x|-2>3:y|" },
	{ "comments and blank lines between",
	    T("#+ x\n# c\n\n  # d\n\t\na\n"), "+1>6:x|" },
	{ "no blank, no text", T("#+x\n#+\n#+ \n# + x\n ## x\n#= x\na\n"),
	    "" },
	{ "a text is kept as it is", T("#+  x \t\na\n"), "+1>2: x \t|" },
	{ "CRLF", T("#+ x\r\n#+ \r\na\r\n"), "+1>3:x|" },
	{ "not at the margin", T(" #+ x\na\n"), "" },
	{ "no rule", T("a\n#+ x\n"), "+2>0:x|" },
	{ "no line end", T("#+ x\na"), "+1>2:x|" },
	{ "a continuation is no rule", T("a\n#+ x\n b\n#- y\nc\n"),
	    "+2>5:x|-4>5:y|" },
	{ "NUL", T("#+ x\0y\na\n"), "+1>2:x\\0y|" },
	{ "allowed", T("# postern: allow x\na\n"), "a1>2:x|" },
	{ "allowed among comments",
	    T("  #  postern:  allow x,y  why\n#+ z\n# c\na\n"),
	    "a1>4:x,y  why|+2>4:z|" },
	{ "allowed further up", T("# postern: allow x\n\n#+ z\na\n"),
	    "a1>0:x|+3>4:z|" },
	{ "nothing allowed",
	    T("# postern: allow\n# postern: allows x\n# allow x\n"
		"# postern:\na\n"), "" },
};

static void
note_text(const struct note *note, struct buf *out)
{
	buf_addf(out, "%c%u>%u:", "+-a"[note->kind], note->line, note->rule);
	for (size_t i = 0; i < note->text.n; i++) {
		if (note->text.p[i] == '\0')
			buf_addf(out, "\\0");
		else
			buf_addc(out, note->text.p[i]);
	}
	buf_addc(out, '|');
}

static void
test_notes(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(notes); i++) {
		struct notes read;
		struct buf got;

		buf_init(&got, 1000);
		assert_true(notes_read(notes[i].text, &read));
		for (size_t k = 0; k < read.n; k++)
			note_text(&read.list[k], &got);
		if (strcmp(buf_string(&got), notes[i].want) != 0) {
			print_error("%s: %s, not %s\n", notes[i].name,
			    buf_string(&got), notes[i].want);
			wrong++;
		}
		notes_clear(&read);
		buf_clear(&got);
	}
	assert_int_equal(wrong, 0);
}

static void
test_escapes(void **state)
{
	static const struct span cases[][2] = {
		{ T("a\\nb\\tc\\\\d"), T("a\nb\tc\\d") },
		{ T("\\x41\\xfF\\x00"), T("A\xff\0") },
		{ T("\\q\\X41\\x4\\xg1"), T("\\q\\X41\\x4\\xg1") },
		{ T("\\\\n\\"), T("\\n\\") },
		{ T("\\x4"), T("\\x4") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf got;

		buf_init(&got, 100);
		notes_unescape(cases[i][0], &got);
		assert_int_equal(got.n, cases[i][1].n);
		assert_memory_equal(got.p, cases[i][1].p, got.n);
		buf_clear(&got);
	}
}

static void
test_names(void **state)
{
	struct span names = SPAN("a-b,c,, d e"), name;

	(void)state;
	assert_true(notes_name(&names, &name));
	assert_true(span_equal(name, SPAN("a-b")));
	assert_true(notes_name(&names, &name));
	assert_true(span_equal(name, SPAN("c")));
	assert_true(notes_name(&names, &name));
	assert_int_equal(name.n, 0);
	assert_true(notes_name(&names, &name));
	assert_true(span_equal(name, SPAN("d")));
	assert_false(notes_name(&names, &name));
	names = SPAN("a");
	assert_true(notes_name(&names, &name));
	assert_false(notes_name(&names, &name));
}

static const struct {
	const char *name, *type;
	struct span text;
	size_t run;
	const char *want;
} tables[] = {
	{ "all pass", "pcre",
	    T("#+ aa\n#- b\n/a/ A\n#+ b\\n\\x43\n#- ab\n/b(.C)?$/ B\n"), 4,
	    "" },
	{ "no match", "pcre", T("/x/ X\n#+ b\n/a/ A\n"), 1,
	    "E2 the test \"b\" is answered by no rule, not even that in line "
	    "3, which must match it\n" },
	{ "another matches", "pcre", T("/b/ X\n#+ ab\n/a/ A\n"), 1,
	    "E2 the test \"ab\" must be answered by the rule in line 3, not "
	    "by that in line 1\n" },
	{ "a match that must not be", "pcre", T("#- a\n#-  \n/a/ A\n"), 2,
	    "E1 the test \"a\" is answered by the rule in line 3, which must "
	    "not match it\n" },
	{ "another may match", "pcre", T("/b/ X\n#- ab\n/a/ A\n"), 1, "" },
	{ "in an if", "pcre",
	    T("if /x/\n#+ xa\n#- a\n/a/ A\nendif\n#+ a\n!/x/ B\n"), 3, "" },
	{ "above an if", "pcre", T("#+ a\nif /x/\n/a/ A\nendif\n"), 1,
	    "E1 the test \"a\" has no rule below it that is in use\n" },
	{ "at the end", "pcre", T("/a/ A\n#- a\n"), 1,
	    "E2 the test \"a\" has no rule below it that is in use\n" },
	{ "unprintable", "pcre", T("#+ \x01\xff\n/a/ A\n"), 1,
	    "E1 the test \"\?\?\" is answered by no rule, not even that in "
	    "line 2, which must match it\n" },
	{ "a limit", "pcre", T("#- aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n"
	    "/^(a+)+$/ A\n"), 1,
	    "E1 the test \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\" meets a limit on "
	    "matching\n" },
	{ "networks", "cidr", T("#+ 192.0.2.1\n#- 192.0.3.1\n#- x\n"
	    "192.0.2.0/24 OK\n#+ ::1\n::/0 A\n"), 4, "" },
	{ "networks, failing", "cidr", T("#+ 192.0.3.1\n192.0.2.0/24 OK\n"),
	    1, "E1 the test \"192.0.3.1\" is answered by no rule, not even "
	    "that in line 2, which must match it\n" },
	{ "keys", "hash", T("#+ A@B.example\n#- b.example\n"
	    "a@b.example OK\nb.example\n   REJECT\n#+ c\nc OK\n"), 3, "" },
	{ "keys, failing", "texthash", T("#+ b\na OK\n#- c\nb OK\nc OK\n"
	    "#+ a\nd OK\n"), 3,
	    "E1 the test \"b\" must be answered by the rule in line 2, not by "
	    "that in line 4\n"
	    "E6 the test \"a\" must be answered by the rule in line 7, not by "
	    "that in line 2\n" },
};

/* The file of a table that open_text() has made and removed. */
static void
write_again(const struct opened *opened, struct span text)
{
	FILE *file = fopen(opened->file, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text.p, 1, text.n, file), text.n);
	fclose(file);
}

static void
test_tables(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++) {
		const struct table_options options = { .match_limit = 10000 };
		struct table_tests tests = { .trials = SIZE_MAX };
		struct opened opened;

		open_text(&opened, tables[i].type, tables[i].text, &options);
		assert_non_null(opened.table);
		assert_int_equal(opened.complaints.errors, 0);
		write_again(&opened, tables[i].text);
		table_tests_run(opened.table, &options, &tests,
		    &opened.complaints);
		unlink(opened.file);
		if (!complains(&opened, tables[i].name, tables[i].want) ||
		    tests.run != tables[i].run || tests.not_run != 0 ||
		    tests.failed != opened.complaints.errors) {
			print_error("%s: %zu run, %zu failed, %zu not run\n",
			    tables[i].name, tests.run, tests.failed,
			    tests.not_run);
			wrong++;
		}
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

/* Two patterns: "#+" of the first costs 1, the others 2. */
static void
test_bound(void **state)
{
	static const struct span text =
	    T("#+ a\n#- b\n/a/ A\n#- a\n#+ b\n/b/ B\n");
	static const size_t run[] = { 0, 1, 1, 2, 2, 3, 3, 4 };
	const struct table_options options = { .match_limit = 0 };

	(void)state;
	for (size_t trials = 0; trials < COUNT(run); trials++) {
		struct table_tests tests = { .trials = trials };
		struct opened opened;

		open_text(&opened, "pcre", text, &options);
		write_again(&opened, text);
		table_tests_run(opened.table, &options, &tests,
		    &opened.complaints);
		unlink(opened.file);
		assert_int_equal(tests.run, run[trials]);
		assert_int_equal(tests.not_run, 4 - run[trials]);
		assert_int_equal(tests.failed, 0);
		close_opened(&opened);
	}
}

/* What Postfix would skip is skipped, so that its tests only warn. */
static void
test_compatible(void **state)
{
	static const struct span text = T("#+ a\n/a/q A\n#+ x\n/b/ B\n");
	const struct table_options options = { .compatible = true };
	struct table_tests tests = { .trials = SIZE_MAX };
	struct opened opened;

	(void)state;
	open_text(&opened, "pcre", text, &options);
	write_again(&opened, text);
	table_tests_run(opened.table, &options, &tests, &opened.complaints);
	unlink(opened.file);
	assert_int_equal(tests.failed, 2);
	assert_int_equal(opened.complaints.errors, 0);
	assert_int_equal(opened.complaints.warnings, 3);
	close_opened(&opened);
}

static void
test_no_file(void **state)
{
	const struct table_options options = { .match_limit = 0 };
	struct table_tests tests = { .trials = SIZE_MAX };
	struct opened opened;

	(void)state;
	open_named(&opened, "pcre:{{/a/ A}, {#+ a}}", &options);
	assert_non_null(opened.table);
	table_tests_run(opened.table, &options, &tests, &opened.complaints);
	assert_int_equal(tests.run, 0);
	assert_int_equal(opened.complaints.errors, 0);
	close_opened(&opened);
}

int
main(void)
{
	const struct CMUnitTest units[] = {
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_compatible),
		cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(units, NULL, NULL);
}
