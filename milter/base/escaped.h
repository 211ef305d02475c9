/*
 * escaped - a text so that nothing of it is lost, nothing is unseen, and a
 * terminal is safe: as the tests in tables have it, "#+ TEXT".
 *
 * "\n" is a line feed, "\t" a tab, "\\" a backslash, "\xHH" a byte of what
 * cannot be shown: controls, what turns the direction of text, what has no
 * width, and what is not UTF-8.
 */
#ifndef POSTERN_BASE_ESCAPED_H
#define POSTERN_BASE_ESCAPED_H

#include "base/buf.h"
#include "base/span.h"

/* At most four bytes for one. */
void escaped_add(struct buf *out, struct span text);

#endif
