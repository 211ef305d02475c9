/* session: events in, outcomes out, without a mail server. */
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

/* The settings, with a table "checks" beside them. */
/* A conversation, and all that it said. */
struct talk {
	struct policy *policy;
	struct session *session;
	const struct outcome *outcome;
	enum ask_answer answer;
	struct buf log, edits, body;
};

static void
begin(struct talk *talk, const char *settings, const char *checks)
{
	struct session_options options = {
		.scratch = pool, .lookups = LOOKUPS_ALL,
	};

	*talk = (struct talk){ .answer = ASK_YES };
	talk->policy = make_policy(settings, checks);
	talk->session = session_new(talk->policy, &options);
	assert_non_null(talk->session);
	buf_init(&talk->log, 1 << 20);
	buf_init(&talk->edits, 1 << 20);
	buf_init(&talk->body, 1 << 20);
}

static void
finish(struct talk *talk)
{
	session_free(&talk->session);
	assert_null(talk->session);
	policy_free(&talk->policy);
	buf_clear(&talk->log);
	buf_clear(&talk->edits);
	buf_clear(&talk->body);
}

static void
keep_notes(struct talk *talk)
{
	for (size_t i = 0; i < talk->outcome->nnotes; i++) {
		const struct note *note = &talk->outcome->notes[i];

		if (note->kind == NOTE_LOG)
			buf_addf(&talk->log, "%.*s\n", SPAN_ARG(note->text));
		else
			buf_addf(&talk->log, "lookup %s %.*s\n", note->view,
			    SPAN_ARG(note->key));
	}
}

static void
keep_edits(struct talk *talk)
{
	struct body_reader reader = { 0 };
	const char *why = "";
	char piece[3];
	ssize_t n;

	for (size_t i = 0; i < talk->outcome->nedits; i++) {
		const struct edit *edit = &talk->outcome->edits[i];

		buf_addf(&talk->edits, "%s %u [%.*s][%.*s][%.*s][%.*s]\n",
		    edit_word(edit->kind), edit->index, SPAN_ARG(edit->name),
		    SPAN_ARG(edit->value), SPAN_ARG(edit->address),
		    SPAN_ARG(edit->reason));
		if (edit->kind != EDIT_REPLACEBODY)
			continue;
		while ((n = session_new_body(talk->session, &reader, piece,
		    sizeof(piece), &why)) > 0)
			buf_add(&talk->body, span_make(piece, (size_t)n));
		assert_int_equal(n, 0);
	}
}

static enum verdict_kind
feed(struct talk *talk, const struct event *event)
{
	talk->outcome = session_event(talk->session, event);
	keep_notes(talk);
	while (talk->outcome->nasks > 0) {
		talk->outcome = session_answer(talk->session,
		    talk->outcome->asks[0].id, talk->answer);
		keep_notes(talk);
	}
	keep_edits(talk);
	return talk->outcome->verdict.kind;
}

static enum verdict_kind
feed_connect(struct talk *talk, const char *name, const char *address,
    bool smtp)
{
	return feed(talk, &(struct event){ .kind = EVENT_CONNECT,
	    .connect = { .name = span_of(name), .address = span_of(address),
	    .smtp = smtp } });
}

static enum verdict_kind
feed_helo(struct talk *talk, const char *name)
{
	return feed(talk, &(struct event){ .kind = EVENT_HELO,
	    .helo = { .name = span_of(name) } });
}

static enum verdict_kind
feed_mail(struct talk *talk, const char *path, uint64_t size)
{
	return feed(talk, &(struct event){ .kind = EVENT_MAIL,
	    .mail = { .path = span_of(path), .size = size } });
}

static enum verdict_kind
feed_rcpt(struct talk *talk, const char *path)
{
	return feed(talk, &(struct event){ .kind = EVENT_RCPT,
	    .rcpt = { .path = span_of(path) } });
}

static enum verdict_kind
feed_field(struct talk *talk, const char *name, const char *value)
{
	return feed(talk, &(struct event){ .kind = EVENT_HEADER,
	    .queue_id = SPAN("QID"),
	    .header = { span_of(name), span_of(value) } });
}

static enum verdict_kind
feed_plain(struct talk *talk, enum event_kind kind)
{
	return feed(talk, &(struct event){ .kind = kind,
	    .queue_id = SPAN("QID") });
}

static enum verdict_kind
feed_body(struct talk *talk, const char *text)
{
	return feed(talk, &(struct event){ .kind = EVENT_BODY,
	    .body = span_of(text) });
}

static void
open_envelope(struct talk *talk)
{
	assert_int_equal(feed_connect(talk, "mx.example.net", "192.0.2.1",
	    true), VERDICT_CONTINUE);
	assert_int_equal(feed_helo(talk, "mx.example.net"), VERDICT_CONTINUE);
	assert_int_equal(feed_mail(talk, "<s@example.net>", 0),
	    VERDICT_CONTINUE);
	assert_int_equal(feed_rcpt(talk, "<r@example.com>"),
	    VERDICT_CONTINUE);
}

static void
assert_said(struct talk *talk, const char *text)
{
	if (strstr(buf_string(&talk->log), text) == NULL)
		fail_msg("not in the log: %s\n%s", text,
		    buf_string(&talk->log));
}

static void
assert_edits(struct talk *talk, const char *want)
{
	assert_string_equal(buf_string(&talk->edits), want);
}

#define HEADER_CHECKS "header_checks = [\"pcre:checks\"];\n"
#define BODY_CHECKS "body_checks = [\"pcre:checks\"];\n"

static void
test_sticky(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk, HEADER_CHECKS, "/^Subject: spam/ REJECT no spam\n");
	open_envelope(&talk);
	/* Nobody waits for the reply to a field. */
	assert_int_equal(feed_field(&talk, "Subject", " spam"),
	    VERDICT_CONTINUE);
	assert_int_equal(feed_field(&talk, "Subject", " spam again"),
	    VERDICT_CONTINUE);
	/* Nor for one to their end; but they are looked at there. */
	assert_int_equal(talk.outcome->nnotes, 0);
	assert_int_equal(feed_plain(&talk, EVENT_EOH), VERDICT_CONTINUE);
	assert_true(talk.outcome->nnotes > 0);
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_REJECT);
	assert_int_equal(talk.outcome->verdict.code, 550);
	assert_true(span_equal(talk.outcome->verdict.dsn, SPAN("5.7.1")));
	assert_true(span_equal(talk.outcome->verdict.text, SPAN("no spam")));
	assert_true(span_ends(talk.outcome->verdict.rule, SPAN("checks:1")));
	assert_said(&talk, "QID: reject: header Subject: spam from "
	    "mx.example.net[192.0.2.1]; from=<s@example.net> "
	    "to=<r@example.com> helo=<mx.example.net>: 550 5.7.1 no spam "
	    "rule=");
	/* The next message is another. */
	assert_int_equal(feed_mail(&talk, "<>", 0), VERDICT_CONTINUE);
	feed_rcpt(&talk, "<r@example.com>");
	feed_field(&talk, "Subject", " ham");
	assert_int_equal(feed_plain(&talk, EVENT_EOH), VERDICT_CONTINUE);
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_CONTINUE);
	finish(&talk);
}

static void
test_asks(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk, "", "");
	talk.answer = ASK_NO;
	assert_int_equal(feed_connect(&talk, "a", "192.0.2.1", true),
	    VERDICT_TEMPFAIL);
	assert_int_equal(talk.outcome->verdict.code, 421);
	finish(&talk);

	begin(&talk, "session_limit_action = \"accept\";", "");
	talk.answer = ASK_NO;
	assert_int_equal(feed_connect(&talk, "a", "192.0.2.1", true),
	    VERDICT_ACCEPT);
	assert_said(&talk, "this connection is not filtered");
	finish(&talk);

	begin(&talk, "", "");
	assert_int_equal(feed_connect(&talk, "a", "192.0.2.1", true),
	    VERDICT_CONTINUE);
	talk.answer = ASK_NO;
	/* Said at RCPT, which is answered: there is a recipient_limit. */
	assert_int_equal(feed_mail(&talk, "<a@b>", 0), VERDICT_CONTINUE);
	assert_int_equal(feed_rcpt(&talk, "<a@b>"), VERDICT_TEMPFAIL);
	assert_int_equal(talk.outcome->verdict.code, 451);
	assert_true(span_equal(talk.outcome->verdict.dsn, SPAN("4.3.2")));
	assert_true(session_skips_body(talk.session));
	finish(&talk);

	begin(&talk, "recipient_limit = 0;", "");
	assert_int_equal(feed_connect(&talk, "a", "192.0.2.1", true),
	    VERDICT_CONTINUE);
	talk.answer = ASK_NO;
	assert_int_equal(feed_mail(&talk, "<a@b>", 0), VERDICT_CONTINUE);
	assert_int_equal(feed_rcpt(&talk, "<a@b>"), VERDICT_CONTINUE);
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_TEMPFAIL);
	assert_int_equal(talk.outcome->verdict.code, 451);
	finish(&talk);
}

/* Insertions and deletions of one name, and a field that changes its name. */
static void
test_header_edits(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk, HEADER_CHECKS,
	    "/^Received:.*three/ STRIP\n"
	    "/^X-A: first/ PREPEND X-A: zero\n"
	    "/^X-A: second/ REPLACE X-A: two\n"
	    "/^X-B:(.*)/ REPLACE X-A:$1\n"
	    "/^X-A: last/ IGNORE\n/^X-C:/ REPLACE X-C:\n"
	    "/^X-D:/ REPLACE Bcc: gone@example.com\n");
	open_envelope(&talk);
	feed_field(&talk, "Received", " one");
	feed_field(&talk, "Received", " two");
	feed_field(&talk, "received", " three");
	feed_field(&talk, "X-A", " first");
	feed_field(&talk, "X-A", " second");
	feed_field(&talk, "X-B", " other");
	feed_field(&talk, "X-A", " last");
	feed_field(&talk, "X-C", " emptied");
	feed_field(&talk, "X-D", " hidden");
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_CONTINUE);
	assert_edits(&talk,
	    "insheader 8 [X-C][][][]\n"
	    "insheader 6 [X-A][ other][][]\n"
	    "insheader 4 [X-A][ zero][][]\n"
	    "delheader 1 [X-D][][][]\n"
	    "delheader 2 [X-C][][][]\n"
	    "delheader 5 [X-A][][][]\n"
	    "delheader 1 [X-B][][][]\n"
	    "chgheader 3 [X-A][ two][][]\n"
	    "delheader 3 [received][][][]\n");
	finish(&talk);
}

static void
test_recipient_edits(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk, HEADER_CHECKS,
	    "/^X: bcc (.*)/ BCC $1\n/^X: to (.*)/ REDIRECT $1\n"
	    "/^X: hold/ HOLD have a look\n");
	open_envelope(&talk);
	feed_rcpt(&talk, "<\"q q\"@example.com>");
	feed_field(&talk, "X", " bcc a@b");
	feed_field(&talk, "X", " bcc a@b");
	feed_field(&talk, "X", " bcc c@d");
	feed_field(&talk, "X", " hold");
	feed_plain(&talk, EVENT_EOM);
	assert_edits(&talk, "addrcpt 0 [][][a@b][]\n"
	    "addrcpt 0 [][][c@d][]\nquarantine 0 [][][][have a look]\n");

	buf_reset(&talk.edits);
	feed_mail(&talk, "<s@example.net>", 0);
	feed_rcpt(&talk, "<\"q q\"@example.com>");
	feed_field(&talk, "X", " bcc a@b");
	feed_field(&talk, "X", " to g@h");
	feed_field(&talk, "X", " to e@f");
	feed_plain(&talk, EVENT_EOM);
	assert_edits(&talk, "delrcpt 0 [][][<\"q q\"@example.com>][]\n"
	    "addrcpt 0 [][][g@h][]\n");
	finish(&talk);
}

/* What a message puts into a result does not choose another recipient. */
static void
test_recipients_from_mail(void **state)
{
	static const struct {
		const char *value, *edits;	/* NULL: it is refused */
	} fields[] = {
		{ " bcc a", "addrcpt 0 [][][a@b.c][]\n" },
		{ " bcc evil@e.f, x",
		    "addrcpt 0 [][][\"evil@e.f, x\"@b.c][]\n" },
		{ " bcc evil@e.f x", "addrcpt 0 [][][\"evil@e.f x\"@b.c][]\n" },
		{ " bcc <evil@e.f>", "addrcpt 0 [][][\"<evil@e.f>\"@b.c][]\n" },
		{ " bcc \"a\\", "addrcpt 0 [][][\"\\\"a\\\\\"@b.c][]\n" },
		{ " bcc a\n\tb", "addrcpt 0 [][][\"a  b\"@b.c][]\n" },
		/* A route, which is not gone by. */
		{ " bcc @d.e:a", "addrcpt 0 [][][a@b.c][]\n" },
		{ " to g@h ", "delrcpt 0 [][][<r@example.com>][]\n"
		    "addrcpt 0 [][][g@h][]\n" },
		{ " to g@h>, <i@j>", NULL },
	};
	struct talk talk;

	(void)state;
	begin(&talk, HEADER_CHECKS,
	    "/^X: bcc (.*)$/ BCC $1@b.c\n/^X: to (.*)$/ REDIRECT $1\n");
	feed_connect(&talk, "mx.example.net", "192.0.2.1", true);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const char *want = fields[i].edits;

		buf_reset(&talk.edits);
		feed_mail(&talk, "<s@example.net>", 0);
		feed_rcpt(&talk, "<r@example.com>");
		feed_field(&talk, "X", fields[i].value);
		assert_int_equal(feed_plain(&talk, EVENT_EOM),
		    want != NULL ? VERDICT_CONTINUE : VERDICT_REJECT);
		assert_edits(&talk, want != NULL ? want : "");
	}
	finish(&talk);
}

/* The new body, whole and fed one byte at a time, from memory and disk. */
static void
test_body_edits(void **state)
{
	static const char body[] = "one\r\ntwo\r\nthree\r\n"
	    "a secret\r\nlast";
	static const char want[] = "zero\r\none\r\n2\r\n"
	    "a [cut]\r\nLAST";
	static const char *const settings[] = {
		BODY_CHECKS, BODY_CHECKS "spool_memory_limit = 4;",
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct talk talk;

		begin(&talk, settings[i % 2], "/^one$/ PREPEND zero\n"
		    "/^two/ REPLACE 2\n/^three/ STRIP\n"
		    "/^(.*)secret/ REPLACE $1[cut]\n/^last/ REPLACE LAST\n");
		open_envelope(&talk);
		feed_field(&talk, "Subject", " x");
		feed_plain(&talk, EVENT_EOH);
		if (i < 2)
			feed_body(&talk, body);
		for (size_t j = 0; i >= 2 && body[j] != '\0'; j++)
			feed_body(&talk, (char[2]){ body[j] });
		feed_plain(&talk, EVENT_EOM);
		assert_edits(&talk, "replacebody 0 [][][][]\n");
		assert_string_equal(buf_string(&talk.body), want);
		finish(&talk);
	}
}

/* Once nothing that is still to come of a body can change anything. */
static void
test_skip(void **state)
{
	static const struct {
		const char *settings, *type, *body;
		bool before, after;	/* the last byte of the body */
	} cases[] = {
		/* The line end is a byte, as the empty line behind the
		 * header is. */
		{ "body_checks_size_limit = 9;", " text/plain",
		    "34567\r\n9\r\n", false, true },
		{ "body_checks_size_limit = 10;", " text/plain",
		    "34567\r\n9\r\n", false, false },
		{ "body_checks_size_limit = 0;", " text/plain",
		    "34567\r\n9\r\n", false, false },
		{ "body_checks_size_limit = 9; message_size_limit = 9999;",
		    " text/plain", "34567\r\n9\r\n", false, false },
		/* A change has to be put in whole. */
		{ "body_checks_size_limit = 9;", " text/plain",
		    "cut\r\n789\r\n", false, false },
		/* A part may still come, until the last boundary. */
		{ "body_checks_size_limit = 9;",
		    " multipart/mixed; boundary=b",
		    "--b\r\n\r\n3456789012345\r\n", false, false },
		{ "body_checks_size_limit = 3;",
		    " multipart/mixed; boundary=b",
		    "--b\r\n\r\n34567\r\n--b--\r\n", false, true },
		/* Lines that nobody looks at, in search of parts. */
		{ "body_checks = []; mime_header_checks = [\"pcre:checks\"];",
		    " text/plain", "1\r\n", true, true },
		{ "body_checks = []; mime_header_checks = [\"pcre:checks\"];",
		    " multipart/mixed; boundary=b", "1\r\n", false, false },
		/* PASS, and what is decided. */
		{ "", " text/plain", "enough\r\n", false, true },
		{ "", " text/plain", "bad\r\n", false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct talk talk;
		struct buf settings;
		size_t n = strlen(cases[i].body);

		print_message("%zu\n", i);
		buf_init(&settings, 1000);
		buf_addf(&settings, "%s%s", strstr(cases[i].settings,
		    "body_checks =") != NULL ? "" :
		    "body_checks = [\"pcre:checks\"];", cases[i].settings);
		begin(&talk, buf_string(&settings),
		    "/^cut/ IGNORE\n/^enough/ PASS\n/^bad/ REJECT\n");
		open_envelope(&talk);
		feed_field(&talk, "Content-Type", cases[i].type);
		feed_plain(&talk, EVENT_EOH);
		for (size_t at = 0; at < n; at++) {
			if (at == n - 1)
				assert_int_equal(session_skips_body(
				    talk.session), cases[i].before);
			feed(&talk, &(struct event){ .kind = EVENT_BODY,
			    .body = span_make(cases[i].body + at, 1) });
		}
		assert_int_equal(session_skips_body(talk.session),
		    cases[i].after);
		feed_plain(&talk, EVENT_EOM);
		if (strncmp(cases[i].body, "cut", 3) == 0)
			assert_string_equal(buf_string(&talk.body),
			    "789\r\n");
		buf_clear(&settings);
		finish(&talk);
	}
}

static void
test_message_size(void **state)
{
	static const struct {
		const char *body;
		enum verdict_kind want;
	} cases[] = {
		/* "A: b" CRLF, CRLF, and the body. */
		{ "1", VERDICT_CONTINUE }, { "12", VERDICT_CONTINUE },
		{ "123", VERDICT_REJECT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct talk talk;

		begin(&talk, "message_size_limit = 10;", "");
		open_envelope(&talk);
		feed_field(&talk, "A", " b");
		assert_int_equal(feed_plain(&talk, EVENT_EOH),
		    VERDICT_CONTINUE);
		assert_false(session_skips_body(talk.session));
		/* No chunk is answered, but once it is too much, the end is
		 * all that is waited for. */
		assert_int_equal(feed_body(&talk, cases[i].body),
		    VERDICT_CONTINUE);
		assert_int_equal(session_skips_body(talk.session),
		    cases[i].want == VERDICT_REJECT);
		assert_int_equal(feed_plain(&talk, EVENT_EOM),
		    cases[i].want);
		assert_int_equal(feed_mail(&talk, "<a@b>", 11),
		    VERDICT_REJECT);
		assert_int_equal(talk.outcome->verdict.code, 552);
		assert_int_equal(feed_mail(&talk, "<a@b>", 10),
		    VERDICT_CONTINUE);
		finish(&talk);
	}
}

static void
test_truncate(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk, HEADER_CHECKS "header_size_limit = 10;"
	    "header_size_action = \"truncate\";", "/end/ REJECT\n");
	open_envelope(&talk);
	feed_field(&talk, "Subject", "ab");
	feed_field(&talk, "Subject", "ab\n end");
	feed_field(&talk, "Subject", "abcend");
	feed_plain(&talk, EVENT_EOM);
	assert_edits(&talk, "chgheader 3 [Subject][ab][][]\n"
	    "chgheader 2 [Subject][ab][][]\n");
	assert_said(&talk, "truncate: header Subject from");
	finish(&talk);
}

/* sendmail(1): a verdict at the end of the message only, never for nobody. */
static void
test_local_mail(void **state)
{
	struct talk talk;

	(void)state;
	write_file("senders", "bad@example.net REJECT\n");
	begin(&talk, HEADER_CHECKS "client_access = [\"static:REJECT\"];"
	    "sender_access = [\"hash:senders\"];", "/spam/ REJECT\n");
	feed_connect(&talk, "localhost", "127.0.0.1", false);
	feed_helo(&talk, "localhost");
	feed_mail(&talk, "<bad@example.net>", 0);
	assert_int_equal(feed_rcpt(&talk, "<r@example.com>"),
	    VERDICT_CONTINUE);
	assert_int_equal(feed_plain(&talk, EVENT_EOH), VERDICT_CONTINUE);
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_REJECT);

	feed_mail(&talk, "<>", 0);
	feed_rcpt(&talk, "<r@example.com>");
	feed_field(&talk, "Subject", " spam");
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_CONTINUE);
	assert_edits(&talk, "quarantine 0 [][][][550 5.7.1 message content "
	    "rejected]\n");
	finish(&talk);
}

/* Recipients have their sizes where no recipient can be refused, too. */
static void
test_local_size(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk, "message_size_limit = 10; message_size_access = "
	    "[\"inline:{big@example.com=100}\"];", "");
	feed_connect(&talk, "localhost", "127.0.0.1", false);
	feed_mail(&talk, "<s@example.net>", 0);
	feed_rcpt(&talk, "<big@example.com>");
	feed_body(&talk, "0123456789abcdef\r\n");
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_CONTINUE);
	feed_mail(&talk, "<s@example.net>", 0);
	feed_rcpt(&talk, "<big@example.com>");
	feed_rcpt(&talk, "<r@example.com>");
	feed_body(&talk, "0123456789abcdef\r\n");
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_REJECT);
	finish(&talk);
}

static void
test_trusted_relay(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk, HEADER_CHECKS "trusted_relays = [\"192.0.2.0/24\"];"
	    "client_access = [\"static:REJECT\"];", "/spam/ REJECT\n");
	open_envelope(&talk);
	feed_field(&talk, "Subject", " spam");
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_CONTINUE);
	assert_edits(&talk, "quarantine 0 [][][][550 5.7.1 message content "
	    "rejected]\n");
	finish(&talk);
}

/* Memory of one message is bounded, and then it is not half judged. */
static void
test_memory(void **state)
{
	struct talk talk;
	char value[4096];

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	begin(&talk, HEADER_CHECKS "header_total_limit = 0;"
	    "header_count_limit = 0;", "/(x+)/ PREPEND X: $1\n");
	open_envelope(&talk);
	for (int i = 0; i < 9000; i++)
		feed_field(&talk, "A", value);
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_TEMPFAIL);
	assert_int_equal(talk.outcome->nedits, 0);
	buf_clear(&talk.log);
	buf_init(&talk.log, 64 << 20);
	session_free(&talk.session);
	talk.session = session_new(talk.policy,
	    &(struct session_options){ .scratch = pool });
	feed_connect(&talk, "localhost", "127.0.0.1", false);
	feed_mail(&talk, "<s@example.net>", 0);
	feed_rcpt(&talk, "<r@example.com>");
	for (int i = 0; i < 9000; i++)
		feed_field(&talk, "A", value);
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_CONTINUE);
	assert_edits(&talk, "quarantine 0 [][][][452 4.3.1 Insufficient "
	    "memory]\n");
	assert_said(&talk, "hold: END-OF-MESSAGE from localhost[127.0.0.1]: "
	    "452 4.3.1 Insufficient memory");
	finish(&talk);
}

/* Lines that are deleted one behind the other are one change. */
static void
test_many_deletions(void **state)
{
	struct session_options options = { .scratch = pool };
	struct talk talk;

	(void)state;
	begin(&talk, "body_checks = [\"pcre:checks\"];"
	    "body_checks_size_limit = 0;", "/^del/ IGNORE\n");
	session_free(&talk.session);
	talk.session = session_new(talk.policy, &options);
	open_envelope(&talk);
	feed_plain(&talk, EVENT_EOH);
	feed_body(&talk, "keep\r\n");
	for (int i = 0; i < 200000; i++)
		feed_body(&talk, "del\r\ndel\r\ndel\r\ndel\r\ndel\r\n"
		    "del\r\n");
	feed_body(&talk, "and this\r\ndel\r\nend\r\n");
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_CONTINUE);
	assert_string_equal(buf_string(&talk.body),
	    "keep\r\nand this\r\nend\r\n");
	finish(&talk);
}

/* However long the rest of it is, the domain is looked up. */
/* What comes of a body that is cut into pieces of up to `most` bytes. */
static void
feed_in_pieces(struct talk *talk, struct span body, size_t most)
{
	struct session_options options = { .scratch = pool };
	enum verdict_kind kind = VERDICT_CONTINUE;

	buf_reset(&talk->log);
	buf_reset(&talk->edits);
	buf_reset(&talk->body);
	session_free(&talk->session);
	talk->session = session_new(talk->policy, &options);
	open_envelope(talk);
	feed_field(talk, "Content-Type", " multipart/mixed; boundary=b");
	feed_plain(talk, EVENT_EOH);
	while (body.n > 0) {
		struct span piece = span_head(body, most < 3 ? most :
		    1 + (size_t)rand() % most);

		feed(talk, &(struct event){ .kind = EVENT_BODY,
		    .body = piece });
		body = span_skip(body, piece.n);
	}
	kind = feed_plain(talk, EVENT_EOM);
	buf_addf(&talk->log, "%s %.*s\n%.*s%.*s", verdict_word(kind),
	    SPAN_ARG(talk->outcome->verdict.text), SPAN_ARG(buf_span(
	    &talk->edits)), SPAN_ARG(buf_span(&talk->body)));
}

/* A body of such pieces. */
static void
make_body(struct buf *body)
{
	static const char *const pieces[] = {
		"\r", "\n", "\r\n", "x", "y\r\n", "reject\r\n",
		"hold\r\n", "new\r\n", "gone\n", "--b\r\n", "--b--\r\n",
		"pass\r\n", "drop\r\n", "X-A: 1\r\n",
	};

	buf_reset(body);
	for (int n = rand() % 40; n > 0; n--)
		buf_add(body, span_of(pieces[(size_t)rand() %
		    (sizeof(pieces) / sizeof(pieces[0]))]));
}

#define CUT_CHECKS BODY_CHECKS \
    "mime_header_checks = [\"pcre:{{/^X-A/ PREPEND X-B: 2}}\"];\n"

/* The first to speak is the first in the message, however it is cut. */
static void
test_cuts(void **state)
{
	static const char *const settings[] = {
		CUT_CHECKS,
		CUT_CHECKS "message_size_limit = 100;",
		CUT_CHECKS "body_line_limit = 5;",
		CUT_CHECKS "message_size_limit = 110; body_line_limit = 3;",
		CUT_CHECKS "message_size_limit = 90; body_line_limit = 4;"
		    "message_size_action = \"quarantine\";"
		    "body_line_action = \"tempfail\";",
		CUT_CHECKS "body_line_limit = 2; body_checks_size_limit = 20;"
		    "body_line_action = \"quarantine\";",
	};
	struct buf body, want;
	struct talk talk;

	(void)state;
	srand(4);
	buf_init(&body, 1000);
	buf_init(&want, 1 << 20);
	for (int i = 0; i < 6 * 300; i++) {
		if (i % 300 == 0)
			begin(&talk, settings[i / 300], "/^reject/ REJECT\n"
			    "/^hold/ HOLD\n/^new/ REPLACE newer\n"
			    "/^gone/ STRIP\n/^pass/ PASS\n"
			    "/^drop/ DISCARD\n");
		make_body(&body);
		feed_in_pieces(&talk, buf_span(&body), 1);
		buf_reset(&want);
		buf_add(&want, buf_span(&talk.log));
		for (size_t most = 2; most < 1000; most = most * 3 + 1) {
			feed_in_pieces(&talk, buf_span(&body), most);
			assert_string_equal(buf_string(&talk.log),
			    buf_string(&want));
		}
		if (i % 300 == 299)
			finish(&talk);
	}
	buf_clear(&body);
	buf_clear(&want);
}

/* How often a rule met a limit is said whatever the transaction's end is. */
static void
test_limits_are_counted(void **state)
{
	static const enum event_kind ends[] = {
		EVENT_ABORT, EVENT_HELO, EVENT_MAIL, EVENT_EOM,
	};
	struct talk talk;

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		begin(&talk, "match_limit = 1000;"
		    "recipient_access = [\"pcre:checks\"];",
		    "/^(a+)+$/ REJECT\n");
		open_envelope(&talk);
		for (int j = 0; j < 3; j++)
			feed_rcpt(&talk, "<aaaaaaaaaaaaaaaaaaaaaaaa@b>");
		assert_said(&talk, "checks:1: match limit reached, taken");
		feed_plain(&talk, ends[i]);
		assert_said(&talk, "checks:1: match limit reached 3 times");
		buf_reset(&talk.log);
		feed_plain(&talk, EVENT_ABORT);
		assert_int_equal(talk.log.n, 0);
		finish(&talk);
	}
}

/* "Could not look" is no miss, whatever is asked. */
static void
test_table_errors(void **state)
{
	static const struct { const char *settings; bool smtp; } cases[] = {
		{ "message_size_access = [\"fail:x\"];", true },
		{ "message_size_access = [\"fail:x\"];"
		    "message_size_action = \"quarantine\";", true },
		{ "message_size_access = [\"pipemap:{"
		    "inline:{r@example.com=1}, fail:x}\"];", true },
		{ "message_size_access = [\"pipemap:{"
		    "inline:{r@example.com=1}, fail:x}\"];"
		    "message_size_action = \"quarantine\";"
		    "recipient_limit = 0;", true },
		{ "exempt = { recipients = [\"fail:x\"]; };", true },
		{ "mynetworks = [\"fail:x\"];", true },
		{ "mynetworks = [\"fail:x\"]; delay_reject = false;"
		    "client_access = [\"static:REJECT\"];"
		    "helo_access = [\"static:REJECT\"];", true },
		{ "trusted_relays = [\"fail:x\"];"
		    "sender_access = [\"static:REJECT\"];", true },
		{ "message_size_access = [\"fail:x\"];", false },
		{ "exempt = { recipients = [\"fail:x\"]; };", false },
	};
	enum verdict_kind kind;
	struct talk talk;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&talk, cases[i].settings, "");
		kind = feed_connect(&talk, "mx.example.net", "192.0.2.1",
		    cases[i].smtp);
		if (kind == VERDICT_CONTINUE)
			kind = feed_helo(&talk, "mx.example.net");
		if (kind == VERDICT_CONTINUE)
			kind = feed_mail(&talk, "<s@example.net>", 0);
		if (kind == VERDICT_CONTINUE)
			kind = feed_rcpt(&talk, "<r@example.com>");
		if (kind == VERDICT_CONTINUE)
			kind = feed_plain(&talk, EVENT_EOM);
		if (cases[i].smtp) {
			assert_int_equal(kind, VERDICT_TEMPFAIL);
			assert_int_equal(talk.outcome->verdict.code, 451);
			assert_said(&talk, "451 4.3.5 Server configuration");
		} else {
			assert_int_equal(kind, VERDICT_CONTINUE);
			assert_edits(&talk, "quarantine 0 [][][][451 4.3.5 "
			    "Server configuration error]\n");
		}
		finish(&talk);
	}
	begin(&talk, "on_table_error = \"accept\"; mynetworks = [\"fail:x\"];"
	    "message_size_access = [\"fail:x\"];"
	    "exempt = { recipients = [\"fail:x\"]; };", "");
	open_envelope(&talk);
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_CONTINUE);
	assert_edits(&talk, "");
	finish(&talk);
}

static void
test_long_address(void **state)
{
	static const size_t lengths[] = { 10, 1012, 1013, 2000, 4084, 4085 };
	struct talk talk;

	(void)state;
	write_file("senders", "bad.example REJECT\n");
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		char path[5000];
		int n = snprintf(path, sizeof(path), "<%0*d@bad.example>",
		    (int)lengths[i] - 1, 0);

		assert_true(n > 0 && (size_t)n < sizeof(path));
		begin(&talk, "sender_access = [\"hash:senders\"];"
		    "recipient_access = [\"hash:senders\"];", "");
		feed_connect(&talk, "mx.example.net", "192.0.2.1", true);
		feed_mail(&talk, path, 0);
		assert_int_equal(feed_rcpt(&talk, "<r@example.com>"),
		    VERDICT_REJECT);
		feed_mail(&talk, "<s@example.com>", 0);
		assert_int_equal(feed_rcpt(&talk, path), VERDICT_REJECT);
		assert_int_equal(feed_rcpt(&talk, "<r@example.com>"),
		    VERDICT_CONTINUE);
		finish(&talk);
	}
}

/* Nobody is past a map by an address that it cannot be asked for. */
static void
test_long_author(void **state)
{
	static const struct {
		size_t length;
		const char *domain;
		int code;	/* 0: the message is taken */
	} cases[] = {
		{ 4095, "bad.example", 554 }, { 4096, "bad.example", 554 },
		{ 4097, "bad.example", 553 }, { 4096, "good.example", 0 },
		{ 4097, "good.example", 553 }, { 40000, "good.example", 553 },
	};

	(void)state;
	write_file("senders", "bad.example REJECT\n");
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		const char *domain = cases[i / 2].domain;
		int local = (int)(cases[i / 2].length - strlen(domain) - 1);
		char *value;
		struct talk talk;

		assert_true(asprintf(&value, " a@b.example, <%0*d@%s>", local,
		    0, domain) > 0);
		begin(&talk, "header_from_access = [\"hash:senders\"];"
		    "reply_to_access = [\"hash:senders\"];"
		    "header_size_limit = 0;", "");
		open_envelope(&talk);
		feed_field(&talk, i % 2 ? "From" : "Reply-To", value);
		feed_plain(&talk, EVENT_EOH);
		assert_int_equal(feed_plain(&talk, EVENT_EOM),
		    cases[i / 2].code > 0 ? VERDICT_REJECT : VERDICT_CONTINUE);
		assert_int_equal(talk.outcome->verdict.code,
		    cases[i / 2].code);
		finish(&talk);
		free(value);
	}
}

/* Many lines of one chunk do not hide what became of the message. */
static void
test_many_notes(void **state)
{
	struct session_options options;
	struct buf body;
	struct talk talk;
	char address[300];

	(void)state;
	options = (struct session_options){ .scratch = pool };
	snprintf(address, sizeof(address), "<%0240d@example.net>", 0);
	begin(&talk, "body_checks = [\"pcre:checks\"];"
	    "body_checks_size_limit = 0;",
	    "/^w/ WARN\n/^bad/ REJECT bad line\n");
	session_free(&talk.session);
	talk.session = session_new(talk.policy, &options);
	buf_clear(&talk.log);
	buf_init(&talk.log, 64 << 20);
	feed_connect(&talk, "mx.example.net", "192.0.2.1", true);
	feed_helo(&talk, address);
	feed_mail(&talk, address, 0);
	feed_rcpt(&talk, address);
	feed_plain(&talk, EVENT_EOH);
	buf_init(&body, 65535);
	while (body.n < 65520)
		buf_add(&body, SPAN("w\r\n"));
	buf_add(&body, SPAN("bad\r\n"));
	assert_int_equal(feed_body(&talk, buf_string(&body)),
	    VERDICT_CONTINUE);
	assert_int_equal(feed_plain(&talk, EVENT_EOM), VERDICT_REJECT);
	assert_true(span_equal(talk.outcome->verdict.text, SPAN("bad line")));
	assert_said(&talk, "QID: warning: body w from");
	assert_said(&talk, ": 550 5.7.1 bad line rule=");
	assert_said(&talk, " more lines were not logged");
	buf_clear(&body);
	finish(&talk);
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
		cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_asks),
		cmocka_unit_test(test_header_edits),
		cmocka_unit_test(test_recipient_edits),
		cmocka_unit_test(test_recipients_from_mail),
		cmocka_unit_test(test_body_edits),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_message_size),
		cmocka_unit_test(test_truncate),
		cmocka_unit_test(test_local_mail),
		cmocka_unit_test(test_local_size),
		cmocka_unit_test(test_trusted_relay),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_many_deletions),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_limits_are_counted),
		cmocka_unit_test(test_table_errors),
		cmocka_unit_test(test_long_address),
		cmocka_unit_test(test_long_author),
		cmocka_unit_test(test_many_notes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
