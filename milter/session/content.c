/*
 * content - the message, from the first field of its header to its end.
 */
#include "session/state.h"

static void
check_part_field(struct session *s, const struct mime_event *event)
{
	struct field field;

	s->t->field_told = event->offset + 1;
	limit_part_field(s, event);
	if (s->t->decided)
		return;
	check_field(s, event->list, &(struct asked){ .key = event->text },
	    NULL, event);
	if (field_parse(event->text, &field))
		check_decoded(s, &field, event, NULL);
}

static bool
wants_line(const struct session *s, const struct mime_event *event)
{
	uint64_t limit = s->policy->conf.body_checks_size_limit;

	return s->policy->body_checks.n > 0 && event->text.n > 0 &&
	    (limit == 0 || event->segment < limit) &&
	    !is_exempt(s, EXEMPT_BODY);
}

/* What the MIME machine says of the body. */
static bool
on_mime(void *context, const struct mime_event *event)
{
	struct session *s = context;

	if (event->kind != MIME_LINE)
		batch_flush(s);
	if (s->t->decided || s->t->passed)
		return false;
	switch (event->kind) {
	case MIME_FIELD:
		check_part_field(s, event);
		break;
	case MIME_LINE:
		if (wants_line(s, event))
			batch_line(s, event);
		break;
	case MIME_NESTING:
		limit_nesting(s);
		break;
	case MIME_BOUNDARY:
		limit_boundary(s, event->size);
		break;
	}
	return !s->t->decided && !s->t->passed;
}

/* Nobody looks into the body otherwise. */
static bool
wants_body(const struct session *s)
{
	return needs_to_read_body(s->policy, s->t->exempt);
}

static void
begin_mime(struct session *s)
{
	const struct conf *conf = &s->policy->conf;
	struct mime_limits limits = {
		.line_length = conf->line_length_limit,
		.header_size = conf->header_size_limit > 0 ?
		    conf->header_size_limit : FIELD_MAX,
		.nesting = (unsigned)conf->mime_nesting_limit,
		.boundary_length = conf->mime_boundary_length_limit,
	};
	struct mime_sink sink = { on_mime, s };

	s->t->mime = mime_new(&limits, &sink);
	if (s->t->mime == NULL)
		fail_message(s, "out of memory");
	else
		views_begin(s);
	s->t->keeps = s->policy->edits_body ||
	    conf->header_size_action == LIMIT_TRUNCATE;
}

/* Before the first of header, end of header, body or end. */
static void
begin_content(struct session *s)
{
	struct transaction *t = s->t;

	if (t->content)
		return;
	t->content = true;
	errors_refuse_message(s);
	/* What was deferred by SMTP has been said at RCPT. */
	if (s->smtp)
		t->defer_if_permit.reject = false;
	if (t->discard)
		discard_message(s, t->discard_rule);
	/* In shadow mode a message comes that nobody would have got. */
	if (t->nrecipients == 0 && t->refused > 0)
		t->passed = true;
	/* Postmaster and abuse must be reachable, by a mail to them alone. */
	if (t->nrecipients > 0 && t->unlisted == 0)
		t->passed = true;
	if (!t->decided && !t->passed && wants_body(s))
		begin_mime(s);
}

static bool
goes_on(struct session *s)
{
	if (!s->t->begun || s->t->ended)
		return false;
	begin_content(s);
	return !s->t->decided;
}

struct span
field_text(struct session *s, const struct field *field)
{
	struct buf *text = &s->t->field;

	buf_reset(text);
	buf_add(text, field->name);
	buf_addc(text, ':');
	buf_add(text, field->value);
	s->t->region.failed |= text->failed;
	return buf_span(text);
}

void
check_message_field(struct session *s, const struct field *field,
    const struct asked *all, const struct asked_forms *decoded)
{
	struct asked asked = *all;
	struct field seen;

	edits_see_field(s, field->name);
	seen = limit_field(s, field);
	if (s->t->decided || s->t->passed)
		return;
	if (seen.value.n != field->value.n) {
		asked = (struct asked){ .key = field_text(s, &seen) };
		decoded = NULL;
	}
	ask_authors(s, &seen, asked.key);
	if (s->t->decided || s->t->passed)
		return;
	if (s->t->mime != NULL) {
		mime_field(s->t->mime, &seen);
		views_field(s, &seen);
	}
	check_field(s, mime_primary_list(seen.name), &asked, &seen, NULL);
	check_decoded(s, &seen, NULL, decoded);
}

void
on_header(struct session *s, const struct field *field)
{
	if (goes_on(s))
		fields_add(s, field);
}

static bool
goes_on_behind_header(struct session *s)
{
	if (!goes_on(s))
		return false;
	fields_flush(s);
	return !s->t->decided;
}

void
on_eoh(struct session *s)
{
	if (goes_on_behind_header(s))
		limit_blank_line(s);
}

/* body_checks_size_limit is passed, and no part can begin any more. */
static bool
is_past(const struct session *s)
{
	uint64_t limit = s->policy->conf.body_checks_size_limit;
	uint64_t segment;

	return mime_only_lines(s->t->mime, &segment) &&
	    (is_exempt(s, EXEMPT_BODY) || s->policy->body_checks.n == 0 ||
	    (limit > 0 && segment >= limit));
}

/* Something of the body that is still to come may be looked at. */
static bool
reads_on(const struct session *s)
{
	const struct transaction *t = s->t;

	return t->mime != NULL && !t->decided && !t->passed &&
	    (views_read_on(s) || !is_past(s));
}

/* All of a body that has been changed, or may be yet, is to be put in again. */
static bool
keeps_on(const struct session *s)
{
	return s->t->keeps && (s->t->splices.n > 0 || reads_on(s));
}

static void
take_body(struct session *s, struct span chunk)
{
	limit_body(s, chunk);
	if (keeps_on(s))
		rewrite_keep(s, chunk);
	if (!reads_on(s))
		return;
	batch_begin(s, chunk);
	views_body(s, chunk);
	batch_end(s);
}

/*
 * What is said first, by a rule or by a limit, is what stands first in the
 * message, wherever the mail server cuts it.
 */
void
on_body(struct session *s, struct span chunk)
{
	while (goes_on_behind_header(s) && chunk.n > 0) {
		size_t n = limit_room(s, chunk);

		if (n == 0)
			n = 1;
		take_body(s, span_head(chunk, n));
		chunk = span_skip(chunk, n);
	}
}

/* All of the message, and of what is in it, has been looked at. */
static void
finish(struct session *s)
{
	struct transaction *t = s->t;

	late_sender_check(s);
	if (t->discard)
		discard_message(s, t->discard_rule);
	if (t->defer_if_permit.reject)
		refuse_message(s, &t->defer_if_permit.reply,
		    t->defer_if_permit.rule, NULL);
}

void
on_eom(struct session *s)
{
	struct transaction *t = s->t;

	if (!goes_on_behind_header(s))
		return;
	if (t->mime != NULL)
		views_end(s);
	if (t->mime != NULL && mime_failed(t->mime))
		fail_message(s, "out of memory");
	if (!attachments_ask(s))
		finish(s);
}

void
on_part_answered(struct session *s, const struct inspection *inspection)
{
	attachment_answered(s, inspection);
	if (!attachments_ask(s))
		finish(s);
}

bool
session_skips_body(const struct session *s)
{
	const struct transaction *t = s->t;

	if (t == NULL || !t->begun || t->decided)
		return true;
	return !limits_count_body(s) && !keeps_on(s) && !reads_on(s);
}
