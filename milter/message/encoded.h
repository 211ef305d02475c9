/*
 * encoded - the value of a header field as it may be sent: in ASCII.
 *
 * A text in UTF-8 becomes what a reader shows as that text: encoded words (RFC
 * 2047) in text, and in the names and comments of address fields; percent signs
 * (RFC 2231) in the parameters of Content-Type and Content-Disposition.  There
 * are no such forms for addresses, identifiers, dates and the like.
 */
#ifndef POSTERN_MESSAGE_ENCODED_H
#define POSTERN_MESSAGE_ENCODED_H

#include <stdbool.h>

#include "base/buf.h"
#include "message/header.h"

/* So many bytes at most for a value of n bytes; what folds is "\n ". */
#define ENCODED_ROOM(n)	(16 * (n) + 256)

/*
 * Adds the value to a buf that has room.  False, and why not, where there is
 * no such form; a value that is ASCII is as it was.  Without memory the buf has
 * failed, whatever the answer.
 */
bool encoded_value(const struct field *field, struct buf *out,
    const char **why_r);

#endif
