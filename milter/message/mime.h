/*
 * mime - the MIME structure of a message as Postfix's cleanup(8) sees it,
 * while it streams.
 *
 * The machine is fed with the header fields and then the body in chunks that
 * may be cut anywhere, even between CR and LF; it calls the sink with the
 * header fields of parts and with lines.  Any way of cutting gives the same
 * events, but for MIME_LINEs never held back longer than their line.  It
 * keeps at most one line piece, one header field and the stack of boundaries.
 *
 * It is Postfix's machine, not RFC 2045's: see header_checks(5), body_checks
 * (5) and Postfix's mime_state.  Lines end in CRLF or LF.  A longer line than
 * line_length comes in pieces of that length, one of just that length with an
 * empty piece behind it (see lines.h).  A NUL is a byte like others.
 */
#ifndef POSTERN_MESSAGE_MIME_H
#define POSTERN_MESSAGE_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "message/header.h"
#include "message/lines.h"

struct mime;

struct mime_limits {
	size_t line_length;	/* Postfix's line_length_limit: 2048 */
	/*
	 * Of a part's field.  As in Postfix a line that begins below it is
	 * taken whole, up to line_length; what comes after is cut.
	 */
	size_t header_size;
	unsigned nesting;	/* mime_nesting_limit: 100 */
	/*
	 * mime_boundary_length_limit: 2048.  Of a longer boundary, and of the
	 * lines that may be one, only so much is compared.
	 */
	size_t boundary_length;
};

enum mime_kind {
	MIME_FIELD,	/* a header field of a part or of a nested message */
	MIME_LINE,	/* a line, or a piece of one, of anything else */
	MIME_NESTING,	/* mime_nesting_limit is passed; said once */
	MIME_BOUNDARY	/* so is boundary_length, by one of `size`; once */
};

/* The list of tables that sees a field. */
enum header_list { HEADER_PRIMARY, HEADER_MIME, HEADER_NESTED };

struct mime_event {
	enum mime_kind kind;

	/*
	 * MIME_FIELD: "Name: value" with continuation lines joined by LF and
	 * their white space.  MIME_LINE: without its line end.
	 */
	struct span text;

	uint64_t size;		/* MIME_FIELD: of the text, before it was cut */

	/* MIME_FIELD: */
	enum header_list list;

	/*
	 * MIME_LINE: its offset in its segment, which is what
	 * body_checks_size_limit is compared with: a segment begins behind
	 * each header and at each closing boundary, every record counts its
	 * length and 1, and the empty line behind a header is record one.
	 */
	uint64_t segment;
	bool first;		/* the piece begins a line */

	/*
	 * The raw bytes of the body that it was made from, line end included
	 * where the text reaches it: what an edit replaces.
	 */
	uint64_t offset, length;
	bool ended;		/* a line end is among these bytes */
};

struct mime_sink {
	/* False: enough; the machine is silent from then on. */
	bool (*event)(void *context, const struct mime_event *event);
	void *context;
};

/* NULL only without memory. */
struct mime *mime_new(const struct mime_limits *limits,
    const struct mime_sink *sink);
void mime_free(struct mime **mime);

/* The list for a field of the message's own header. */
enum header_list mime_primary_list(struct span name);

/* Every field of the message's own header, in order; no event comes of it. */
void mime_field(struct mime *mime, const struct field *field);

/* The body; the empty line that ends the header is not part of it. */
void mime_body(struct mime *mime, struct span chunk);

/*
 * The same for who cuts the body into lines himself, as struct lines does with
 * line_length: all of it, or none.
 */
void mime_line(struct mime *mime, const struct line *line);

/* The end of the message: what was held back comes out. */
void mime_end(struct mime *mime);

/*
 * No header of a part can come any more: all that is to come are MIME_LINEs of
 * one segment, at or behind *segment_r.
 */
bool mime_only_lines(const struct mime *mime, uint64_t *segment_r);

/* Memory ran out: what the machine says is no longer the whole. */
bool mime_failed(const struct mime *mime);

#endif
