/* needs - what a policy has to hear, and may answer.  See needs.h. */
#include "session/needs.h"

static bool
has_maps(const struct policy *policy, enum access_class first,
    enum access_class last)
{
	for (int class = (int)first; class <= (int)last; class++)
		if (policy->access[class].n > 0)
			return true;
	return false;
}

static bool
has_part_lists(const struct policy *policy)
{
	return policy->header_checks[HEADER_MIME].n > 0 ||
	    policy->header_checks[HEADER_NESTED].n > 0;
}

static bool
counts_message(const struct policy *policy)
{
	return policy->conf.message_size_limit > 0 ||
	    policy->message_size_access.n > 0;
}

static bool
counts_body(const struct policy *policy)
{
	return counts_message(policy) || policy->conf.body_line_limit > 0;
}

static bool
counts_parts(const struct conf *conf)
{
	return conf->mime_part_limit > 0 || conf->attachment_limit > 0 ||
	    conf->attachment_size_limit > 0 ||
	    conf->mime_ambiguity_action != LIMIT_ACCEPT;
}

bool
needs_text(const struct policy *policy, unsigned exempt)
{
	return (policy->text_checks.n + policy->hidden_text_checks.n > 0 ||
	    needs_links(policy)) && (exempt & EXEMPT_DECODED) == 0;
}

bool
needs_links(const struct policy *policy)
{
	return policy->link_checks.n > 0 ||
	    policy->access[ACCESS_LINK_DOMAIN].n > 0;
}

bool
needs_to_decode(const struct policy *policy, unsigned exempt)
{
	return needs_text(policy, exempt) ||
	    (policy->attachment_checks.n +
	    policy->decoded_header_checks.n > 0 &&
	    (exempt & EXEMPT_DECODED) == 0) ||
	    (counts_parts(&policy->conf) && (exempt & EXEMPT_SIZE) == 0);
}

bool
needs_to_read_body(const struct policy *policy, unsigned exempt)
{
	return (policy->body_checks.n > 0 && (exempt & EXEMPT_BODY) == 0) ||
	    needs_to_decode(policy, exempt) ||
	    (policy->conf.mime_boundary_length_action != LIMIT_ACCEPT &&
	    (exempt & EXEMPT_SIZE) == 0) ||
	    (has_part_lists(policy) && (exempt & EXEMPT_HEADER) == 0);
}

static bool
needs_body(const struct policy *policy)
{
	return needs_to_read_body(policy, 0) || counts_body(policy);
}

/* Whoever reads a body must know its Content-Type. */
static bool
needs_header(const struct policy *policy)
{
	const struct conf *conf = &policy->conf;

	return policy->header_checks[HEADER_PRIMARY].n > 0 ||
	    has_maps(policy, ACCESS_HEADER_FROM, ACCESS_REPLY_TO) ||
	    conf->header_size_limit > 0 || conf->header_total_limit > 0 ||
	    conf->header_count_limit > 0 || conf->hopcount_limit > 0 ||
	    conf->visible_recipient_limit > 0 || needs_body(policy);
}

/* A declared size that is too large. */
static bool
refuses_size(const struct policy *policy)
{
	return counts_message(policy) &&
	    policy->conf.message_size_action != LIMIT_QUARANTINE;
}

static bool
answers_mail(const struct policy *policy)
{
	return refuses_size(policy) || (!policy->conf.delay_reject &&
	    has_maps(policy, ACCESS_CLIENT, ACCESS_SENDER));
}

/*
 * With delay_reject all lists are answered here, and without it, still, what
 * was deferred until a recipient would be permitted.
 */
static bool
answers_rcpt(const struct policy *policy)
{
	return has_maps(policy, ACCESS_CLIENT, ACCESS_RECIPIENT) ||
	    policy->conf.recipient_limit > 0 ||
	    (policy->message_size_access.n > 0 && refuses_size(policy));
}

static bool
skips_body_for(const struct policy *policy, unsigned exempt)
{
	return exempt != 0 && !needs_to_read_body(policy, exempt) &&
	    ((exempt & EXEMPT_SIZE) != 0 || !counts_body(policy));
}

/*
 * A reply to each chunk of up to 64 KB makes the mail server wait once more in
 * every message, and one that ends the body (a verdict, or SKIP) can only save
 * the chunks behind the first, which most mail has not: rules that refuse do
 * not pay for it.  Senders of whose mail nothing is looked at at all do.
 */
static bool
answers_body(const struct policy *policy)
{
	return needs_body(policy) &&
	    (skips_body_for(policy, policy->conf.exempt_mynetworks) ||
	    skips_body_for(policy, policy->conf.exempt_authenticated));
}

/*
 * A reply that is to be slow, or the last one, must be waited for: all of those
 * that a client's command has.
 */
static bool
counts_errors(const struct policy *policy)
{
	const struct conf *conf = &policy->conf;

	return conf->hard_error_limit > 0 ||
	    (conf->soft_error_limit > 0 && conf->error_sleep_time > 0);
}

static unsigned
find_replies(const struct policy *policy)
{
	bool early = !policy->conf.delay_reject;
	unsigned replies = event_bit(EVENT_EOM);

	if (counts_errors(policy))
		replies |= event_bit(EVENT_HELO) | event_bit(EVENT_MAIL) |
		    event_bit(EVENT_RCPT) | event_bit(EVENT_UNKNOWN);
	if (early && has_maps(policy, ACCESS_CLIENT, ACCESS_REVERSE_CLIENT))
		replies |= event_bit(EVENT_CONNECT);
	if (early && has_maps(policy, ACCESS_HELO, ACCESS_HELO))
		replies |= event_bit(EVENT_HELO);
	if (answers_mail(policy))
		replies |= event_bit(EVENT_MAIL);
	if (answers_rcpt(policy))
		replies |= event_bit(EVENT_RCPT);
	if (answers_body(policy))
		replies |= event_bit(EVENT_BODY);
	return replies;
}

/*
 * The envelope always comes: every line of the log names the client, HELO,
 * sender and recipient.  EOH must come where fields do: it brings the queue ID
 * for what the fields were found to be, and libmilter would never answer the
 * end of a message that has none.
 */
static unsigned
find_events(const struct policy *policy, unsigned replies)
{
	unsigned events = replies | event_bit(EVENT_CONNECT) |
	    event_bit(EVENT_HELO) | event_bit(EVENT_MAIL) |
	    event_bit(EVENT_RCPT) | event_bit(EVENT_EOM);

	if (needs_header(policy))
		events |= event_bit(EVENT_HEADER) | event_bit(EVENT_EOH);
	if (needs_body(policy))
		events |= event_bit(EVENT_BODY);
	return events;
}

void
session_needs(const struct policy *policy, struct needs *needs_r)
{
	unsigned replies = find_replies(policy);
	bool sizes = policy->message_size_access.n > 0;

	*needs_r = (struct needs){
		.events = find_events(policy, replies),
		.replies = replies,
		.reverse = policy->access[ACCESS_REVERSE_CLIENT].n > 0,
		.login = policy->access[ACCESS_LOGIN].n > 0 ||
		    policy->conf.exempt_authenticated != 0,
		.sender = policy->access[ACCESS_SENDER].n > 0 || sizes,
		.recipient = policy->access[ACCESS_RECIPIENT].n > 0 ||
		    policy->exempt_recipients.n > 0 || sizes,
		.refused = counts_errors(policy),
	};
}
