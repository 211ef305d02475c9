/* Replies as Postfix composes them, and their bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "policy/reply.h"

static const struct conf conf = {
	.access_map_reject_code = 554, .access_map_defer_code = 459,
};

static const char *
format(const struct reply *reply)
{
	static char text[4096];

	snprintf(text, sizeof(text), "%u %.*s %.*s", reply->code,
	    SPAN_ARG(reply->dsn), SPAN_ARG(reply->text));
	return text;
}

static const struct {
	enum access_class class;
	const char *name, *action, *want;
} access_replies[] = {
	{ ACCESS_SENDER, "a@b.c", "REJECT",
	    "554 5.7.1 <a@b.c>: Sender address rejected: Access denied" },
	{ ACCESS_SENDER, "", "REJECT no",
	    "554 5.7.1 <>: Sender address rejected: no" },
	{ ACCESS_RECIPIENT, "a@b.c", "DEFER",
	    "459 4.7.1 <a@b.c>: Recipient address rejected: Access denied" },
	{ ACCESS_CLIENT, "host[1.2.3.4]", "DEFER later",
	    "459 4.7.1 <host[1.2.3.4]>: Client host rejected: later" },
	{ ACCESS_REVERSE_CLIENT, "a.b.c", "REJECT",
	    "554 5.7.1 <a.b.c>: Unverified Client host rejected: "
	    "Access denied" },
	{ ACCESS_HELO, "x", "550 go",
	    "550 5.7.1 <x>: Helo command rejected: go" },
	{ ACCESS_HELO, "x", "421 4.3.2 go",
	    "421 4.3.2 <x>: Helo command rejected: go" },
	{ ACCESS_SENDER, "a@b", "DEFER_IF_PERMIT",
	    "459 4.7.1 <a@b>: Sender address rejected: "
	    "Service unavailable" },
	{ ACCESS_SENDER, "a@b", "DEFER_IF_REJECT 4.3.0 x",
	    "459 4.3.0 <a@b>: Sender address rejected: x" },
	/* The class of the enhanced code follows the reply code. */
	{ ACCESS_SENDER, "a@b", "REJECT 4.7.0 x",
	    "554 5.7.0 <a@b>: Sender address rejected: x" },
	{ ACCESS_SENDER, "a@b", "450 5.7.0 x",
	    "450 4.7.0 <a@b>: Sender address rejected: x" },
	{ ACCESS_SENDER, "a@b", "REJECT 2.7.0 x",
	    "554 5.7.0 <a@b>: Sender address rejected: x" },
};

/* smtpd_dsn_fix(), by class and last number. */
static const struct {
	const char *dsn, *sender, *recipient, *other;
} fixes[] = {
	{ "5.1.0", "5.1.0", "5.1.0", "5.0.0" },
	{ "5.1.1", "5.1.7", "5.1.1", "5.0.0" },
	{ "5.1.2", "5.1.8", "5.1.2", "5.0.0" },
	{ "5.1.3", "5.1.7", "5.1.3", "5.0.0" },
	{ "5.1.4", "5.1.7", "5.1.4", "5.0.0" },
	{ "5.1.5", "5.1.0", "5.1.5", "5.0.0" },
	{ "5.1.6", "5.1.7", "5.1.6", "5.0.0" },
	{ "5.1.7", "5.1.7", "5.1.3", "5.0.0" },
	{ "5.1.8", "5.1.8", "5.1.2", "5.0.0" },
	{ "5.1.9", "5.1.0", "5.1.0", "5.0.0" },
	{ "5.1.10", "5.1.0", "5.1.0", "5.0.0" },
	{ "5.10.1", "5.10.1", "5.10.1", "5.10.1" },
	{ "5.7.1", "5.7.1", "5.7.1", "5.7.1" },
	{ "5.2.8", "5.2.8", "5.2.8", "5.2.8" },
};

static void
make_access(enum access_class class, const char *name, const char *text,
    struct region *region, struct reply *reply)
{
	struct action action = { .kind = ACTION_DUNNO };
	char why[240];

	assert_int_not_equal(action_parse(ACTION_IN_ACCESS, span_of(text),
	    &action, why, sizeof(why)), ACTION_WRONG);
	reply_access(&conf, class, span_of(name), &action, region, reply);
}

static void
composes_access(void **state)
{
	struct region region;
	struct reply reply;

	(void)state;
	region_init(&region, (size_t)1 << 20);
	for (size_t i = 0; i < sizeof(access_replies) /
	    sizeof(access_replies[0]); i++) {
		make_access(access_replies[i].class, access_replies[i].name,
		    access_replies[i].action, &region, &reply);
		assert_string_equal(format(&reply), access_replies[i].want);
	}
	region_clear(&region);
}

static void
fixes_dsn(void **state)
{
	struct region region;
	struct reply reply;

	(void)state;
	region_init(&region, (size_t)1 << 20);
	for (size_t i = 0; i < sizeof(fixes) / sizeof(fixes[0]); i++) {
		char text[64];

		snprintf(text, sizeof(text), "550 %s x", fixes[i].dsn);
		make_access(ACCESS_SENDER, "a@b", text, &region, &reply);
		assert_true(span_equal(reply.dsn, span_of(fixes[i].sender)));
		make_access(ACCESS_RECIPIENT, "a@b", text, &region, &reply);
		assert_true(span_equal(reply.dsn,
		    span_of(fixes[i].recipient)));
		make_access(ACCESS_HELO, "a", text, &region, &reply);
		assert_true(span_equal(reply.dsn, span_of(fixes[i].other)));
	}
	region_clear(&region);
}

static const struct {
	const char *action, *want;
} contents[] = {
	{ "REJECT", "550 5.7.1 message content rejected" },
	{ "REJECT 5.6.0", "550 5.6.0 message content rejected" },
	{ "REJECT no thanks", "550 5.7.1 no thanks" },
	{ "REJECT 5.6.0 no", "550 5.6.0 no" },
	{ "REJECT 4.3.0 later", "451 4.3.0 later" },
	{ "REJECT 2.7.1 later", "451 4.7.1 later" },
	{ "REJECT 5.1.1 no", "550 5.1.1 no" },
	{ "REJECT a\tb\nc\x7f\xc3\xa9\xff\xc2\x85x",
	    "550 5.7.1 a b c \xc3\xa9  x" },
};

static void
composes_content(void **state)
{
	struct region region;

	(void)state;
	region_init(&region, (size_t)1 << 20);
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		struct action action = { .kind = ACTION_DUNNO };
		struct reply reply;
		char why[240];

		action_parse(ACTION_IN_HEADER, span_of(contents[i].action),
		    &action, why, sizeof(why));
		reply_content(&action, &region, &reply);
		assert_string_equal(format(&reply), contents[i].want);
	}
	region_clear(&region);
}

/* 510 bytes with code and enhanced code, and no half a character. */
static void
cuts(void **state)
{
	struct region region;
	struct reply reply;
	char text[2000];

	(void)state;
	region_init(&region, (size_t)1 << 20);
	memset(text, 'x', sizeof(text));
	for (int n = 499; n <= 501; n++) {
		reply_make(550, "5.7.1", &region, &reply, "%.*s", n, text);
		assert_int_equal(strlen(format(&reply)),
		    n <= 500 ? 10 + n : 510);
	}
	for (size_t i = 0; i + 1 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	reply_make(550, "5.7.1", &region, &reply, "x%.*s", 1998, text);
	assert_int_equal(reply.text.n, 499);
	make_access(ACCESS_SENDER, "a@b", "REJECT", &region, &reply);
	memset(text, 'y', sizeof(text));
	reply_access(&conf, ACCESS_SENDER, span_make(text, sizeof(text)),
	    &(struct action){ .kind = ACTION_REJECT }, &region, &reply);
	assert_int_equal(strlen(format(&reply)), 510);
	region_clear(&region);
}

static void
softens(void **state)
{
	struct region region;
	struct reply reply;

	(void)state;
	region_init(&region, (size_t)1 << 20);
	reply_make(552, "5.3.4", &region, &reply, "%d too large", 7);
	assert_string_equal(format(&reply), "552 5.3.4 7 too large");
	reply_soften(&reply, &region);
	assert_string_equal(format(&reply), "452 4.3.4 7 too large");
	reply_soften(&reply, &region);
	assert_string_equal(format(&reply), "452 4.3.4 7 too large");
	region_clear(&region);
}

static void
survives_without_memory(void **state)
{
	(void)state;
	for (size_t max = 0; max < 1200; max += 16) {
		struct region region;
		struct reply reply;

		region_init(&region, max);
		make_access(ACCESS_SENDER, "a@b", "REJECT no", &region,
		    &reply);
		reply_soften(&reply, &region);
		assert_int_equal(reply.code, 454);
		region_clear(&region);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(composes_access),
		cmocka_unit_test(fixes_dsn),
		cmocka_unit_test(composes_content),
		cmocka_unit_test(cuts),
		cmocka_unit_test(softens),
		cmocka_unit_test(survives_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
