/*
 * shorten - a long name without its middle.
 *
 * Of a name that is cut the end must stay, since it says what the file is;
 * and so that two of them are not taken for one, some of its front.
 */
#ifndef POSTERN_BASE_SHORTEN_H
#define POSTERN_BASE_SHORTEN_H

#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

/*
 * Adds at most max bytes (16 at the least) of valid UTF-8: all of the name, or
 * a quarter from its front, "...", and its end, at bounds of characters.
 */
void shorten_add(struct buf *out, struct span name, size_t max);

#endif
