/* entity - what has a header.  See entity.h. */
#include "message/entity.h"

#include <stdlib.h>

#include "message/ambiguity.h"
#include "message/mime_type.h"
#include "message/reading.h"

/* Content-Transfer-Encoding has a handful of values. */
#define ENCODING_MAX	1024

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
	buf_init(&entity->encoding, ENCODING_MAX);
	buf_init(&entity->type, PART_VALUE_MAX);
	buf_init(&entity->content_type, PART_VALUE_MAX);
	buf_init(&entity->disposition, PART_VALUE_MAX);
	buf_init(&entity->boundary, PART_VALUE_MAX);
	buf_init(&entity->base, PART_VALUE_MAX);
	buf_init(&entity->again, PART_VALUE_MAX);
	return entity;
}

void
entity_free(struct entity **entity)
{
	buf_clear(&(*entity)->encoding);
	buf_clear(&(*entity)->type);
	buf_clear(&(*entity)->content_type);
	buf_clear(&(*entity)->disposition);
	buf_clear(&(*entity)->boundary);
	buf_clear(&(*entity)->base);
	buf_clear(&(*entity)->again);
	free(*entity);
	*entity = NULL;
}

/* The first that is said counts. */
static void
is_ambiguous(struct entity *entity, bool is, const char *what)
{
	if (is && entity->ambiguity == NULL)
		entity->ambiguity = what;
}

/* The first counts; what readers that take another one see is kept. */
static void
keep(struct entity *entity, struct buf *kept, struct span value,
    const char *twice)
{
	if (kept->n == 0) {
		/* Even an empty one is the first. */
		buf_add(kept, value.n > 0 ? value : SPAN(" "));
		return;
	}
	is_ambiguous(entity, ambiguity_of_values(buf_span(kept), value),
	    twice);
	buf_add(&entity->again, SPAN("; "));
	buf_add(&entity->again, value);
}

static void
keep_encoding(struct entity *entity, struct span value)
{
	struct buf *kept = &entity->encoding;

	if (kept->n > 0) {
		is_ambiguous(entity, ambiguity_of_encodings(buf_span(kept),
		    value), "two Content-Transfer-Encoding fields that differ");
		return;
	}
	entity->part.encoding = encoding_parse(value);
	is_ambiguous(entity, ambiguity_of_encoding(value),
	    "a Content-Transfer-Encoding with more than a name");
	/* The same. */
	buf_add(kept, value.n > 0 ? value : SPAN(" "));
}

/*
 * What links are relative to: Content-Base of RFC 2110, which mail readers go
 * by, too, before Content-Location.  Folds and quotes are no part of it.
 */
static void
take_base(struct entity *entity, const struct field *field)
{
	bool is_base = span_caseequal(field->name, SPAN("Content-Base"));

	if ((!is_base && !span_caseequal(field->name,
	    SPAN("Content-Location"))) || entity->has_base ||
	    (!is_base && entity->base.n > 0))
		return;
	entity->has_base = is_base;
	buf_reset(&entity->base);
	for (size_t i = 0; i < field->value.n; i++) {
		char c = field->value.p[i];

		if (!ascii_space((unsigned char)c) && c != '"')
			buf_addc(&entity->base, c);
	}
}

void
entity_field(struct entity *entity, const struct field *field)
{
	take_base(entity, field);
	if (span_caseequal(field->name, SPAN("Content-Type")))
		keep(entity, &entity->content_type, field->value,
		    "two Content-Type fields that differ");
	if (span_caseequal(field->name, SPAN("Content-Disposition")))
		keep(entity, &entity->disposition, field->value,
		    "two Content-Disposition fields that differ");
	if (span_caseequal(field->name, SPAN("Content-Transfer-Encoding")))
		keep_encoding(entity, field->value);
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
	part->base = buf_span(&entity->base);
	part->again = buf_span(&entity->again);
	part->cut = entity->content_type.cut || entity->disposition.cut ||
	    entity->again.cut;
	/* What others find behind that is not seen. */
	is_ambiguous(entity, part->cut, "a field of more than 16384 bytes");
	if (!mime_type_name(part->content_type, &entity->type, &rest)) {
		buf_reset(&entity->type);
		buf_add(&entity->type, in_digest &&
		    span_trim(part->content_type).n == 0 ?
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

/* Around a part there may be another of the same boundary. */
static bool
repeats_boundary(const struct entity *entity)
{
	const struct entity *outer = entity->outer;

	while (outer != NULL && (outer->kind != ENTITY_MULTIPART ||
	    !span_equal(buf_span(&outer->boundary),
	    buf_span(&entity->boundary))))
		outer = outer->outer;
	return outer != NULL;
}

/* False where memory ran out. */
static bool
settle_multipart(struct entity *entity)
{
	bool failed = false;

	is_ambiguous(entity, entity->boundary.n == 0 &&
	    !entity->part.too_deep, "a multipart without a boundary");
	if (entity->kind != ENTITY_MULTIPART)
		return true;
	is_ambiguous(entity, ambiguity_of_parameter(&entity->part,
	    SPAN("boundary"), buf_span(&entity->boundary), &failed),
	    "a boundary that can be read in two ways");
	is_ambiguous(entity, repeats_boundary(entity),
	    "a boundary that a part around it has, too");
	is_ambiguous(entity, entity->part.encoding == ENCODING_BASE64,
	    "a multipart that is encoded");
	return !failed;
}

/* Of most there is but one, and no more is to be looked for. */
static bool
has_twice(struct span value, struct span name)
{
	while (value.n > 0 && !span_casestarts(value, name))
		value = span_skip(value, 1);
	return span_casehas(span_skip(value, name.n), name);
}

static bool
settle_text(struct entity *entity)
{
	bool failed = false;
	struct buf charset;

	if (!has_twice(entity->part.content_type, SPAN("charset")))
		return true;
	buf_init(&charset, PART_VALUE_MAX);
	if (part_parameter(&entity->part, SPAN("charset"), &charset))
		is_ambiguous(entity, ambiguity_of_parameter(&entity->part,
		    SPAN("charset"), buf_span(&charset), &failed),
		    "a charset that can be read in two ways");
	failed |= charset.failed;
	buf_clear(&charset);
	return !failed;
}

void
entity_settle(struct entity *entity, unsigned nesting, bool may_decode)
{
	settle_type(entity);
	entity->kind = kind_of(entity, nesting, may_decode);
	entity->digest = span_equal(entity->part.type,
	    SPAN("multipart/digest"));
	entity->part.reading = reading_of(&entity->part, &entity->failed);
	if (span_starts(entity->part.type, SPAN("multipart/")))
		entity->failed |= !settle_multipart(entity);
	else if (part_is_text(&entity->part))
		entity->failed |= !settle_text(entity);
}

bool
entity_failed(const struct entity *entity)
{
	return entity->failed || entity->type.failed ||
	    entity->content_type.failed ||
	    entity->disposition.failed || entity->boundary.failed ||
	    entity->base.failed || entity->again.failed;
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
	entity->part.reading = READING_PLAIN;
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
