/*
 * ruling - what the access maps of one class say, and its effects.
 */
#include "session/state.h"

#include "message/address.h"
#include "policy/restrictions.h"

/* The keys of one question: some hundred, of at most 3 KiB each. */
#define KEYS_MAX	((size_t)4 << 20)

static const char *const list_names[ACCESS_CLASSES] = {
	[ACCESS_CLIENT] = "client_access",
	[ACCESS_REVERSE_CLIENT] = "reverse_client_access",
	[ACCESS_HELO] = "helo_access",
	[ACCESS_LOGIN] = "login_access",
	[ACCESS_SENDER] = "sender_access",
	[ACCESS_RECIPIENT] = "recipient_access",
	[ACCESS_HEADER_FROM] = "header_from_access",
	[ACCESS_REPLY_TO] = "reply_to_access",
	[ACCESS_LINK_DOMAIN] = "link_domain_access",
};

static void
note_found(struct session *s, const struct question *q, const char *word,
    struct span text, struct span rule)
{
	if (q->seen != NULL)
		note_content(s, word, q->seen, text, rule);
	else
		note_stage(s, word, text, rule);
}

/* As Postfix names addresses in replies: without the quotes. */
static void
compose(struct session *s, const struct question *q,
    const struct found *found, struct region *region, struct reply *reply_r)
{
	struct buf name;

	buf_init(&name, NAME_MAX_BYTES);
	if (q->class >= ACCESS_SENDER)
		address_internal(q->name, &name);
	else
		buf_add(&name, q->name);
	reply_access(&s->policy->conf, q->class, buf_span(&name),
	    &found->action, region, reply_r);
	buf_clear(&name);
}

/* The first one found is what the client hears. */
static void
defer(struct session *s, const struct question *q, const struct found *found,
    struct ruling *ruling)
{
	if (ruling->reject)
		return;
	ruling->reject = true;
	compose(s, q, found, &s->t->region, &ruling->reply);
	ruling->rule = region_copy(&s->t->region, found->rule);
}

static void
hold_by_rule(struct session *s, const struct question *q,
    const struct found *found)
{
	struct span text = found->action.text;

	note_found(s, q, "hold", text.n > 0 ? text : q->name, found->rule);
	hold_message(s, text.n > 0 ? text : found->rule);
}

static void
discard(struct session *s, const struct question *q,
    const struct found *found)
{
	if (!q->effects || s->t->discard)
		return;
	note_found(s, q, "discard", found->action.text, found->rule);
	s->t->discard = true;
	s->t->discard_rule = region_copy(&s->t->region, found->rule);
}

/* What an access map asks for beside a refusal; the list goes on. */
static void
do_effect(struct session *s, const struct question *q,
    const struct found *found)
{
	const struct action *action = &found->action;

	switch (action->kind) {
	case ACTION_HOLD:
		hold_by_rule(s, q, found);
		break;
	case ACTION_REDIRECT:
		note_found(s, q, "redirect", action->text, found->rule);
		edit_redirect(s, action->text);
		break;
	case ACTION_BCC:
		note_found(s, q, "bcc", action->text, found->rule);
		edit_bcc(s, action->text);
		break;
	case ACTION_PREPEND:
		note_found(s, q, "prepend", action->text, found->rule);
		edit_prepend_top(s, action->text);
		break;
	case ACTION_WARN:
		note_found(s, q, "warning", action->text, found->rule);
		break;
	case ACTION_INFO:
		note_found(s, q, "info", action->text, found->rule);
		break;
	case ACTION_DEFER_IF_PERMIT:
		defer(s, q, found, &s->t->defer_if_permit);
		break;
	default:
		break;
	}
}

/* Behind warn_if_reject: said in the log, and to nobody else. */
static void
only_warn(struct session *s, const struct question *q,
    const struct found *found)
{
	struct reply reply;

	if (!q->effects)
		return;
	compose(s, q, found, &s->event, &reply);
	note_found(s, q, "reject_warning", reply_span(s, &reply),
	    found->rule);
}

static void
config_error(struct session *s, struct span rule, struct ruling *ruling)
{
	ruling->reject = true;
	ruling->rule = rule;
	reply_make(451, "4.3.5", &s->event, &ruling->reply,
	    "Server configuration error");
}

/* A name that anybody can give himself must not let him in: Postfix's rule. */
static void
permit(struct session *s, const struct question *q, const struct found *found,
    struct ruling *ruling)
{
	if (q->class != ACCESS_REVERSE_CLIENT) {
		ruling->permit = true;
		return;
	}
	note_warning(s, "%.*s: OK means nothing for an unverified name "
	    "(write DUNNO)", SPAN_ARG(found->rule));
	config_error(s, found->rule, ruling);
}

static bool
can_warn(enum action_kind kind)
{
	return kind == ACTION_CODE || kind == ACTION_DEFER_IF_PERMIT;
}

/* One action; true where it ends the list. */
static bool
act(struct session *s, const struct question *q, const struct found *found,
    struct ruling *ruling)
{
	if (found->action.only_warn && can_warn(found->action.kind)) {
		only_warn(s, q, found);
		return false;
	}
	switch (found->action.kind) {
	case ACTION_REJECT:
	case ACTION_DEFER:
	case ACTION_CODE:
		ruling->reject = true;
		ruling->rule = found->rule;
		compose(s, q, found, &s->event, &ruling->reply);
		return true;
	case ACTION_OK:
		permit(s, q, found, ruling);
		return true;
	case ACTION_DISCARD:
		discard(s, q, found);
		return true;
	case ACTION_DEFER_IF_REJECT:
		defer(s, q, found, &s->t->defer_if_reject);
		return s->t->defer_if_permit.reject;
	default:
		if (q->effects)
			do_effect(s, q, found);
		/* Whatever comes now is deferred: Postfix looks no further. */
		return s->t->defer_if_permit.reject &&
		    s->t->defer_if_reject.reject;
	}
}

/* A result: an action, or names of restrictions. */
static bool
rule_on(struct session *s, const struct question *q,
    const struct found *found, struct ruling *ruling)
{
	struct found one = { .rule = found->rule };
	struct span rest = found->action.text;
	int next;

	if (found->action.kind != ACTION_LIST)
		return act(s, q, found, ruling);
	while ((next = restrictions_next(&rest, &one.action)) > 0)
		if (act(s, q, &one, ruling))
			return true;
	if (next == 0)
		return false;
	note_warning(s, "%.*s: \"%.*s\": unknown restriction",
	    SPAN_ARG(found->rule), SPAN_ARG(found->action.text));
	config_error(s, found->rule, ruling);
	return true;
}

/*
 * What is left of OK for a recipient with a way to go in his local part: as
 * Postfix has it, nothing.  He may be meant for somebody whom this list
 * refuses, and a later table may say so.
 */
static bool
is_untrusted(const struct question *q)
{
	return q->class == ACCESS_RECIPIENT && address_routed(q->subject);
}

/* The action of what was found; true where the list ends with it. */
static bool
rule_on_text(struct session *s, const struct question *q, struct found *found,
    struct span text, struct ruling *ruling)
{
	bool ended;

	if (!read_action(s, ACTION_IN_ACCESS, text, found->rule,
	    &found->action)) {
		config_error(s, found->rule, ruling);
		return true;
	}
	ruling->permit = false;
	ended = rule_on(s, q, found, ruling);
	return ended && !(ruling->permit && is_untrusted(q));
}

/* One table; true where the list ends with it. */
static bool
ask_table(struct session *s, const struct question *q,
    const struct table *table, const struct access_keys *keys,
    struct ruling *ruling)
{
	struct found found;
	struct span text;

	switch (look_up_access(s, list_names[q->class], table, keys, &text,
	    &found.rule, &ruling->reply)) {
	case ANSWER_MISS:
		return false;
	case ANSWER_ERROR:
		ruling->reject = true;
		ruling->rule = found.rule;
		return true;
	case ANSWER_HIT:
		break;
	}
	return rule_on_text(s, q, &found, text, ruling);
}

/* True where a table decides. */
static bool
ask_tables(struct session *s, const struct question *q,
    struct ruling *ruling)
{
	const struct maps *maps = &s->policy->access[q->class];
	struct region region;
	struct access_keys keys;
	bool ended;

	region_init(&region, KEYS_MAX);
	keys = access_keys(q->class, &s->policy->access_style, q->subject,
	    q->address, &region);
	/* A missing key would be a hole. */
	if ((ended = region.failed))
		config_error(s, span_of(list_names[q->class]), ruling);
	for (size_t i = 0; i < maps->n && !ended; i++)
		ended = ask_table(s, q, maps->tables[i], &keys, ruling);
	region_clear(&region);
	return ended;
}

void
refuse_length(struct session *s, const char *dsn, struct ruling *ruling)
{
	ruling->reject = true;
	ruling->rule = SPAN("");
	reply_make(553, dsn, &s->event, &ruling->reply,
	    "The address is too long");
}

bool
ask_access(struct session *s, const struct question *q, struct ruling *ruling)
{
	struct ruling *defer_if_reject = &s->t->defer_if_reject;
	bool ended;

	/* Once it is to be discarded, Postfix asks no further either. */
	if (s->policy->access[q->class].n == 0 || s->t->discard)
		return s->t->discard;
	ended = ask_tables(s, q, ruling);
	/* A 5NN becomes the DEFER_IF_REJECT that its list found before it. */
	if (ruling->reject && ruling->reply.code >= 500 &&
	    defer_if_reject->reject)
		*ruling = *defer_if_reject;
	defer_if_reject->reject = false;
	return ended;
}
