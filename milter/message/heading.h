/*
 * heading - one field of a part's header, put together from lines; for
 * bodyparts.c.
 *
 * A line that continues a field is joined to it with LF.  What continues no
 * field, and a mailbox's line above a header, is passed over, as readers do.
 */
#ifndef POSTERN_MESSAGE_HEADING_H
#define POSTERN_MESSAGE_HEADING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "message/lines.h"

struct heading {
	struct buf text;	/* empty: no field is being read */
	/* Its raw bytes, and whether a line end is the last of them. */
	uint64_t offset, length;
	bool ended;
};

/* Of longer fields the rest is passed over. */
void heading_init(struct heading *heading, size_t max);
void heading_clear(struct heading *heading);

/* True: the line is more of the field that is being read. */
bool heading_continues(struct heading *heading, const struct line *line);

/*
 * Otherwise, and once that field was taken from `text`, which is empty then:
 * true where the line, at that offset, belongs to a header.
 */
bool heading_begins(struct heading *heading, const struct line *line,
    uint64_t offset);

#endif
