/*
 * entity - what has a header: the message, a part of a multipart, a nested
 * message.
 *
 * bodyparts.c keeps those that it is inside of, innermost first, and tells each
 * what it reads; what that makes of it, and which of them a line is a boundary
 * of, is said here.  Fields that do not fit PART_VALUE_MAX are cut.
 */
#ifndef POSTERN_MESSAGE_ENTITY_H
#define POSTERN_MESSAGE_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "message/header.h"
#include "message/part.h"

enum entity_kind {
	ENTITY_LEAF,
	ENTITY_MULTIPART,
	ENTITY_MESSAGE,		/* one entity lies in it */
	ENTITY_UNDECIDED,	/* a message that is encoded, or says so */
	ENTITY_ENCODED		/* a machine of its own reads it */
};

/* What has a header: the message, a part of a multipart, a nested message. */
struct entity {
	struct part part;
	struct entity *outer;
	enum entity_kind kind;
	bool digest;		/* its parts are messages by default */
	bool begun, wanted;	/* the sink knows of it; wants its bytes */
	bool blank;		/* undecided: an empty line came first */
	bool failed;		/* memory ran out */
	uint64_t parts;		/* so far, in a multipart */
	bool has_base;		/* Content-Base: Content-Location is less */
	const char *ambiguity;	/* what is (ambiguity.h), or NULL */
	struct buf encoding;	/* as it is written */
	struct buf type, content_type, disposition, boundary, base, again;
};

/*
 * `outer` is the next one out in the same machine; `part`, what the entity is
 * in, may be of another, and outlives it.  NULL only without memory.
 */
struct entity *entity_new(struct entity *outer, const struct part *part);
void entity_free(struct entity **entity);

/* A field of its header, in order; of one name the first counts. */
void entity_field(struct entity *entity, const struct field *field);

/*
 * The header has ended: fills in the type and what kind it is.  What lies
 * deeper than `nesting` is a leaf, and so is an encoded message where none
 * may be decoded; its part says so.
 */
void entity_settle(struct entity *entity, unsigned nesting, bool may_decode);

/* What was lost of the header may have been the name of a boundary. */
bool entity_failed(const struct entity *entity);

/* It is no part, but what stands before or behind those of `outer`. */
void entity_settle_outside(struct entity *entity);

/*
 * The multipart that the line is a boundary of, and whether it is the last
 * one; or NULL.  No more than `most` bytes of a boundary are compared: what is
 * longer has to begin the line, no more.
 */
struct entity *entity_bounded(struct entity *innermost, struct span line,
    size_t most, bool *last_r);

#endif
