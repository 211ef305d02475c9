/*
 * cidr tables: the cases worth naming and the complaints.  Random tables are
 * compared with postmap's answers in test/differential/test_postmap.py.
 */
#include "table_text.h"

static const struct table_options strict = { .compatible = false };
static const struct table_options compatible = { .compatible = true };

static const struct {
	const char *name;
	const char *table;
	struct span key;
	const char *want;
} lookups[] = {
	{ "network, first", "10.0.0.0/8 x", T("10.0.0.0"), "x" },
	{ "network, last", "10.0.0.0/8 x", T("10.255.255.255"), "x" },
	{ "below it", "10.0.0.0/8 x", T("9.255.255.255"), NULL },
	{ "above it", "10.0.0.0/8 x", T("11.0.0.0"), NULL },
	{ "/0", "0.0.0.0/0 x", T("255.1.2.3"), "x" },
	{ "/0, the other family", "0.0.0.0/0 x", T("::1"), NULL },
	{ "/31, in", "10.0.0.2/31 x", T("10.0.0.3"), "x" },
	{ "/31, above", "10.0.0.2/31 x", T("10.0.0.4"), NULL },
	{ "/32", "10.0.0.2/32 x", T("10.0.0.2"), "x" },
	{ "address", "10.0.0.2 x", T("10.0.0.2"), "x" },
	{ "address, above", "10.0.0.2 x", T("10.0.0.3"), NULL },
	{ "IPv6", "2001:db8::/32 x", T("2001:DB8:0:1::1"), "x" },
	{ "IPv6, above", "2001:db8::/33 x", T("2001:db8:8000::"), NULL },
	{ "/128", "2001:db8::1/128 x", T("2001:db8:0::1"), "x" },
	{ "mapped is no IPv4", "10.0.0.0/8 x", T("::ffff:10.0.0.1"), NULL },
	{ "mapped", "::ffff:10.0.0.0/104 x", T("::ffff:10.2.3.4"), "x" },
	{ "brackets round the address", "[2001:db8::]/32 x",
	    T("2001:db8::1"), "x" },
	{ "brackets round all", "[10.0.0.0/8] x", T("10.0.0.1"), "x" },
	{ "the first of two", "10.0.0.0/8 x\n10.0.0.1 y", T("10.0.0.1"),
	    "x" },
	{ "not", "!10.0.0.0/8 x", T("11.0.0.1"), "x" },
	{ "not, and it is", "!10.0.0.0/8 x", T("10.0.0.1"), NULL },
	{ "not, the other family", "!10.0.0.0/8 x", T("::1"), NULL },
	{ "not not", "! ! 10.0.0.0/8 x", T("10.0.0.1"), "x" },
	{ "result with blanks", "10.0.0.1\tx  y\n  z", T("10.0.0.1"),
	    "x  y  z" },
	{ "no substitution", "10.0.0.1 $1 $$", T("10.0.0.1"), "$1 $$" },
	{ "IF holds", "if 10.0.0.0/8\n10.1.0.0/16 x\nendif\n0.0.0.0/0 y",
	    T("10.1.0.1"), "x" },
	{ "IF holds, nothing in it",
	    "if 10.0.0.0/8\n10.1.0.0/16 x\nendif\n0.0.0.0/0 y",
	    T("10.2.0.1"), "y" },
	{ "IF fails", "if 10.0.0.0/8\n11.1.0.0/16 x\nendif\n0.0.0.0/0 y",
	    T("11.1.0.1"), "y" },
	{ "IF not, the other family",
	    "if !10.0.0.0/8\n::/0 x\nendif\n::/0 y", T("::1"), "y" },
	{ "IF in IF",
	    "IF[10.0.0.0/8]\nif !10.1.0.0/16\n0.0.0.0/0 x\nEndIf\n"
	    "0.0.0.0/0 y\nendif\n0.0.0.0/0 z", T("10.1.0.1"), "y" },
	{ "no address", "0.0.0.0/0 x\n::/0 y", T("localhost"), NULL },
	{ "empty key", "0.0.0.0/0 x\n::/0 y", T(""), NULL },
	{ "a blank behind it", "0.0.0.0/0 x", T("10.0.0.1 "), NULL },
	{ "a zero in front", "0.0.0.0/0 x", T("010.0.0.1"), NULL },
	{ "brackets in the key", "0.0.0.0/0 x", T("[10.0.0.1]"), NULL },
	{ "a scope", "::/0 x", T("fe80::1%eth0"), NULL },
	{ "a NUL behind it", "0.0.0.0/0 x", T("10.0.0.1\0"), NULL },
	{ "a key too long", "::/0 x",
	    T("0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"), NULL },
};

static void
test_lookups(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(lookups); i++) {
		size_t at = i / 2;
		struct opened opened;

		open_text(&opened, "cidr", span_of(lookups[at].table),
		    i % 2 ? &compatible : &strict);
		wrong += !complains(&opened, lookups[at].name, "");
		wrong += opened.table == NULL || !answers(opened.table,
		    lookups[at].name, lookups[at].key, lookups[at].want);
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

/* comes_of_it: what the compatible complaint has behind the strict one. */
static const struct {
	const char *name;
	const char *table;
	const char *text;
	const char *comes_of_it;
	const char *want;	/* for 10.0.0.1, in the compatible table */
} faults[] = {
	{ "host bits", "10.0.0.1/8 x\n10.0.0.1 y",
	    "\"10.0.0.1/8\": bits are set beyond the prefix (write "
	    "10.0.0.0/8)", "skipping this rule", "y" },
	{ "host bits in brackets", "[2001:db8::1]/32 x\n10.0.0.1 y",
	    "\"[2001:db8::1]/32\": bits are set beyond the prefix (write "
	    "2001:db8::/32)", "skipping this rule", "y" },
	{ "/33", "10.0.0.0/33 x\n10.0.0.1 y",
	    "\"10.0.0.0/33\": the prefix is longer than an address",
	    "skipping this rule", "y" },
	{ "/129", "::/129 x\n10.0.0.1 y",
	    "\"::/129\": the prefix is longer than an address",
	    "skipping this rule", "y" },
	{ "no length", "10.0.0.0/ x\n10.0.0.1 y",
	    "\"10.0.0.0/\": the length of the prefix is not a number",
	    "skipping this rule", "y" },
	{ "signed length", "10.0.0.0/+8 x\n10.0.0.1 y",
	    "\"10.0.0.0/+8\": the length of the prefix is not a number",
	    "skipping this rule", "y" },
	{ "a name", "example.com x\n10.0.0.1 y",
	    "\"example.com\": not an IP address or network",
	    "skipping this rule", "y" },
	{ "three parts", "10.0.0 x\n10.0.0.1 y",
	    "\"10.0.0\": not an IP address or network", "skipping this rule",
	    "y" },
	{ "bracket not closed", "[10.0.0.0/8 x\n10.0.0.1 y",
	    "\"[10.0.0.0/8\": not an IP address or network",
	    "skipping this rule", "y" },
	{ "no result", "10.0.0.0/8 \n10.0.0.1 y",
	    "no result behind \"10.0.0.0/8\"", "skipping this rule", "y" },
	{ "no address", "!\n10.0.0.1 y",
	    "no address (write 192.0.2.0/24 or 2001:db8::/32)",
	    "skipping this rule", "y" },
	{ "ENDIF without IF", "endif\n10.0.0.1 y", "ENDIF without an IF",
	    "ignoring it", "y" },
	{ "IF without ENDIF", "if 11.0.0.0/8\n10.0.0.1 x",
	    "IF without an ENDIF", "where it does not match, nothing below it "
	    "is looked at", NULL },
};

static void
test_faults(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct opened opened;
		char text[300];

		open_text(&opened, "cidr", span_of(faults[i].table), &strict);
		snprintf(text, sizeof(text), "E1 %s\n", faults[i].text);
		wrong += !complains(&opened, faults[i].name, text);
		wrong += opened.complaints.errors == 0;
		close_opened(&opened);
		open_text(&opened, "cidr", span_of(faults[i].table),
		    &compatible);
		snprintf(text, sizeof(text), "W1 %s: %s\n", faults[i].text,
		    faults[i].comes_of_it);
		wrong += !complains(&opened, faults[i].name, text);
		wrong += opened.table == NULL || !answers(opened.table,
		    faults[i].name, SPAN("10.0.0.1"), faults[i].want);
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

/* Faults that Postfix makes others of. */
static const struct {
	const char *name;
	const char *table;
	const char *strict, *compatible;
	const char *want;
} traps[] = {
	{ "bad IF: its rules apply always",
	    "if 10.0.0.0/8 x\n10.0.0.1 y\nendif",
	    "E1 \"10.0.0.0/8 x\": the length of the prefix is not a number\n",
	    "W1 \"10.0.0.0/8 x\": the length of the prefix is not a number: "
	    "skipping this IF, so its rules apply always\n"
	    "W3 ENDIF without an IF: ignoring it\n", "y" },
	{ "text behind ENDIF: it is none",
	    "if 11.0.0.0/8\nendif x\n10.0.0.1 y",
	    "E2 \"x\" behind ENDIF\n",
	    "W2 \"x\" behind ENDIF: skipping this ENDIF\n"
	    "W1 IF without an ENDIF: where it does not match, nothing below "
	    "it is looked at\n", NULL },
	{ "indented rule", "10.0.0.0/8 x\n !10.1.0.0/16 y",
	    "E2 an indented line continues line 1; a rule must begin at the "
	    "margin\n",
	    "W2 an indented line continues line 1; a rule must begin at the "
	    "margin: it is part of that line's text\n",
	    "x !10.1.0.0/16 y" },
	{ "indented text is none", "10.0.0.0/8 x\n  1.2.3.4\n if 1 y\n"
	    "  endif z\n", "", "", "x  1.2.3.4 if 1 y  endif z" },
};

static void
test_traps(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(traps); i++) {
		struct opened opened;

		open_text(&opened, "cidr", span_of(traps[i].table), &strict);
		wrong += !complains(&opened, traps[i].name, traps[i].strict);
		close_opened(&opened);
		open_text(&opened, "cidr", span_of(traps[i].table),
		    &compatible);
		wrong += !complains(&opened, traps[i].name,
		    traps[i].compatible);
		wrong += opened.table == NULL || !answers(opened.table,
		    traps[i].name, SPAN("10.0.0.1"), traps[i].want);
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
	open_text(&opened, "cidr", SPAN("if 10.0.0.0/8\n10.0.0.1 x\nendif\n"
	    "#\n11.0.0.0/8\n  y\n"), &strict);
	assert_non_null(opened.table);
	assert_int_equal(table_rules(opened.table), 2);
	table_rule(opened.table, 1, &rule);
	assert_string_equal(rule.file, opened.file);
	assert_int_equal(rule.line, 5);
	assert_true(span_equal(rule.text, SPAN("y")));
	assert_false(rule.substitutes);
	match_init(&match, NULL);
	assert_int_equal(table_find(opened.table, SPAN("11.1.1.1"), &match),
	    ANSWER_HIT);
	assert_int_equal(match.rule, 1);
	match_clear(&match);
	assert_false(table_takes_parts(opened.table));
	close_opened(&opened);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_traps),
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
