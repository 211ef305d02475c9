/*
 * Attachments in a session: what is asked about, with which bytes, and which
 * keys come of the answers, whatever the chunks that the message comes in.
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

#define LIST	"attachment_checks = [ \"pcre:checks\" ];"
#define PART(name, text) \
	"--b\r\nContent-Type: a/b; name=" name "\r\n\r\n" text "\r\n"

/*
 * What an inspector would say, by the first byte of the attachment: E an
 * error; Z an archive with entries, as many as are asked for at most, of the
 * number that follows; M macros; S something that took a second and a half.
 */
static void
inspect(struct session *session, const struct ask *ask,
    struct inspection *found, struct inspection_entry *entries,
    struct buf *out)
{
	char bytes[64];
	const char *why;
	uint64_t at = 0;
	ssize_t n;

	while (at < ask->size) {
		n = session_part_read(session, at, bytes + at, 3, &why);
		assert_true(n > 0);
		at += (uint64_t)n;
	}
	assert_int_equal(session_part_read(session, at, bytes, 3, &why), -1);
	buf_addf(out, "ask %.*s%s n=%u t=%u|", (int)at, bytes, ask->cut ?
	    " cut" : "", (unsigned)ask->limits.entries, ask->limits.seconds);
	*found = (struct inspection){ .magic = SPAN("x/y") };
	if (at == 0)
		return;
	if (bytes[0] == 'E')
		*found = (struct inspection){ .error = SPAN("it died") };
	if (bytes[0] == 'M')
		found->marks = INSPECTION_MACROS | INSPECTION_CUT;
	if (bytes[0] == 'S')
		found->took = 1500;
	if (bytes[0] == 'Z') {
		unsigned wanted = (unsigned)(bytes[1] - '0');

		found->archive = SPAN("zip");
		found->entries = entries;
		for (; found->nentries < wanted &&
		    found->nentries < ask->limits.entries; found->nentries++)
			entries[found->nentries] = (struct inspection_entry){
				.name = SPAN("in.exe. "), .size = 7,
				.marks = INSPECTION_ENCRYPTED,
			};
		if (found->nentries < wanted)
			found->marks = INSPECTION_MORE;
	}
}

static void
keep(const struct outcome *outcome, struct buf *out)
{
	for (size_t i = 0; i < outcome->nnotes; i++) {
		const struct note *note = &outcome->notes[i];

		if (note->kind == NOTE_LOOKUP)
			buf_addf(out, "%.*s|", SPAN_ARG(note->key));
	}
}

static void
keep_body(struct session *session, struct buf *out)
{
	struct body_reader reader = { 0 };
	const char *why;
	char bytes[5];
	ssize_t n;

	buf_addc(out, ' ');
	while ((n = session_new_body(session, &reader, bytes, sizeof(bytes),
	    &why)) > 0)
		buf_add(out, span_make(bytes, (size_t)n));
	assert_int_equal(n, 0);
}

static void
say(struct session *session, const struct event *event, struct buf *out)
{
	const struct outcome *outcome = session_event(session, event);

	keep(outcome, out);
	while (outcome->nasks > 0) {
		struct inspection_entry entries[10];
		struct ask ask = outcome->asks[0];
		struct inspection found;

		if (ask.kind != ASK_PART) {
			outcome = session_answer(session, ask.id, ASK_YES);
			continue;
		}
		assert_int_equal(event->kind, EVENT_EOM);
		/* The wrong answers change nothing. */
		outcome = session_answer(session, ask.id, ASK_NO);
		assert_int_equal(outcome->nasks, 1);
		outcome = session_answer_part(session, ask.id + 1, &found);
		assert_int_equal(outcome->nasks, 1);
		inspect(session, &ask, &found, entries, out);
		outcome = session_answer_part(session, ask.id, &found);
		keep(outcome, out);
	}
	if (event->kind == EVENT_EOM) {
		buf_add(out, span_of(verdict_word(outcome->verdict.kind)));
		for (size_t i = 0; i < outcome->nedits; i++)
			buf_addf(out, " %s", edit_word(outcome->edits[i].kind));
		if (outcome->nedits > 0 &&
		    outcome->edits[0].kind == EDIT_REPLACEBODY)
			keep_body(session, out);
	}
}

static void
run(const struct policy *policy, const char *body, size_t chunk,
    struct buf *out)
{
	struct session_options options = {
		.scratch = pool, .lookups = LOOKUPS_ALL,
	};
	struct session *session = session_new(policy, &options);
	struct span text = span_of(body);
	struct event event = { .kind = EVENT_CONNECT };

	assert_non_null(session);
	event.connect.smtp = true;
	say(session, &event, out);
	event = (struct event){ .kind = EVENT_MAIL };
	event.mail.path = SPAN("<a@example.org>");
	say(session, &event, out);
	event = (struct event){ .kind = EVENT_RCPT };
	event.rcpt.path = SPAN("<b@example.org>");
	say(session, &event, out);
	buf_reset(out);
	event = (struct event){ .kind = EVENT_HEADER, .header = {
	    SPAN("Content-Type"), SPAN(" multipart/mixed; boundary=b") } };
	say(session, &event, out);
	say(session, &(struct event){ .kind = EVENT_EOH }, out);
	for (; text.n > 0; text = span_skip(text, chunk))
		say(session, &(struct event){ .kind = EVENT_BODY,
		    .body = span_head(text, chunk) }, out);
	say(session, &(struct event){ .kind = EVENT_EOM }, out);
	session_free(&session);
}

#define KEY(name, size, magic) \
	"name=" name " type=a/b size=" size " magic=" magic \
	" charset= disposition="
#define ENTRY(name) \
	"name=" name "/in.exe type= size=7 magic= charset= " \
	"disposition=entry encrypted|"

#define NOTICE(name) \
	"Content-Type: text/plain; charset=utf-8\r\n" \
	"Content-Transfer-Encoding: quoted-printable\r\n" \
	"Content-Disposition: inline\r\n\r\nno " name "\r\n"

static const struct {
	const char *settings, *checks, *body, *want;
} cases[] = {
	{ LIST, "/x/ WARN\n", "--b\r\n\r\ntext\r\n--b--\r\n", "accept" },
	{ LIST, "/x/ WARN\n", PART("a", "1") PART("c", "22"),
	    "ask 1 n=10000 t=10|" KEY("a", "1", "x/y") "|"
	    "ask 22\r\n n=10000 t=10|" KEY("c", "4", "x/y") "|accept" },
	/* Bytes past the limit are counted. */
	{ LIST "attachment_inspect_limit = 4096;", "/x/ WARN\n",
	    PART("a", "M") "--b--\r\n", "ask M n=10000 t=10|"
	    KEY("a", "1", "x/y") " cut macros|accept" },
	{ LIST, "/x/ WARN\n", PART("a", "") PART("E", "E") PART("z", "Z2")
	    "--b--", "ask  n=10000 t=10|" KEY("a", "0", "x/y") "|"
	    "ask E n=10000 t=10|" KEY("E", "1", "") " error=it died|"
	    "tempfail" },
	{ LIST "on_attachment_error = \"accept\";", "/x/ WARN\n",
	    PART("E", "E") PART("z", "Z2") "--b--",
	    "ask E n=10000 t=10|" KEY("E", "1", "") " error=it died|"
	    "ask Z2 n=10000 t=10|" KEY("z", "2", "x/y") " archive=zip|"
	    ENTRY("z") ENTRY("z") "accept" },
	/* A rule says more than on_attachment_error. */
	{ LIST, "/ error=/ REJECT\n", PART("E", "E") PART("c", "1") "--b--",
	    "ask E n=10000 t=10|" KEY("E", "1", "") " error=it died|"
	    "reject" },
	{ LIST, "/^name=z.in/ DISCARD\n", PART("z", "Z2") PART("c", "1")
	    "--b--", "ask Z2 n=10000 t=10|" KEY("z", "2", "x/y")
	    " archive=zip|" ENTRY("z") "discard" },
	{ LIST, "/^name=a/ HOLD\n", PART("a", "1") PART("c", "1") "--b--",
	    "ask 1 n=10000 t=10|" KEY("a", "1", "x/y") "|"
	    "ask 1 n=10000 t=10|" KEY("c", "1", "x/y") "|accept quarantine" },
	/* The limit is the message's: at it, and past it. */
	{ LIST "archive_entry_limit = 3;", "/x/ WARN\n", PART("z", "Z2")
	    PART("y", "Z1") "--b--", "ask Z2 n=3 t=10|"
	    KEY("z", "2", "x/y") " archive=zip|" ENTRY("z") ENTRY("z")
	    "ask Z1 n=1 t=10|" KEY("y", "2", "x/y") " archive=zip|"
	    ENTRY("y") "accept" },
	{ LIST "archive_entry_limit = 3;", "/x/ WARN\n", PART("z", "Z2")
	    PART("y", "Z2") PART("c", "1") "--b--", "ask Z2 n=3 t=10|"
	    KEY("z", "2", "x/y") " archive=zip|" ENTRY("z") ENTRY("z")
	    "ask Z2 n=1 t=10|" KEY("y", "2", "x/y") " archive=zip|"
	    ENTRY("y") "reject" },
	{ LIST "archive_entry_limit = 1;"
	    "archive_entry_action = \"quarantine\";", "/x/ WARN\n",
	    PART("y", "Z2") PART("c", "1") "--b--", "ask Z2 n=1 t=10|"
	    KEY("y", "2", "x/y") " archive=zip|" ENTRY("y")
	    "ask 1 n=0 t=10|" KEY("c", "1", "x/y") "|accept quarantine" },
	/* So is the time; a second that has begun counts. */
	{ LIST "attachment_time_limit = 3; on_attachment_error = \"accept\";",
	    "/x/ WARN\n", PART("s", "S") PART("s", "S") PART("c", "1")
	    "--b--", "ask S n=10000 t=3|" KEY("s", "1", "x/y") "|"
	    "ask S n=10000 t=2|" KEY("s", "1", "x/y") "|"
	    KEY("c", "1", "") " error=attachment_time_limit is over|accept" },
	/* What is taken out, and the rest of the message. */
	{ LIST "attachment_notice = \"no $name\";", "/name=a/ STRIP\n",
	    "pre\r\n" PART("a", "1") PART("c", "2\r\n\r\r\n")
	    "--b\r\nContent-Type: message/rfc822\r\n\r\nA: b\r\n"
	    "Content-Type: a/b;\r\n name=aa\r\n\r\n3\r\n--b--\r\npost",
	    "ask 1 n=10000 t=10|" KEY("a", "1", "x/y") "|"
	    "ask 2\r\n\r\r\n n=10000 t=10|" KEY("c", "6", "x/y") "|"
	    "ask 3 n=10000 t=10|" KEY("aa", "1", "x/y") "|"
	    "accept replacebody pre\r\n--b\r\n" NOTICE("a")
	    PART("c", "2\r\n\r\r\n")
	    "--b\r\nContent-Type: message/rfc822\r\n\r\nA: b\r\n"
	    NOTICE("aa") "--b--\r\npost" },
	/* Nobody asks: nothing is. */
	{ "header_checks = [ \"pcre:checks\" ];", "/never/ WARN\n",
	    PART("a", "1"), "Content-Type: multipart/mixed; boundary=b|"
	    "Content-Type: a/b; name=a|accept" },
};

static void
test_cases(void **state)
{
	static const size_t chunks[] = { 1, 2, 3, 7, 64, 1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct policy *policy = make_policy(cases[i].settings,
		    cases[i].checks);

		for (size_t k = 0; k < sizeof(chunks) / sizeof(*chunks);
		    k++) {
			struct buf out;

			buf_init(&out, 1 << 20);
			run(policy, cases[i].body, chunks[k], &out);
			assert_string_equal(buf_string(&out), cases[i].want);
			buf_clear(&out);
		}
		policy_free(&policy);
	}
}

/* Its bytes are those up to the limit, its size is all. */
static void
test_cut(void **state)
{
	struct policy *policy = make_policy(LIST
	    "attachment_inspect_limit = 4096; spool_memory_limit = 0;"
	    "spool_directory = \"/tmp\";", "/x/ WARN\n");
	struct session_options options = {
		.scratch = pool, .lookups = LOOKUPS_ALL,
	};

	(void)state;
	for (size_t n = 4095; n <= 4097; n++) {
		struct session *session = session_new(policy, &options);
		struct event event = { .kind = EVENT_MAIL };
		const struct outcome *outcome;
		char bytes[5000];
		const char *why;
		uint64_t at = 0;
		ssize_t got;

		memset(bytes, 'x', sizeof(bytes));
		event.mail.path = SPAN("<>");
		outcome = session_event(session, &event);
		outcome = session_answer(session, outcome->asks[0].id,
		    ASK_YES);
		event = (struct event){ .kind = EVENT_HEADER, .header = {
		    SPAN("Content-Type"), SPAN(" a/b") } };
		session_event(session, &event);
		session_event(session, &(struct event){
		    .kind = EVENT_BODY, .body = span_make(bytes, n) });
		outcome = session_event(session,
		    &(struct event){ .kind = EVENT_EOM });
		assert_int_equal(outcome->nasks, 1);
		assert_int_equal(outcome->asks[0].size, n < 4096 ? n : 4096);
		assert_int_equal(outcome->asks[0].cut, n > 4096);
		while (at < outcome->asks[0].size) {
			got = session_part_read(session, at, bytes, 1000,
			    &why);
			assert_true(got > 0 && bytes[got - 1] == 'x');
			at += (uint64_t)got;
		}
		/* It may end before there is an answer. */
		session_free(&session);
	}
	policy_free(&policy);
}

static int
begin(void **state)
{
	pool = scratch_pool_new();
	return pool == NULL || make_folder(state) < 0;
}

static int
end(void **state)
{
	scratch_pool_free(&pool);
	return remove_folder(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
