/*
 * Where memory ends: a message never passes for want of it.
 *
 * The allocations of a whole conversation fail one by one, each by itself and
 * each with all that follow.  What has to be refused is, one way or the other,
 * and what is edited is edited as ever, or waits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "session/needs.h"
#include "session/session.h"

#include "policy_folder.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);

/* One thread alone allocates here. */
static struct {
	bool on, all;		/* all from that one on */
	unsigned fails, calls;
} memory;

static bool
fails(void)
{
	unsigned call = memory.on ? memory.calls++ : 0;

	return memory.on && (call == memory.fails ||
	    (memory.all && call > memory.fails));
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

static struct scratch_pool *pool;

static struct policy *
policy_of(const char *settings)
{
	char all[1024];
	int n = snprintf(all, sizeof(all),
	    "exempt = { authenticated = [ ]; };\n%s", settings);

	assert_in_range(n, 1, sizeof(all) - 1);
	return make_policy(all, NULL);
}

/* What came of a message, in the fixed memory that a test has left. */
struct fate {
	enum verdict_kind verdict;
	bool said;		/* in the log: why */
	size_t n;
	char text[4096];	/* the edits, and the new body */
};

static void
add(struct fate *fate, struct span text)
{
	text = span_head(text, sizeof(fate->text) - fate->n);
	if (text.n > 0)
		memcpy(fate->text + fate->n, text.p, text.n);
	fate->n += text.n;
}

static void
add_body(struct fate *fate, const struct session *session)
{
	struct body_reader reader = { 0 };
	const char *why;
	char piece[16];
	ssize_t n;

	while ((n = session_new_body(session, &reader, piece, sizeof(piece),
	    &why)) > 0)
		add(fate, span_make(piece, (size_t)n));
	if (n < 0)
		fate->verdict = VERDICT_TEMPFAIL;
}

static void
add_edits(struct fate *fate, const struct session *session,
    const struct outcome *outcome)
{
	for (size_t i = 0; i < outcome->nedits; i++) {
		const struct edit *edit = &outcome->edits[i];

		add(fate, span_of(edit_word(edit->kind)));
		add(fate, edit->name);
		add(fate, edit->value);
		add(fate, edit->address);
		add(fate, edit->reason);
		if (edit->kind == EDIT_REPLACEBODY)
			add_body(fate, session);
	}
}

static const struct event events[] = {
	{ .kind = EVENT_CONNECT, .connect = {
	    .name = SPAN_INIT("mx.example.net"),
	    .address = SPAN_INIT("192.0.2.1"),
	    .reverse = SPAN_INIT("reverse.example.net"), .smtp = true } },
	{ .kind = EVENT_HELO, .helo = { .name = SPAN_INIT("a.example.net") } },
	{ .kind = EVENT_MAIL, .mail = {
	    .path = SPAN_INIT("<sender@example.net>"),
	    .login = SPAN_INIT("somebody"), .size = 1000 } },
	{ .kind = EVENT_RCPT, .rcpt = {
	    .path = SPAN_INIT("<first@example.com>") } },
	{ .kind = EVENT_RCPT, .rcpt = {
	    .path = SPAN_INIT("<second@example.com>") } },
	{ .kind = EVENT_DATA, .queue_id = SPAN_INIT("QID") },
	{ .kind = EVENT_HEADER, .header = { SPAN_INIT("From"),
	    SPAN_INIT(" author@example.org") } },
	{ .kind = EVENT_HEADER, .header = { SPAN_INIT("Subject"),
	    SPAN_INIT(" what it is about") } },
	{ .kind = EVENT_HEADER, .header = { SPAN_INIT("Content-Type"),
	    SPAN_INIT(" multipart/mixed; boundary=limit") } },
	{ .kind = EVENT_EOH },
	{ .kind = EVENT_BODY,
	    .body = SPAN_INIT("--limit\r\nX-Part: of it\r\n\r\nfirst line\r\n"
	    "second ") },
	{ .kind = EVENT_BODY, .body = SPAN_INIT("line\r\n--limit\r\n"
	    "Content-Type: text/plain; charset*0=utf-; charset*1=16be\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n"
	    "AHcAaQBkAGU=\r\n--limit\r\n"
	    "Content-Type: text/html; charset=koi8-r\r\n\r\n"
	    "<p>sh<b>o</b>wn<p hidden>not shown</p>\r\n--limit\r\n"
	    "Content-Type: message/rfc822\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n") },
	{ .kind = EVENT_BODY, .body = SPAN_INIT("U3ViamVjdDogeAoKaW5uZXIK\r\n"
	    "--limit\r\nContent-Disposition: attachment; filename*=x''%41"
	    "\r\n\r\nattached\r\n--limit--\r\n") },
	{ .kind = EVENT_EOM },
};
#define N_EVENTS	(sizeof(events) / sizeof(events[0]))

static const struct outcome *
feed(struct session *session, const struct event *event, struct fate *fate)
{
	const struct outcome *outcome = session_event(session, event);

	fate->said |= outcome->nnotes > 0;
	if (outcome->nasks > 0) {
		outcome = session_answer(session, outcome->asks[0].id,
		    ASK_YES);
		fate->said |= outcome->nnotes > 0;
	}
	return outcome;
}

/* A conversation of one message; a refused recipient is not the end of it. */
static void
converse(const struct policy *policy, struct fate *fate)
{
	struct session_options options = { .scratch = pool };
	struct session *session = session_new(policy, &options);
	const struct outcome *outcome;
	struct needs needs;
	unsigned refused = 0;

	session_needs(policy, &needs);
	*fate = (struct fate){ .verdict = VERDICT_TEMPFAIL };
	fate->said = session == NULL;
	for (size_t i = 0; session != NULL && i < N_EVENTS; i++) {
		outcome = feed(session, &events[i], fate);
		if ((needs.replies & event_bit(events[i].kind)) == 0)
			continue;
		fate->verdict = outcome->verdict.kind;
		refused += events[i].kind == EVENT_RCPT &&
		    fate->verdict != VERDICT_CONTINUE;
		if (events[i].kind == EVENT_RCPT && refused < 2)
			continue;
		if (fate->verdict != VERDICT_CONTINUE)
			break;
		add_edits(fate, session, outcome);
	}
	session_free(&session);
}

static bool
is_refused(const struct fate *fate)
{
	return fate->verdict == VERDICT_REJECT ||
	    fate->verdict == VERDICT_TEMPFAIL;
}

static void
assert_fate(const char *name, const struct fate *fate, const struct fate *want)
{
	if (!fate->said && is_refused(fate))
		fail_msg("%s, allocation %u%s: nothing was said", name,
		    memory.fails, memory.all ? " and all after it" : "");
	if (is_refused(fate))
		return;
	if (fate->verdict != want->verdict || fate->n != want->n ||
	    memcmp(fate->text, want->text, want->n) != 0)
		fail_msg("%s, allocation %u%s: %s, %.*s\nnot %s, %.*s",
		    name, memory.fails, memory.all ? " and all after it" : "",
		    verdict_word(fate->verdict), (int)fate->n, fate->text,
		    verdict_word(want->verdict), (int)want->n, want->text);
}

static void
sweep(const char *name, const struct policy *policy, const struct fate *want)
{
	struct fate fate;

	memory.fails = 0;
	do {
		memory.calls = 0;
		memory.on = true;
		converse(policy, &fate);
		memory.on = false;
		assert_fate(name, &fate, want);
	} while (memory.calls > memory.fails++);
	assert_true(memory.fails > 5);
}

static const struct {
	const char *name, *settings;
	enum verdict_kind want;
} cases[] = {
	{ "client", "client_access = [\"inline:{192.0.2.1=REJECT}\"];",
	    VERDICT_REJECT },
	{ "client's name",
	    "client_access = [\"inline:{mx.example.net=REJECT}\"];",
	    VERDICT_REJECT },
	{ "client at once", "delay_reject = false;"
	    "client_access = [\"inline:{192.0.2.1=REJECT}\"];",
	    VERDICT_REJECT },
	{ "reverse name", "reverse_client_access = "
	    "[\"inline:{reverse.example.net=REJECT}\"];", VERDICT_REJECT },
	{ "HELO", "helo_access = [\"inline:{a.example.net=REJECT}\"];",
	    VERDICT_REJECT },
	{ "HELO at once", "delay_reject = false;"
	    "helo_access = [\"inline:{a.example.net=REJECT}\"];",
	    VERDICT_REJECT },
	{ "login", "login_access = [\"inline:{somebody=REJECT}\"];",
	    VERDICT_REJECT },
	{ "sender",
	    "sender_access = [\"inline:{sender@example.net=REJECT}\"];",
	    VERDICT_REJECT },
	{ "recipient", "recipient_access = "
	    "[\"inline:{first@example.com=OK, example.com=REJECT}\"];",
	    VERDICT_CONTINUE },
	{ "discard",
	    "sender_access = [\"inline:{sender@example.net=DISCARD}\"];",
	    VERDICT_DISCARD },
	{ "declared size", "message_size_limit = 900;", VERDICT_REJECT },
	{ "size of its own", "message_size_access = "
	    "[\"inline:{sender@example.net=900}\"];", VERDICT_REJECT },
	{ "author",
	    "header_from_access = [\"inline:{author@example.org=REJECT}\"];",
	    VERDICT_REJECT },
	{ "header",
	    "header_checks = [\"pcre:{{/^Subject: what/ REJECT}}\"];",
	    VERDICT_REJECT },
	{ "part", "mime_header_checks = [\"pcre:{{/^X-Part:/ REJECT}}\"];",
	    VERDICT_REJECT },
	{ "body", "body_checks = [\"pcre:{{/^second line$/ REJECT}}\"];",
	    VERDICT_REJECT },
	{ "decoded header", "decoded_header_checks = "
	    "[\"pcre:{{/filename=\\\"A\\\"/ REJECT}}\"];", VERDICT_REJECT },
	{ "text",
	    "text_checks = [\"pcre:{{/^first line second line$/ REJECT}}\"];",
	    VERDICT_REJECT },
	{ "wide text", "text_checks = [\"pcre:{{/^wide$/ REJECT}}\"];",
	    VERDICT_REJECT },
	{ "HTML", "text_checks = [\"pcre:{{/^shown$/ REJECT}}\"];",
	    VERDICT_REJECT },
	{ "hidden", "hidden_text_checks = [\"pcre:{{/^not shown$/ REJECT}}\"];",
	    VERDICT_REJECT },
	{ "encoded", "text_checks = [\"pcre:{{/^inner$/ REJECT}}\"];",
	    VERDICT_REJECT },
	{ "parts", "mime_part_limit = 4;", VERDICT_REJECT },
	{ "attachments", "attachment_size_limit = 7;", VERDICT_REJECT },
	{ "lines", "body_line_limit = 10; body_line_action = \"tempfail\";",
	    VERDICT_TEMPFAIL },
	{ "fields", "header_count_limit = 2;", VERDICT_REJECT },
	{ "edits", "header_checks = [\"pcre:{{/^From:/ PREPEND X-A: 1},"
	    " {/^Subject:/ REPLACE X-B: 2}, {/^Content/ STRIP}}\"];"
	    "sender_access = [\"inline:{{sender@example.net = "
	    "PREPEND X-Top: 1}}\"];", VERDICT_CONTINUE },
	{ "encoded edits", "decoded_header_checks = [\"pcre:{"
	    "{/^From:/ REPLACE From: \xc3\xa9 <a@b.c>},"
	    " {/^Subject:/ PREPEND Content-Type:"
	    " a/b; name=\\\"\xc3\xa9\\\"}}\"];",
	    VERDICT_CONTINUE },
	{ "recipients", "header_checks = "
	    "[\"pcre:{{/^From:/ BCC copy@example.com},"
	    " {/^Subject:/ HOLD look}}\"];"
	    "body_checks = [\"pcre:{{/^first/ REDIRECT a@example.com}}\"];",
	    VERDICT_CONTINUE },
	{ "new body", "body_checks = "
	    "[\"pcre:{{/^first/ REPLACE 1}, {/^second/ PREPEND 2}}\"];"
	    "mime_header_checks = [\"pcre:{{/^X-Part:/ STRIP}}\"];"
	    "spool_memory_limit = 10;", VERDICT_CONTINUE },
};

static void
test_nothing_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct policy *policy = policy_of(cases[i].settings);
		struct fate want;

		converse(policy, &want);
		assert_int_equal(want.verdict, cases[i].want);
		memory.all = false;
		sweep(cases[i].name, policy, &want);
		memory.all = true;
		sweep(cases[i].name, policy, &want);
		policy_free(&policy);
	}
}

static int
set_up(void **state)
{
	pool = scratch_pool_new();
	return pool == NULL || make_folder(state) < 0;
}

static int
tear_down(void **state)
{
	scratch_pool_free(&pool);
	return remove_folder(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_passes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
