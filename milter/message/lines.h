/*
 * lines - cut a stream into lines, and long lines into pieces.
 *
 * The stream comes in chunks that may be cut anywhere.  A line ends in CRLF
 * or LF; a CR that no LF follows is a byte like others.  A piece holds at
 * most `max` bytes, and as with Postfix's smtpd(8) a line end is part of a
 * piece only where the text before it is shorter than that: a line of exactly
 * max bytes comes as a piece of max bytes and an empty one that has the line
 * end.  How the stream was cut into chunks never shows.
 *
 * A piece that lies in one chunk is not copied; no more than max + 1 bytes
 * are ever held, and the memory for them is taken at the start.
 */
#ifndef POSTERN_MESSAGE_LINES_H
#define POSTERN_MESSAGE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

struct lines {
	size_t max;
	struct buf held;	/* the begin of a piece; it has no LF */
	bool spent;		/* what is held has been given out */
	bool first;		/* the next piece begins a line */
};

struct line {
	struct span text;	/* without the line end */
	size_t raw;		/* bytes of the stream, line end included */
	bool first;		/* it begins a line */
	bool ended;		/* it has the line end */
};

/* False without memory.  max is at least 1. */
bool lines_init(struct lines *lines, size_t max);
void lines_clear(struct lines *lines);

/*
 * Takes the next piece from what is held and the front of *chunk; false once
 * the chunk is used up.  The text is good until the next call, at most as
 * long as the chunk.
 */
bool lines_next(struct lines *lines, struct span *chunk, struct line *line_r);

/* The stream has ended: the piece without a line end, if there is one. */
bool lines_end(struct lines *lines, struct line *line_r);

#endif
