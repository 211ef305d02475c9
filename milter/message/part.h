/*
 * part - a part of a message, as bodyparts.h finds them, and what its reader
 * makes of it.
 */
#ifndef POSTERN_MESSAGE_PART_H
#define POSTERN_MESSAGE_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "message/decode.h"

/* So much of each of its fields is kept. */
#define PART_VALUE_MAX	16384

/* What a reader gets to see of it: see reading.h. */
enum reading {
	READING_NONE,		/* no text */
	READING_PLAIN, READING_HTML, READING_ENRICHED,
	READING_MESSAGE		/* a file that is one */
};

struct part {
	const struct part *outer;	/* the multipart or message it is in */
	unsigned depth;		/* 0: the message itself */
	uint64_t number;	/* in `outer`, from 1; 0: outside */
	uint64_t count;		/* in the message, from 1 */
	bool outside;		/* before or behind the parts of `outer` */
	bool too_deep;		/* a multipart or message that is not looked
				   into */
	bool in_encoded;	/* the offsets are those of an encoded message
				   around it */
	bool cut;		/* more of a field than PART_VALUE_MAX */

	struct span type;	/* "text/plain", in small letters */
	/* The values of the fields, folded as they are; or empty. */
	struct span content_type, disposition;
	/* Those of either that come again, with "; " before each. */
	struct span again;
	/* Of Content-Base, else Content-Location, without white space. */
	struct span base;
	enum encoding encoding;
	enum reading reading;

	/* Raw bytes of the body: the header, the part, and its end. */
	uint64_t begin, body, end;
};

/*
 * What it is and where its bytes come from, on one line, added to `out`:
 *
 *	2.1 text/html base64 attached charset=windows-1252
 *
 * The number leads to the part, level by level: 2.1 is the first part of the
 * second, or what the second, a message, holds.  0 is what stands before or
 * behind the parts of a multipart.  "encoded": it lies in a message that is
 * itself encoded.  What does not apply is left out.
 */
void part_describe(const struct part *part, struct buf *out);

/*
 * A parameter of Content-Type, into an emptied buf; false: there is none, or
 * the buf has failed.
 */
bool part_parameter(const struct part *part, struct span name,
    struct buf *value);

/*
 * Does a reader show it as text, wherever it says that it belongs?  All of
 * text/ and XHTML, what stands outside of parts, a multipart without parts,
 * and what is said to be a message and is not looked into: what tells of a
 * delivery, or nobody knows.
 */
bool part_is_text(const struct part *part);

/* No text, or one that says that it is attached. */
bool part_is_attached(const struct part *part);

#endif
