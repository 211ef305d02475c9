/* decode_text - the text of a stored message.  See decode_text.h. */
#include "tool/decode_text.h"

#include <stdlib.h>

#include "message/bodyparts.h"
#include "message/text.h"

/* Of a header field; what is longer is cut. */
#define FIELD_MAX	((size_t)1 << 20)

/* The defaults of postern.conf(5). */
static const struct bodyparts_limits limits = {
	.line_length = 2048, .header_size = FIELD_MAX, .nesting = 100,
	.boundary_length = 2048,
};

struct decode_text {
	struct bodyparts *parts;
	struct text *text;
	bool in_header;
	struct buf field;
};

static bool
begins(void *context, const struct part *part)
{
	struct decode_text *text = context;

	if (!part_is_text(part))
		return false;
	text_begins(text->text, part);
	return true;
}

static void
data(void *context, const struct part *part, struct span bytes)
{
	struct decode_text *text = context;

	(void)part;
	text_data(text->text, bytes);
}

static void
ends(void *context, const struct part *part)
{
	struct decode_text *text = context;

	if (part_is_text(part))
		text_ends(text->text);
}

struct decode_text *
decode_text_new(const struct decode_text_sink *sink)
{
	struct decode_text *text = calloc(1, sizeof(*text));
	const struct bodyparts_sink parts_sink = { begins, data, ends, text };
	const struct text_sink text_sink = {
		.paragraph = sink->paragraph, .context = sink->context };

	if (text == NULL)
		return NULL;
	text->in_header = true;
	buf_init(&text->field, FIELD_MAX);
	text->parts = bodyparts_new(&limits, &parts_sink);
	text->text = text_new(&text_sink);
	if (text->parts == NULL || text->text == NULL)
		decode_text_free(&text);
	return text;
}

void
decode_text_free(struct decode_text **text)
{
	if (*text == NULL)
		return;
	bodyparts_free(&(*text)->parts);
	text_free(&(*text)->text);
	buf_clear(&(*text)->field);
	free(*text);
	*text = NULL;
}

static void
field_ends(struct decode_text *text)
{
	struct field field;

	if (field_parse(buf_span(&text->field), &field))
		bodyparts_field(text->parts, &field);
	buf_reset(&text->field);
}

/* True where the line belongs to the header of the message. */
static bool
header_takes(struct decode_text *text, struct span line)
{
	struct field field;

	if (text->field.n > 0 && line.n > 0 && ascii_blank(line.p[0])) {
		buf_addc(&text->field, '\n');
		buf_add(&text->field, line);
		return true;
	}
	if (text->field.n > 0)
		field_ends(text);
	if (!field_parse(line, &field)) {
		text->in_header = false;
		/* The empty line between header and body. */
		return line.n == 0;
	}
	buf_add(&text->field, line);
	return true;
}

void
decode_text_line(struct decode_text *text, struct span line, bool has_end)
{
	if (text->in_header && header_takes(text, line))
		return;
	bodyparts_body(text->parts, line);
	if (has_end)
		bodyparts_body(text->parts, SPAN("\n"));
}

bool
decode_text_end(struct decode_text *text)
{
	if (text->field.n > 0)
		field_ends(text);
	bodyparts_end(text->parts);
	return !bodyparts_failed(text->parts) && !text_failed(text->text);
}
