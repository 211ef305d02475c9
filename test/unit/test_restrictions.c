/*
 * Lists of restrictions as results.  test_results.py asks a real Postfix what
 * they do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "policy/restrictions.h"

/*
 * What is done, with a '?' where it is only warned of and a '!' for an unknown
 * name; says: in the words.
 */
static const struct {
	const char *text;
	enum action_status status;
	const char *want, *says;
} lists[] = {
	{ "permit", ACTION_FINE, "OK", NULL },
	{ "PERMIT,", ACTION_FINE, "OK", NULL },
	{ "reject,", ACTION_FINE, "554 5.7.1 Access denied", NULL },
	{ "defer,", ACTION_FINE, "450 4.3.2 Try again later", NULL },
	{ "warn_if_reject reject", ACTION_FINE,
	    "554 5.7.1 Access denied?", NULL },
	{ ",warn_if_reject\t,Reject ,", ACTION_FINE,
	    "554 5.7.1 Access denied?", NULL },
	{ "warn_if_reject,warn_if_reject,reject", ACTION_FINE,
	    "554 5.7.1 Access denied?", NULL },
	{ "warn_if_reject reject, defer", ACTION_FINE,
	    "554 5.7.1 Access denied? 450 4.3.2 Try again later", NULL },
	{ "warn_if_reject permit", ACTION_FINE, "OK?", NULL },
	{ "defer_if_permit,reject", ACTION_FINE,
	    "DEFER_IF_PERMIT 554 5.7.1 Access denied", NULL },
	{ "warn_if_reject defer_if_permit", ACTION_FINE, "DEFER_IF_PERMIT?",
	    NULL },
	{ "defer_if_reject,reject", ACTION_ODD,
	    "DEFER_IF_REJECT 554 5.7.1 Access denied", "this filter only" },
	/* What stands behind the end. */
	{ "permit, reject", ACTION_ODD, "OK", "\"reject\" behind permit" },
	{ "reject,permit", ACTION_ODD, "554 5.7.1 Access denied OK",
	    "is ignored" },
	{ "REJECT,x", ACTION_SURPRISING, "554 5.7.1 Access denied !",
	    "after a blank alone" },
	{ "REJECT, 5.7.1 sorry", ACTION_SURPRISING,
	    "554 5.7.1 Access denied !", "\"5.7.1\" behind reject" },
	{ "permit x", ACTION_SURPRISING, "OK", "\"x\" behind permit" },
	{ "warn_if_reject", ACTION_SURPRISING, "", "without what it is" },
	{ "warn_if_reject, reject, warn_if_reject", ACTION_SURPRISING,
	    "554 5.7.1 Access denied?", "without what it is" },
	{ ",", ACTION_SURPRISING, "OK", "permits" },
	{ " , ,", ACTION_SURPRISING, "OK", "permits" },
	/* What Postfix answers with 451 4.3.5. */
	{ "warn_if_reject REJECT 5.7.1 no", ACTION_SURPRISING,
	    "554 5.7.1 Access denied? !", "\"5.7.1\"" },
	{ "warn_if_reject 550", ACTION_SURPRISING, " !", "\"550\"" },
	{ "warn_if_reject {reject}", ACTION_SURPRISING, " !",
	    "\"{reject}\"" },
	{ "defer_if_permit, OK", ACTION_SURPRISING, "DEFER_IF_PERMIT !",
	    "\"OK\"" },
	{ "warn_if_reject check_x hash:/y", ACTION_WRONG, NULL, "':'" },
	{ "permit, check_x hash:/y", ACTION_WRONG, NULL, "':'" },
};

static void
add_action(struct buf *out, const struct action *action)
{
	if (out->n > 0)
		buf_addc(out, ' ');
	if (action->kind == ACTION_CODE)
		buf_addf(out, "%u %.*s %.*s", action->code,
		    SPAN_ARG(action->dsn), SPAN_ARG(action->text));
	else
		buf_addf(out, "%s", action_word(action->kind));
	if (action->only_warn)
		buf_addc(out, '?');
}

/* All of the list: that nothing comes behind its end is the reader's part. */
static void
format(const struct action *action, struct buf *out)
{
	struct span rest = action->text;
	struct action one;
	int next;

	if (action->kind != ACTION_LIST) {
		add_action(out, action);
		return;
	}
	while ((next = restrictions_next(&rest, &one)) > 0)
		add_action(out, &one);
	if (next < 0)
		buf_add(out, SPAN(" !"));
}

static void
reads_lists(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got, 1000);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct action action = { .kind = ACTION_DUNNO };
		char why[240] = "";

		assert_true(restrictions_begin(span_of(lists[i].text)));
		if (restrictions_parse(span_of(lists[i].text), &action, why,
		    sizeof(why)) != lists[i].status)
			fail_msg("\"%s\": %s", lists[i].text, why);
		if (lists[i].says != NULL ?
		    strstr(why, lists[i].says) == NULL : why[0] != '\0')
			fail_msg("\"%s\": says \"%s\"", lists[i].text, why);
		if (lists[i].want == NULL)
			continue;
		buf_reset(&got);
		format(&action, &got);
		if (strcmp(buf_string(&got), lists[i].want) != 0)
			fail_msg("\"%s\": %s", lists[i].text,
			    buf_string(&got));
	}
	buf_clear(&got);
}

static void
knows_no_others(void **state)
{
	static const char *const others[] = {
		"", "OK", "OK,reject", "x", "rejects", "{reject}", "550,",
		"reject_unauth_destination, permit",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (restrictions_begin(span_of(others[i])))
			fail_msg("\"%s\"", others[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lists),
		cmocka_unit_test(knows_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
