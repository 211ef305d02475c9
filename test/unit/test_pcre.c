/*
 * pcre tables.  What postmap says of thousands of random ones is compared in
 * test/differential/test_postmap.py; here are the cases worth naming, the
 * complaints, and what postmap cannot show: limits and rules by number.
 */
#include "table_text.h"

#include <stdio.h>
#include <unistd.h>

#include "table/scratch.h"

static const struct table_options strict = { .compatible = false };
static const struct table_options compatible = { .compatible = true };

/* Tables without a fault: strict and compatible answer the same. */
static const struct {
	const char *name;
	const char *table;
	struct span key;
	const char *want;
} lookups[] = {
	{ "no case", "/Abc/ x", T("xaBCx"), "x" },
	{ "i heeds case", "/Abc/i x", T("abc"), NULL },
	{ "i twice", "/Abc/ii x", T("abc"), "x" },
	{ "case is ASCII's", "/\xc3\xa9/ x", T("\xc3\x89"), NULL },
	{ "dot takes a LF", "/a.b/ x", T("a\nb"), "x" },
	{ "s: it does not", "/a.b/s x", T("a\nb"), NULL },
	{ "dot takes a byte", "/^.$/ x", T("\xc3\xa9"), NULL },
	{ "dot takes a NUL", "/^a.b$/ x", T("a\0b"), "x" },
	{ "a group that was given up", "/(?:ab)(a)|(b)*+$/ <$1$2>", T("cb "),
	    "<>" },
	{ "caret: the begin", "/^b/ x", T("a\nb"), NULL },
	{ "m: each line", "/^b/m x", T("a\nb"), "x" },
	{ "dollar before the last LF", "/b$/ x", T("ab\n"), "x" },
	{ "E: it does not", "/b$/E x", T("ab\n"), NULL },
	{ "x: blanks are nothing", "/a b/x x", T("ab"), "x" },
	{ "A: at the begin", "/b/A x", T("ab"), NULL },
	{ "U: the fewest", "/(b+)/U <$1>", T("bbb"), "<b>" },
	{ "first of two", "/a/ x\n/a/ y", T("a"), "x" },
	{ "empty key", "/^$/ x", T(""), "x" },
	{ "not", "!/a/ x", T("b"), "x" },
	{ "not, and it is", "!/a/ x", T("a"), NULL },
	{ "not not", "! ! /a/ x", T("a"), "x" },
	{ "other delimiters", "|a/b| x", T("a/b"), "x" },
	{ "a letter behind not", "!xax y", T("b"), "y" },
	{ "escaped delimiter", "/a\\/b/ x", T("a/b"), "x" },
	{ "escaped backslash", "/a\\\\/ x", T("a\\"), "x" },
	{ "groups", "/(a)(b)?(c)/ $3$2${1}1$(1)", T("ac"), "ca1a" },
	{ "leading zero", "/(a)/ $01", T("a"), "a" },
	{ "dollars", "/a/ $$1 $$ $$$$", T("a"), "$1 $ $$" },
	{ "dollars and groups", "/(a)/ $$$1$$", T("a"), "$a$" },
	{ "dollars of a negated rule", "!/a/ $$1", T("b"), "$1" },
	{ "a group in a look-behind", "/(?<=(a))b/ <$1>", T("ab"), "<a>" },
	{ "group of \\K", "/(a)\\K(b)/ <$1$2>", T("ab"), "<ab>" },
	{ "many groups", "/(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)/ $12$11",
	    T("abcdefghijkl"), "lk" },
	{ "result with blanks", "/a/   REJECT  x  y\n   z \n", T("a"),
	    "REJECT  x  y   z" },
	{ "IF", "if /a/\n/b/ x\nendif\n/c/ y", T("bc"), "y" },
	{ "IF holds", "if /a/\n/b/ x\nendif\n/c/ y", T("abc"), "x" },
	{ "IF holds, nothing in it", "if /a/\n/b/ x\nendif\n/c/ y", T("ac"),
	    "y" },
	{ "IF not", "IF!/a/\n/b/ x\nEndIf\n/c/ y", T("bc"), "x" },
	{ "IF in IF, the outer fails",
	    "if /a/\nif /b/\n/c/ x\nendif\n/c/ y\nendif\n/c/ z", T("bc"),
	    "z" },
	{ "IF in IF, the inner fails",
	    "if /a/\nif /b/\n/c/ x\nendif\n/c/ y\nendif\n/c/ z", T("ac"),
	    "y" },
	{ "IF in IF, both hold",
	    "if /a/\nif /b/\n/c/ x\nendif\n/c/ y\nendif\n/c/ z", T("abc"),
	    "x" },
	{ "empty IF", "if /a/\nendif\n/c/ y", T("ac"), "y" },
	{ "no rules", "# nothing\nif /a/\nendif\n", T("a"), NULL },
	{ "UTF that is none", "/(*UTF)a/ x\n!/(*UTF)b/ y\n/a/ z",
	    T("a\xff"), "z" },
	/* As Postfix, which has no compiled code. */
	{ "SKIP where no match may begin later",
	    "/[a-t]{2}(*SKIP)[a-t]k/A x\n/k/ y", T("thethekk"), "y" },
	{ "THEN in a look-ahead", "/(?!(?=(*THEN)z)|b)b/ x", T("b"), NULL },
	{ "a group of no rounds", "/(?:|.*c){0}$/s x", T("x"), "x" },
	{ "a lazy repeat in an atomic group", "/(?>b*?c|b)b/ x", T("bbbc"),
	    NULL },
	{ "the same at the end of one", "/(?>a+?)b/ x", T("aab"), "x" },
	{ "a repeat behind branches of two lengths", "/(?:bb|b)c*./ x",
	    T("bb"), "x" },
};

/* Tables of keys that are UTF-8. */
static const struct {
	const char *name;
	const char *table;
	struct span key;
	const char *want;
} wide[] = {
	{ "case is Unicode's", "/\xc3\xa9/ x", T("\xc3\x89"), "x" },
	{ "i heeds case", "/\xc3\xa9/i x", T("\xc3\x89"), NULL },
	{ "a dot takes a character", "/^.$/ x", T("\xe2\x82\xac"), "x" },
	{ "so does a class", "/^[\xc3\xa4\xc3\xa9]$/ x", T("\xc3\xa9"), "x" },
	{ "and a repeat", "/^\xc3\xa9{2}$/ x", T("\xc3\xa9\xc3\xa9"), "x" },
	{ "words are Unicode's", "/^\\w+\\b/ x", T("\xc3\xa9\xd0\xb1"), "x" },
	{ "blanks are, too", "/a\\sb/ x", T("a\xc2\xa0" "b"), "x" },
	{ "by number", "/\\x{20ac}/ x", T("\xe2\x82\xac"), "x" },
	{ "by script", "/\\p{Cyrillic}/ x", T("a\xd0\xb1"), "x" },
	{ "a k is the Kelvin sign", "/^kiss/ x", T("\xe2\x84\xaaiss"), "x" },
	{ "groups are characters", "/(.)$/ <$1>", T("a\xc3\xa9"),
	    "<\xc3\xa9>" },
	{ "no UTF-8, no match", "/a/ x\n!/b/ y", T("a\xff"), NULL },
};

static bool
refuses_latin_1(const struct table_options *utf)
{
	struct opened opened;
	bool refused;

	open_text(&opened, "pcre", SPAN("/caf\xe9/ x"), utf);
	refused = complains(&opened, "ISO-8859-1",
	    "E1 UTF-8 error: 2 bytes missing at end at offset 3 of the "
	    "pattern \"caf?\" (this table is to be in UTF-8)\n");
	close_opened(&opened);
	return refused;
}

static void
test_utf(void **state)
{
	static const struct table_options utf = { .utf = true };
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(wide); i++) {
		struct opened opened;

		open_text(&opened, "pcre", span_of(wide[i].table), &utf);
		wrong += !complains(&opened, wide[i].name, "");
		wrong += opened.table == NULL || !answers(opened.table,
		    wide[i].name, wide[i].key, wide[i].want);
		close_opened(&opened);
	}
	wrong += !refuses_latin_1(&utf);
	assert_int_equal(wrong, 0);
}

static void
test_lookups(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(lookups); i++) {
		size_t at = i / 2;
		struct opened opened;

		open_text(&opened, "pcre", span_of(lookups[at].table),
		    i % 2 ? &compatible : &strict);
		wrong += !complains(&opened, lookups[at].name, "");
		wrong += opened.table == NULL || !answers(opened.table,
		    lookups[at].name, lookups[at].key, lookups[at].want);
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

/* What is wrong with a table, and how the compatible one then answers. */
static const struct {
	const char *name;
	struct span table;
	const char *strict, *compatible;
	const char *key, *want;
} faults[] = {
	{ "obsolete flag", T("/a/X x"),
	    "W1 the flag \"X\" is obsolete and does nothing (remove "
	    "it) [flag-x]\n",
	    "W1 the flag \"X\" is obsolete and does nothing (remove "
	    "it) [flag-x]\n", "a", "x" },
	{ "text behind ENDIF", T("if /a/\n/a/ x\nendif a"),
	    "W3 \"a\" behind ENDIF is ignored (make it a comment above) "
	    "[endif-text]\n",
	    "W3 \"a\" behind ENDIF is ignored (make it a comment above) "
	    "[endif-text]\n", "a", "x" },
	{ "unknown flag", T("/a/iq x\n/a/ y"),
	    "E1 \"q\" is not a flag (there are i m s x A E U, and a blank "
	    "ends them)\n",
	    "W1 \"q\" is not a flag (there are i m s x A E U, and a blank "
	    "ends them): skipping this rule\n", "a", "y" },
	{ "no closing delimiter", T("\n/a x\n/a/ y"),
	    "E2 the pattern has no closing \"/\"\n",
	    "W2 the pattern has no closing \"/\": skipping this rule\n", "a",
	    "y" },
	{ "backslash at the end", T("/a\\\n/a/ y"),
	    "E1 the pattern has no closing \"/\"\n",
	    "W1 the pattern has no closing \"/\": skipping this rule\n", "a",
	    "y" },
	{ "no pattern", T("!\n/a/ y"),
	    "E1 no pattern (write /pattern/)\n",
	    "W1 no pattern (write /pattern/): skipping this rule\n", "a",
	    "y" },
	{ "bad pattern", T("/(a/ x\n/a/ y"),
	    "E1 missing closing parenthesis at offset 2 of the pattern "
	    "\"(a\"\n",
	    "W1 missing closing parenthesis at offset 2 of the pattern "
	    "\"(a\": skipping this rule\n", "a", "y" },
	{ "delimiter in a class ends the pattern", T("/[^/ x]/ y\n/a/ z"),
	    "E1 missing terminating ] for character class at offset 2 of the "
	    "pattern \"[^\"\n",
	    "W1 missing terminating ] for character class at offset 2 of the "
	    "pattern \"[^\": skipping this rule\n", "a", "z" },
	{ "empty result", T("/a/\n/a/ y"),
	    "E1 no result behind the pattern\n",
	    "W1 no result behind the pattern: using an empty one\n", "a",
	    "" },
	{ "$0", T("/a/ $0\n/a/ y"),
	    "E1 \"$0\" is not a group (groups are numbered from $1)\n",
	    "W1 \"$0\" is not a group (groups are numbered from $1): "
	    "skipping this rule\n", "a", "y" },
	{ "letters behind $1", T("/(a)/ x $1b\n/a/ y"),
	    "E1 \"$1b\" is not a group (write $1, or ${1} before letters, and "
	    "$$ for a dollar sign)\n",
	    "W1 \"$1b\" is not a group (write $1, or ${1} before letters, and "
	    "$$ for a dollar sign): skipping this rule\n", "a", "y" },
	{ "dollar alone", T("/(a)/ $ 5\n/a/ y"),
	    "E1 \"$\" names no group (write $1, and $$ for a dollar sign)\n",
	    "W1 \"$\" names no group (write $1, and $$ for a dollar sign): "
	    "skipping this rule\n", "a", "y" },
	{ "brace not closed", T("/(a)/ ${1\n/a/ y"),
	    "E1 \"${1\" has no end (write ${1}, and $$ for a dollar sign)\n",
	    "W1 \"${1\" has no end (write ${1}, and $$ for a dollar sign): "
	    "skipping this rule\n", "a", "y" },
	{ "brace in a brace", T("/(a)/ ${1${1}}\n/a/ y"),
	    "E1 \"${1${1}}\" is not a group (write $1, or ${1} before letters,"
	    " and $$ for a dollar sign)\n",
	    "W1 \"${1${1}}\" is not a group (write $1, or ${1} before letters,"
	    " and $$ for a dollar sign): skipping this rule\n", "a", "y" },
	{ "too few groups", T("/(a)/ $1$2\n/a/ y"),
	    "E1 \"$2\" is not a group (the pattern has 1)\n",
	    "W1 \"$2\" is not a group (the pattern has 1): skipping this "
	    "rule\n", "a", "y" },
	{ "far too few groups", T("/(a)/ $99999999999999999999\n/a/ y"),
	    "E1 \"$99999999999999999999\" is not a group (no pattern has so "
	    "many)\n",
	    "W1 \"$99999999999999999999\" is not a group (no pattern has so "
	    "many): skipping this rule\n", "a", "y" },
	{ "group of a negated rule", T("!/(b)/ $1\n/a/ y"),
	    "E1 \"$1\" in the result of a negated rule, which sets no "
	    "groups\n",
	    "W1 \"$1\" in the result of a negated rule, which sets no "
	    "groups: skipping this rule\n", "a", "y" },
	{ "no statement", T("a x\n/a/ y"),
	    "E1 \"a x\" is neither a rule nor IF nor ENDIF (a rule is "
	    "/pattern/flags result)\n",
	    "W1 \"a x\" is neither a rule nor IF nor ENDIF (a rule is "
	    "/pattern/flags result): ignoring this line\n", "a", "y" },
	{ "bad IF: its rules apply always",
	    T("if /(/\n/a/ x\nendif\n/a/ y"),
	    "E1 missing closing parenthesis at offset 1 of the pattern "
	    "\"(\"\n",
	    "W1 missing closing parenthesis at offset 1 of the pattern "
	    "\"(\": skipping this IF, so its rules apply always\n"
	    "W3 ENDIF without an IF: ignoring it\n", "a", "x" },
	{ "bad IF: its ENDIF closes the outer",
	    T("if /b/\nif\n/a/ x\nendif\n/a/ y\nendif"),
	    "E2 no pattern (write /pattern/)\n",
	    "W2 no pattern (write /pattern/): skipping this IF, so its rules "
	    "apply always\nW6 ENDIF without an IF: ignoring it\n", "a",
	    "y" },
	{ "text behind IF", T("if /a/ b\n/a/ x\nendif"),
	    "W1 \"b\" behind the IF's pattern is ignored, and a rule there "
	    "is lost (put the rule on a line of its own, at the margin; make "
	    "words a comment above) [if-text]\n",
	    "W1 \"b\" behind the IF's pattern is ignored, and a rule there "
	    "is lost (put the rule on a line of its own, at the margin; make "
	    "words a comment above) [if-text]\n",
	    "a", "x" },
	{ "IF without ENDIF", T("if /b/\n/a/ x\n/a/ y"),
	    "E1 IF without an ENDIF\n",
	    "W1 IF without an ENDIF: where it does not match, nothing below "
	    "it is looked at\n", "a", NULL },
	{ "ENDIF without IF", T("endif\n/a/ y"),
	    "E1 ENDIF without an IF\n",
	    "W1 ENDIF without an IF: ignoring it\n", "a", "y" },
	{ "first line indented", T("  /a/ x\n  /b/ y\n/a/ z"),
	    "E2 an indented line continues line 1; a rule must begin at the "
	    "margin\nE1 the first line begins with white space, and there is "
	    "none before it that it could continue\n",
	    "W2 an indented line continues line 1; a rule must begin at the "
	    "margin: it is part of that line's text\nW1 the first line begins "
	    "with white space, and there is none before it that it could "
	    "continue: ignoring it\n", "a", "z" },
	{ "indented rule", T("if /a/\n  /a/ x\nendif"),
	    "E2 an indented line continues line 1; a rule must begin at the "
	    "margin\n"
	    "W1 \"/a/ x\" behind the IF's pattern is ignored, and a "
	    "rule there is lost (put the rule on a line of its own, at the "
	    "margin; make words a comment above) [if-text]\n",
	    "W2 an indented line continues line 1; a rule must begin at the "
	    "margin: it is part of that line's text\n"
	    "W1 \"/a/ x\" behind the IF's pattern is ignored, and a "
	    "rule there is lost (put the rule on a line of its own, at the "
	    "margin; make words a comment above) [if-text]\n",
	    "a", NULL },
	{ "indented negated rule", T("/a/ x\n\t! /a/i y"),
	    "E2 an indented line continues line 1; a rule must begin at the "
	    "margin\n",
	    "W2 an indented line continues line 1; a rule must begin at the "
	    "margin: it is part of that line's text\n", "a",
	    "x\t! /a/i y" },
	{ "indented ENDIF", T("if /a/\n/a/ x\n endif"),
	    "E3 an indented line continues line 2; a rule must begin at the "
	    "margin\nE1 IF without an ENDIF\n",
	    "W3 an indented line continues line 2; a rule must begin at the "
	    "margin: it is part of that line's text\nW1 IF without an ENDIF: "
	    "where it does not match, nothing below it is looked at\n", "a",
	    "x endif" },
	{ "indented text is none of these", T("/a/ x\n  /usr/share\n if so\n"
	    "  endif it is\n  (see)(there) b\n"), "", "", "a",
	    "x  /usr/share if so  endif it is  (see)(there) b" },
	{ "NUL", T("/a/ x\0y"),
	    "E1 a NUL byte in the line\n",
	    "W1 a NUL byte in the line: ignoring the rest of the line\n",
	    "a", "x" },
};

static void
test_faults(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct opened opened;

		open_text(&opened, "pcre", faults[i].table, &strict);
		wrong += !complains(&opened, faults[i].name,
		    faults[i].strict);
		wrong += (opened.complaints.errors > 0) !=
		    (faults[i].strict[0] == 'E');
		close_opened(&opened);
		open_text(&opened, "pcre", faults[i].table, &compatible);
		wrong += !complains(&opened, faults[i].name,
		    faults[i].compatible);
		wrong += opened.table == NULL || !answers(opened.table,
		    faults[i].name, span_of(faults[i].key), faults[i].want);
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

/* With a callout before each byte it is too much for PCRE2. */
static void
test_without_callouts(void **state)
{
	struct opened opened;
	struct buf text;
	size_t wrong;

	(void)state;
	buf_init(&text, 1 << 16);
	buf_add(&text, SPAN("/(?:bb|b)c*.|"));
	for (int i = 0; i < 25000; i++)
		buf_addc(&text, 'x');
	buf_add(&text, SPAN("/ y"));
	open_text(&opened, "pcre", buf_span(&text), &strict);
	assert_non_null(opened.table);
	wrong = !answers(opened.table, "long", SPAN("bb"), "y");
	close_opened(&opened);
	buf_clear(&text);
	assert_int_equal(wrong, 0);
}

static void
test_rules(void **state)
{
	static const struct {
		unsigned line;
		const char *text;
		bool substitutes;
	} want[] = {
		{ 2, "x $", false }, { 4, "y $1 $$", true }, { 7, "z", false },
	};
	struct opened opened;
	struct match match;
	struct rule rule;

	(void)state;
	open_text(&opened, "pcre", SPAN("#\n/a/ x $$\nif /b/\n/(c)/\n y $1 "
	    "$$\nendif\n/d/ z\n"), &strict);
	assert_non_null(opened.table);
	assert_int_equal(table_rules(opened.table), COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		table_rule(opened.table, i, &rule);
		assert_string_equal(rule.file, opened.file);
		assert_int_equal(rule.line, want[i].line);
		assert_true(span_equal(rule.text, span_of(want[i].text)));
		assert_int_equal(rule.substitutes, want[i].substitutes);
	}
	match_init(&match, NULL);
	assert_int_equal(table_find(opened.table, SPAN("bd"), &match),
	    ANSWER_HIT);
	assert_int_equal(match.rule, 2);
	match_clear(&match);
	assert_false(table_takes_parts(opened.table));
	assert_string_equal(table_name(opened.table), opened.name);
	close_opened(&opened);
}

/*
 * On 30 letters this pattern tries some 2^30 ways, unless PCRE2 sees that a
 * letter which has to be there is not.
 */
#define SLOW	"^(a+)+[cd]"

static const struct {
	const char *name;
	const char *table;
	const char *want;
	size_t limited, rule;
} limited[] = {
	{ "a rule", "/" SLOW "/ x\n/a/ y", "y", 1, 0 },
	{ "a negated rule", "!/" SLOW "/ x\n/a/ y", "y", 1, 0 },
	{ "the second", "/b/ w\n/" SLOW "/ x\n/" SLOW "/ y", NULL, 2, 1 },
	{ "an IF", "/b/ w\nif /" SLOW "/\n/a/ x\nendif\n/a/ y", "y", 1, 1 },
	{ "a negated IF", "if !/" SLOW "/\n/a/ x\nendif\n/a/ y", "y", 1, 0 },
	{ "an IF at the end", "/b/ w\nif /" SLOW "/\nendif", NULL, 1, 0 },
	{ "without JIT", "/(*NO_JIT)" SLOW "/ x\n/a/ y", "y", 1, 0 },
	{ "recursion", "/a(?<x>(?&x)[bc])/ x\n/a/ y", "y", 1, 0 },
};

static struct span
letters(void)
{
	return SPAN("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

/* Says so where the limits that were met are not these. */
static bool
limits(const struct match *match, const char *name, size_t n, size_t first)
{
	if (match->limited == n && match->limited_rule == first)
		return true;
	print_error("%s: %zu limited, the first %zu\n", name, match->limited,
	    match->limited_rule);
	return false;
}

static void
test_limits(void **state)
{
	const struct table_options options = { .match_limit = 10000 };
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(limited); i++) {
		struct opened opened;
		struct match match;

		open_text(&opened, "pcre", span_of(limited[i].table),
		    &options);
		match_init(&match, NULL);
		assert_non_null(opened.table);
		wrong += !answers(opened.table, limited[i].name,
		    letters(), limited[i].want);
		table_find(opened.table, letters(), &match);
		wrong += !limits(&match, limited[i].name, limited[i].limited,
		    limited[i].rule);
		/* The next search knows nothing of the last one. */
		table_find(opened.table, SPAN("z"), &match);
		wrong += !limits(&match, limited[i].name, 0, 0);
		match_clear(&match);
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

static void
test_limits_as_errors(void **state)
{
	const struct table_options options = {
		.match_limit = 10000, .limit_is_error = true,
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(limited); i++) {
		struct opened opened;
		struct match match;
		enum answer answer;

		open_text(&opened, "pcre", span_of(limited[i].table),
		    &options);
		match_init(&match, NULL);
		assert_non_null(opened.table);
		answer = table_find(opened.table, letters(), &match);
		if (answer != ANSWER_ERROR || strstr(match.why,
		    ": a limit on matching was met") == NULL) {
			print_error("%s: %d, %s\n", limited[i].name, answer,
			    match.why);
			wrong++;
		}
		wrong += !limits(&match, limited[i].name, 1, limited[i].rule);
		match_clear(&match);
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

/* The limit that just lets the match through, and one less. */
static void
test_limit_edge(void **state)
{
	struct table_options options = { .match_limit = 1 };
	struct span key = SPAN("aaaaaaaaaaaaac");
	bool before = false;

	(void)state;
	for (; options.match_limit < 100000; options.match_limit++) {
		struct opened opened;
		struct match match;
		bool hit;

		open_text(&opened, "pcre", SPAN("/^(a|aa)+b|c$/ x"),
		    &options);
		match_init(&match, NULL);
		hit = table_find(opened.table, key, &match) == ANSWER_HIT;
		assert_int_equal(match.limited, hit ? 0 : 1);
		match_clear(&match);
		close_opened(&opened);
		if (hit)
			break;
		before = true;
	}
	assert_true(before);
	assert_true(options.match_limit < 100000);
}

/* The stack of JIT code has a bound of its own, which counts as a limit. */
static void
test_jit_stack(void **state)
{
	size_t n = (size_t)8 * 1024 * 1024;
	struct table_options options = { .heap_limit = 8 * 1024 };
	char *key = malloc(n);
	struct opened opened;
	struct match match;

	(void)state;
	assert_non_null(key);
	memset(key, 'a', n);
	open_text(&opened, "pcre", SPAN("!/^(?:a|b)*[cd]/ x\n/a/ y"),
	    &options);
	match_init(&match, NULL);
	assert_int_equal(table_find(opened.table, span_make(key, n), &match),
	    ANSWER_HIT);
	assert_true(span_equal(match.text, SPAN("y")));
	assert_int_equal(match.limited, 1);
	match_clear(&match);
	close_opened(&opened);
	free(key);
}

/* In KiB; 0 where it is not told. */
static long
resident(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long all, pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%ld %ld", &all, &pages) != 2)
		pages = 0;
	fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Of a match that needed some MB of stack nothing is kept in the pool. */
static void
test_stack_is_given_back(void **state)
{
	struct scratch_pool *pool = scratch_pool_new();
	size_t n = 60000;
	char *key = malloc(n);
	struct opened opened;
	struct match match;
	long before, during;

	(void)state;
	assert_non_null(key);
	memset(key, 'a', n);
	open_text(&opened, "pcre", SPAN("/^(?:(a)|b)*[cd]/ x"),
	    &strict);
	match_init(&match, pool);
	table_find(opened.table, SPAN("aab"), &match);
	before = resident();
	assert_int_equal(table_find(opened.table, span_make(key, n), &match),
	    ANSWER_MISS);
	assert_int_equal(match.limited, 0);
	during = resident();
	match_clear(&match);
	/* Where there is no JIT there is nothing to see. */
	if (during > before + 2048)
		assert_true(resident() < before + 1024);
	match_init(&match, pool);
	assert_int_equal(table_find(opened.table, SPAN("aac"), &match),
	    ANSWER_HIT);
	match_clear(&match);
	close_opened(&opened);
	scratch_pool_free(&pool);
	free(key);
}

/* 100 KB of header, one step of stack a byte: no limit is to be met. */
static void
test_deep(void **state)
{
	size_t n = 100000;
	char *key = malloc(n);
	struct opened opened;
	struct match match;

	(void)state;
	assert_non_null(key);
	memset(key, 'a', n);
	key[n - 1] = 'c';
	open_text(&opened, "pcre", SPAN("/^(?:a|b)*c$/ x"), &strict);
	match_init(&match, NULL);
	assert_int_equal(table_find(opened.table, span_make(key, n), &match),
	    ANSWER_HIT);
	match_clear(&match);
	close_opened(&opened);
	free(key);
}

static void
test_long_results(void **state)
{
	char *key = malloc(RESULT_MAX + 2);
	struct opened opened;
	struct match match;

	(void)state;
	assert_non_null(key);
	memset(key, 'a', RESULT_MAX + 2);
	open_text(&opened, "pcre", SPAN("/^(.*)$/ $1"), &strict);
	match_init(&match, NULL);
	for (size_t n = RESULT_MAX - 1; n <= RESULT_MAX + 1; n++) {
		enum answer answer = table_find(opened.table,
		    span_make(key, n), &match);

		assert_int_equal(answer, n <= RESULT_MAX ? ANSWER_HIT :
		    ANSWER_ERROR);
		assert_int_equal(match.text.n, n <= RESULT_MAX ? n : 0);
	}
	assert_non_null(strstr(match.why, ":1: the result is too long"));
	match_clear(&match);
	close_opened(&opened);
	free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_utf),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_without_callouts),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_as_errors),
		cmocka_unit_test(test_limit_edge),
		cmocka_unit_test(test_jit_stack),
		cmocka_unit_test(test_stack_is_given_back),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_long_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
