/*
 * checks - one key is asked of its list, and what the rule wants is done.
 */
#include "session/state.h"

#include "message/encoded.h"
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
	bool decoded;		/* it was looked up as its reader sees it */
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

/* In an encoded message, where its bytes are not those of the raw body. */
static bool
is_out_of_reach(const struct target *target)
{
	return target->event != NULL && target->event->length == 0;
}

static bool
changes_field(enum action_kind kind)
{
	return kind == ACTION_PREPEND || kind == ACTION_REPLACE ||
	    kind == ACTION_STRIP || kind == ACTION_IGNORE;
}

/*
 * What a list of UTF-8 tables puts into a header is encoded again; the raw
 * lists put there what they have, as Postfix does.  False where that cannot
 * be, and nothing is to be done.  With SMTPUTF8 the message's own header need
 * not be.
 */
static bool
encode(struct session *s, const struct target *target,
    const struct found *found, struct action *action)
{
	struct field *field = &action->field;
	struct buf value, text;
	const char *why = NULL;

	buf_init(&value, ENCODED_ROOM(field->value.n));
	if (encoded_value(field, &value, &why)) {
		buf_init(&text, field->name.n + 1 + value.n);
		buf_add(&text, field->name);
		buf_addc(&text, ':');
		buf_add(&text, buf_span(&value));
		s->event.failed |= text.failed;
		action->text = region_copy(&s->event, buf_span(&text));
		field_parse(action->text, field);
		buf_clear(&text);
		why = NULL;
	} else if (!s->t->utf8 || target->field == NULL) {
		note_warning(s, "%.*s: %s did nothing to %.*s: %s",
		    SPAN_ARG(found->rule), action_word(action->kind),
		    SPAN_ARG(field->name), why);
	} else {
		why = NULL;
	}
	s->event.failed |= value.failed;
	buf_clear(&value);
	return why == NULL;
}

static bool
makes_field(enum action_kind kind)
{
	return kind == ACTION_PREPEND || kind == ACTION_REPLACE;
}

static void
act(struct session *s, const struct target *target, const struct found *found)
{
	/* What is done; the log says what the rule wants. */
	struct action encoded = found->action;
	const struct action *action = &encoded;

	if (changes_field(action->kind) && is_out_of_reach(target)) {
		note_warning(s, "%.*s: %s does nothing to a field of an "
		    "attached message that is encoded", SPAN_ARG(found->rule),
		    action_word(action->kind));
		return;
	}
	if (target->decoded && makes_field(action->kind) &&
	    !encode(s, target, found, &encoded))
		return;
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

void
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

bool
has_decoded_checks(const struct session *s)
{
	return s->policy->decoded_header_checks.n > 0 &&
	    !is_exempt(s, EXEMPT_DECODED);
}

bool
decoded_forms(struct session *s, const struct field *field,
    struct folded *forms_r)
{
	if (!decoded_key(field, &s->t->decoded))
		return false;
	folded_of(s, buf_span(&s->t->decoded), forms_r);
	return true;
}

static bool
ask_forms(struct session *s, const struct field *field,
    struct asked_forms *asked_r)
{
	struct folded forms;

	*asked_r = (struct asked_forms){ .n = 0 };
	if (!decoded_forms(s, field, &forms))
		return false;
	for (; asked_r->n < forms.n; asked_r->n++)
		asked_r->list[asked_r->n].key = forms.list[asked_r->n];
	return true;
}

void
check_decoded(struct session *s, const struct field *field,
    const struct mime_event *event, const struct asked_forms *decoded)
{
	struct target target = {
		.place = ACTION_IN_HEADER,
		.field = event == NULL ? field : NULL, .event = event,
		.decoded = true,
	};
	struct asked_forms own;

	if (!has_decoded_checks(s) || s->t->decided || s->t->passed)
		return;
	if (decoded == NULL) {
		if (!ask_forms(s, field, &own)) {
			s->t->region.failed = true;
			return;
		}
		decoded = &own;
	}
	for (size_t i = 0; i < decoded->n && !s->t->decided; i++) {
		target.seen = (struct seen){ "decoded header",
			decoded->list[i].key };
		if (check(s, "decoded_header_checks",
		    &s->policy->decoded_header_checks, &decoded->list[i],
		    &target))
			break;
	}
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
