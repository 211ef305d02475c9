/*
 * envelope - the conversation up to the last recipient: access maps.
 *
 * The lists of the client, of HELO and of the sender are asked once in a
 * transaction and their refusal is given at RCPT (delay_reject), so that the
 * log knows sender and recipient, or else at their own stage.
 */
#include "session/state.h"

#include "base/printable.h"
#include "message/address.h"

static struct span
keep_name(struct region *region, struct span name)
{
	return region_copy(region, span_head(name, NAME_MAX_BYTES));
}

/*
 * Who cannot be told from strangers is refused nothing for good: see
 * wait_for_networks().
 */
static bool
in_networks(struct session *s, const struct networks *networks,
    const char *name)
{
	enum answer answer = networks_hold(networks, s->client_address,
	    s->match);

	if (answer == ANSWER_ERROR) {
		note_warning(s, "%s: %s", name, s->match->why);
		if (s->policy->conf.on_table_error == FAILURE_TEMPFAIL)
			s->networks_failed = name;
	}
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
	    access_plain_address(event->connect.address));
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

	s->t->exempt = 0;
	if (s->in_mynetworks)
		s->t->exempt |= conf->exempt_mynetworks;
	if (s->t->login.n > 0)
		s->t->exempt |= conf->exempt_authenticated;
	if (s->trusted)
		s->t->exempt |= EXEMPT_CLIENT;
}

static struct span
client_text(struct session *s)
{
	return span_of(region_printf(&s->event, "%.*s[%.*s]",
	    SPAN_ARG(s->client_name), SPAN_ARG(s->client_address)));
}

static void
ask_reverse(struct session *s, bool effects, struct ruling *ruling)
{
	struct span name = s->client_reverse.n > 0 ? s->client_reverse :
	    SPAN("unknown");
	struct question question = {
		.class = ACCESS_REVERSE_CLIENT, .subject = name,
		.address = s->client_address, .name = name,
		.effects = effects,
	};

	ask_access(s, &question, ruling);
}

/* Postfix's order; a refusal ends it. */
static void
ask_client(struct session *s, bool effects, struct ruling *ruling)
{
	struct question question = {
		.class = ACCESS_CLIENT, .subject = s->client_name,
		.address = s->client_address, .effects = effects,
	};

	/* Nobody there, as on a local socket: no map can speak of him. */
	if (!s->smtp || s->client_address.n == 0 ||
	    is_exempt(s, EXEMPT_CLIENT))
		return;
	question.name = client_text(s);
	ask_access(s, &question, ruling);
	if (!ruling->reject)
		ask_reverse(s, effects, ruling);
}

static void
ask_helo(struct session *s, bool effects, struct ruling *ruling)
{
	struct question question = {
		.class = ACCESS_HELO, .subject = buf_span(&s->helo),
		.name = buf_span(&s->helo), .effects = effects,
	};

	if (s->smtp && s->helo.n > 0 && !is_exempt(s, EXEMPT_HELO))
		ask_access(s, &question, ruling);
}

/* No exemption: it is the login itself that is judged. */
static void
ask_login(struct session *s, struct ruling *ruling)
{
	struct question question = {
		.class = ACCESS_LOGIN, .subject = s->t->login,
		.name = s->t->login, .effects = true,
	};

	if (s->t->login.n > 0)
		ask_access(s, &question, ruling);
}

static void
ask_sender(struct session *s, struct ruling *ruling)
{
	struct question question = {
		.class = ACCESS_SENDER, .subject = s->t->sender_key,
		.name = s->t->sender, .effects = true,
	};

	if (!is_exempt(s, EXEMPT_SENDER))
		ask_access(s, &question, ruling);
}

static void
ask_recipient(struct session *s, struct span address, struct span key,
    struct ruling *ruling)
{
	struct question question = {
		.class = ACCESS_RECIPIENT, .subject = key, .name = address,
		.effects = true,
	};

	if (!is_exempt(s, EXEMPT_RECIPIENT))
		ask_access(s, &question, ruling);
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
	if (conf->delay_reject || s->networks_failed != NULL)
		return;
	set_exemptions(s);
	ask_client(s, false, &ruling);
	if (ruling.reject)
		s->refused = refuse(s, &ruling.reply, ruling.rule, NULL,
		    &s->outcome.verdict);
}

/* What Postfix puts for what it does not like to look up, log and answer. */
static void
add_neutered(struct buf *out, struct span name)
{
	while (name.n > 0) {
		size_t n = utf8_char(name);

		if (n == 0 || (unsigned char)name.p[0] < ' ' ||
		    name.p[0] == 0x7f ||
		    strchr(" <>()\\\";@", name.p[0]) != NULL) {
			buf_addc(out, '?');
			n = 1;
		} else {
			buf_add(out, span_head(name, n));
		}
		name = span_skip(name, n);
	}
}

void
on_helo(struct session *s, const struct event *event)
{
	struct ruling ruling = { .reject = false };

	s->helo_refused = false;
	buf_reset(&s->helo);
	if (!errors_refuse(s) && !s->policy->conf.delay_reject &&
	    !s->refused && s->networks_failed == NULL) {
		/* As Postfix: at once it is asked for as it was given. */
		buf_add(&s->helo, event->helo.name);
		set_exemptions(s);
		ask_helo(s, false, &ruling);
	}
	if (ruling.reject)
		s->helo_refused = refuse(s, &ruling.reply, ruling.rule, NULL,
		    &s->outcome.verdict);
	buf_reset(&s->helo);
	add_neutered(&s->helo, event->helo.name);
}

/*
 * What is looked up is the address as the MTA has it: complete, and rewritten
 * (Postfix makes b@a of a!b, and drops a dot at its end).  An MTA that gives
 * none with a domain leaves that to myorigin.
 */
static struct span
complete(struct session *s, struct span address, struct span macro)
{
	struct span origin = span_of(s->policy->conf.myorigin);
	struct span local, domain;

	if (address.n == 0)
		return address;
	if (address_split(macro, &local, &domain))
		return keep_name(&s->t->region, address_of_path(macro));
	if (address_split(address, &local, &domain) || origin.n == 0)
		return address;
	return span_of(region_printf(&s->t->region, "%.*s@%.*s",
	    SPAN_ARG(address), SPAN_ARG(origin)));
}

void
on_mail(struct session *s, const struct event *event)
{
	struct transaction *t = s->t;
	struct span address = address_of_path(event->mail.path);

	t->sender_too_long = address.n > NAME_MAX_BYTES;
	t->sender = keep_name(&t->region, address);
	t->sender_key = complete(s, t->sender, event->mail.address);
	t->login = keep_name(&t->region, event->mail.login);
	t->utf8 = event->mail.utf8;
	t->declared = event->mail.size;
	ask(s, ASK_TRANSACTION);
}

/* Client, HELO and sender, once in a transaction. */
static void
rule_transaction(struct session *s)
{
	struct ruling *ruling = &s->t->ruling;

	if (s->t->ruled)
		return;
	s->t->ruled = true;
	ask_client(s, true, ruling);
	if (!ruling->reject)
		ask_helo(s, true, ruling);
	if (!ruling->reject)
		ask_login(s, ruling);
	/* Where there is no map, nothing is answered. */
	if (!ruling->reject && s->t->sender_too_long &&
	    replies_to(s, s->kind))
		refuse_length(s, "5.1.7", ruling);
	if (!ruling->reject)
		ask_sender(s, ruling);
	ruling->rule = region_copy(&s->t->region, ruling->rule);
	ruling->reply.dsn = region_copy(&s->t->region, ruling->reply.dsn);
	ruling->reply.text = region_copy(&s->t->region, ruling->reply.text);
}

/* By no SMTP there is nothing that they would exempt from refusal. */
static void
wait_for_networks(struct session *s)
{
	struct reply reply;

	if (s->networks_failed == NULL || !s->smtp)
		return;
	reply_make(451, "4.3.5", &s->event, &reply,
	    "Server configuration error");
	refuse_message(s, &reply, span_of(s->networks_failed), NULL);
}

void
on_mail_answered(struct session *s, enum ask_answer answer)
{
	struct reply reply;

	if (answer == ASK_NO) {
		reply_make(451, "4.3.2", &s->event, &reply,
		    "System is shutting down, try again later");
		give(s, &reply, SPAN("shutdown"), &s->t->verdict);
		s->t->begun = s->t->decided = true;
		if (replies_to(s, EVENT_MAIL))
			s->outcome.verdict = s->t->verdict;
		return;
	}
	/* Refused, and only in shadow mode does anything still come. */
	if (s->refused || s->helo_refused)
		return;
	s->t->begun = true;
	set_exemptions(s);
	errors_refuse_message(s);
	wait_for_networks(s);
	limit_settle_size(s);
	if (!s->smtp)
		return;
	limit_declared(s);
	if (s->t->decided) {
		if (replies_to(s, EVENT_MAIL))
			s->outcome.verdict = s->t->verdict;
		return;
	}
	if (s->policy->conf.delay_reject)
		return;
	rule_transaction(s);
	if (!s->t->ruling.reject)
		return;
	s->t->decided = refuse(s, &s->t->ruling.reply, s->t->ruling.rule, NULL,
	    &s->t->verdict);
	s->t->ruling.reject = false;
	if (s->t->decided)
		s->outcome.verdict = s->t->verdict;
}

static void
remember_recipient(struct session *s, struct span path)
{
	struct transaction *t = s->t;
	struct recipient *recipient = region_alloc(&t->region,
	    sizeof(*recipient));

	if (recipient == NULL)
		return;
	recipient->path = region_copy(&t->region, path);
	*t->last_recipient = recipient;
	t->last_recipient = &recipient->next;
	t->nrecipients++;
}

/*
 * exempt.recipients: OK is exempt, DUNNO or nothing is not.  Where nobody
 * knows the message waits: he must not be refused what he may have.
 */
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
		enum answer answer = look_up_access(s, "exempt.recipients",
		    maps->tables[i], &keys, &text, &found.rule, &reply);

		if (answer == ANSWER_ERROR)
			refuse_message(s, &reply, found.rule, NULL);
		if (answer == ANSWER_HIT)
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

	if (limit == 0 || s->t->nrecipients < limit ||
	    is_exempt(s, EXEMPT_SIZE))
		return false;
	ruling->reject = true;
	ruling->rule = SPAN("recipient_limit");
	reply_make(452, "4.5.3", &s->event, &ruling->reply,
	    "Error: too many recipients");
	return true;
}

/*
 * The lists, for this recipient.  A DEFER_IF_PERMIT of his own is not for the
 * others, and once the message is to be discarded all are taken, as in
 * Postfix.
 */
static void
ask_for_recipient(struct session *s, struct span address, struct span key,
    bool too_long, struct ruling *ruling)
{
	struct ruling defer;

	if (s->t->discard)
		return;
	rule_transaction(s);
	*ruling = s->t->ruling;
	defer = s->t->defer_if_permit;
	if (!ruling->reject && too_long && replies_to(s, s->kind))
		refuse_length(s, "5.1.3", ruling);
	if (!ruling->reject)
		ask_recipient(s, address, key, ruling);
	if (!ruling->reject && s->t->defer_if_permit.reject)
		*ruling = s->t->defer_if_permit;
	s->t->defer_if_permit = defer;
}

/* What becomes of this recipient. */
static void
rule_recipient(struct session *s, struct span address, struct span key,
    bool too_long, struct ruling *ruling)
{
	if (over_recipient_limit(s, ruling))
		return;
	/* RFC 5321 has him reachable without a domain; Postfix asks nothing. */
	if (!span_caseequal(address, SPAN("postmaster")))
		ask_for_recipient(s, address, key, too_long, ruling);
	if (!ruling->reject)
		ruling->reject = limit_recipient(s, key, &ruling->reply,
		    &ruling->rule);
}

void
on_rcpt(struct session *s, const struct event *event)
{
	struct transaction *t = s->t;
	struct ruling ruling = { .reject = false };
	struct span whole, address, key;

	if (event->rcpt.refused)
		s->error_seen = true;
	if (!t->begun || event->rcpt.refused)
		return;
	whole = address_of_path(event->rcpt.path);
	address = keep_name(&t->region, whole);
	t->to = address;
	errors_refuse_message(s);
	key = complete(s, address, event->rcpt.address);
	/* Without SMTP it cannot be refused, but it may have a size. */
	if (!s->smtp)
		limit_recipient(s, key, &ruling.reply, &ruling.rule);
	else if (!t->decided)
		rule_recipient(s, address, key, address.n < whole.n, &ruling);
	if (t->decided && s->smtp && replies_to(s, EVENT_RCPT)) {
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

	if (s->smtp || s->t->ruled)
		return;
	s->t->ruled = true;
	ask_sender(s, &ruling);
	if (ruling.reject)
		refuse_message(s, &ruling.reply, ruling.rule, NULL);
}
