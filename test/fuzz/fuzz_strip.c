/*
 * Parts that rules take out, through a session: the message after that parses,
 * has a notice in the place of each, and every other part byte for byte.
 *
 *	LIMITS CHUNK		(two letters)
 *	the message, in which parts of type x/y go, and x/z are replaced
 */
#include "base/printable.h"
#include "fuzz.h"
#include "message/bodyparts.h"
#include "session/session.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Of an input of 4096 bytes. */
#define LEAVES_MAX	4200
#define FIELDS_MAX	4200
#define BYTES_MAX	((size_t)16 << 20)

/* The end of a key is what the part is, whatever a name makes of the front. */
static const char checks[] =
    "/ type=x\\/y size=\\d+ magic= charset=\\S* disposition=\\S*$/ "
    "STRIP gone\n"
    "/ type=x\\/z size=\\d+ magic= charset=\\S* disposition=\\S*$/ "
    "REPLACE another\n";

#define SETTINGS \
	"attachment_checks = [ \"pcre:checks\" ];" \
	"attachment_notice = " \
	"\"--b\\n--b--\\n.\\n$name\\n-- \\n$type $reason\";" \
	"exempt = { recipients = [ ]; }; decoded_size_limit = 0;" \
	"header_size_limit = 0; header_total_limit = 0; hopcount_limit = 0;" \
	"header_count_limit = 0; mime_nesting_action = \"quarantine\";"

static const char *const settings[] = {
	SETTINGS,
	SETTINGS "mime_nesting_limit = 2; line_length_limit = 512;",
	SETTINGS "mime_boundary_length_limit = 70;",
};

/* A part that is no multipart, and nothing to be looked into. */
struct leaf {
	char type[16];
	unsigned depth;
	uint64_t number;
	bool encoded, outside, goes, sealed;
	size_t from, n;			/* its bytes, decoded */
	/* Of the part of the raw message that it is, or is in: */
	unsigned group;			/* of leaves, from 1 */
	unsigned raw_depth;
	uint64_t raw_number, begin, body, end;
};

struct parsed {
	struct leaf leaves[LEAVES_MAX];
	size_t n;
	struct buf bytes;
	unsigned group;
	bool open;			/* a group of one encoded message */
};

struct message {
	struct field fields[FIELDS_MAX];
	size_t n;
	struct span body;
};

/* A message as parts */

static bool
is_sealed(const struct part *part)
{
	for (; part != NULL; part = part->outer)
		if (span_equal(part->type, SPAN("multipart/signed")) ||
		    span_equal(part->type, SPAN("multipart/encrypted")) ||
		    span_equal(part->type, SPAN("application/pkcs7-mime")) ||
		    span_equal(part->type, SPAN("application/x-pkcs7-mime")))
			return true;
	return false;
}

static bool
begins(void *context, const struct part *part)
{
	struct parsed *parsed = context;
	struct leaf *leaf = &parsed->leaves[parsed->n++];
	const struct part *raw = part;

	MUST(parsed->n < LEAVES_MAX);
	while (raw->in_encoded)
		raw = raw->outer;
	if (!part->in_encoded || !parsed->open)
		parsed->group++;
	parsed->open = part->in_encoded;
	*leaf = (struct leaf){
		.depth = part->depth, .number = part->number,
		.encoded = part->in_encoded, .outside = part->outside,
		.goes = !part->outside &&
		    (span_equal(part->type, SPAN("x/y")) ||
		    span_equal(part->type, SPAN("x/z"))),
		.sealed = is_sealed(part), .from = parsed->bytes.n,
		.group = parsed->group, .raw_depth = raw->depth,
		.raw_number = raw->number, .begin = raw->begin,
		.body = raw->body,
	};
	snprintf(leaf->type, sizeof(leaf->type), "%.*s",
	    SPAN_ARG(part->type));
	return true;
}

static void
data(void *context, const struct part *part, struct span bytes)
{
	struct parsed *parsed = context;

	(void)part;
	MUST(buf_add(&parsed->bytes, bytes));
}

static void
ends(void *context, const struct part *part)
{
	struct parsed *parsed = context;
	struct leaf *leaf = &parsed->leaves[parsed->n - 1];

	leaf->n = parsed->bytes.n - leaf->from;
	if (!part->in_encoded)
		leaf->end = part->end;
}

static void
encoded_ends(void *context, const struct part *part)
{
	struct parsed *parsed = context;

	if (part->in_encoded || !parsed->open)
		return;
	parsed->open = false;
	for (size_t i = parsed->n; i > 0 &&
	    parsed->leaves[i - 1].group == parsed->group; i--)
		parsed->leaves[i - 1].end = part->end;
}

static void
parse(const struct policy *policy, const struct message *message,
    struct parsed *parsed)
{
	const struct bodyparts_limits limits = {
		.line_length = policy->conf.line_length_limit,
		.header_size = 1 << 20,
		.nesting = (unsigned)policy->conf.mime_nesting_limit + 1,
		.boundary_length = policy->conf.mime_boundary_length_limit,
	};
	const struct bodyparts_sink sink = {
		.begins = begins, .data = data, .ends = ends,
		.context = parsed, .encoded_ends = encoded_ends
	};
	struct bodyparts *parts = bodyparts_new(&limits, &sink);

	MUST(parts != NULL);
	parsed->n = parsed->group = 0;
	parsed->open = false;
	buf_init(&parsed->bytes, BYTES_MAX);
	for (size_t i = 0; i < message->n; i++)
		bodyparts_field(parts, &message->fields[i]);
	bodyparts_body(parts, message->body);
	bodyparts_end(parts);
	MUST(!bodyparts_failed(parts));
	bodyparts_free(&parts);
}

/* Through a session */

static const struct outcome *
tell(struct session *session, const struct event *event)
{
	const struct outcome *outcome = session_event(session, event);

	while (outcome->nasks > 0)
		outcome = outcome->asks[0].kind == ASK_PART ?
		    session_answer_part(session, outcome->asks[0].id,
		    &(struct inspection){ .marks = 0 }) :
		    session_answer(session, outcome->asks[0].id, ASK_YES);
	MUST(outcome->verdict.kind == VERDICT_CONTINUE ||
	    outcome->verdict.kind == VERDICT_ACCEPT);
	return outcome;
}

static const struct outcome *
run(struct session *session, const struct message *message, size_t chunk)
{
	struct span rest = message->body;

	tell(session, &(struct event){ .kind = EVENT_CONNECT,
	    .connect = { .name = SPAN("a.example"),
	    .address = SPAN("192.0.2.1"), .smtp = true } });
	tell(session, &(struct event){ .kind = EVENT_HELO,
	    .helo = { SPAN("a.example") } });
	tell(session, &(struct event){ .kind = EVENT_MAIL,
	    .mail = { .path = SPAN("<a@example.org>") } });
	tell(session, &(struct event){ .kind = EVENT_RCPT,
	    .rcpt = { .path = SPAN("<b@example.com>") } });
	for (size_t i = 0; i < message->n; i++)
		tell(session, &(struct event){ .kind = EVENT_HEADER,
		    .header = message->fields[i] });
	tell(session, &(struct event){ .kind = EVENT_EOH });
	for (; rest.n > 0; rest = span_skip(rest, chunk)) {
		struct span piece = fuzz_copy(span_head(rest, chunk));

		tell(session, &(struct event){ .kind = EVENT_BODY,
		    .body = piece });
		fuzz_free(piece);
	}
	return tell(session, &(struct event){ .kind = EVENT_EOM });
}

/* The edits, as a mail server makes them */

static void
delete_field(struct message *message, const struct edit *edit)
{
	unsigned nth = 0;

	for (size_t i = 0; i < message->n; i++) {
		if (!span_caseequal(message->fields[i].name, edit->name) ||
		    ++nth < edit->index)
			continue;
		memmove(&message->fields[i], &message->fields[i + 1],
		    (message->n - i - 1) * sizeof(struct field));
		message->n--;
		return;
	}
	MUST(!"a field that is there");
}

static void
insert_field(struct message *message, const struct edit *edit)
{
	size_t at = edit->index - 1;

	MUST(edit->index > 0 && message->n < FIELDS_MAX);
	if (at > message->n)
		at = message->n;
	memmove(&message->fields[at + 1], &message->fields[at],
	    (message->n - at) * sizeof(struct field));
	message->fields[at] = (struct field){ edit->name, edit->value };
	message->n++;
}

static void
read_body(const struct session *session, struct buf *body)
{
	struct body_reader reader = { 0 };
	const char *why;
	char piece[100];
	ssize_t n;

	while ((n = session_new_body(session, &reader, piece, sizeof(piece),
	    &why)) > 0)
		MUST(buf_add(body, span_make(piece, (size_t)n)));
	MUST(n == 0);
}

/* False: it is put into quarantine. */
static bool
apply(const struct session *session, const struct outcome *outcome,
    struct message *message, struct buf *body)
{
	bool held = false;

	for (size_t i = 0; i < outcome->nedits; i++) {
		const struct edit *edit = &outcome->edits[i];

		switch (edit->kind) {
		case EDIT_DELHEADER:
			delete_field(message, edit);
			break;
		case EDIT_INSHEADER:
			insert_field(message, edit);
			break;
		case EDIT_REPLACEBODY:
			read_body(session, body);
			message->body = buf_span(body);
			break;
		case EDIT_QUARANTINE:
			held = true;
			break;
		default:
			MUST(!"an edit that no rule asked for");
		}
	}
	return !held;
}

/* What must hold */

/* Some of the same encoded message goes, so all of it. */
static bool
group_goes(const struct parsed *parsed, unsigned group)
{
	for (size_t i = 0; i < parsed->n; i++)
		if (parsed->leaves[i].group == group && parsed->leaves[i].goes)
			return true;
	return false;
}

static struct span
bytes_of(const struct parsed *parsed, const struct leaf *leaf)
{
	return span_head(span_skip(buf_span(&parsed->bytes), leaf->from),
	    leaf->n);
}

/* The line end before a boundary is that one's. */
static void
check_notice(const struct parsed *parsed, const struct leaf *leaf, bool last)
{
	struct span text = bytes_of(parsed, leaf);

	MUST(strcmp(leaf->type, "text/plain") == 0);
	MUST(!leaf->outside && utf8_valid(text));
	if (last && span_ends(text, SPAN("\r\n")))
		text = span_head(text, text.n - 2);
	MUST(span_equal(text, SPAN("another")) ||
	    (span_starts(text, SPAN("--b\r\n--b--\r\n.\r\n")) &&
	    span_ends(text, SPAN(" gone"))));
}

static void
check_kept(const struct parsed *old, const struct leaf *was,
    const struct parsed *new, const struct leaf *is)
{
	MUST(strcmp(was->type, is->type) == 0);
	MUST(was->depth == is->depth && was->number == is->number);
	MUST(was->encoded == is->encoded && was->outside == is->outside);
	MUST(span_equal(bytes_of(old, was), bytes_of(new, is)));
}

static struct span
between(struct span body, uint64_t begin, uint64_t end)
{
	MUST(begin <= end && end <= body.n);
	return span_make(body.p + begin, (size_t)(end - begin));
}

/* Parts that stay, and all that is between those that go. */
static void
check_all(const struct parsed *old, struct span body,
    const struct parsed *new, struct span new_body)
{
	uint64_t at = 0, new_at = 0;
	size_t j = 0;

	for (size_t i = 0; i < old->n; i++, j++) {
		const struct leaf *was = &old->leaves[i];
		const struct leaf *is = &new->leaves[j];

		MUST(j < new->n);
		if (!group_goes(old, was->group)) {
			check_kept(old, was, new, is);
			continue;
		}
		check_notice(new, is, is->end == new_body.n);
		MUST(is->depth == was->raw_depth &&
		    is->number == was->raw_number);
		MUST(span_equal(between(body, at, was->begin),
		    between(new_body, new_at, is->begin)));
		at = was->end;
		new_at = is->end;
		while (i + 1 < old->n &&
		    old->leaves[i + 1].group == was->group)
			i++;
	}
	MUST(j == new->n);
	MUST(span_equal(between(body, at, body.n),
	    between(new_body, new_at, new_body.n)));
}

/* Parts that would go are, or are not, in what is signed or encrypted. */
static bool
some_go(const struct parsed *parsed, bool sealed)
{
	for (size_t i = 0; i < parsed->n; i++)
		if (parsed->leaves[i].goes &&
		    parsed->leaves[i].sealed == sealed)
			return true;
	return false;
}

static void
take_header(struct span *text, struct message *message)
{
	message->n = 0;
	while (text->n > 0 && message->n < FIELDS_MAX / 2) {
		struct span line = fuzz_line(text);

		if (!field_parse(line, &message->fields[message->n]))
			break;
		message->n++;
	}
}

static struct policy *
policy_for(size_t which)
{
	static struct policy *policies[COUNT(settings)];
	struct complaints complaints;

	if (policies[which] != NULL)
		return policies[which];
	fuzz_files[0] = (struct fuzz_file){ "checks", span_of(checks) };
	complaints_init(&complaints);
	policies[which] = policy_of_text("fuzz", settings[which],
	    &complaints);
	MUST(policies[which] != NULL && complaints.n == 0);
	complaints_clear(&complaints);
	return policies[which];
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static const size_t chunks[] = { 65536, 1, 7, 100 };
	static struct scratch_pool *pool;
	static struct message message, after;
	static struct parsed old, new;
	struct span rest = span_make((const char *)input, size);
	struct policy *policy = policy_for(fuzz_choice(&rest,
	    COUNT(settings)));
	size_t chunk = chunks[fuzz_choice(&rest, COUNT(chunks))];
	struct session_options options = { .lookups = LOOKUPS_NONE };
	const struct outcome *outcome;
	struct session *session;
	struct buf body;

	fuzz_line(&rest);
	if (rest.n > 4096)
		return 0;
	if (pool == NULL)
		pool = scratch_pool_new();
	options.scratch = pool;
	take_header(&rest, &message);
	message.body = rest;
	parse(policy, &message, &old);
	session = session_new(policy, &options);
	MUST(pool != NULL && session != NULL);
	buf_init(&body, BYTES_MAX);
	outcome = run(session, &message, chunk);
	after = message;
	if (apply(session, outcome, &after, &body)) {
		parse(policy, &after, &new);
		MUST(!some_go(&old, true));
		check_all(&old, message.body, &new, after.body);
		buf_clear(&new.bytes);
	} else if (!some_go(&old, false)) {
		MUST(span_equal(message.body, after.body));
	}
	buf_clear(&old.bytes);
	buf_clear(&body);
	session_free(&session);
	return 0;
}
