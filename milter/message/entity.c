/* entity - what has a header.  See entity.h. */
#include "message/entity.h"

#include <stdlib.h>

#include "message/mime_type.h"

struct entity *
entity_new(struct entity *outer, const struct part *part)
{
	struct entity *entity = calloc(1, sizeof(*entity));

	if (entity == NULL)
		return NULL;
	entity->outer = outer;
	entity->part.outer = part;
	if (part != NULL)
		entity->part.depth = part->depth + 1;
	buf_init(&entity->type, PART_VALUE_MAX);
	buf_init(&entity->content_type, PART_VALUE_MAX);
	buf_init(&entity->disposition, PART_VALUE_MAX);
	buf_init(&entity->boundary, PART_VALUE_MAX);
	return entity;
}

void
entity_free(struct entity **entity)
{
	buf_clear(&(*entity)->type);
	buf_clear(&(*entity)->content_type);
	buf_clear(&(*entity)->disposition);
	buf_clear(&(*entity)->boundary);
	free(*entity);
	*entity = NULL;
}

void
entity_field(struct entity *entity, const struct field *field)
{
	if (span_caseequal(field->name, SPAN("Content-Type")) &&
	    entity->content_type.n == 0)
		buf_add(&entity->content_type, field->value);
	if (span_caseequal(field->name, SPAN("Content-Disposition")) &&
	    entity->disposition.n == 0)
		buf_add(&entity->disposition, field->value);
	if (span_caseequal(field->name, SPAN("Content-Transfer-Encoding")) &&
	    !entity->has_encoding) {
		entity->has_encoding = true;
		entity->part.encoding = encoding_parse(field->value);
	}
}

/* To a reader what has no type, or none that is one, is text. */
static void
settle_type(struct entity *entity)
{
	struct part *part = &entity->part;
	bool in_digest = entity->outer != NULL && entity->outer->digest;
	struct span rest;

	part->content_type = buf_span(&entity->content_type);
	part->disposition = buf_span(&entity->disposition);
	if (!mime_type_name(part->content_type, &entity->type, &rest)) {
		buf_reset(&entity->type);
		buf_add(&entity->type, in_digest && part->content_type.n == 0 ?
		    SPAN("message/rfc822") : SPAN("text/plain"));
	}
	part->type = buf_span(&entity->type);
}

static bool
is_message(struct span type)
{
	return span_equal(type, SPAN("message/rfc822")) ||
	    span_equal(type, SPAN("message/global")) ||
	    span_equal(type, SPAN("message/news")) ||
	    span_equal(type, SPAN("message/partial")) ||
	    span_equal(type, SPAN("message/external-body"));
}

/* Blanks at its end would never be found on a line. */
static void
trim_end(struct buf *boundary)
{
	while (boundary->n > 0 &&
	    ascii_space((unsigned char)boundary->p[boundary->n - 1]))
		boundary->n--;
}

static enum entity_kind
kind_of(struct entity *entity, unsigned nesting, bool may_decode)
{
	struct part *part = &entity->part;
	bool multipart = span_starts(part->type, SPAN("multipart/"));

	if (!multipart && !is_message(part->type))
		return ENTITY_LEAF;
	if (multipart && !part_parameter(part, SPAN("boundary"),
	    &entity->boundary))
		return ENTITY_LEAF;
	trim_end(&entity->boundary);
	part->too_deep = part->depth > nesting || (!multipart &&
	    part->encoding != ENCODING_NONE && !may_decode);
	if (part->too_deep)
		return ENTITY_LEAF;
	if (multipart)
		return ENTITY_MULTIPART;
	return part->encoding == ENCODING_NONE ? ENTITY_MESSAGE :
	    ENTITY_UNDECIDED;
}

void
entity_settle(struct entity *entity, unsigned nesting, bool may_decode)
{
	settle_type(entity);
	entity->kind = kind_of(entity, nesting, may_decode);
	entity->digest = span_equal(entity->part.type,
	    SPAN("multipart/digest"));
}

bool
entity_failed(const struct entity *entity)
{
	return entity->type.failed || entity->content_type.failed ||
	    entity->disposition.failed || entity->boundary.failed;
}

void
entity_settle_outside(struct entity *entity)
{
	entity->part.outside = true;
	settle_type(entity);
	/* Not a message, even in a digest. */
	buf_reset(&entity->type);
	buf_add(&entity->type, SPAN("text/plain"));
	entity->part.type = buf_span(&entity->type);
}

/* RFC 2046 lets blanks stand behind a boundary, and readers go by that. */
static bool
is_boundary(const struct entity *entity, struct span text, size_t most,
    bool *last_r)
{
	struct span boundary = buf_span(&entity->boundary);

	*last_r = false;
	text = span_skip(text, 2);
	if (boundary.n > most)
		return span_starts(text, span_head(boundary, most));
	if (!span_starts(text, boundary))
		return false;
	text = span_skip(text, boundary.n);
	*last_r = span_equal(text, SPAN("--"));
	return text.n == 0 || *last_r;
}

/*
 * The outermost that the line is a boundary of: readers ask the multipart
 * that is around the others first.
 */
struct entity *
entity_bounded(struct entity *innermost, struct span text, size_t most,
    bool *last_r)
{
	struct entity *found = NULL;

	if (!span_starts(text, SPAN("--")))
		return NULL;
	while (text.n > 0 && ascii_space((unsigned char)text.p[text.n - 1]))
		text.n--;
	for (struct entity *entity = innermost; entity != NULL;
	    entity = entity->outer) {
		bool last;

		if (entity->kind == ENTITY_MULTIPART &&
		    is_boundary(entity, text, most, &last)) {
			found = entity;
			*last_r = last;
		}
	}
	return found;
}
