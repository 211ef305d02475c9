/*
 * content - the message: its checks, and what they ask for.
 */
#include "session/state.h"

#include "policy/decoded_key.h"

static const char *const list_names[HEADER_LISTS] = {
	[HEADER_PRIMARY] = "header_checks",
	[HEADER_MIME] = "mime_header_checks",
	[HEADER_NESTED] = "nested_header_checks",
};

/* What a rule was found for. */
struct target {
	enum action_place place;
	struct seen seen;
	/* One of these, where it is of the raw message: */
	const struct field *field;	/* of the message's own header, or */
	const struct mime_event *event;	/* a part's field, or a line */
	/* Or these: a part, and the name that it was asked for by. */
	const struct attachment *attachment;
	struct span name;
};

static void
prepend(struct session *s, const struct target *target,
    const struct action *action)
{
	if (target->field != NULL)
		edit_insert(s, &action->field);
	else
		rewrite_insert(s, target->event, action->text);
}

static void
replace(struct session *s, const struct target *target,
    const struct action *action)
{
	if (target->field != NULL)
		edit_change(s, target->field->name, &action->field);
	else
		rewrite_replace(s, target->event, action->text);
}

static void
strip(struct session *s, const struct target *target)
{
	if (target->field != NULL)
		edit_change(s, target->field->name, NULL);
	else
		rewrite_replace(s, target->event, span_make(NULL, 0));
}

static void
hold(struct session *s, const struct target *target, const struct found *found)
{
	struct span reason = found->action.text;

	if (!s->t->hold)
		note_content(s, "hold", &target->seen, reason, found->rule);
	hold_message(s, reason.n > 0 ? reason : found->rule);
}

static void
reject(struct session *s, const struct target *target,
    const struct found *found)
{
	struct reply reply;

	reply_content(&found->action, &s->event, &reply);
	refuse_message(s, &reply, found->rule, &target->seen);
}

static void
note_target(struct session *s, const char *word, const struct target *target,
    const struct found *found)
{
	note_content(s, word, &target->seen, found->action.text, found->rule);
}

/* REPLACE has the text that takes the place; STRIP that of the setting. */
static void
act_on_part(struct session *s, const struct target *target,
    const struct found *found)
{
	const struct action *action = &found->action;
	bool replaces = action->kind == ACTION_REPLACE;

	if (strip_breaks_seal(target->attachment)) {
		note_content(s, "hold", &target->seen, span_of(region_printf(
		    &s->event, "%s would break signed or encrypted mail: %.*s",
		    action_word(action->kind), SPAN_ARG(action->text))),
		    found->rule);
		hold_message(s, action->text.n > 0 ? action->text :
		    found->rule);
		return;
	}
	note_target(s, replaces ? "replace" : "strip", target, found);
	strip_attachment(s, target->attachment, target->name, action);
}

static void
act(struct session *s, const struct target *target, const struct found *found)
{
	const struct action *action = &found->action;

	if (target->attachment != NULL && (action->kind == ACTION_STRIP ||
	    action->kind == ACTION_REPLACE)) {
		act_on_part(s, target, found);
		return;
	}
	switch (action->kind) {
	case ACTION_REJECT:
		reject(s, target, found);
		break;
	case ACTION_DISCARD:
		note_target(s, "discard", target, found);
		discard_message(s, found->rule);
		break;
	case ACTION_HOLD:
		hold(s, target, found);
		break;
	case ACTION_REDIRECT:
		note_target(s, "redirect", target, found);
		edit_redirect(s, action->text);
		/* cleanup(8) looks no further, whatever its manual says. */
		s->t->passed = true;
		break;
	case ACTION_BCC:
		note_target(s, "bcc", target, found);
		edit_bcc(s, action->text);
		break;
	case ACTION_PREPEND:
		note_target(s, "prepend", target, found);
		prepend(s, target, action);
		break;
	case ACTION_REPLACE:
		note_target(s, "replace", target, found);
		replace(s, target, action);
		break;
	case ACTION_STRIP:
		note_target(s, "strip", target, found);
		strip(s, target);
		break;
	case ACTION_IGNORE:
		strip(s, target);
		break;
	case ACTION_PASS:
		note_target(s, "pass", target, found);
		s->t->passed = true;
		break;
	case ACTION_WARN:
		note_target(s, "warning", target, found);
		break;
	case ACTION_INFO:
		note_target(s, "info", target, found);
		break;
	default:
		break;
	}
}

/* True where something was found, or could not be looked up. */
static bool
check(struct session *s, const char *view, const struct maps *maps,
    const struct asked *asked, const struct target *target)
{
	struct found found;
	struct reply reply;

	switch (look_up(s, view, maps, asked, target->place, &found,
	    &reply)) {
	case ANSWER_HIT:
		act(s, target, &found);
		return true;
	case ANSWER_ERROR:
		refuse_message(s, &reply, found.rule, &target->seen);
		return true;
	case ANSWER_MISS:
		break;
	}
	return false;
}

static void
check_field(struct session *s, enum header_list list,
    const struct asked *asked, const struct field *field,
    const struct mime_event *event)
{
	const struct maps *maps = &s->policy->header_checks[list];
	struct target target = {
		.place = ACTION_IN_HEADER,
		.seen = { "header", asked->key },
		.field = field, .event = event,
	};

	if (maps->n > 0 && !is_exempt(s, EXEMPT_HEADER))
		check(s, list_names[list], maps, asked, &target);
}

/* The same field as its reader sees it; its list decides beside the other. */
static void
check_decoded(struct session *s, const struct field *field,
    const struct mime_event *event)
{
	const struct maps *maps = &s->policy->decoded_header_checks;
	struct target target = {
		.place = ACTION_IN_HEADER,
		.field = event == NULL ? field : NULL, .event = event,
	};
	struct asked asked = { .record = 0 };
	struct folded forms;

	if (maps->n == 0 || is_exempt(s, EXEMPT_DECODED) || s->t->decided ||
	    s->t->passed)
		return;
	if (!decoded_key(field, &s->t->decoded)) {
		s->t->region.failed = true;
		return;
	}
	folded_of(s, buf_span(&s->t->decoded), &forms);
	for (size_t i = 0; i < forms.n && !s->t->decided; i++) {
		asked.key = forms.list[i];
		target.seen = (struct seen){ "decoded header", asked.key };
		if (check(s, "decoded_header_checks", maps, &asked, &target))
			break;
	}
}

static void
check_part_field(struct session *s, const struct mime_event *event)
{
	struct field field;

	limit_part_field(s, event);
	if (s->t->decided)
		return;
	check_field(s, event->list, &(struct asked){ .key = event->text },
	    NULL, event);
	if (field_parse(event->text, &field))
		check_decoded(s, &field, event);
}

void
check_body_line(struct session *s, const struct mime_event *event,
    const struct asked *asked)
{
	struct target target = {
		.place = ACTION_IN_BODY,
		.seen = { "body", event->text },
		.event = event,
	};

	check(s, "body_checks", &s->policy->body_checks, asked, &target);
}

bool
check_text(struct session *s, const struct asked *asked)
{
	struct target target = {
		.place = ACTION_IN_TEXT,
		.seen = { "text", asked->key },
	};

	return check(s, "text_checks", &s->policy->text_checks, asked, &target);
}

bool
check_hidden_text(struct session *s, struct span text)
{
	struct target target = {
		.place = ACTION_IN_TEXT,
		.seen = { "hidden text", text },
	};

	return check(s, "hidden_text_checks", &s->policy->hidden_text_checks,
	    &(struct asked){ .key = text }, &target);
}

void
check_url(struct session *s, const struct asked *asked)
{
	struct target target = {
		.place = ACTION_IN_TEXT,
		.seen = { "link", asked->key },
	};

	check(s, "link_checks", &s->policy->link_checks, asked, &target);
}

void
check_attachment(struct session *s, struct span key,
    const struct attachment *attachment, struct span name)
{
	struct target target = {
		.place = ACTION_IN_ATTACHMENT, .seen = { "attachment", key },
		.attachment = attachment, .name = name,
	};

	check(s, "attachment_checks", &s->policy->attachment_checks,
	    &(struct asked){ .key = key }, &target);
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
    const struct asked *all)
{
	struct asked asked = *all;
	struct field seen;

	edits_see_field(s, field->name);
	seen = limit_field(s, field);
	if (s->t->decided || s->t->passed)
		return;
	if (seen.value.n != field->value.n)
		asked = (struct asked){ .key = field_text(s, &seen) };
	ask_authors(s, &seen, asked.key);
	if (s->t->decided || s->t->passed)
		return;
	if (s->t->mime != NULL) {
		mime_field(s->t->mime, &seen);
		views_field(s, &seen);
	}
	check_field(s, mime_primary_list(seen.name), &asked, &seen, NULL);
	check_decoded(s, &seen, NULL);
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
