/*
 * enriched - text/enriched (RFC 1896) and text/richtext (RFC 1341) become
 * plain text, while they stream.
 *
 * Commands, <bold> and </bold>, go without a gap; "<<" is "<"; what stands in
 * <param> is for no reader's eyes, and neither is a <comment>: so many bytes of
 * it, since programs differ in what they make of one that does not end.  <nl>
 * and <np> are line ends, <lt> is "<".  What is no command, since it is longer
 * than one may be, is text as it stands.
 */
#ifndef POSTERN_MESSAGE_ENRICHED_H
#define POSTERN_MESSAGE_ENRICHED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

/* RFC 1896: 60 characters. */
#define ENRICHED_COMMAND_MAX	60
#define ENRICHED_HIDDEN_MAX	256

struct enriched {
	bool open;		/* behind "<": */
	char command[ENRICHED_COMMAND_MAX];
	size_t n;
	size_t hidden;		/* so many bytes are left to be hidden */
};

void enriched_init(struct enriched *enriched);
/* Adds at most 1 + ENRICHED_COMMAND_MAX bytes more than there are. */
void enriched_feed(struct enriched *enriched, struct span text,
    struct buf *out);
void enriched_end(struct enriched *enriched, struct buf *out);

#endif
