/* bodyparts - what a reader sees as parts.  See bodyparts.h. */
#include "message/bodyparts.h"

#include <stdlib.h>

#include "message/entity.h"
#include "message/heading.h"

struct bodyparts {
	struct bodyparts_limits limits;
	struct bodyparts_sink sink;
	bool in_header;
	bool primary;		/* the header comes by bodyparts_field() */
	bool ended, failed;
	bool skips;		/* the rest of a boundary's line */
	unsigned encoded;	/* how many machines are around this one */
	uint64_t *count, own_count;

	struct entity *innermost;
	struct heading field;	/* that is being read */

	struct lines lines;
	uint64_t offset;	/* of the next raw byte */

	/* The leaf or encoded message that is being read. */
	struct decode decode;
	struct buf decoded;
	struct span line_end;	/* it belongs to a boundary that follows it */
	struct bodyparts *inner;
};

/* The entity that comes next; NULL, and failed, without memory. */
static struct entity *
enter(struct bodyparts *parts, const struct part *outer)
{
	struct entity *entity = entity_new(parts->innermost, outer);

	if (entity == NULL) {
		parts->failed = true;
		return NULL;
	}
	entity->part.in_encoded = outer != NULL && parts->encoded > 0;
	entity->part.begin = entity->part.body = parts->offset;
	parts->innermost = entity;
	return entity;
}

static void
leave(struct bodyparts *parts)
{
	struct entity *entity = parts->innermost;

	parts->innermost = entity->outer;
	entity_free(&entity);
}

static struct bodyparts *
make(const struct bodyparts_limits *limits, const struct bodyparts_sink *sink,
    const struct part *outer, unsigned encoded)
{
	struct bodyparts *parts = calloc(1, sizeof(*parts));

	if (parts == NULL)
		return NULL;
	parts->limits = *limits;
	parts->sink = *sink;
	parts->in_header = true;
	parts->encoded = encoded;
	parts->count = &parts->own_count;
	heading_init(&parts->field, limits->header_size + limits->line_length +
	    1);
	buf_init(&parts->decoded, limits->line_length + DECODE_HELD);
	if (!lines_init(&parts->lines, limits->line_length) ||
	    enter(parts, outer) == NULL)
		bodyparts_free(&parts);
	return parts;
}

struct bodyparts *
bodyparts_new(const struct bodyparts_limits *limits,
    const struct bodyparts_sink *sink)
{
	struct bodyparts *parts = make(limits, sink, NULL, 0);

	if (parts != NULL)
		parts->primary = true;
	return parts;
}

struct bodyparts *
bodyparts_new_within(const struct bodyparts_limits *limits,
    const struct bodyparts_sink *sink, const struct part *part)
{
	struct bodyparts *parts = make(limits, sink, part, 1);

	if (parts != NULL)
		parts->innermost->part.number = 1;
	return parts;
}

void
bodyparts_free(struct bodyparts **parts)
{
	if (*parts == NULL)
		return;
	bodyparts_free(&(*parts)->inner);
	while ((*parts)->innermost != NULL)
		leave(*parts);
	lines_clear(&(*parts)->lines);
	heading_clear(&(*parts)->field);
	buf_clear(&(*parts)->decoded);
	free(*parts);
	*parts = NULL;
}

bool
bodyparts_only_pass(const struct bodyparts *parts)
{
	const struct entity *entity = parts->innermost;

	return !parts->primary && entity != NULL && entity->outer == NULL &&
	    entity->begun && !entity->wanted;
}

bool
bodyparts_failed(const struct bodyparts *parts)
{
	return parts->failed ||
	    (parts->inner != NULL && bodyparts_failed(parts->inner));
}

void
bodyparts_field(struct bodyparts *parts, const struct field *field)
{
	if (parts->innermost != NULL)
		entity_field(parts->innermost, field);
}

static void
begin_leaf(struct bodyparts *parts, struct entity *entity)
{
	entity->begun = true;
	if (!entity->part.outside)
		entity->part.count = ++*parts->count;
	entity->wanted = parts->sink.begins(parts->sink.context,
	    &entity->part);
	decode_init(&parts->decode, entity->part.encoding);
	parts->line_end = SPAN("");
}

/* What stands outside of the parts is not told before there is something. */
static void
enter_outside(struct bodyparts *parts)
{
	struct entity *entity = enter(parts, &parts->innermost->part);

	if (entity == NULL)
		return;
	parts->in_header = false;
	entity->part.outside = true;
	entity_settle_outside(entity);
	parts->failed |= entity_failed(entity);
}

/* A header follows. */
static void
enter_part(struct bodyparts *parts)
{
	struct entity *outer = parts->innermost;
	struct entity *entity = enter(parts, &outer->part);

	if (entity != NULL)
		entity->part.number = ++outer->parts;
	parts->in_header = true;
}

static void
field_ends(struct bodyparts *parts)
{
	const struct heading *heading = &parts->field;
	struct part_field at = {
		.in_encoded = parts->encoded > 0, .offset = heading->offset,
		.length = heading->length, .ended = heading->ended,
	};

	if (field_parse(buf_span(&heading->text), &at.field)) {
		bodyparts_field(parts, &at.field);
		if (parts->sink.field != NULL)
			parts->sink.field(parts->sink.context, &at);
	}
	buf_reset(&parts->field.text);
}

static void
header_ends(struct bodyparts *parts, uint64_t body)
{
	struct entity *entity = parts->innermost;

	if (parts->field.text.n > 0)
		field_ends(parts);
	parts->in_header = false;
	entity->part.body = body;
	entity_settle(entity, parts->limits.nesting,
	    parts->encoded < BODYPARTS_ENCODED_MAX);
	parts->failed |= parts->field.text.failed || entity_failed(entity);
	if (entity->ambiguity != NULL && parts->sink.ambiguous != NULL)
		parts->sink.ambiguous(parts->sink.context, &entity->part,
		    entity->ambiguity);
	switch (entity->kind) {
	case ENTITY_LEAF:
		begin_leaf(parts, entity);
		break;
	case ENTITY_MULTIPART:
		enter_outside(parts);
		break;
	case ENTITY_MESSAGE:
		enter_part(parts);
		break;
	case ENTITY_UNDECIDED:
	case ENTITY_ENCODED:
		decode_init(&parts->decode, entity->part.encoding);
		parts->line_end = SPAN("");
		break;
	}
	if (parts->innermost != entity)
		parts->innermost->part.begin = parts->innermost->part.body =
		    body;
}

static void
give_decoded(struct bodyparts *parts)
{
	const struct entity *entity = parts->innermost;
	struct span bytes = buf_span(&parts->decoded);

	parts->failed |= parts->decoded.cut;
	if (entity->kind == ENTITY_ENCODED && parts->inner != NULL) {
		/* To it this line is where it all comes from. */
		parts->inner->offset = parts->offset;
		bodyparts_body(parts->inner, bytes);
	} else if (bytes.n > 0) {
		parts->sink.data(parts->sink.context, &entity->part, bytes);
	}
	buf_reset(&parts->decoded);
}

static void
feed(struct bodyparts *parts, struct span bytes)
{
	if (bytes.n == 0)
		return;
	decode_feed(&parts->decode, bytes, &parts->decoded);
	give_decoded(parts);
}

static struct span
line_end_of(const struct line *line)
{
	return !line->ended ? SPAN("") :
	    line->raw - line->text.n > 1 ? SPAN("\r\n") : SPAN("\n");
}

static void
leaf_takes(struct bodyparts *parts, const struct line *line)
{
	struct entity *entity = parts->innermost;

	if (entity->kind == ENTITY_LEAF) {
		if (!entity->begun && line->text.n > 0)
			begin_leaf(parts, entity);
		if (!entity->wanted)
			return;
	}
	feed(parts, parts->line_end);
	feed(parts, line->text);
	parts->line_end = line_end_of(line);
}

static bool
looks_like_base64(struct span text)
{
	text = span_trim(text);
	for (size_t i = 0; i < text.n; i++)
		if (!ascii_alnum((unsigned char)text.p[i]) &&
		    strchr("+/=", text.p[i]) == NULL)
			return false;
	return text.n > 0;
}

static void take(struct bodyparts *parts, const struct line *line);

/*
 * RFC 2046 forbids to encode a message, so that what says it is encoded may
 * not be; a message begins with a field, which is not base64.
 */
static void
decide(struct bodyparts *parts, const struct line *line)
{
	static const struct line empty = { .first = true, .ended = true };
	struct entity *entity = parts->innermost;

	if (line->text.n == 0) {
		entity->blank = true;
		return;
	}
	if (entity->part.encoding == ENCODING_BASE64 &&
	    !looks_like_base64(line->text)) {
		entity->kind = ENTITY_MESSAGE;
		enter_part(parts);
		if (entity->blank)
			take(parts, &empty);
		take(parts, line);
		return;
	}
	entity->kind = ENTITY_ENCODED;
	parts->inner = make(&parts->limits, &parts->sink, &entity->part,
	    parts->encoded + 1);
	if (parts->inner == NULL) {
		parts->failed = true;
		return;
	}
	parts->inner->count = parts->count;
	parts->inner->innermost->part.number = 1;
	parts->inner->offset = parts->offset;
	parts->inner->innermost->part.begin = parts->offset;
	leaf_takes(parts, line);
}

/* What is innermost, a part or what is around it, has ended. */
static void
close_entity(struct bodyparts *parts)
{
	struct entity *entity = parts->innermost;
	bool reads = (entity->begun && entity->wanted) ||
	    parts->inner != NULL;

	if (parts->in_header)
		header_ends(parts, parts->offset);
	if (parts->innermost != entity) {
		close_entity(parts);
		return;
	}
	entity->part.end = parts->offset;
	if (reads) {
		decode_end(&parts->decode, &parts->decoded);
		give_decoded(parts);
	}
	if (parts->inner != NULL) {
		bodyparts_end(parts->inner);
		parts->failed |= bodyparts_failed(parts->inner);
		bodyparts_free(&parts->inner);
		if (parts->sink.encoded_ends != NULL)
			parts->sink.encoded_ends(parts->sink.context,
			    &entity->part);
	}
	if (entity->begun)
		parts->sink.ends(parts->sink.context, &entity->part);
	leave(parts);
}

/* To a machine within this one all of a line of ours is in one place. */
static uint64_t
behind(const struct bodyparts *parts, const struct line *line)
{
	return parts->offset + (parts->encoded > 0 ? 0 : line->raw);
}

static void
boundary_line(struct bodyparts *parts, const struct entity *multipart,
    bool last, const struct line *line)
{
	while (parts->innermost != multipart)
		close_entity(parts);
	parts->line_end = SPAN("");
	parts->skips = !line->ended;
	if (last)
		enter_outside(parts);
	else
		enter_part(parts);
	if (parts->innermost != NULL)
		parts->innermost->part.begin = parts->innermost->part.body =
		    behind(parts, line);
}

/* True where the line belongs to the header that is being read. */
static bool
header_takes(struct bodyparts *parts, const struct line *line)
{
	if (heading_continues(&parts->field, line))
		return true;
	if (parts->field.text.n > 0)
		field_ends(parts);
	return heading_begins(&parts->field, line, parts->offset);
}

/* As much of a boundary as is sure to lie in the first piece of its line. */
static size_t
boundary_max(const struct bodyparts *parts)
{
	size_t most = parts->limits.line_length - 4;

	return most < parts->limits.boundary_length ? most :
	    parts->limits.boundary_length;
}

static void
take(struct bodyparts *parts, const struct line *line)
{
	bool last;
	struct entity *multipart = line->first ? entity_bounded(
	    parts->innermost, line->text, boundary_max(parts), &last) : NULL;

	if (multipart != NULL) {
		boundary_line(parts, multipart, last, line);
		return;
	}
	if (parts->in_header) {
		bool empty = line->text.n == 0;

		if (header_takes(parts, line))
			return;
		header_ends(parts, empty ? behind(parts, line) :
		    parts->offset);
		if (empty)
			return;
		/* It is in the body, or in the header of the message that is
		 * the body. */
		take(parts, line);
		return;
	}
	if (parts->innermost->kind == ENTITY_UNDECIDED)
		decide(parts, line);
	else
		leaf_takes(parts, line);
}

/* The empty line behind the message's own header is not among the lines. */
static void
body_begins(struct bodyparts *parts)
{
	if (!parts->primary)
		return;
	parts->primary = false;
	if (parts->innermost != NULL)
		header_ends(parts, 0);
}

void
bodyparts_line(struct bodyparts *parts, const struct line *line)
{
	if (parts->ended || parts->failed)
		return;
	body_begins(parts);
	if (line->first)
		parts->skips = false;
	if (!parts->skips) {
		take(parts, line);
	} else if (parts->innermost != NULL) {
		/* The part begins behind the whole of its boundary's line. */
		parts->innermost->part.begin = behind(parts, line);
		parts->skips = !line->ended;
	}
	parts->offset = behind(parts, line);
}

void
bodyparts_body(struct bodyparts *parts, struct span chunk)
{
	struct line line;

	while (lines_next(&parts->lines, &chunk, &line))
		bodyparts_line(parts, &line);
}

void
bodyparts_end(struct bodyparts *parts)
{
	struct line line;

	if (parts->ended)
		return;
	if (lines_end(&parts->lines, &line))
		bodyparts_line(parts, &line);
	body_begins(parts);
	parts->ended = true;
	/* No boundary follows: the last line end is part of the text. */
	if (parts->innermost != NULL && !parts->in_header &&
	    (parts->inner != NULL || parts->innermost->wanted))
		feed(parts, parts->line_end);
	while (parts->innermost != NULL && !parts->failed)
		close_entity(parts);
}
