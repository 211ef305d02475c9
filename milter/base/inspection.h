/*
 * inspection - what was found in the bytes of one attachment, and how far to
 * look.
 *
 * The words between who has the bytes (session), who has somebody look into
 * them (service) and who runs both: an inspection is asked for with limits
 * and a source, and comes back in memory that the asker gave.  Texts and
 * names are valid UTF-8; they come from the attachment, so that control
 * characters may be among them.
 */
#ifndef POSTERN_BASE_INSPECTION_H
#define POSTERN_BASE_INSPECTION_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/span.h"

/* Of the attachment, or of one name in it; bits. */
enum inspection_mark {
	INSPECTION_ENCRYPTED = 1 << 0,	/* all of it or some of it */
	INSPECTION_BROKEN = 1 << 1,	/* cannot be read to its end */
	INSPECTION_CUT = 1 << 2,	/* a limit on bytes, depth or time */
	INSPECTION_MACROS = 1 << 3,	/* it has programs of an office */
	INSPECTION_MORE = 1 << 4	/* entries than were asked for */
};

#define INSPECTION_MARKS	((1U << 5) - 1)

/* Longer names lose their middle: the end of a name is what matters. */
#define INSPECTION_NAME_MAX	1024
#define INSPECTION_WORD_MAX	127

/* A name in an archive; that of an archive in it and "/" stand before it. */
struct inspection_entry {
	struct span name;
	uint64_t size;		/* as the archive says; 0 where it does not */
	unsigned marks;
};

struct inspection {
	struct span error;	/* one line; empty: it could be looked at */
	struct span magic;	/* "application/zip" */
	struct span archive;	/* "zip", "7zip", "rar", "tar", "iso9660", ...
				   empty: none */
	unsigned marks;
	const struct inspection_entry *entries;	/* as they stand in it */
	size_t nentries;
	uint64_t took;		/* milliseconds */
};

struct inspection_limits {
	uint64_t entries;	/* so many names, and MORE if there are more */
	unsigned depth;		/* of archive in archive; 1: just the outer */
	unsigned seconds;
};

/* The bytes to look into, in order. */
struct inspection_source {
	uint64_t size;		/* of what read() gives */
	bool cut;		/* there is more that it does not give */
	/* How many bytes, at least 1; or -1 with a one-line reason. */
	ssize_t (*read)(void *context, uint64_t offset, char *to, size_t size,
	    const char **why_r);
	void *context;
};

#endif
