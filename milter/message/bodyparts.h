/*
 * bodyparts - the parts of a message as its reader sees them, decoded, while it
 * streams.
 *
 * This stands beside mime.h, which is Postfix's view and takes for a boundary
 * whatever begins like one; who reads the mail does not.  Here a boundary is
 * the whole of its line but for blanks at the end; of several header fields
 * of one name, and of several parameters, the first counts; a type that is
 * none is text/plain.  A message in a message is looked into, be it encoded or
 * not.  What stands before the first boundary and behind the last is a part of
 * its own (`outside`), since some readers show it.
 *
 * The machine is fed with the header fields and then the body, in lines or in
 * chunks cut anywhere; any way of cutting gives the same parts and bytes, but
 * not the same pieces.  It keeps the fields of the part that is being read and
 * of those around it, PART_VALUE_MAX bytes of each, and one line.
 */
#ifndef POSTERN_MESSAGE_BODYPARTS_H
#define POSTERN_MESSAGE_BODYPARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "message/header.h"
#include "message/lines.h"
#include "message/part.h"

/* Messages that are encoded, within each other; deeper ones are left alone. */
#define BODYPARTS_ENCODED_MAX	8

struct bodyparts;

struct bodyparts_limits {
	size_t line_length;	/* as in struct mime_limits */
	size_t header_size;
	unsigned nesting;
	size_t boundary_length;
};

/* A header field of a part, or of a message in a part. */
struct part_field {
	struct field field;	/* its lines joined with LF */
	/* Its raw bytes; not so in a message that is encoded. */
	bool in_encoded;
	uint64_t offset, length;
	bool ended;		/* a line end is the last of them */
};

struct bodyparts_sink {
	/*
	 * A part that is no multipart or message to be looked into; or one
	 * that is nested too deep.  True: its bytes are wanted.
	 */
	bool (*begins)(void *context, const struct part *part);
	/* Decoded; for wanted parts only. */
	void (*data)(void *context, const struct part *part,
	    struct span bytes);
	void (*ends)(void *context, const struct part *part);
	void *context;
	/*
	 * An encoded message, of whose parts was told, has ended.  NULL: who
	 * asks for no offsets need not know.
	 */
	void (*encoded_ends)(void *context, const struct part *part);
	/* The fields of all headers but the message's own; or NULL. */
	void (*field)(void *context, const struct part_field *field);
	/* A part, or what holds some, of which readers differ: see
	 * ambiguity.h.  Or NULL. */
	void (*ambiguous)(void *context, const struct part *part,
	    const char *what);
};

/* NULL only without memory. */
struct bodyparts *bodyparts_new(const struct bodyparts_limits *limits,
    const struct bodyparts_sink *sink);
/* The same for a message whose bytes, header and all, are those of a part. */
struct bodyparts *bodyparts_new_within(const struct bodyparts_limits *limits,
    const struct bodyparts_sink *sink, const struct part *part);
void bodyparts_free(struct bodyparts **parts);

/* Every field of the message's own header, in order. */
void bodyparts_field(struct bodyparts *parts, const struct field *field);

/*
 * The body, in chunks; or, for who cuts it into lines himself with a struct
 * lines of line_length, in lines.  One or the other for all of it.
 */
void bodyparts_body(struct bodyparts *parts, struct span chunk);
void bodyparts_line(struct bodyparts *parts, const struct line *line);
void bodyparts_end(struct bodyparts *parts);

/* All that is to come is of one part, which nobody wants. */
bool bodyparts_only_pass(const struct bodyparts *parts);

/* Memory ran out: not all parts were seen as they are. */
bool bodyparts_failed(const struct bodyparts *parts);

#endif
