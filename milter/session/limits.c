/*
 * limits - caps on sizes and counts, each with its own action.
 *
 * A value equal to the limit passes, 0 is no limit.  A limit speaks once in a
 * message.  The reply names what was seen and what is allowed.
 */
#include "session/state.h"

#include <inttypes.h>

#include "message/address.h"

static void
passed(struct session *s, enum limit limit, enum limit_action action,
    struct span rule, struct reply *reply)
{
	if (s->t->said & limit)
		return;
	s->t->said |= limit;
	switch (action) {
	case LIMIT_TEMPFAIL:
		reply_soften(reply, &s->event);
		refuse_message(s, reply, rule, NULL);
		break;
	case LIMIT_QUARANTINE:
		note_stage(s, "hold", reply->text, rule);
		hold_message(s, reply->text);
		break;
	case LIMIT_REJECT:
	case LIMIT_TRUNCATE:
		refuse_message(s, reply, rule, NULL);
		break;
	case LIMIT_ACCEPT:
		break;
	}
}

void
limit_passed(struct session *s, enum limit limit, enum limit_action action,
    const char *setting, const char *what, uint64_t seen, uint64_t max)
{
	struct reply reply;

	if (s->t->said & limit)
		return;
	reply_make(552, "5.3.4", &s->event, &reply, "%s %" PRIu64
	    " exceeds %s %" PRIu64, what, seen, setting, max);
	passed(s, limit, action, span_of(setting), &reply);
}

static bool
over(uint64_t seen, uint64_t max)
{
	return max > 0 && seen > max;
}

/* Another size by client or sender or recipient. */
static enum answer
other_size(struct session *s, enum access_class class, struct span name,
    struct span address, uint64_t *size_r, struct span *rule_r,
    struct reply *reply_r)
{
	const struct maps *maps = &s->policy->message_size_access;
	struct access_keys keys;

	if (maps->n == 0 || name.n + address.n == 0)
		return ANSWER_MISS;
	keys = access_keys(class, &s->policy->access_style, name, address,
	    &s->event);
	for (size_t i = 0; i < maps->n; i++) {
		struct span text, rule;
		enum answer answer = look_up_access(s, "message_size_access",
		    maps->tables[i], &keys, &text, &rule, reply_r);

		if (answer == ANSWER_MISS)
			continue;
		if (answer == ANSWER_ERROR || conf_size(text, size_r)) {
			*rule_r = rule;
			return answer;
		}
		note_warning(s, "%.*s: \"%.*s\" is not a size",
		    SPAN_ARG(rule), SPAN_ARG(text));
	}
	return ANSWER_MISS;
}

void
limit_settle_size(struct session *s)
{
	struct transaction *t = s->t;
	struct span rule = SPAN("message_size_limit");
	enum answer answer = ANSWER_MISS;
	struct reply reply;

	t->size_limit = s->policy->conf.message_size_limit;
	if (s->client_address.n > 0)
		answer = other_size(s, ACCESS_CLIENT, s->client_name,
		    s->client_address, &t->size_limit, &rule, &reply);
	if (answer == ANSWER_MISS)
		answer = other_size(s, ACCESS_SENDER, t->sender_key, SPAN(""),
		    &t->size_limit, &rule, &reply);
	t->size_settled = answer == ANSWER_HIT;
	t->size_rule = region_copy(&t->region, rule);
	if (answer == ANSWER_ERROR && !is_exempt(s, EXEMPT_SIZE))
		refuse_message(s, &reply, rule, NULL);
}

static void
make_size_reply(struct session *s, uint64_t size, const char *how,
    uint64_t max, struct reply *reply_r)
{
	reply_make(552, "5.3.4", &s->event, reply_r, "Message size %" PRIu64
	    " (%s) exceeds the limit of %" PRIu64 " bytes", size, how, max);
}

static void
passed_message(struct session *s, uint64_t size, const char *how)
{
	struct reply reply;

	if (s->t->said & LIMIT_MESSAGE)
		return;
	make_size_reply(s, size, how, s->t->size_limit, &reply);
	passed(s, LIMIT_MESSAGE, s->policy->conf.message_size_action,
	    s->t->size_rule, &reply);
}

void
limit_declared(struct session *s)
{
	if (is_exempt(s, EXEMPT_SIZE))
		return;
	/* Else each recipient may have a size of its own. */
	if (!s->t->size_settled && s->policy->message_size_access.n > 0)
		return;
	if (over(s->t->declared, s->t->size_limit))
		passed_message(s, s->t->declared, "declared");
}

bool
limit_recipient(struct session *s, struct span key, struct reply *reply_r,
    struct span *rule_r)
{
	struct transaction *t = s->t;
	uint64_t size = s->policy->conf.message_size_limit;
	struct span rule = SPAN("message_size_limit");
	enum answer answer;

	if (t->size_settled || is_exempt(s, EXEMPT_SIZE) ||
	    s->policy->message_size_access.n == 0)
		return false;
	answer = other_size(s, ACCESS_RECIPIENT, key, SPAN(""), &size, &rule,
	    reply_r);
	if (answer == ANSWER_ERROR) {
		*rule_r = rule;
		if (s->smtp && replies_to(s, EVENT_RCPT))
			return true;
		refuse_message(s, reply_r, rule, NULL);
		return false;
	}
	if (over(t->declared, size) &&
	    s->policy->conf.message_size_action != LIMIT_QUARANTINE) {
		make_size_reply(s, t->declared, "declared", size, reply_r);
		if (s->policy->conf.message_size_action == LIMIT_TEMPFAIL)
			reply_soften(reply_r, &s->event);
		*rule_r = rule;
		return true;
	}
	/* The message must suit all of its recipients. */
	if (!t->size_by_recipient || (size > 0 &&
	    (t->size_limit == 0 || size < t->size_limit))) {
		t->size_limit = size;
		t->size_rule = region_copy(&t->region, rule);
	}
	t->size_by_recipient = true;
	return false;
}

static void
count_bytes(struct session *s, uint64_t bytes)
{
	s->t->size += bytes;
	if (!is_exempt(s, EXEMPT_SIZE) && over(s->t->size, s->t->size_limit))
		passed_message(s, s->t->size, "so far");
}

void
limit_blank_line(struct session *s)
{
	count_bytes(s, 2);
}

static uint64_t
count_lines(struct span text)
{
	uint64_t n = 0;
	size_t end;

	while ((end = span_find(text, '\n')) < text.n) {
		text = span_skip(text, end + 1);
		n++;
	}
	return n;
}

/* To and Cc: what the recipient sees. */
static void
count_visible(struct session *s, const struct field *field)
{
	const struct conf *conf = &s->policy->conf;
	struct reply reply;

	if (conf->visible_recipient_limit == 0 ||
	    (!span_caseequal(field->name, SPAN("To")) &&
	    !span_caseequal(field->name, SPAN("Cc"))))
		return;
	s->t->visible += address_count(field->value);
	if (!over(s->t->visible, conf->visible_recipient_limit))
		return;
	reply_make(550, "5.5.3", &s->event, &reply, "%" PRIu64
	    " addresses in To and Cc exceed visible_recipient_limit %" PRIu64,
	    s->t->visible, conf->visible_recipient_limit);
	passed(s, LIMIT_VISIBLE, conf->visible_recipient_action,
	    SPAN("visible_recipient_limit"), &reply);
}

static void
count_hops(struct session *s, const struct field *field)
{
	const struct conf *conf = &s->policy->conf;
	struct reply reply;

	if (!span_caseequal(field->name, SPAN("Received")) ||
	    !over(++s->t->hops, conf->hopcount_limit))
		return;
	reply_make(554, "5.4.0", &s->event, &reply,
	    "Too many hops: %" PRIu64 " Received fields exceed "
	    "hopcount_limit %" PRIu64, s->t->hops, conf->hopcount_limit);
	passed(s, LIMIT_HOPS, conf->hopcount_action, SPAN("hopcount_limit"),
	    &reply);
}

/* No fold, and no blank, without anything behind it. */
static struct span
cut_text(struct span text, size_t max)
{
	text = span_head(text, max);
	while (text.n > 0 && ascii_space((unsigned char)text.p[text.n - 1]))
		text.n--;
	return text;
}

/* The field cut to the limit, and the MTA's with it. */
static struct field
truncate_field(struct session *s, const struct field *field)
{
	size_t max = s->policy->conf.header_size_limit;
	struct field cut = *field;
	struct span text = span_of(region_printf(&s->event,
	    "cut from %zu bytes to header_size_limit %zu",
	    field->name.n + 1 + field->value.n, max));
	struct seen seen = { "header", field->name };

	cut.value = cut_text(cut.value, max > cut.name.n + 1 ?
	    max - cut.name.n - 1 : 0);
	note_content(s, "truncate", &seen, text, SPAN("header_size_limit"));
	edit_change(s, field->name, &cut);
	return cut;
}

struct field
limit_field(struct session *s, const struct field *field)
{
	const struct conf *conf = &s->policy->conf;
	struct transaction *t = s->t;
	uint64_t size = field->name.n + 1 + field->value.n;
	uint64_t wire = size + count_lines(field->value) + 2;
	struct field cut = *field;

	if (!is_exempt(s, EXEMPT_SIZE)) {
		t->header_total += wire;
		t->header_count++;
		if (over(size, conf->header_size_limit)) {
			if (conf->header_size_action == LIMIT_TRUNCATE)
				cut = truncate_field(s, field);
			else
				limit_passed(s, LIMIT_FIELD,
				    conf->header_size_action,
				    "header_size_limit", "Header field size",
				    size, conf->header_size_limit);
		}
		if (over(t->header_total, conf->header_total_limit))
			limit_passed(s, LIMIT_TOTAL,
			    conf->header_total_action, "header_total_limit",
			    "Header size", t->header_total,
			    conf->header_total_limit);
		if (over(t->header_count, conf->header_count_limit))
			limit_passed(s, LIMIT_COUNT,
			    conf->header_count_action, "header_count_limit",
			    "Number of header fields", t->header_count,
			    conf->header_count_limit);
		count_hops(s, field);
		count_visible(s, field);
	}
	count_bytes(s, wire);
	return cut;
}

void
limit_part_field(struct session *s, const struct mime_event *event)
{
	const struct conf *conf = &s->policy->conf;

	if (is_exempt(s, EXEMPT_SIZE) ||
	    !over(event->size, conf->header_size_limit))
		return;
	if (conf->header_size_action == LIMIT_TRUNCATE)
		rewrite_replace(s, event, cut_text(event->text,
		    conf->header_size_limit));
	else
		limit_passed(s, LIMIT_FIELD, conf->header_size_action,
		    "header_size_limit", "Size of a MIME part's header field",
		    event->size, conf->header_size_limit);
}

/* How many there are nobody has counted. */
void
limit_archive_entries(struct session *s)
{
	const struct conf *conf = &s->policy->conf;
	struct reply reply;

	if (is_exempt(s, EXEMPT_SIZE) || conf->archive_entry_limit == 0)
		return;
	reply_make(552, "5.3.4", &s->event, &reply,
	    "More names in archives than archive_entry_limit %" PRIu64,
	    conf->archive_entry_limit);
	passed(s, LIMIT_ENTRIES, conf->archive_entry_action,
	    SPAN("archive_entry_limit"), &reply);
}

void
limit_nesting(struct session *s)
{
	const struct conf *conf = &s->policy->conf;
	struct reply reply;

	if (is_exempt(s, EXEMPT_SIZE))
		return;
	/* Postfix's own words. */
	reply_make(550, "5.6.0", &s->event, &reply,
	    "MIME nesting exceeds safety limit");
	passed(s, LIMIT_NESTING, conf->mime_nesting_action,
	    SPAN("mime_nesting_limit"), &reply);
}

void
limit_boundary(struct session *s, uint64_t length)
{
	const struct conf *conf = &s->policy->conf;
	struct reply reply;

	if (is_exempt(s, EXEMPT_SIZE))
		return;
	reply_make(550, "5.6.0", &s->event, &reply, "MIME boundary of %" PRIu64
	    " bytes exceeds mime_boundary_length_limit %" PRIu64, length,
	    conf->mime_boundary_length_limit);
	passed(s, LIMIT_BOUNDARY, conf->mime_boundary_length_action,
	    SPAN("mime_boundary_length_limit"), &reply);
}

void
limit_ambiguity(struct session *s, const char *what)
{
	enum limit_action action = s->policy->conf.mime_ambiguity_action;
	struct span rule = SPAN("mime_ambiguity_action");
	struct reply reply;

	if (is_exempt(s, EXEMPT_SIZE))
		return;
	note_remark(s, "ambiguous", what);
	reply_make(550, "5.6.0", &s->event, &reply, "Ambiguous MIME: %s",
	    what);
	if (action == LIMIT_ACCEPT)
		note_stage(s, "note", reply.text, rule);
	passed(s, LIMIT_AMBIGUITY, action, rule, &reply);
}

static void
check_line(struct session *s, uint64_t length)
{
	const struct conf *conf = &s->policy->conf;

	if (over(length, conf->body_line_limit))
		limit_passed(s, LIMIT_LINE, conf->body_line_action,
		    "body_line_limit", "Line length", length,
		    conf->body_line_limit);
}

/* A line is without its end, CRLF or LF; its last CR may be part of that. */
static void
count_line(struct session *s, struct span piece, bool ended)
{
	struct transaction *t = s->t;

	t->line += piece.n;
	if (piece.n > 0)
		t->line_cr = piece.p[piece.n - 1] == '\r';
	check_line(s, t->line_cr ? t->line - 1 : t->line);
	if (ended) {
		t->line = 0;
		t->line_cr = false;
	}
}

static bool
counts_lines(const struct session *s)
{
	return s->policy->conf.body_line_limit > 0 &&
	    !is_exempt(s, EXEMPT_SIZE);
}

/* The bytes of a line before the first that is too many; or all. */
static size_t
line_room(struct span piece, uint64_t before, uint64_t max)
{
	size_t n = 0;

	if (before <= max && max - before >= piece.n)
		return piece.n;
	if (before <= max)
		n = (size_t)(max - before);
	while (n < piece.n && before + n + (piece.p[n] != '\r') <= max)
		n++;
	return n;
}

static size_t
lines_room(const struct session *s, struct span chunk)
{
	uint64_t max = s->policy->conf.body_line_limit;
	uint64_t before = s->t->line;
	size_t n = 0;

	while (n < chunk.n) {
		struct span rest = span_skip(chunk, n);
		struct span line = span_head(rest, span_find(rest, '\n'));
		size_t room = line_room(line, before, max);

		if (room < line.n)
			return n + room;
		n += line.n + 1;
		before = 0;
	}
	return chunk.n;
}

size_t
limit_room(const struct session *s, struct span chunk)
{
	const struct transaction *t = s->t;
	size_t n = chunk.n;

	if (!(t->said & LIMIT_MESSAGE) && !is_exempt(s, EXEMPT_SIZE) &&
	    t->size_limit > 0 && t->size_limit >= t->size &&
	    t->size_limit - t->size < n)
		n = (size_t)(t->size_limit - t->size);
	if (!(t->said & LIMIT_LINE) && counts_lines(s))
		n = lines_room(s, span_head(chunk, n));
	return n;
}

void
limit_body(struct session *s, struct span chunk)
{
	count_bytes(s, chunk.n);
	while (counts_lines(s) && chunk.n > 0 && !s->t->decided) {
		size_t end = span_find(chunk, '\n');

		count_line(s, span_head(chunk, end), end < chunk.n);
		chunk = span_skip(chunk, end + 1);
	}
}

bool
limits_count_body(const struct session *s)
{
	return !is_exempt(s, EXEMPT_SIZE) && (s->t->size_limit > 0 ||
	    s->policy->conf.body_line_limit > 0);
}
