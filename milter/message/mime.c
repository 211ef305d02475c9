/* mime - the MIME structure of a message as Postfix sees it.  See mime.h. */
#include "message/mime.h"

#include <stdlib.h>

#include "base/buf.h"
#include "message/mime_type.h"

enum place {
	PLACE_PRIMARY,		/* the message's own header */
	PLACE_PART,		/* a header behind a boundary */
	PLACE_NESTED,		/* the header of a message in a message */
	PLACE_BODY
};

struct boundary {
	struct boundary *outer;
	bool digest;		/* its parts are messages by default */
	size_t n;
	char text[];
};

struct mime {
	struct mime_limits limits;
	struct mime_sink sink;
	enum place place;
	bool message;		/* what follows the header is one */
	bool silent, failed;
	/* What is to be said before the next event; and was said. */
	bool too_deep, told_depth;	/* a boundary found no room */
	size_t too_long;		/* a boundary was cut, of so many */
	bool told_length;

	struct boundary *innermost;
	unsigned depth;

	struct lines lines;
	uint64_t offset;	/* of the next raw byte of the body */
	uint64_t segment;	/* of the next MIME_LINE */

	/* The field that is being read; text.n is 0 while there is none. */
	struct {
		struct buf text;
		uint64_t size, offset, length;
		bool ended;
	} field;
};

struct mime *
mime_new(const struct mime_limits *limits, const struct mime_sink *sink)
{
	struct mime *mime = calloc(1, sizeof(*mime));

	if (mime == NULL)
		return NULL;
	mime->limits = *limits;
	mime->sink = *sink;
	mime->place = PLACE_PRIMARY;
	buf_init(&mime->field.text, limits->header_size +
	    limits->line_length + 1);
	if (!lines_init(&mime->lines, limits->line_length))
		mime_free(&mime);
	return mime;
}

static void
pop(struct mime *mime)
{
	struct boundary *gone = mime->innermost;

	mime->innermost = gone->outer;
	mime->depth--;
	free(gone);
}

void
mime_free(struct mime **mime)
{
	if (*mime == NULL)
		return;
	while ((*mime)->innermost != NULL)
		pop(*mime);
	lines_clear(&(*mime)->lines);
	buf_clear(&(*mime)->field.text);
	free(*mime);
	*mime = NULL;
}

bool
mime_only_lines(const struct mime *mime, uint64_t *segment_r)
{
	*segment_r = mime->segment;
	return mime->place == PLACE_BODY && mime->innermost == NULL;
}

bool
mime_failed(const struct mime *mime)
{
	return mime->failed;
}

enum header_list
mime_primary_list(struct span name)
{
	return field_is_mime(name) ? HEADER_MIME : HEADER_PRIMARY;
}

static void
emit(struct mime *mime, const struct mime_event *event)
{
	if (!mime->silent && !mime->sink.event(mime->sink.context, event))
		mime->silent = true;
}

static void
tell_limits(struct mime *mime, uint64_t offset)
{
	struct mime_event event = { .kind = MIME_NESTING, .offset = offset };

	if (mime->too_deep && !mime->told_depth) {
		mime->told_depth = true;
		emit(mime, &event);
	}
	if (mime->too_long > 0 && !mime->told_length) {
		mime->told_length = true;
		event.kind = MIME_BOUNDARY;
		event.size = mime->too_long;
		emit(mime, &event);
	}
}

static void
push(struct mime *mime, struct span text, bool digest)
{
	struct boundary *boundary;

	/* Postfix counts from -1 and stops above the limit, not at it. */
	if (mime->depth >= 2 && mime->depth - 2 >= mime->limits.nesting) {
		mime->too_deep = true;
		return;
	}
	if (text.n > mime->limits.boundary_length && mime->too_long == 0)
		mime->too_long = text.n;
	text = span_head(text, mime->limits.boundary_length);
	boundary = malloc(sizeof(*boundary) + text.n);
	if (boundary == NULL) {
		mime->failed = true;
		return;
	}
	boundary->outer = mime->innermost;
	boundary->digest = digest;
	boundary->n = text.n;
	if (text.n > 0)
		memcpy(boundary->text, text.p, text.n);
	mime->innermost = boundary;
	mime->depth++;
}

/* Several boundaries are all looked for: any of them may be a reader's. */
static void
push_boundaries(struct mime *mime, struct span parameters, bool digest)
{
	struct buf text;

	buf_init(&text, parameters.n);
	while (mime_type_boundary(&parameters, &text)) {
		push(mime, buf_span(&text), digest);
		mime->failed |= text.cut;
		buf_reset(&text);
	}
	buf_clear(&text);
}

static void
content_type(struct mime *mime, struct span value)
{
	struct span parameters;
	enum content content = mime_type_parse(value, &parameters);

	if (content != CONTENT_UNKNOWN)
		mime->message = content == CONTENT_MESSAGE;
	if (content == CONTENT_MULTIPART || content == CONTENT_DIGEST)
		push_boundaries(mime, parameters, content == CONTENT_DIGEST);
}

void
mime_field(struct mime *mime, const struct field *field)
{
	if (span_caseequal(field->name, SPAN("Content-Type")))
		content_type(mime, field->value);
}

/*
 * A header ends at an empty line, or at a line that is none of its own: what
 * comes then is a body, even if it was to be a message.
 */
static void
header_ends(struct mime *mime, bool empty_line)
{
	if (empty_line && mime->message)
		mime->place = PLACE_NESTED;
	else
		mime->place = PLACE_BODY;
	mime->message = false;
	mime->segment = 0;
}

static void
field_keep(struct mime *mime, struct span bytes)
{
	struct buf *text = &mime->field.text;

	mime->field.size += bytes.n;
	mime->failed |= !buf_add(text, bytes);
}

static void
field_raw(struct mime *mime, const struct line *line)
{
	mime->field.length += line->raw;
	mime->field.ended = line->ended;
}

static void
field_begins(struct mime *mime, const struct field *field,
    const struct line *line)
{
	mime->field.size = mime->field.length = 0;
	mime->field.offset = mime->offset;
	field_keep(mime, field->name);
	field_keep(mime, SPAN(":"));
	field_keep(mime, field->value);
	field_raw(mime, line);
}

static void
field_continues(struct mime *mime, const struct line *line)
{
	field_raw(mime, line);
	if (mime->field.text.n >= mime->limits.header_size) {
		mime->field.size += line->text.n + line->first;
		return;
	}
	if (line->first)
		field_keep(mime, SPAN("\n"));
	field_keep(mime, line->text);
}

static void
field_ends(struct mime *mime)
{
	struct mime_event event = {
		.kind = MIME_FIELD, .list = HEADER_MIME,
		.text = buf_span(&mime->field.text), .size = mime->field.size,
		.offset = mime->field.offset, .length = mime->field.length,
		.ended = mime->field.ended,
	};
	struct field field;

	if (field_parse(event.text, &field)) {
		if (mime->place == PLACE_NESTED && !field_is_mime(field.name))
			event.list = HEADER_NESTED;
		mime_field(mime, &field);
	}
	tell_limits(mime, event.offset);
	emit(mime, &event);
	buf_reset(&mime->field.text);
}

/* True where the line belongs to the header that is being read. */
static bool
header_takes(struct mime *mime, const struct line *line)
{
	struct field field;

	if (mime->field.text.n > 0) {
		if (!line->first ||
		    (line->text.n > 0 && ascii_blank(line->text.p[0]))) {
			field_continues(mime, line);
			return true;
		}
		field_ends(mime);
	}
	if (!field_parse(line->text, &field))
		return false;
	field_begins(mime, &field, line);
	return true;
}

/*
 * The innermost boundary that the line begins with.  What follows it does not
 * matter: the text that we know of it may have been cut.
 */
static struct boundary *
find_boundary(const struct mime *mime, const struct line *line)
{
	struct boundary *boundary = NULL;
	struct span text;

	/* An empty boundary is one too, but "--" alone is none. */
	if (line->first && line->text.n > 2 &&
	    span_starts(line->text, SPAN("--")))
		boundary = mime->innermost;
	text = span_skip(line->text, 2);
	while (boundary != NULL && !span_starts(text,
	    span_make(boundary->text, boundary->n)))
		boundary = boundary->outer;
	return boundary;
}

static void
boundary_line(struct mime *mime, const struct boundary *boundary,
    struct span text)
{
	while (mime->innermost != boundary)
		pop(mime);
	if (span_starts(span_skip(text, 2 + boundary->n), SPAN("--"))) {
		pop(mime);
		mime->place = PLACE_BODY;
		mime->segment = 0;
		return;
	}
	mime->place = PLACE_PART;
	mime->message = boundary->digest;
}

static void
body_takes(struct mime *mime, const struct line *line)
{
	const struct boundary *boundary = find_boundary(mime, line);
	struct mime_event event = {
		.kind = MIME_LINE, .text = line->text, .first = line->first,
		.offset = mime->offset, .length = line->raw,
		.ended = line->ended,
	};

	if (boundary != NULL)
		boundary_line(mime, boundary, line->text);
	event.segment = mime->segment;
	mime->segment += line->text.n + 1;
	emit(mime, &event);
}

static void
take(struct mime *mime, const struct line *line)
{
	if (mime->place == PLACE_BODY || !header_takes(mime, line)) {
		if (mime->place != PLACE_BODY)
			header_ends(mime, line->text.n == 0);
		body_takes(mime, line);
	}
	mime->offset += line->raw;
}

/* The empty line behind the message's own header is not among the lines. */
static void
body_begins(struct mime *mime)
{
	if (mime->place != PLACE_PRIMARY)
		return;
	header_ends(mime, true);
	mime->segment = 1;
	tell_limits(mime, 0);
}

void
mime_body(struct mime *mime, struct span chunk)
{
	struct line line;

	body_begins(mime);
	while (!mime->silent && lines_next(&mime->lines, &chunk, &line))
		take(mime, &line);
}

void
mime_line(struct mime *mime, const struct line *line)
{
	body_begins(mime);
	if (!mime->silent)
		take(mime, line);
}

void
mime_end(struct mime *mime)
{
	struct line line;

	body_begins(mime);
	if (!mime->silent && lines_end(&mime->lines, &line))
		take(mime, &line);
	if (!mime->silent && mime->field.text.n > 0)
		field_ends(mime);
	mime->silent = true;
}
