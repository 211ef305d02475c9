/*
 * views - what the reader of a message sees: the text of its parts.
 *
 * Postfix's view and this one go through the body together, line by line, so
 * that what the tables find is in the order of the message, however it was cut
 * into chunks.
 */
#include "session/state.h"

#include <inttypes.h>

static bool
wants_text(const struct session *s)
{
	return needs_text(s->policy, s->t->exempt);
}

static bool
goes_on(const struct session *s)
{
	return !s->t->decided && !s->t->passed;
}

/* There is little of it, so it waits for nothing. */
static void
look_up_hidden(struct session *s, struct span text)
{
	struct folded forms;

	if (s->policy->hidden_text_checks.n == 0)
		return;
	batch_flush(s);
	folded_of(s, text, &forms);
	for (size_t i = 0; i < forms.n && goes_on(s); i++)
		if (check_hidden_text(s, forms.list[i]))
			break;
}

static void
look_up_text(struct session *s, struct span text)
{
	struct folded forms;

	s->t->paragraphs++;
	folded_of(s, text, &forms);
	for (size_t i = 0; i < forms.n && goes_on(s); i++)
		batch_text(s, forms.list[i]);
}

static void
on_paragraph(void *context, struct span text, bool hidden)
{
	struct session *s = context;

	if (!goes_on(s))
		return;
	if (hidden)
		look_up_hidden(s, text);
	else if (s->policy->text_checks.n > 0)
		look_up_text(s, text);
	if (goes_on(s) && needs_links(s->policy))
		links_text(s, text);
}

static void
on_link(void *context, const struct html_event *link)
{
	struct session *s = context;

	if (goes_on(s))
		links_html(s, link);
}

/* Of a file with a message, its parts are (enclosed.c). */
static bool
sees_text(const struct session *s, const struct part *part)
{
	return wants_text(s) && part->reading != READING_NONE &&
	    part != s->t->enclosing;
}

static bool
over(const struct session *s, uint64_t seen, uint64_t max)
{
	return max > 0 && seen > max && !is_exempt(s, EXEMPT_SIZE);
}

/* What waits to be looked up stands before it in the message. */
static void
exceeds(struct session *s, enum limit limit, enum limit_action action,
    const char *setting, const char *what, uint64_t seen, uint64_t max)
{
	if (s->t->said & limit)
		return;
	batch_flush(s);
	if (goes_on(s))
		limit_passed(s, limit, action, setting, what, seen, max);
}

void
views_too_deep(struct session *s)
{
	batch_flush(s);
	if (goes_on(s))
		limit_nesting(s);
}

static void
count_part(struct session *s, const struct part *part)
{
	const struct conf *conf = &s->policy->conf;
	struct transaction *t = s->t;

	if (part->outside)
		return;
	if (part->too_deep)
		views_too_deep(s);
	if (over(s, part->count, conf->mime_part_limit))
		exceeds(s, LIMIT_PARTS, conf->mime_part_action,
		    "mime_part_limit", "Number of MIME parts", part->count,
		    conf->mime_part_limit);
	t->attachment_size = 0;
	if (part_is_attached(part) &&
	    over(s, ++t->attachments, conf->attachment_limit))
		exceeds(s, LIMIT_ATTACHMENTS, conf->attachment_action,
		    "attachment_limit", "Number of attachments",
		    t->attachments, conf->attachment_limit);
}

static void
count_attachment(struct session *s, const struct part *part, size_t n)
{
	const struct conf *conf = &s->policy->conf;
	struct transaction *t = s->t;

	if (!part_is_attached(part))
		return;
	t->attachment_size += n;
	if (over(s, t->attachment_size, conf->attachment_size_limit))
		exceeds(s, LIMIT_ATTACHMENT,
		    conf->attachment_size_action, "attachment_size_limit",
		    "Attachment size", t->attachment_size,
		    conf->attachment_size_limit);
}

/* As much of the bytes as decoded_size_limit leaves to be looked at. */
static struct span
count_decoded(struct session *s, struct span bytes)
{
	const struct conf *conf = &s->policy->conf;
	uint64_t max = conf->decoded_size_limit, before = s->t->decoded_size;

	s->t->decoded_size += bytes.n;
	if (max == 0 || s->t->decoded_size <= max)
		return bytes;
	if (!is_exempt(s, EXEMPT_SIZE))
		exceeds(s, LIMIT_DECODED, conf->decoded_size_action,
		    "decoded_size_limit", "Decoded size",
		    s->t->decoded_size, max);
	return span_head(bytes, before < max ? max - before : 0);
}

bool
views_text_begins(struct session *s, const struct part *part)
{
	if (!goes_on(s))
		return false;
	note_described(s, note_describe(s, part, &s->event));
	s->t->text_begun = false;
	return sees_text(s, part);
}

void
views_text_data(struct session *s, const struct part *part, struct span bytes)
{
	if (!goes_on(s) || !sees_text(s, part))
		return;
	/* Not before: a message may have any number of empty parts. */
	if (!s->t->text_begun)
		text_begins(s->t->text, part);
	s->t->text_begun = true;
	text_data(s->t->text, bytes);
}

void
views_text_ends(struct session *s)
{
	if (goes_on(s) && s->t->text_begun)
		text_ends(s->t->text);
	s->t->text_begun = false;
}

static bool
part_begins(void *context, const struct part *part)
{
	struct session *s = context;
	bool sized = s->policy->conf.attachment_size_limit > 0 &&
	    part_is_attached(part);
	bool attached, enclosed, text;

	if (goes_on(s))
		count_part(s, part);
	attached = goes_on(s) && attachment_begins(s, part);
	enclosed = goes_on(s) && enclosed_begins(s, part);
	text = views_text_begins(s, part);
	return goes_on(s) && (text || attached || enclosed || sized);
}

static void
part_data(void *context, const struct part *part, struct span bytes)
{
	struct session *s = context;
	bool is_read = s->t->enclosed != NULL || sees_text(s, part);
	size_t size = bytes.n;

	if (!goes_on(s))
		return;
	count_attachment(s, part, bytes.n);
	if (!goes_on(s))
		return;
	bytes = count_decoded(s, is_read ? bytes : attachment_wants(s, bytes));
	if (goes_on(s))
		attachment_data(s, size, bytes);
	if (goes_on(s))
		enclosed_data(s, bytes);
	views_text_data(s, part, bytes);
}

static void
part_ends(void *context, const struct part *part)
{
	struct session *s = context;

	enclosed_ends(s);
	attachment_ends(s, part);
	views_text_ends(s);
}

static void
encoded_ends(void *context, const struct part *part)
{
	struct session *s = context;

	strip_encoded_ends(s, part);
}

/* Of what Postfix's machine does not take for a field, or for a header. */
void
views_part_field(struct session *s, const struct part_field *at)
{
	const struct mime_event event = {
		.kind = MIME_FIELD, .offset = at->offset,
		.length = at->in_encoded ? 0 : at->length, .ended = at->ended,
	};

	if (!goes_on(s) || (!at->in_encoded &&
	    s->t->field_told == at->offset + 1))
		return;
	batch_flush(s);
	check_decoded(s, &at->field, &event, NULL);
}

void
views_ambiguous(struct session *s, const char *what)
{
	if (s->t->said & LIMIT_AMBIGUITY)
		return;
	batch_flush(s);
	if (goes_on(s))
		limit_ambiguity(s, what);
}

static void
part_field(void *context, const struct part_field *at)
{
	struct session *s = context;

	views_part_field(s, at);
}

static void
ambiguous(void *context, const struct part *part, const char *what)
{
	struct session *s = context;

	(void)part;
	views_ambiguous(s, what);
}

struct bodyparts_limits
views_limits(const struct session *s)
{
	const struct conf *conf = &s->policy->conf;

	return (struct bodyparts_limits){
		.line_length = conf->line_length_limit,
		.header_size = conf->header_size_limit > 0 ?
		    conf->header_size_limit : FIELD_MAX,
		/* Of 102 in each other Postfix and mime.h count 100. */
		.nesting = (unsigned)conf->mime_nesting_limit + 1,
		.boundary_length = conf->mime_boundary_length_limit,
	};
}

void
views_begin(struct session *s)
{
	const struct conf *conf = &s->policy->conf;
	struct transaction *t = s->t;
	const struct bodyparts_limits limits = views_limits(s);
	const struct bodyparts_sink parts_sink = {
		part_begins, part_data, part_ends, s, encoded_ends,
		part_field, ambiguous
	};
	const struct text_sink text_sink = {
		on_paragraph, needs_links(s->policy) ? on_link : NULL, s,
		(conf->fold & PLAIN_ZERO_WIDTH) != 0
	};

	if (!needs_to_decode(s->policy, t->exempt))
		return;
	links_begin(t);
	t->parts = bodyparts_new(&limits, &parts_sink);
	t->text = text_new(&text_sink);
	t->cuts_lines = lines_init(&t->lines, conf->line_length_limit);
	if (t->parts == NULL || t->text == NULL || !t->cuts_lines) {
		views_clear(t);
		fail_message(s, "out of memory");
	}
}

void
views_clear(struct transaction *t)
{
	bodyparts_free(&t->parts);
	bodyparts_free(&t->enclosed);
	text_free(&t->text);
	plain_clear(&t->plain);
	links_clear(t);
	if (t->cuts_lines)
		lines_clear(&t->lines);
	t->cuts_lines = false;
}

void
views_field(struct session *s, const struct field *field)
{
	if (s->t->parts != NULL)
		bodyparts_field(s->t->parts, field);
}

static void
take_line(struct session *s, const struct line *line)
{
	mime_line(s->t->mime, line);
	if (goes_on(s) && s->t->parts != NULL)
		bodyparts_line(s->t->parts, line);
}

void
views_body(struct session *s, struct span chunk)
{
	struct line line;

	if (!s->t->cuts_lines) {
		mime_body(s->t->mime, chunk);
		return;
	}
	while (goes_on(s) && lines_next(&s->t->lines, &chunk, &line))
		take_line(s, &line);
}

/* Somebody may hide behind the limit. */
static void
note_not_decoded(struct session *s)
{
	uint64_t max = s->policy->conf.decoded_size_limit;
	uint64_t decoded = s->t->decoded_size;

	if (max > 0 && decoded > max)
		note_stage(s, "note", span_of(region_printf(&s->event,
		    "%" PRIu64 " of %" PRIu64 " decoded bytes were not looked "
		    "at but raw", decoded - max, decoded)),
		    SPAN("decoded_size_limit"));
}

void
views_end(struct session *s)
{
	struct transaction *t = s->t;
	struct line line;

	if (t->cuts_lines && goes_on(s) && lines_end(&t->lines, &line))
		take_line(s, &line);
	if (!t->passed)
		mime_end(t->mime);
	if (t->parts == NULL)
		return;
	if (goes_on(s))
		bodyparts_end(t->parts);
	note_not_decoded(s);
	links_end(s);
	if (bodyparts_failed(t->parts) || text_failed(t->text))
		fail_message(s, "out of memory");
}

bool
views_read_on(const struct session *s)
{
	return s->t->parts != NULL && !bodyparts_only_pass(s->t->parts);
}
