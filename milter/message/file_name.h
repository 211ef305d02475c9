/*
 * file_name - what an attachment is called.
 *
 * Readers differ in which name they show and save a file under where a part
 * has several: filename and filename* of Content-Disposition, name and name*
 * of Content-Type, or any of that twice.  So there may be several.
 *
 * A name is decoded (params.h), and then put into the form that counts: as on
 * Windows, dots and blanks at its end are gone; what turns the direction of
 * text or is not seen, and control characters, are shown as <U+202E>; of more
 * than FILE_NAME_MAX bytes the middle is left out.
 */
#ifndef POSTERN_MESSAGE_FILE_NAME_H
#define POSTERN_MESSAGE_FILE_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/region.h"
#include "base/span.h"

#define FILE_NAME_MAX	1024
/* Of more names of one part, which no program writes, the rest is not kept. */
#define FILE_NAMES_MAX	32

/* Adds the name, valid UTF-8, in that form. */
void file_name_add(struct buf *out, struct span name);

struct file_names {
	struct span list[FILE_NAMES_MAX];	/* each is different */
	size_t n;
	bool more;
};

struct part_words {
	struct file_names names;	/* the likeliest first */
	struct span charset, disposition;	/* words of ASCII, or empty */
};

/*
 * From the values of the two fields and those that come again, which may be
 * empty; all of it is the region's.  False without memory.
 */
bool part_words(struct span content_type, struct span disposition,
    struct span again, struct region *region, struct part_words *words_r);

#endif
