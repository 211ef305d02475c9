/*
 * printable - untrusted text for a log line, a reply or a terminal.
 *
 * Well-formed UTF-8 is kept; control characters, the terminal's C1 range
 * included, those that end a line or turn the direction of text, and every
 * byte that is not part of a well-formed character become '?'.  A text that is
 * cut ends in "...", between characters.
 */
#ifndef POSTERN_BASE_PRINTABLE_H
#define POSTERN_BASE_PRINTABLE_H

#include "base/buf.h"
#include "base/span.h"

/* Adds at most max bytes (3 at the least) for text. */
void printable_add(struct buf *out, struct span text, size_t max);

/* All of it in ASCII: whatever is beyond is '?', too. */
void printable_ascii(struct buf *out, struct span text);

/* As printable_add(), for a complaint, into an array: at most 47 bytes. */
#define PRINTABLE_EXCERPT	48
void printable_excerpt(struct span text, char out[PRINTABLE_EXCERPT]);

/*
 * The length in bytes of the well-formed UTF-8 character (RFC 3629: no
 * surrogates, nothing overlong) at the front of text, or 0.
 */
size_t utf8_char(struct span text);
bool utf8_valid(struct span text);

#endif
