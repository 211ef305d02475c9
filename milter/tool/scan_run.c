/* scan_run - one stored message through a session.  See scan_run.h. */
#include "tool/scan_run.h"

/* As Postfix cuts a body for a milter. */
#define CHUNK		65535

/*
 * The envelope is looked for among the first fields, which are kept until it
 * is found; what a store adds stands on top.
 */
#define AHEAD_MAX	((size_t)256 * 1024)
#define REGION_MAX	((size_t)16 * 1024 * 1024)

/*
 * A session asks once or twice, and once for an attachment; one that never
 * stops asking is a bug.
 */
#define ASKS_MAX	(SESSION_PARTS_MAX + 16)

/* RFC 2606: nobody's names. */
#define NO_SENDER	SPAN("<sender@message.invalid>")
#define NO_RECIPIENT	SPAN("<recipient@message.invalid>")

struct kept {
	struct kept *next;
	struct field field;
};

/* What one run has while it runs. */
struct runner {
	struct scan_run *run;
	const struct scan_parts *parts;
	const struct scan_envelope *envelope;
	struct mailbox *mailbox;
	const struct scan_notes *notes;

	struct kept *kept, **last_kept;
	struct span return_path, original_to, delivered_to;
	bool skipped_received;
};

void
scan_run_clear(struct scan_run *run)
{
	session_free(&run->session);
	region_clear(&run->region);
}

struct span
scan_path(struct region *region, struct span address)
{
	if (address.n > 0 && address.p[0] == '<')
		return region_copy(region, address);
	return span_of(region_printf(region, "<%.*s>", SPAN_ARG(address)));
}

/* Events */

static void
tell_notes(const struct runner *r, const struct outcome *outcome)
{
	for (size_t i = 0; i < outcome->nnotes; i++)
		r->notes->note(r->notes->context, &outcome->notes[i]);
}

static const struct outcome *
answer_part(struct runner *r, const struct ask *ask)
{
	const struct inspection_source source = {
		.size = ask->size, .cut = ask->cut,
		.read = session_part_read, .context = r->run->session,
	};
	struct inspection found = {
		.error = span_of(r->parts->no_inspector)
	};
	const struct outcome *outcome;
	struct region region;

	region_init(&region, INSPECT_REGION(ask->limits.entries));
	if (r->parts->inspector != NULL)
		inspect(r->parts->inspector, &ask->limits, &source, &region,
		    &found);
	outcome = session_answer_part(r->run->session, ask->id, &found);
	region_clear(&region);
	return outcome;
}

/* The verdict on this event; what it says lasts until the next one. */
static const struct verdict *
tell(struct runner *r, const struct event *event)
{
	struct scan_run *run = r->run;
	const struct outcome *outcome = session_event(run->session, event);

	tell_notes(r, outcome);
	for (int i = 0; outcome->nasks > 0 && i < ASKS_MAX; i++) {
		struct ask ask = outcome->asks[0];

		outcome = ask.kind == ASK_PART ? answer_part(r, &ask) :
		    session_answer(run->session, ask.id, ASK_YES);
		tell_notes(r, outcome);
	}
	run->outcome = outcome;
	return &outcome->verdict;
}

/* True where the message is over. */
static bool
decides(struct runner *r, const struct event *event)
{
	r->run->verdict = *tell(r, event);
	return r->run->verdict.kind != VERDICT_CONTINUE;
}

/* What the store has noted */

/* "<user@example.com>" of a value that says so, or nothing. */
static struct span
path_of(struct runner *r, struct span value)
{
	value = span_trim(value);
	if (value.n == 0 || span_find(value, ' ') < value.n ||
	    span_find(value, '\n') < value.n)
		return SPAN("");
	return scan_path(&r->run->region, value);
}

/* The newest of them, the first, counts. */
static void
note_path(struct runner *r, const struct field *field, const char *name,
    struct span *path)
{
	if (path->n == 0 && span_caseequal(field->name, span_of(name)))
		*path = path_of(r, field->value);
}

static bool
is_one_of(struct span name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (span_caseequal(name, span_of(*names)))
			return true;
	return false;
}

/* Added after a milter saw the message, or dropped before. */
static bool
is_left_out(struct runner *r, const struct field *field)
{
	static const char *const names[] = {
		"Return-Path", "Delivered-To",
		"Bcc", "Resent-Bcc", "Content-Length", NULL
	};

	if (r->envelope->stored && !r->skipped_received &&
	    span_caseequal(field->name, SPAN("Received"))) {
		r->skipped_received = true;
		return true;
	}
	return is_one_of(field->name, names);
}

static bool
keep(struct runner *r, const struct field *field)
{
	struct region *region = &r->run->region;
	struct kept *kept = region_alloc(region, sizeof(*kept));

	if (kept == NULL)
		return false;
	kept->field.name = region_copy(region, field->name);
	kept->field.value = region_copy(region, field->value);
	*r->last_kept = kept;
	r->last_kept = &kept->next;
	return true;
}

/* 0, or -1: the mailbox knows why. */
static int
look_ahead(struct runner *r)
{
	struct field field;
	size_t size = 0;
	int more = 0;

	while (size < AHEAD_MAX &&
	    (more = mailbox_field(r->mailbox, &field)) > 0) {
		note_path(r, &field, "Return-Path", &r->return_path);
		note_path(r, &field, "X-Original-To", &r->original_to);
		note_path(r, &field, "Delivered-To", &r->delivered_to);
		size += field.name.n + field.value.n;
		if (!is_left_out(r, &field) && !keep(r, &field))
			return -1;
	}
	return more < 0 ? -1 : 0;
}

static struct span
sender(struct runner *r)
{
	struct span from = mailbox_sender(r->mailbox);

	if (r->envelope->from.n > 0)
		return r->envelope->from;
	if (r->return_path.n > 0)
		return r->return_path;
	/* What Postfix and Sendmail write for the null sender. */
	if (span_equal(from, SPAN("MAILER-DAEMON")))
		return SPAN("<>");
	if (span_find(from, '@') < from.n)
		return scan_path(&r->run->region, from);
	return NO_SENDER;
}

/* The envelope */

static struct verdict
copy_verdict(struct region *region, const struct verdict *verdict)
{
	struct verdict copy = *verdict;

	copy.dsn = region_copy(region, verdict->dsn);
	copy.text = region_copy(region, verdict->text);
	copy.rule = region_copy(region, verdict->rule);
	return copy;
}

static bool
is_refusal(enum verdict_kind kind)
{
	return kind == VERDICT_REJECT || kind == VERDICT_TEMPFAIL;
}

/*
 * True where the message is over: all are refused, and the verdict is the
 * last one's; or no more is asked.
 */
static bool
try_recipients(struct runner *r, const struct span *paths, size_t n)
{
	struct scan_run *run = r->run;
	size_t refused = 0;

	run->rcpts = region_alloc(&run->region, n * sizeof(*run->rcpts));
	if (run->rcpts == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct event event = { .kind = EVENT_RCPT };
		struct scan_rcpt *rcpt = &run->rcpts[run->nrcpts++];

		event.rcpt.path = paths[i];
		rcpt->path = paths[i];
		rcpt->verdict = copy_verdict(&run->region, tell(r, &event));
		run->verdict = rcpt->verdict;
		if (is_refusal(rcpt->verdict.kind))
			refused++;
		else if (rcpt->verdict.kind != VERDICT_CONTINUE)
			return true;
	}
	if (refused < n)
		run->verdict = (struct verdict){ .kind = VERDICT_CONTINUE };
	return refused == n;
}

/* True where the message is over before it began. */
static bool
begin(struct runner *r)
{
	const struct scan_envelope *e = r->envelope;
	struct event connect = { .kind = EVENT_CONNECT };
	struct event helo = { .kind = EVENT_HELO, .helo = { e->helo } };
	struct event mail = { .kind = EVENT_MAIL };
	struct span own = r->original_to.n > 0 ? r->original_to :
	    r->delivered_to.n > 0 ? r->delivered_to : NO_RECIPIENT;

	connect.connect.name = e->client_name;
	connect.connect.address = e->client_address;
	connect.connect.reverse = e->client_name;
	connect.connect.smtp = true;
	mail.mail.path = sender(r);
	mail.mail.login = e->login;
	if (decides(r, &connect) || (e->helo.n > 0 && decides(r, &helo)) ||
	    decides(r, &mail))
		return true;
	return e->nrcpts > 0 ? try_recipients(r, e->rcpts, e->nrcpts) :
	    try_recipients(r, &own, 1);
}

/* The content */

static bool
tell_field(struct runner *r, const struct field *field)
{
	struct event event = { .kind = EVENT_HEADER, .header = *field };

	return decides(r, &event);
}

static int
tell_header(struct runner *r, bool *over_r)
{
	struct event event = { .kind = EVENT_EOH };
	struct field field;
	int more = 0;

	*over_r = false;
	for (struct kept *kept = r->kept; kept != NULL && !*over_r;
	    kept = kept->next)
		*over_r = tell_field(r, &kept->field);
	while (!*over_r && (more = mailbox_field(r->mailbox, &field)) > 0)
		if (!is_left_out(r, &field))
			*over_r = tell_field(r, &field);
	if (!*over_r)
		*over_r = decides(r, &event);
	return more < 0 ? -1 : 0;
}

static int
tell_body(struct runner *r, bool *over_r)
{
	char chunk[CHUNK];
	ssize_t n = 0;

	*over_r = false;
	while (!*over_r && !session_skips_body(r->run->session) &&
	    (n = mailbox_body(r->mailbox, chunk, sizeof(chunk))) > 0) {
		struct event event = { .kind = EVENT_BODY };

		event.body = span_make(chunk, (size_t)n);
		*over_r = decides(r, &event);
	}
	return n < 0 ? -1 : 0;
}

static int
tell_message(struct runner *r)
{
	struct event eom = { .kind = EVENT_EOM };
	bool over;

	if (tell_header(r, &over) < 0 ||
	    (!over && tell_body(r, &over) < 0))
		return -1;
	if (!over)
		decides(r, &eom);
	return 0;
}

int
scan_run(struct scan_run *run, const struct policy *policy,
    const struct scan_parts *parts, const struct scan_envelope *envelope,
    struct mailbox *mailbox, const struct scan_notes *notes,
    const char **why_r)
{
	struct session_options options = {
		.scratch = parts->scratch, .lookups = notes->lookups,
	};
	struct runner r = {
		.run = run, .parts = parts, .envelope = envelope,
		.mailbox = mailbox, .notes = notes, .last_kept = &r.kept,
	};
	int result;

	*run = (struct scan_run){ .session = session_new(policy, &options) };
	region_init(&run->region, REGION_MAX);
	if (run->session == NULL) {
		*why_r = "out of memory";
		return -1;
	}
	result = look_ahead(&r);
	if (result == 0 && !begin(&r))
		result = tell_message(&r);
	*why_r = mailbox_why(mailbox);
	if (run->region.failed) {
		*why_r = "out of memory";
		result = -1;
	}
	return result;
}
