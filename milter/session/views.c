/*
 * views - what the reader of a message sees: the text of its parts.
 *
 * Postfix's view and this one go through the body together, line by line, so
 * that what the tables find is in the order of the message, however it was cut
 * into chunks.
 */
#include "session/state.h"

static bool
wants_text(const struct session *s)
{
	return s->policy->text_checks.n > 0 && !is_exempt(s, EXEMPT_DECODED);
}

static bool
goes_on(const struct session *s)
{
	return !s->t->decided && !s->t->passed;
}

static void
on_paragraph(void *context, struct span text)
{
	struct session *s = context;

	if (goes_on(s))
		batch_text(s, text);
}

static bool
part_begins(void *context, const struct part *part)
{
	struct session *s = context;

	if (!goes_on(s) || !text_is_shown(part))
		return false;
	text_begins(s->t->text, part);
	return true;
}

static void
part_data(void *context, const struct part *part, struct span bytes)
{
	struct session *s = context;

	(void)part;
	if (goes_on(s))
		text_data(s->t->text, bytes);
}

static void
part_ends(void *context, const struct part *part)
{
	struct session *s = context;

	if (goes_on(s) && text_is_shown(part))
		text_ends(s->t->text);
}

void
views_begin(struct session *s)
{
	const struct conf *conf = &s->policy->conf;
	struct transaction *t = s->t;
	const struct bodyparts_limits limits = {
		.line_length = conf->line_length_limit,
		.header_size = conf->header_size_limit > 0 ?
		    conf->header_size_limit : FIELD_MAX,
		.nesting = (unsigned)conf->mime_nesting_limit,
		.boundary_length = conf->mime_boundary_length_limit,
	};
	const struct bodyparts_sink parts_sink = {
		part_begins, part_data, part_ends, s
	};
	const struct text_sink text_sink = { on_paragraph, s };

	if (!wants_text(s))
		return;
	t->parts = bodyparts_new(&limits, &parts_sink);
	t->text = text_new(&text_sink);
	t->cuts_lines = lines_init(&t->lines, conf->line_length_limit);
	if (t->parts == NULL || t->text == NULL || !t->cuts_lines)
		fail_message(s, "out of memory");
}

void
views_clear(struct transaction *t)
{
	bodyparts_free(&t->parts);
	text_free(&t->text);
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
	if (bodyparts_failed(t->parts) || text_failed(t->text))
		fail_message(s, "out of memory");
}

bool
views_read_on(const struct session *s)
{
	return s->t->parts != NULL;
}
