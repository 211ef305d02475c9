/*
 * readable - a header field as its reader sees it.
 *
 * One line of UTF-8, "Name: value": folds and all other white space are one
 * blank, encoded words are decoded (words.h), and the parameters of
 * Content-Type and Content-Disposition are put together and written as
 * name="value" (params.h).
 */
#ifndef POSTERN_MESSAGE_READABLE_H
#define POSTERN_MESSAGE_READABLE_H

#include <stdbool.h>

#include "base/buf.h"
#include "message/header.h"

/* So many bytes are enough for any field. */
size_t readable_room(const struct field *field);

/* False where out's bound, or memory, was not enough. */
bool readable_field(const struct field *field, struct buf *out);

#endif
