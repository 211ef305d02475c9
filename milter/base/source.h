/*
 * source - the files that a policy was read from.
 *
 * Whoever reads a file of the administrator reads it through source_read(),
 * which notes its name and what it looked like when it was opened.  The
 * daemon asks sources_changed() now and then; a table never looks by itself.
 * A file that could not be read is noted too: its appearing is a change.
 */
#ifndef POSTERN_BASE_SOURCE_H
#define POSTERN_BASE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct source {
	char *path;
	bool there;
	uint64_t device, inode, size;
	int64_t mtime_s, mtime_ns, ctime_s, ctime_ns;
};

struct sources {
	struct source *list;
	size_t n, room;
};

void sources_init(struct sources *sources);
void sources_clear(struct sources *sources);

/*
 * Reads the regular file `path` to its end into an empty buf, whose bound is
 * the largest size that is taken.  0, or -1 with a one-line reason without
 * the name in *why_r: a literal or the system's own words.
 */
int source_read(struct sources *sources, const char *path, struct buf *out,
    const char **why_r);

/* Notes a file that somebody else has read (or will not find). */
void source_note(struct sources *sources, const char *path);

/* The name of a file that is not now as it was when it was noted, or NULL. */
const char *sources_changed(const struct sources *sources);

#endif
