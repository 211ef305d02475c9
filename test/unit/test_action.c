/* What results of tables ask for, and what is said about the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/action.h"

#define H	ACTION_IN_HEADER
#define B	ACTION_IN_BODY
#define A	ACTION_IN_ACCESS
#define T	ACTION_IN_TEXT
#define P	ACTION_IN_ATTACHMENT

static const struct {
	enum action_place place;
	const char *text;
	enum action_status status;
	enum action_kind kind;
	const char *dsn, *rest;
	unsigned code;
} actions[] = {
	/* Words: any case, whole, ended by a blank or a tab. */
	{ H, "DUNNO", ACTION_FINE, ACTION_DUNNO, "", "", 0 },
	{ H, "dunno what", ACTION_FINE, ACTION_DUNNO, "", "what", 0 },
	{ H, "Reject\tno  more ", ACTION_FINE, ACTION_REJECT, "",
	    "no  more ", 0 },
	{ H, "REJECTS", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ H, "REJECT, no", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ H, " REJECT", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ H, "", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ H, "WARN", ACTION_FINE, ACTION_WARN, "", "", 0 },
	{ H, "INFO x", ACTION_FINE, ACTION_INFO, "", "x", 0 },
	{ H, "DISCARD x", ACTION_FINE, ACTION_DISCARD, "", "x", 0 },
	{ H, "HOLD x", ACTION_FINE, ACTION_HOLD, "", "x", 0 },
	{ H, "STRIP x", ACTION_FINE, ACTION_STRIP, "", "x", 0 },
	{ H, "IGNORE", ACTION_FINE, ACTION_IGNORE, "", "", 0 },
	{ H, "PASS", ACTION_FINE, ACTION_PASS, "", "", 0 },
	{ T, "REJECT 4.7.1 x", ACTION_FINE, ACTION_REJECT, "4.7.1", "x", 0 },
	{ T, "HOLD x", ACTION_FINE, ACTION_HOLD, "", "x", 0 },
	{ T, "BCC a@b", ACTION_FINE, ACTION_BCC, "", "a@b", 0 },
	{ T, "PASS", ACTION_FINE, ACTION_PASS, "", "", 0 },
	{ T, "STRIP", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ T, "REPLACE x", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ T, "PREPEND x: y", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ T, "IGNORE", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ T, "550 x", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ T, "OK", ACTION_ODD, ACTION_OK, "", "", 0 },
	{ P, "STRIP x", ACTION_FINE, ACTION_STRIP, "", "x", 0 },
	{ P, "STRIP", ACTION_FINE, ACTION_STRIP, "", "", 0 },
	{ P, "REPLACE no field", ACTION_FINE, ACTION_REPLACE, "",
	    "no field", 0 },
	{ P, "REPLACE", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ P, "PREPEND x: y", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ P, "IGNORE", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ P, "REJECT x", ACTION_FINE, ACTION_REJECT, "", "x", 0 },
	{ P, "OK", ACTION_ODD, ACTION_OK, "", "", 0 },
	/* OK in checks does not accept. */
	{ H, "OK", ACTION_ODD, ACTION_OK, "", "", 0 },
	{ B, "OK", ACTION_ODD, ACTION_OK, "", "", 0 },
	{ A, "OK", ACTION_FINE, ACTION_OK, "", "", 0 },
	{ A, "relay x", ACTION_FINE, ACTION_OK, "", "x", 0 },
	{ H, "RELAY", ACTION_WRONG, 0, NULL, NULL, 0 },
	/* Enhanced status codes: [245].d{1,3}.d{1,3}, a blank or the end. */
	{ H, "REJECT 5.7.1 x", ACTION_FINE, ACTION_REJECT, "5.7.1", "x", 0 },
	{ H, "REJECT 5.7.1", ACTION_FINE, ACTION_REJECT, "5.7.1", "", 0 },
	{ H, "REJECT 4.3.0  x", ACTION_FINE, ACTION_REJECT, "4.3.0", "x", 0 },
	{ H, "REJECT 5.123.999 x", ACTION_FINE, ACTION_REJECT, "5.123.999",
	    "x", 0 },
	{ H, "REJECT 5.1234.1 x", ACTION_FINE, ACTION_REJECT, "",
	    "5.1234.1 x", 0 },
	{ H, "REJECT 5.7.1000 x", ACTION_FINE, ACTION_REJECT, "",
	    "5.7.1000 x", 0 },
	{ H, "REJECT 5.7.1, x", ACTION_FINE, ACTION_REJECT, "",
	    "5.7.1, x", 0 },
	{ H, "REJECT 5.7. x", ACTION_FINE, ACTION_REJECT, "", "5.7. x", 0 },
	{ H, "REJECT 5.7", ACTION_FINE, ACTION_REJECT, "", "5.7", 0 },
	{ H, "REJECT 5", ACTION_FINE, ACTION_REJECT, "", "5", 0 },
	{ H, "REJECT 3.7.1 x", ACTION_FINE, ACTION_REJECT, "",
	    "3.7.1 x", 0 },
	/* Postfix makes it 4.7.1, and so temporary. */
	{ H, "REJECT 2.7.1 x", ACTION_SURPRISING, ACTION_REJECT, "2.7.1",
	    "x", 0 },
	/* In access maps the action's class counts, not the text's. */
	{ A, "REJECT 5.7.1 x", ACTION_FINE, ACTION_REJECT, "5.7.1", "x", 0 },
	{ A, "REJECT 4.7.1 x", ACTION_SURPRISING, ACTION_REJECT, "4.7.1",
	    "x", 0 },
	{ A, "DEFER 4.7.1 x", ACTION_FINE, ACTION_DEFER, "4.7.1", "x", 0 },
	{ A, "DEFER 5.7.1 x", ACTION_SURPRISING, ACTION_DEFER, "5.7.1", "x",
	    0 },
	{ A, "DEFER_IF_PERMIT", ACTION_FINE, ACTION_DEFER_IF_PERMIT, "", "",
	    0 },
	{ A, "DEFER_IF_PERMIT 4.1.8 x", ACTION_FINE, ACTION_DEFER_IF_PERMIT,
	    "4.1.8", "x", 0 },
	{ A, "DEFER_IF_REJECT", ACTION_ODD, ACTION_DEFER_IF_REJECT, "", "",
	    0 },
	{ H, "DEFER", ACTION_WRONG, 0, NULL, NULL, 0 },
	/* Codes. */
	{ A, "550 x", ACTION_FINE, ACTION_CODE, "", "x", 550 },
	{ A, "400 x", ACTION_FINE, ACTION_CODE, "", "x", 400 },
	{ A, "599 x", ACTION_FINE, ACTION_CODE, "", "x", 599 },
	{ A, "421 4.7.0 x", ACTION_FINE, ACTION_CODE, "4.7.0", "x", 421 },
	{ A, "550 4.7.0 x", ACTION_ODD, ACTION_CODE, "4.7.0", "x", 550 },
	{ A, "399 x", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "600 x", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "250 x", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "5500 x", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "55 x", ACTION_WRONG, 0, NULL, NULL, 0 },
	/* Digits alone permit. */
	{ A, "550", ACTION_SURPRISING, ACTION_OK, "", "", 0 },
	{ A, "42", ACTION_SURPRISING, ACTION_OK, "", "", 0 },
	{ A, "1234567890", ACTION_SURPRISING, ACTION_OK, "", "", 0 },
	{ H, "550 x", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ B, "550", ACTION_WRONG, 0, NULL, NULL, 0 },
	/* Addresses. */
	{ H, "REDIRECT a@b.c", ACTION_FINE, ACTION_REDIRECT, "", "a@b.c", 0 },
	{ H, "REDIRECT", ACTION_WRONG, 0, NULL, NULL, 0 },
	/* In an access map Postfix passes over these. */
	{ A, "REDIRECT a", ACTION_SURPRISING, ACTION_DUNNO, "", "", 0 },
	{ B, "BCC a@b", ACTION_FINE, ACTION_BCC, "", "a@b", 0 },
	{ A, "BCC b", ACTION_SURPRISING, ACTION_DUNNO, "", "", 0 },
	{ A, "BCC", ACTION_SURPRISING, ACTION_DUNNO, "", "", 0 },
	{ A, "BCC a@b c@d", ACTION_SURPRISING, ACTION_BCC, "", "a@b c@d", 0 },
	/* One address: what stands before the last '@' may be anything, what
	 * stands behind it a domain. */
	{ H, "BCC a@b ", ACTION_FINE, ACTION_BCC, "", "a@b", 0 },
	{ H, "BCC a@[192.0.2.1]", ACTION_FINE, ACTION_BCC, "",
	    "a@[192.0.2.1]", 0 },
	{ H, "BCC a b@c", ACTION_SURPRISING, ACTION_BCC, "", "a b@c", 0 },
	{ H, "BCC @b", ACTION_SURPRISING, ACTION_BCC, "", "@b", 0 },
	{ H, "BCC a@b c", ACTION_SURPRISING, ACTION_DUNNO, "", "", 0 },
	{ H, "BCC <a@b>", ACTION_SURPRISING, ACTION_DUNNO, "", "", 0 },
	{ A, "BCC a@", ACTION_SURPRISING, ACTION_DUNNO, "", "", 0 },
	{ H, "REDIRECT a b@c", ACTION_SURPRISING, ACTION_REDIRECT, "",
	    "a b@c", 0 },
	{ H, "REDIRECT a@b c", ACTION_SURPRISING, ACTION_REJECT, "5.1.3",
	    "no address to redirect it to", 0 },
	{ A, "REDIRECT a@b\tc", ACTION_SURPRISING, ACTION_REJECT, "5.1.3",
	    "no address to redirect it to", 0 },
	/* Fields; in the body any text. */
	{ H, "PREPEND X-A: b", ACTION_FINE, ACTION_PREPEND, "", "X-A: b", 0 },
	{ H, "PREPEND X-A:", ACTION_FINE, ACTION_PREPEND, "", "X-A:", 0 },
	{ H, "PREPEND a b", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ H, "PREPEND", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "PREPEND X-A: b", ACTION_FINE, ACTION_PREPEND, "", "X-A: b", 0 },
	{ A, "PREPEND b", ACTION_SURPRISING, ACTION_DUNNO, "", "", 0 },
	{ A, "PREPEND", ACTION_SURPRISING, ACTION_DUNNO, "", "", 0 },
	{ H, "REPLACE X-A: b", ACTION_FINE, ACTION_REPLACE, "", "X-A: b", 0 },
	{ H, "REPLACE b", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ B, "REPLACE b", ACTION_FINE, ACTION_REPLACE, "", "b", 0 },
	{ B, "PREPEND b", ACTION_FINE, ACTION_PREPEND, "", "b", 0 },
	{ B, "REPLACE", ACTION_WRONG, 0, NULL, NULL, 0 },
	/* What a milter cannot do, and what has its meaning elsewhere. */
	{ H, "FILTER smtp:a", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "FILTER smtp:a", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ H, "DELAY 1h", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "HANGUP", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "STRIP", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "IGNORE", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "PASS", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "REPLACE X: y", ACTION_WRONG, 0, NULL, NULL, 0 },
	/* Lists of restrictions: see test_restrictions.c. */
	{ A, "permit", ACTION_FINE, ACTION_OK, "", "", 0 },
	{ A, "reject, permit", ACTION_ODD, ACTION_LIST, "",
	    "reject, permit", 0 },
	{ A, "reject permit", ACTION_FINE, ACTION_REJECT, "", "permit", 0 },
	{ H, "warn_if_reject reject", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ H, "permit", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "reject_unauth_destination", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "4.7.1 x", ACTION_WRONG, 0, NULL, NULL, 0 },
	{ A, "hash:/etc/x", ACTION_WRONG, 0, NULL, NULL, 0 },
};

static void
reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		struct action action = { .kind = ACTION_DUNNO };
		char why[240] = "";
		enum action_status status = action_parse(actions[i].place,
		    span_of(actions[i].text), &action, why, sizeof(why));

		if (status != actions[i].status)
			fail_msg("\"%s\": status %d, want %d (%s)",
			    actions[i].text, (int)status,
			    (int)actions[i].status, why);
		if ((status == ACTION_FINE) != (why[0] == '\0'))
			fail_msg("\"%s\": says \"%s\"", actions[i].text, why);
		if (status == ACTION_WRONG)
			continue;
		if (action.kind != actions[i].kind ||
		    action.code != actions[i].code ||
		    !span_equal(action.dsn, span_of(actions[i].dsn)) ||
		    !span_equal(action.text, span_of(actions[i].rest)))
			fail_msg("\"%s\": %s %u dsn \"%.*s\" text \"%.*s\"",
			    actions[i].text, action_word(action.kind),
			    action.code, SPAN_ARG(action.dsn),
			    SPAN_ARG(action.text));
	}
}

static void
splits_fields(void **state)
{
	struct action action;
	char why[240];

	(void)state;
	assert_int_equal(action_parse(H, SPAN("PREPEND X-A : b c"), &action,
	    why, sizeof(why)), ACTION_FINE);
	assert_true(span_equal(action.field.name, SPAN("X-A")));
	assert_true(span_equal(action.field.value, SPAN(" b c")));
}

static const struct {
	enum action_place place;
	const char *text, *says;
} complaints[] = {
	{ H, "FILTER smtp:a", "REDIRECT user@domain" },
	{ H, "DELAY 1h", "HOLD" },
	{ H, "554 x", "write REJECT" },
	{ H, "REJCT x", "did you mean REJECT?" },
	{ A, "REJCT x", "did you mean REJECT?" },
	{ H, "DEFFER", "unknown action" },
	{ H, "DEFER", "REJECT 4.7.1 text" },
	{ A, "550", "write \"550 text\"" },
	{ A, "12", "write \"550 text\"" },
	{ A, "STRIP", "only in header_checks and body_checks" },
	{ A, "permit_mynetworks", "see exempt" },
	{ A, "reject_unauth_destination", "only the mail server can judge" },
	{ A, "sleep 5", "keep clients waiting" },
	{ A, "4.7.1 x", "write \"450 4.7.1 text\"" },
	{ A, "2.0.0 x", "write \"550 5.0.0 text\"" },
	{ T, "STRIP", "put the rule into body_checks" },
	{ T, "DEFER", "REJECT 4.7.1 text" },
	{ T, "OK", "this paragraph" },
	{ H, "REDIRECT x", "REDIRECT user@example.com" },
	{ H, "REPLACE x", "REPLACE Name: value" },
	{ A, "\x1b[31m", "?[31m" },
};

static void
says_what_is_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(complaints) / sizeof(complaints[0]);
	    i++) {
		struct action action;
		char why[240] = "";

		action_parse(complaints[i].place,
		    span_of(complaints[i].text), &action, why, sizeof(why));
		if (strstr(why, complaints[i].says) == NULL)
			fail_msg("\"%s\": says \"%s\", want \"%s\" in it",
			    complaints[i].text, why, complaints[i].says);
	}
}

/* However long a result is, why holds what it can. */
static void
bounds_why(void **state)
{
	char text[5000], why[240];
	struct action action;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(action_parse(A, span_make(text, sizeof(text)),
	    &action, why, sizeof(why)), ACTION_WRONG);
	assert_true(strlen(why) < sizeof(why));
	assert_non_null(strstr(why, "xxx..."));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(splits_fields),
		cmocka_unit_test(says_what_is_right),
		cmocka_unit_test(bounds_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
