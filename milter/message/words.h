/*
 * words - the encoded words of a header field (RFC 2047), as readers show
 * them.
 *
 * Senders write what the RFC forbids, and readers decode it: words inside of
 * quotes and other words' text, with no blank around them, with blanks or
 * question marks in them, in base64 with junk and without its padding.  So
 * any =?charset?Q?text?= and =?charset?B?text?= is decoded here, wherever it
 * stands; of what stands in one another the innermost.  White space between
 * two words goes away.  The bytes of neighbours in the same character set are
 * joined first, so that a character may be split between them (but for sets
 * with shifts, ISO-2022 and UTF-7, in which each word begins anew).
 *
 * Bytes that mean nothing in a word's character set, or in one that nobody
 * knows, are UTF-8 where they are valid, and U+FFFD; raw 8-bit text is UTF-8
 * where that is valid, and windows-1252.  Nothing is left out.
 *
 * The time is linear in the length, and n bytes become 3 * n at most.
 */
#ifndef POSTERN_MESSAGE_WORDS_H
#define POSTERN_MESSAGE_WORDS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Adds the text in UTF-8; false where out's bound or memory cut something. */
bool words_decode(struct span text, struct buf *out);

/*
 * Makes one line of what out has behind `from`: any white space, Unicode's
 * included, is one blank, at both ends none, and control characters, which no
 * reader shows, are gone.
 */
void words_squeeze(struct buf *out, size_t from);

#endif
