/*
 * Text and lines are looked up in the order of the message, whatever the
 * chunks that it comes in, and whether they are looked up together or one by
 * one.
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

#include "session/session.h"

#include "policy_folder.h"

static struct scratch_pool *pool;

static const char settings[] =
    "text_checks = [ \"pcre:checks\" ];"
    "body_checks = [ \"pcre:checks\" ];"
    "link_checks = [ \"pcre:checks\" ];"
    "link_domain_access = [ \"pcre:domains\" ];"
    "fold = [ \"zero-width\", \"confusable\" ];"
    "mime_header_checks = [ \"pcre:checks\" ];";

/* Digits are found, each in its views. */
static const char checks[] = "/[1-9]/ WARN\n/last/ REJECT\n/hit/ WARN\n";
static const char domains[] = "/./ WARN\n";

static const char body[] =
    "1 before\r\n\r\n--b\r\nContent-Type: text/plain; x=2\r\n\r\n"
    "3 and\r\n4\r\n\r\n5\r\n--b\r\nContent-Transfer-Encoding: base64\r\n"
    "X-Other: 6\r\n\r\n"
    /* "7 is\n\n8 in\nit" */
    "NyBpcwoKOCBp\r\nbgppdA==\r\n\r\n--b--\r\n9 behind\r\nx\r\n";

static struct policy *
policy_of_all(void)
{
	write_file("domains", domains);
	return make_policy(settings, checks);
}

static void
keep(const struct outcome *outcome, struct buf *out)
{
	for (size_t i = 0; i < outcome->nnotes; i++) {
		const struct note *note = &outcome->notes[i];

		if (note->kind == NOTE_LOOKUP && note->answer == ANSWER_HIT)
			buf_addf(out, "%s %.*s|", note->view,
			    SPAN_ARG(note->key));
	}
	if (outcome->verdict.kind != VERDICT_CONTINUE)
		buf_addf(out, "%s|", verdict_word(outcome->verdict.kind));
}

static void
say(struct session *session, const struct event *event, struct buf *out)
{
	const struct outcome *outcome = session_event(session, event);

	while (outcome->nasks > 0)
		outcome = session_answer(session, outcome->asks[0].id,
		    ASK_YES);
	keep(outcome, out);
}

static void
say_body(struct session *session, struct span text, size_t chunk,
    struct buf *out)
{
	for (; text.n > 0; text = span_skip(text, chunk)) {
		/* A copy of its own, so that a look past it is found. */
		struct span piece = span_head(text, chunk);
		char *copy = malloc(piece.n);

		assert_non_null(copy);
		memcpy(copy, piece.p, piece.n);
		say(session, &(struct event){ .kind = EVENT_BODY,
		    .body = span_make(copy, piece.n) }, out);
		free(copy);
	}
}

static void
run(const struct policy *policy, enum lookups_told lookups,
    struct span text, size_t chunk, struct buf *out)
{
	struct session_options options = {
		.scratch = pool, .lookups = lookups,
	};
	struct session *session = session_new(policy, &options);

	assert_non_null(session);
	buf_reset(out);
	say(session, &(struct event){ .kind = EVENT_CONNECT,
	    .connect = { .name = SPAN("a.example"),
	    .address = SPAN("192.0.2.1"), .smtp = true } }, out);
	say(session, &(struct event){ .kind = EVENT_HELO,
	    .helo = { SPAN("a.example") } }, out);
	say(session, &(struct event){ .kind = EVENT_MAIL,
	    .mail = { .path = SPAN("<a@example.org>") } }, out);
	say(session, &(struct event){ .kind = EVENT_RCPT,
	    .rcpt = { .path = SPAN("<b@example.com>") } }, out);
	say(session, &(struct event){ .kind = EVENT_HEADER,
	    .header = { SPAN("Content-Type"),
	    SPAN(" multipart/mixed; boundary=b") } }, out);
	say(session, &(struct event){ .kind = EVENT_EOH }, out);
	say_body(session, text, chunk, out);
	say(session, &(struct event){ .kind = EVENT_EOM }, out);
	session_free(&session);
}

/* Links wait with the rest, and only the first form of a text counts. */
static void
links_and_forms_are_in_order(void **state)
{
	static const char text[] =
	    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
	    "1 http://a2.example/?u=http://b/ c\r\nd\xe2\x80\x8b\r\n"
	    "\r\nh\xe2\x80\x8bit http://x.example/3\r\n\r\n"
	    "h i t\r\n\r\nhttp://a2.example/?u=http://b/ 4\r\n";
	static const char wanted[] =
	    "mime_header_checks Content-Type: text/plain; charset=utf-8|"
	    "body_checks 1 http://a2.example/?u=http://b/ c|"
	    "body_checks h\xe2\x80\x8bit http://x.example/3|"
	    "text_checks 1 http://a2.example/?u=http://b/ c d\xe2\x80\x8b|"
	    "link_checks http://a2.example/?u=http://b/|"
	    "link_domain_access a2.example|link_domain_access b|"
	    "text_checks h\xe2\x80\x8bit http://x.example/3|"
	    "link_checks http://x.example/3|link_domain_access x.example|"
	    "body_checks http://a2.example/?u=http://b/ 4|"
	    "text_checks hit|"
	    "text_checks http://a2.example/?u=http://b/ 4|";
	struct policy *policy = policy_of_all();
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 20);
	for (size_t chunk = 1; chunk <= sizeof(text); chunk++) {
		run(policy, LOOKUPS_FOUND, span_of(text), chunk, &out);
		if (!span_equal(buf_span(&out), span_of(wanted)))
			fail_msg("by %zu:\n%s\nwant\n%s", chunk,
			    buf_string(&out), wanted);
		run(policy, LOOKUPS_ALL, span_of(text), chunk, &out);
		if (!span_equal(buf_span(&out), span_of(wanted)))
			fail_msg("one by one, by %zu:\n%s\nwant\n%s", chunk,
			    buf_string(&out), wanted);
	}
	buf_clear(&out);
	policy_free(&policy);
}

/* A part's text is known once the line behind its end is there. */
static const char want[] =
    "body_checks 1 before|text_checks 1 before|"
    "mime_header_checks Content-Type: text/plain; x=2|"
    "body_checks 3 and|body_checks 4|body_checks 5|text_checks 3 and 4|"
    "text_checks 5|mime_header_checks Content-Transfer-Encoding: base64|"
    "mime_header_checks X-Other: 6|text_checks 7 is|text_checks 8 in it|"
    "body_checks 9 behind|text_checks 9 behind x|";

static void
the_order_is_the_message_s(void **state)
{
	struct policy *policy = policy_of_all();
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 20);
	for (size_t chunk = 1; chunk <= sizeof(body); chunk++) {
		run(policy, LOOKUPS_FOUND, span_of(body), chunk, &out);
		if (!span_equal(buf_span(&out), span_of(want)))
			fail_msg("by %zu:\n%s\nwant\n%s", chunk,
			    buf_string(&out), want);
		run(policy, LOOKUPS_ALL, span_of(body), chunk, &out);
		if (!span_equal(buf_span(&out), span_of(want)))
			fail_msg("one by one, by %zu:\n%s\nwant\n%s", chunk,
			    buf_string(&out), want);
	}
	buf_clear(&out);
	policy_free(&policy);
}

/* More paragraphs, and longer ones, than wait together. */
static void
many_texts_are_all_asked(void **state)
{
	struct policy *policy = policy_of_all();
	struct buf out, text;
	size_t n = 0;

	(void)state;
	buf_init(&out, 1 << 20);
	buf_init(&text, 1 << 20);
	for (int i = 0; i < 2000; i++)
		buf_add(&text, i % 7 == 0 ? SPAN("\r\n1\r\n") :
		    SPAN("\r\nx\r\n"));
	run(policy, LOOKUPS_FOUND, buf_span(&text), 65535, &out);
	for (size_t i = 0; i + 13 <= out.n; i++)
		n += memcmp(out.p + i, "text_checks 1", 13) == 0;
	assert_int_equal(n, 286);
	buf_reset(&text);
	for (int i = 0; i < 100; i++) {
		for (int k = 0; k < 1500; k++)
			buf_add(&text, SPAN("word "));
		buf_add(&text, i == 99 ? SPAN("last\r\n\r\n") :
		    SPAN("\r\n\r\n"));
	}
	run(policy, LOOKUPS_FOUND, buf_span(&text), 65535, &out);
	assert_non_null(strstr(buf_string(&out), "reject|"));
	buf_clear(&text);
	buf_clear(&out);
	policy_free(&policy);
}

static int
set_up(void **state)
{
	pool = scratch_pool_new();
	return pool != NULL ? make_folder(state) : -1;
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
		cmocka_unit_test(the_order_is_the_message_s),
		cmocka_unit_test(links_and_forms_are_in_order),
		cmocka_unit_test(many_texts_are_all_asked),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
