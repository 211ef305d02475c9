/*
 * envelope - the conversation up to the last recipient: access maps.
 *
 * The lists of the client, of HELO and of the sender are asked once in a
 * transaction and their refusal is given at RCPT (delay_reject), so that the
 * log knows sender and recipient, or else at their own stage.
 */
#include "session/state.h"

#include "message/address.h"

static const char *const list_names[ACCESS_CLASSES] = {
	[ACCESS_CLIENT] = "client_access",
	[ACCESS_REVERSE_CLIENT] = "reverse_client_access",
	[ACCESS_HELO] = "helo_access",
	[ACCESS_SENDER] = "sender_access",
	[ACCESS_RECIPIENT] = "recipient_access",
};

static struct span
keep_name(struct region *region, struct span name)
{
	return region_copy(region, span_head(name, NAME_MAX_BYTES));
}

/* ::ffff:192.0.2.1 is an IPv4 client to every table. */
static struct span
plain_address(struct span address)
{
	struct span mapped = SPAN("::ffff:");
	struct span plain = span_skip(address, mapped.n);

	if (span_casestarts(address, mapped) && span_find(plain, '.') < plain.n)
		return plain;
	return address;
}

static bool
in_networks(struct session *s, const struct networks *networks,
    const char *name)
{
	enum answer answer = networks_hold(networks, s->client_address,
	    &s->match);

	if (answer == ANSWER_ERROR)
		note_warning(s, "%s: %s", name, s->match.why);
	return answer == ANSWER_HIT;
}

void
on_connect(struct session *s, const struct event *event)
{
	struct span name = event->connect.name;

	if (s->connected)
		return;
	s->connected = true;
	s->smtp = event->connect.smtp;
	if (name.n == 0 || name.p[0] == '[')
		name = SPAN("unknown");
	s->client_name = keep_name(&s->conversation, name);
	s->client_address = keep_name(&s->conversation,
	    plain_address(event->connect.address));
	s->client_reverse = keep_name(&s->conversation,
	    event->connect.reverse);
	s->in_mynetworks = in_networks(s, &s->policy->mynetworks,
	    "mynetworks");
	s->trusted = in_networks(s, &s->policy->trusted_relays,
	    "trusted_relays");
	ask(s, ASK_CONVERSATION);
}

static void
set_exemptions(struct session *s)
{
	const struct conf *conf = &s->policy->conf;

	s->t.exempt = 0;
	if (s->in_mynetworks)
		s->t.exempt |= conf->exempt_mynetworks;
	if (s->t.login.n > 0)
		s->t.exempt |= conf->exempt_authenticated;
	if (s->trusted)
		s->t.exempt |= EXEMPT_CLIENT;
}

static struct span
client_text(struct session *s)
{
	return span_of(region_printf(&s->event, "%.*s[%.*s]",
	    SPAN_ARG(s->client_name), SPAN_ARG(s->client_address)));
}

/* The keys of a class, and how a reply names whom it is about. */
static struct access_keys
keys_of(struct session *s, enum access_class class, struct span address,
    struct span *name_r)
{
	const struct access_style *style = &s->policy->access_style;
	struct span none = SPAN(""), subject = address;

	switch (class) {
	case ACCESS_CLIENT:
		subject = s->client_name;
		*name_r = client_text(s);
		break;
	case ACCESS_REVERSE_CLIENT:
		subject = s->client_reverse.n > 0 ? s->client_reverse :
		    SPAN("unknown");
		*name_r = subject;
		break;
	case ACCESS_HELO:
		subject = buf_span(&s->helo);
		*name_r = subject;
		break;
	case ACCESS_SENDER:
	case ACCESS_RECIPIENT:
		break;
	}
	return access_keys(class, style, subject,
	    class == ACCESS_CLIENT || class == ACCESS_REVERSE_CLIENT ?
	    s->client_address : none, &s->event);
}

/* The stage of a list: its effects may not be wanted yet. */
enum effects { WITH_EFFECTS, WITHOUT_EFFECTS };

/* A DEFER_IF that was found; of several the first counts. */
static void
defer(struct session *s, enum access_class class, struct span name,
    const struct found *found, struct ruling *defer)
{
	if (defer->reject)
		return;
	defer->reject = true;
	reply_access(&s->policy->conf, class, name, &found->action,
	    &s->t.region, &defer->reply);
	defer->rule = region_copy(&s->t.region, found->rule);
}

static void
hold_by_rule(struct session *s, struct span name, const struct found *found)
{
	struct span text = found->action.text;

	note_stage(s, "hold", text.n > 0 ? text : name, found->rule);
	hold_message(s, text.n > 0 ? text : found->rule);
}

/* What an access map asks for beside a refusal; the list goes on. */
static void
do_effect(struct session *s, enum access_class class, struct span name,
    const struct found *found)
{
	const struct action *action = &found->action;

	switch (action->kind) {
	case ACTION_HOLD:
		hold_by_rule(s, name, found);
		break;
	case ACTION_REDIRECT:
		note_stage(s, "redirect", action->text, found->rule);
		s->t.redirect = region_copy(&s->t.region, action->text);
		break;
	case ACTION_BCC:
		note_stage(s, "bcc", action->text, found->rule);
		edit_bcc(s, action->text);
		break;
	case ACTION_PREPEND:
		note_stage(s, "prepend", action->text, found->rule);
		edit_prepend_top(s, action->text);
		break;
	case ACTION_WARN:
		note_stage(s, "warning", action->text, found->rule);
		break;
	case ACTION_INFO:
		note_stage(s, "info", action->text, found->rule);
		break;
	case ACTION_DEFER_IF_PERMIT:
		defer(s, class, name, found, class == ACCESS_RECIPIENT ?
		    &s->t.defer_rcpt : &s->t.defer);
		break;
	default:
		break;
	}
}

/* One result; true where it ends the list. */
static bool
rule_on(struct session *s, enum access_class class, struct span name,
    const struct found *found, enum effects effects, struct ruling *ruling)
{
	switch (found->action.kind) {
	case ACTION_REJECT:
	case ACTION_DEFER:
	case ACTION_CODE:
		ruling->reject = true;
		ruling->rule = found->rule;
		reply_access(&s->policy->conf, class, name, &found->action,
		    &s->event, &ruling->reply);
		return true;
	case ACTION_OK:
		return true;
	case ACTION_DISCARD:
		if (effects == WITH_EFFECTS && !s->t.discard) {
			note_stage(s, "discard", found->action.text,
			    found->rule);
			s->t.discard = true;
			s->t.discard_rule = region_copy(&s->t.region,
			    found->rule);
		}
		return true;
	default:
		if (effects == WITH_EFFECTS)
			do_effect(s, class, name, found);
		return false;
	}
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
static bool
allows_unverified(struct session *s, enum access_class class,
    const struct found *found)
{
	if (class != ACCESS_REVERSE_CLIENT || found->action.kind != ACTION_OK)
		return false;
	note_warning(s, "%.*s: OK means nothing for an unverified name "
	    "(write DUNNO)", SPAN_ARG(found->rule));
	return true;
}

/* All tables of one class, until one decides. */
static void
ask_tables(struct session *s, enum access_class class, struct span address,
    struct span name, enum effects effects, struct ruling *ruling,
    struct ruling *soft)
{
	const struct maps *maps = &s->policy->access[class];
	const char *view = list_names[class];
	struct access_keys keys = keys_of(s, class, address, &name);

	for (size_t i = 0; i < maps->n; i++) {
		struct found found;
		struct span text;

		switch (look_up_access(s, view, maps->tables[i], &keys,
		    &text, &found.rule, &ruling->reply)) {
		case ANSWER_MISS:
			continue;
		case ANSWER_ERROR:
			ruling->reject = true;
			ruling->rule = found.rule;
			return;
		case ANSWER_HIT:
			break;
		}
		if (!read_action(s, ACTION_IN_ACCESS, text, found.rule,
		    &found.action) || allows_unverified(s, class, &found)) {
			config_error(s, found.rule, ruling);
			return;
		}
		if (found.action.kind == ACTION_DEFER_IF_REJECT)
			defer(s, class, name, &found, soft);
		else if (rule_on(s, class, name, &found, effects, ruling))
			return;
	}
}

/* A 5NN becomes the DEFER_IF_REJECT that this list had found before. */
static void
ask_list(struct session *s, enum access_class class, struct span address,
    struct span name, enum effects effects, struct ruling *ruling)
{
	struct ruling soft = { .reject = false };

	if (s->policy->access[class].n == 0)
		return;
	ask_tables(s, class, address, name, effects, ruling, &soft);
	if (!ruling->reject || ruling->reply.code < 500 || !soft.reject)
		return;
	*ruling = soft;
	/* Postfix then goes on: DEFER_IF_PERMIT defers it in the end. */
	ruling->reject = !s->t.defer.reject &&
	    (class != ACCESS_RECIPIENT || !s->t.defer_rcpt.reject);
}

/* Postfix's order; a refusal ends it. */
static void
ask_client(struct session *s, enum effects effects, struct ruling *ruling)
{
	struct span none = SPAN("");

	/* Nobody there, as on a local socket: no map can speak of him. */
	if (!s->smtp || s->client_address.n == 0 ||
	    is_exempt(s, EXEMPT_CLIENT))
		return;
	ask_list(s, ACCESS_CLIENT, none, none, effects, ruling);
	if (!ruling->reject)
		ask_list(s, ACCESS_REVERSE_CLIENT, none, none, effects,
		    ruling);
}

static void
ask_helo(struct session *s, enum effects effects, struct ruling *ruling)
{
	struct span none = SPAN("");

	if (s->smtp && s->helo.n > 0 && !is_exempt(s, EXEMPT_HELO))
		ask_list(s, ACCESS_HELO, none, none, effects, ruling);
}

static void
ask_sender(struct session *s, struct ruling *ruling)
{
	if (!is_exempt(s, EXEMPT_SENDER))
		ask_list(s, ACCESS_SENDER, s->t.sender_key, s->t.sender,
		    WITH_EFFECTS, ruling);
}

void
on_connect_answered(struct session *s, enum ask_answer answer)
{
	const struct conf *conf = &s->policy->conf;
	struct ruling ruling = { .reject = false };
	struct reply reply;

	if (answer == ASK_NO &&
	    conf->session_limit_action == FAILURE_ACCEPT) {
		note_stage(s, "accept", SPAN("session_limit is reached, "
		    "this connection is not filtered"), SPAN("session_limit"));
		s->outcome.verdict.kind = VERDICT_ACCEPT;
		return;
	}
	if (answer == ASK_NO) {
		reply_make(421, "4.3.2", &s->event, &reply,
		    "Too many connections, try again later");
		give(s, &reply, SPAN("session_limit"), &s->outcome.verdict);
		return;
	}
	if (conf->delay_reject)
		return;
	set_exemptions(s);
	ask_client(s, WITHOUT_EFFECTS, &ruling);
	if (ruling.reject)
		s->refused = refuse(s, &ruling.reply, ruling.rule, NULL,
		    &s->outcome.verdict);
}

void
on_helo(struct session *s, const struct event *event)
{
	struct ruling ruling = { .reject = false };

	s->helo_refused = false;
	buf_reset(&s->helo);
	buf_add(&s->helo, event->helo.name);
	if (s->policy->conf.delay_reject || s->refused)
		return;
	set_exemptions(s);
	ask_helo(s, WITHOUT_EFFECTS, &ruling);
	if (ruling.reject)
		s->helo_refused = refuse(s, &ruling.reply, ruling.rule, NULL,
		    &s->outcome.verdict);
}

/* `user` is looked up as user@domain: the MTA's domain, or myorigin. */
static struct span
complete(struct session *s, struct span address, struct span macro)
{
	struct span origin = span_of(s->policy->conf.myorigin);
	struct span local, domain;

	if (address.n == 0 || address_split(address, &local, &domain))
		return address;
	if (address_split(macro, &local, &domain))
		return keep_name(&s->t.region, address_of_path(macro));
	if (origin.n == 0)
		return address;
	return span_of(region_printf(&s->t.region, "%.*s@%.*s",
	    SPAN_ARG(address), SPAN_ARG(origin)));
}

void
on_mail(struct session *s, const struct event *event)
{
	struct transaction *t = &s->t;
	struct span address = address_of_path(event->mail.path);

	t->sender_too_long = address.n > NAME_MAX_BYTES;
	t->sender = keep_name(&t->region, address);
	t->sender_key = complete(s, t->sender, event->mail.address);
	t->login = keep_name(&t->region, event->mail.login);
	t->declared = event->mail.size;
	ask(s, ASK_TRANSACTION);
}

/* A part of an address is no address that a map can be asked for. */
static void
refuse_length(struct session *s, const char *dsn, struct ruling *ruling)
{
	ruling->reject = true;
	ruling->rule = SPAN("");
	reply_make(553, dsn, &s->event, &ruling->reply,
	    "The address is too long");
}

/* Client, HELO and sender, once in a transaction. */
static void
rule_transaction(struct session *s)
{
	struct ruling *ruling = &s->t.ruling;

	if (s->t.ruled)
		return;
	s->t.ruled = true;
	ask_client(s, WITH_EFFECTS, ruling);
	if (!ruling->reject)
		ask_helo(s, WITH_EFFECTS, ruling);
	if (!ruling->reject && s->t.sender_too_long)
		refuse_length(s, "5.1.7", ruling);
	if (!ruling->reject)
		ask_sender(s, ruling);
	ruling->rule = region_copy(&s->t.region, ruling->rule);
	ruling->reply.dsn = region_copy(&s->t.region, ruling->reply.dsn);
	ruling->reply.text = region_copy(&s->t.region, ruling->reply.text);
}

void
on_mail_answered(struct session *s, enum ask_answer answer)
{
	struct reply reply;

	if (answer == ASK_NO) {
		reply_make(451, "4.3.2", &s->event, &reply,
		    "System is shutting down, try again later");
		give(s, &reply, SPAN("shutdown"), &s->outcome.verdict);
		return;
	}
	/* Refused, and only in shadow mode does anything still come. */
	if (s->refused || s->helo_refused)
		return;
	s->t.begun = true;
	set_exemptions(s);
	limit_settle_size(s);
	if (!s->smtp)
		return;
	limit_declared(s);
	if (s->t.decided) {
		s->outcome.verdict = s->t.verdict;
		return;
	}
	if (s->policy->conf.delay_reject)
		return;
	rule_transaction(s);
	if (!s->t.ruling.reject)
		return;
	s->t.decided = refuse(s, &s->t.ruling.reply, s->t.ruling.rule, NULL,
	    &s->t.verdict);
	s->t.ruling.reject = false;
	if (s->t.decided)
		s->outcome.verdict = s->t.verdict;
}

static void
remember_recipient(struct session *s, struct span path)
{
	struct transaction *t = &s->t;
	struct recipient *recipient = region_alloc(&t->region,
	    sizeof(*recipient));

	if (recipient == NULL)
		return;
	recipient->path = region_copy(&t->region, path);
	*t->last_recipient = recipient;
	t->last_recipient = &recipient->next;
	t->nrecipients++;
}

/* exempt.recipients: OK is exempt, DUNNO or nothing is not. */
static bool
is_listed(struct session *s, struct span key)
{
	const struct maps *maps = &s->policy->exempt_recipients;
	struct access_keys keys;
	struct reply reply;

	if (maps->n == 0)
		return false;
	keys = access_keys(ACCESS_RECIPIENT, &s->policy->access_style, key,
	    SPAN(""), &s->event);
	for (size_t i = 0; i < maps->n; i++) {
		struct found found;
		struct span text;

		if (look_up_access(s, "exempt.recipients", maps->tables[i],
		    &keys, &text, &found.rule, &reply) == ANSWER_HIT)
			return read_action(s, ACTION_IN_ACCESS, text,
			    found.rule, &found.action) &&
			    found.action.kind == ACTION_OK;
	}
	return false;
}

static bool
over_recipient_limit(struct session *s, struct ruling *ruling)
{
	uint64_t limit = s->policy->conf.recipient_limit;

	if (limit == 0 || s->t.nrecipients < limit ||
	    is_exempt(s, EXEMPT_SIZE))
		return false;
	ruling->reject = true;
	ruling->rule = SPAN("recipient_limit");
	reply_make(452, "4.5.3", &s->event, &ruling->reply,
	    "Error: too many recipients");
	return true;
}

/* What becomes of this recipient. */
static void
rule_recipient(struct session *s, struct span address, struct span key,
    bool too_long, struct ruling *ruling)
{
	if (over_recipient_limit(s, ruling))
		return;
	rule_transaction(s);
	*ruling = s->t.ruling;
	s->t.defer_rcpt.reject = false;
	if (!ruling->reject && too_long)
		refuse_length(s, "5.1.3", ruling);
	if (!ruling->reject && !is_exempt(s, EXEMPT_RECIPIENT))
		ask_list(s, ACCESS_RECIPIENT, key, address, WITH_EFFECTS,
		    ruling);
	if (!ruling->reject)
		*ruling = s->t.defer.reject ? s->t.defer : s->t.defer_rcpt;
	if (!ruling->reject)
		ruling->reject = limit_recipient(s, key, &ruling->reply,
		    &ruling->rule);
}

void
on_rcpt(struct session *s, const struct event *event)
{
	struct transaction *t = &s->t;
	struct ruling ruling = { .reject = false };
	struct span whole, address, key;

	if (!t->begun || event->rcpt.refused)
		return;
	whole = address_of_path(event->rcpt.path);
	address = keep_name(&t->region, whole);
	t->to = address;
	key = complete(s, address, event->rcpt.address);
	/* Without SMTP it cannot be refused, but it may have a size. */
	if (!s->smtp)
		limit_recipient(s, key, &ruling.reply, &ruling.rule);
	else if (!t->decided)
		rule_recipient(s, address, key, address.n < whole.n, &ruling);
	if (t->decided && s->smtp) {
		s->outcome.verdict = t->verdict;
		return;
	}
	if (ruling.reject && refuse(s, &ruling.reply, ruling.rule, NULL,
	    &s->outcome.verdict)) {
		t->refused++;
		return;
	}
	if (!is_listed(s, key))
		t->unlisted++;
	if (t->nrecipients == 0)
		t->first = address;
	remember_recipient(s, event->rcpt.path);
}

void
late_sender_check(struct session *s)
{
	struct ruling ruling = { .reject = false };

	if (s->smtp || s->t.ruled)
		return;
	s->t.ruled = true;
	ask_sender(s, &ruling);
	if (!ruling.reject)
		ruling = s->t.defer;
	if (ruling.reject)
		refuse_message(s, &ruling.reply, ruling.rule, NULL);
}
