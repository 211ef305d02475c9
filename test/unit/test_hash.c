/*
 * hash and texthash tables: keys, quotes, case, complaints, and many entries.
 */
#include "table_text.h"

static const struct table_options strict = { .compatible = false };
static const struct table_options compatible = { .compatible = true };

static const struct {
	const char *name;
	struct span table;
	struct span key;
	const char *want;
} lookups[] = {
	{ "a key", T("a x"), T("a"), "x" },
	{ "no such key", T("a x"), T("b"), NULL },
	{ "a part of it", T("abc x"), T("ab"), NULL },
	{ "more than it", T("abc x"), T("abcd"), NULL },
	{ "empty key", T("abc x"), T(""), NULL },
	{ "empty table", T("# none\n"), T("a"), NULL },
	{ "blanks in the value", T("a \t x  y \t\n  z \n"), T("a"),
	    "x  y \t  z" },
	{ "CRLF", T("a x\r\nb y\r\n"), T("a"), "x" },
	{ "a form feed ends the key", T("a\fx"), T("a"), "x" },
	{ "case of the key", T("User@Example.COM x"), T("uSER@exAMPLE.com"),
	    "x" },
	{ "case of the value", T("a X"), T("A"), "X" },
	{ "Unicode", T("\xc3\x89 x"), T("\xc3\xa9"), "x" },
	{ "Unicode, the other way", T("\xc3\xa9 x"), T("\xc3\x89"), "x" },
	{ "sharp s is ss", T("stra\xc3\x9f""e x"), T("STRASSE"), "x" },
	{ "final sigma", T("\xcf\x82 x"), T("\xce\xa3"), "x" },
	{ "the Kelvin sign", T("k x"), T("\xe2\x84\xaa"), "x" },
	{ "folding makes it longer", T("\xce\x90 x\n\xc7\xb0 y\nz z"),
	    T("\xce\xb9\xcc\x88\xcc\x81"), "x" },
	{ "folding makes it longer, the next", T("\xce\x90 x\n\xc7\xb0 y"),
	    T("j\xcc\x8c"), "y" },
	{ "key is no UTF-8", T("a x"), T("a\xff"), NULL },
	{ "key is no UTF-8, and none of U+FFFD", T("a\xef\xbf\xbd x"),
	    T("a\xff"), NULL },
	{ "key has a NUL", T("a x"), T("a\0"), NULL },
	{ "key begins with NUL", T("a x"), T("\0a"), NULL },
	{ "quotes stay", T("\"a b\"@c x"), T("\"A b\"@c"), "x" },
	{ "quotes stay, without", T("\"a b\"@c x"), T("a b@c"), NULL },
	{ "quotes in the middle", T("a\"b c\"d x"), T("a\"b c\"d"), "x" },
	{ "backslash before a quote", T("\"a\\\" b\" x"), T("\"a\\\" b\""),
	    "x" },
	{ "backslash before a blank", T("a\\ b x"), T("a\\ b"), "x" },
	{ "empty quotes", T("\"\" x"), T("\"\""), "x" },
	{ "quotes in the value", T("a \"x"), T("a"), "\"x" },
	{ "no pattern", T("!/a/ x"), T("b"), NULL },
	{ "IF is a key", T("if x"), T("IF"), "x" },
	{ "no substitution", T("a $1 $$"), T("a"), "$1 $$" },
};

static void
test_lookups(void **state)
{
	static const char *const types[] = { "hash", "texthash", "btree" };
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < 6 * COUNT(lookups); i++) {
		size_t at = i / 6;
		struct opened opened;

		open_text(&opened, types[i / 2 % 3], lookups[at].table,
		    i % 2 ? &compatible : &strict);
		wrong += !complains(&opened, lookups[at].name, "");
		wrong += opened.table == NULL || !answers(opened.table,
		    lookups[at].name, lookups[at].key, lookups[at].want);
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

static const struct {
	const char *name;
	struct span table;
	const char *strict, *compatible;
	const char *key, *want;
} faults[] = {
	{ "the same key again", T("a x\nA y\n"),
	    "W2 the key \"a\" was there already in line 1; the first one "
	    "counts (remove one of them) [duplicate]\n",
	    "W2 the key \"a\" was there already in line 1; the first one "
	    "counts (remove one of them) [duplicate]\n", "a", "x" },
	{ "the same key again, folded", T("ss x\nb y\n\xc3\x9f z\n"),
	    "W3 the key \"ss\" was there already in line 1; the first one "
	    "counts (remove one of them) [duplicate]\n",
	    "W3 the key \"ss\" was there already in line 1; the first one "
	    "counts (remove one of them) [duplicate]\n", "\xc3\x9f", "x" },
	{ "a colon behind the key", T("a: x"),
	    "W1 the key \"a:\" ends in a colon, which is part of it (write it "
	    "without, unless this is an alias file) [colon]\n",
	    "W1 the key \"a:\" ends in a colon, which is part of it (write it "
	    "without, unless this is an alias file) [colon]\n", "a:", "x" },
	{ "no value", T("a\nb y"),
	    "E1 no value behind \"a\" (write key, white space, value)\n",
	    "W1 no value behind \"a\" (write key, white space, value): "
	    "ignoring this line\n", "a", NULL },
	{ "quote without end", T("\"a b x\nb y"),
	    "E1 a quote has no end in \"\"a b x\"\n",
	    "W1 a quote has no end in \"\"a b x\": ignoring this line\n",
	    "b", "y" },
	{ "backslash at the end", T("a\\\nb y"),
	    "E1 no value behind \"a\\\" (write key, white space, value)\n",
	    "W1 no value behind \"a\\\" (write key, white space, value): "
	    "ignoring this line\n", "b", "y" },
	{ "no UTF-8", T("a x\xff\nb y"),
	    "E1 not UTF-8: \"a x?\"\n",
	    "W1 not UTF-8: \"a x?\": ignoring this line\n", "a", NULL },
	{ "NUL", T("a x\0y\nb y"), "E1 a NUL byte in the line\n",
	    "W1 a NUL byte in the line: ignoring the rest of the line\n",
	    "a", "x" },
	{ "first line indented", T(" a x\nb y"),
	    "E1 the first line begins with white space, and there is none "
	    "before it that it could continue\n",
	    "W1 the first line begins with white space, and there is none "
	    "before it that it could continue: ignoring it\n", "b", "y" },
};

static void
test_faults(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct opened opened;

		open_text(&opened, "hash", faults[i].table, &strict);
		wrong += !complains(&opened, faults[i].name,
		    faults[i].strict);
		wrong += (opened.complaints.errors > 0) !=
		    (faults[i].strict[0] == 'E');
		close_opened(&opened);
		open_text(&opened, "hash", faults[i].table, &compatible);
		wrong += !complains(&opened, faults[i].name,
		    faults[i].compatible);
		wrong += opened.table == NULL || !answers(opened.table,
		    faults[i].name, span_of(faults[i].key), faults[i].want);
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

static void
test_rules(void **state)
{
	struct opened opened;
	struct match match;
	struct rule rule;

	(void)state;
	open_text(&opened, "hash", SPAN("#\na x\nb y\nA z\n\nc\n w\n"),
	    &strict);
	assert_non_null(opened.table);
	assert_int_equal(table_rules(opened.table), 3);
	table_rule(opened.table, 2, &rule);
	assert_string_equal(rule.file, opened.file);
	assert_int_equal(rule.line, 6);
	assert_true(span_equal(rule.text, SPAN("w")));
	assert_false(rule.substitutes);
	match_init(&match, NULL);
	assert_int_equal(table_find(opened.table, SPAN("C"), &match),
	    ANSWER_HIT);
	assert_int_equal(match.rule, 2);
	match_clear(&match);
	assert_true(table_takes_parts(opened.table));
	close_opened(&opened);
}

/* Around the sizes where the slots double, all are found and no others. */
static void
test_sizes(void **state)
{
	static const unsigned sizes[] = { 1, 9, 10, 11, 20, 21, 22, 1000,
	    21844, 21845, 21846 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct opened opened;
		struct buf text;
		char key[32], want[32];

		buf_init(&text, (size_t)1 << 30);
		for (unsigned n = 0; n < sizes[i]; n++)
			buf_addf(&text, "Key%u value%u\n", n, n);
		open_text(&opened, "hash", buf_span(&text), &strict);
		assert_non_null(opened.table);
		assert_int_equal(table_rules(opened.table), sizes[i]);
		for (unsigned n = 0; n < sizes[i] + 10; n++) {
			snprintf(key, sizeof(key), "keY%u", n);
			snprintf(want, sizeof(want), "value%u", n);
			assert_true(answers(opened.table, "sizes",
			    span_of(key), n < sizes[i] ? want : NULL));
		}
		close_opened(&opened);
		buf_clear(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
