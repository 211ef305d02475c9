/*
 * flow - the lines of a plain text become paragraphs.
 *
 * A line break is white space, so that what is broken across lines is found;
 * an empty line, or one of white space alone, ends a paragraph.  In
 * format=flowed (RFC 3676) the marks of quoted lines are taken off and a
 * change of their number ends a paragraph, and so does the line "-- " above a
 * signature; with delsp the blank at the end of a line that goes on is taken
 * off, so that a word may be broken across lines.
 *
 * The text is valid UTF-8 in pieces cut anywhere; lines end in CRLF or LF.
 */
#ifndef POSTERN_MESSAGE_FLOW_H
#define POSTERN_MESSAGE_FLOW_H

#include "message/paragraph.h"

struct flow {
	struct paragraph *to;
	bool flowed, delsp;

	/* format=flowed: */
	unsigned place;		/* in the line */
	unsigned quotes, last_quotes;
	unsigned dashes;	/* bytes of "-- ", which is all of the line; 4:
				   it is not */
	size_t blanks;		/* at the end of the line so far */
	bool cr;		/* it may be part of the line end */
};

void flow_init(struct flow *flow, struct paragraph *to, bool flowed,
    bool delsp);
void flow_add(struct flow *flow, struct span text);

/* The text has ended, and with it a paragraph. */
void flow_end(struct flow *flow);

#endif
