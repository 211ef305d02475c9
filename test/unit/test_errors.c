/*
 * errors: how many there are, which replies wait, and when it ends.
 *
 * A conversation is an event for each letter:
 *	h HELO, m MAIL, r RCPT, n RCPT that a map refuses, s one that the mail
 *	server refused, u an unknown command, e the rest of a message, x the
 *	rest of one that is refused at its end, a RSET
 * and its answers are "." or "!" (refused) or "4" (421), behind a "w" where the
 * reply waits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "session/session.h"

#include "policy_folder.h"

#define CHECKS	"recipient_access = [ \"inline:{no@example.com=REJECT}\" ];" \
		"header_checks = [ \"regexp:checks\" ];"
#define SOFT(n)	"soft_error_limit = " #n ";" SLEEP(3)
#define HARD(n)	"hard_error_limit = " #n ";"
#define SLEEP(n) "error_sleep_time = " #n ";"

static const struct {
	const char *settings, *events, *answers;
} cases[] = {
	/* Off. */
	{ "", "hmnnnnnnnnnnnnnnnnnnnnnnnnr", "..!!!!!!!!!!!!!!!!!!!!!!!!." },
	{ "soft_error_limit = 2;" SLEEP(0), "hmnnnnr", "..!!!!." },

	/* An error does not count for its own reply. */
	{ SOFT(1), "hmnnr", "..!w!w." },
	{ SOFT(2), "hmnnr", "..!!w." },
	{ SOFT(3), "hmnnr", "..!!." },
	{ SOFT(2), "hmnnrahmrun", "..!!w.w.w.w.w.w!" },
	{ SOFT(2), "hmnnhmrx", "..!!w.w.w.w!" },

	/* So many refusals, and then 421 to whatever comes. */
	{ HARD(1), "hmnr", "..!4" },
	{ HARD(2), "hmnnr", "..!!4" },
	{ HARD(3), "hmnnr", "..!!." },
	{ HARD(2), "hmnnn", "..!!4" },
	{ HARD(2), "hmnnh", "..!!4" },
	{ HARD(2), "hmnnm", "..!!4" },
	{ HARD(2), "hmnnu", "..!!4" },
	{ HARD(2), "hmnnam", "..!!4" },
	/* Other recipients were taken. */
	{ HARD(2), "hmrnne", "...!!4" },
	{ HARD(2), "hmrnnx", "...!!4" },
	/* It is an error again, for who goes on. */
	{ HARD(2), "hmnnrrhhumx", "..!!4444444" },

	{ SOFT(1) HARD(2), "hmnnr", "..!w!w4" },
	{ SOFT(2) HARD(2), "hmnnr", "..!!w4" },
	{ SOFT(3) HARD(2), "hmnnr", "..!!4" },

	/* A message that is taken makes up for all. */
	{ HARD(2), "hmnremnrmnn", "..!...!..!4" },
	{ HARD(2), "hmnremnrmmn", "..!...!...!" },
	{ SOFT(1), "hmnremr", "..!w...." },
	/* One that is refused does not. */
	{ HARD(3), "hmrxmrxmrxm", "...!..!..!4" },
	{ SOFT(1), "hmrxmr", "...!w.w." },

	/* What others refuse counts, and is not for us to answer. */
	{ HARD(2), "hmsssr", ".....4" },
	{ SOFT(1), "hmssr", "...w.w." },
	{ HARD(2), "huuh", "...4" },
	{ SOFT(1), "huuh", "..w.w." },
};

struct talk {
	struct policy *policy;
	struct session *session;
	const struct outcome *outcome;
	unsigned lines;		/* that tell of a delay */
	char answers[80];
};

static void
count_lines(struct talk *talk)
{
	for (size_t i = 0; i < talk->outcome->nnotes; i++)
		if (span_ends(talk->outcome->notes[i].text,
		    SPAN("rule=soft_error_limit")))
			talk->lines++;
}

static void
feed(struct talk *talk, const struct event *event)
{
	talk->outcome = session_event(talk->session, event);
	count_lines(talk);
	while (talk->outcome->nasks > 0) {
		assert_int_equal(talk->outcome->delay, 0);
		talk->outcome = session_answer(talk->session,
		    talk->outcome->asks[0].id, ASK_YES);
		count_lines(talk);
	}
}

static void
take_answer(struct talk *talk)
{
	const struct verdict *verdict = &talk->outcome->verdict;
	char *end = talk->answers + strlen(talk->answers);

	assert_true(talk->outcome->delay == 0 ||
	    talk->outcome->delay == 3000);
	if (talk->outcome->delay > 0)
		*end++ = 'w';
	*end = verdict->kind == VERDICT_CONTINUE ? '.' :
	    verdict->code == 421 ? '4' : '!';
	if (*end == '4') {
		assert_true(span_equal(verdict->rule,
		    SPAN("hard_error_limit")));
		assert_true(span_equal(verdict->dsn, SPAN("4.7.0")));
	}
}

static void
feed_rcpt(struct talk *talk, const char *path, bool refused)
{
	feed(talk, &(struct event){ .kind = EVENT_RCPT, .rcpt = {
	    .path = span_of(path), .refused = refused,
	    .address = refused ? SPAN("5.1.1 no such user") : SPAN("") } });
}

static void
feed_rest(struct talk *talk, const char *subject)
{
	feed(talk, &(struct event){ .kind = EVENT_HEADER,
	    .header = { SPAN("Subject"), span_of(subject) } });
	assert_int_equal(talk->outcome->delay, 0);
	feed(talk, &(struct event){ .kind = EVENT_EOH });
	assert_int_equal(talk->outcome->delay, 0);
	feed(talk, &(struct event){ .kind = EVENT_EOM });
}

static void
feed_letter(struct talk *talk, char letter)
{
	switch (letter) {
	case 'h':
		feed(talk, &(struct event){ .kind = EVENT_HELO,
		    .helo.name = SPAN("mx.example.org") });
		break;
	case 'm':
		feed(talk, &(struct event){ .kind = EVENT_MAIL,
		    .mail.path = SPAN("<a@example.org>") });
		break;
	case 'r':
		feed_rcpt(talk, "<yes@example.com>", false);
		break;
	case 'n':
		feed_rcpt(talk, "<no@example.com>", false);
		break;
	case 's':
		feed_rcpt(talk, "<gone@example.com>", true);
		break;
	case 'u':
		feed(talk, &(struct event){ .kind = EVENT_UNKNOWN });
		break;
	case 'e':
		feed_rest(talk, " y");
		break;
	case 'x':
		feed_rest(talk, " x");
		break;
	default:
		feed(talk, &(struct event){ .kind = EVENT_ABORT });
		return;
	}
	take_answer(talk);
}

static void
begin(struct talk *talk, const char *settings, bool smtp)
{
	const struct session_options options = { .scratch = NULL };
	char all[1024];
	int n = snprintf(all, sizeof(all), CHECKS "%s", settings);

	assert_in_range(n, 1, sizeof(all) - 1);
	*talk = (struct talk){ .lines = 0 };
	talk->policy = make_policy(all, "/^Subject: x/ REJECT\n");
	talk->session = session_new(talk->policy, &options);
	assert_non_null(talk->session);
	feed(talk, &(struct event){ .kind = EVENT_CONNECT, .connect = {
	    .name = SPAN("mx.example.org"), .address = SPAN("192.0.2.1"),
	    .smtp = smtp } });
	assert_int_equal(talk->outcome->delay, 0);
}

static void
finish(struct talk *talk)
{
	session_free(&talk->session);
	policy_free(&talk->policy);
}

static void
test_conversations(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct talk talk;

		begin(&talk, cases[i].settings, true);
		for (const char *p = cases[i].events; *p != '\0'; p++)
			feed_letter(&talk, *p);
		print_message("%s %s\n", cases[i].settings, cases[i].events);
		assert_string_equal(talk.answers, cases[i].answers);
		finish(&talk);
	}
}

/* The log hears of it once, and again after a message that was taken. */
static void
test_log(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk, SOFT(1), true);
	for (const char *p = "hmnnnnr"; *p != '\0'; p++)
		feed_letter(&talk, *p);
	assert_int_equal(talk.lines, 1);
	for (const char *p = "emnnnr"; *p != '\0'; p++)
		feed_letter(&talk, *p);
	assert_int_equal(talk.lines, 2);
	finish(&talk);
}

/* sendmail(1) and qmqp: nobody is there to be slowed down. */
static void
test_no_smtp(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk, SOFT(1) HARD(2), false);
	for (const char *p = "hmrxmrxmrxmr"; *p != '\0'; p++) {
		feed_letter(&talk, *p);
		assert_int_equal(talk.outcome->delay, 0);
		assert_int_not_equal(talk.outcome->verdict.code, 421);
	}
	finish(&talk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversations),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_no_smtp),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
