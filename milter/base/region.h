/*
 * region - memory that is freed all at once.
 *
 * What lives as long as a message (or an event, or a policy) is taken from
 * the message's region and never freed by itself.  A region has a bound: past
 * it, and where memory runs out, region_alloc() returns NULL and `failed`
 * stays set until the region is reset.
 */
#ifndef POSTERN_BASE_REGION_H
#define POSTERN_BASE_REGION_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct region {
	struct region_block *blocks;	/* newest first */
	/*
	 * Bytes handed out.  With what is lost at the ends of blocks, less
	 * than twice that and one block are taken from memory.
	 */
	size_t used;
	size_t max;
	bool failed;
};

void region_init(struct region *region, size_t max);
void region_clear(struct region *region);

/* Forgets all that was taken; keeps one block for the next use. */
void region_reset(struct region *region);

/* Zeroed memory, aligned for anything. */
void *region_alloc(struct region *region, size_t size);

/* A copy with a NUL behind it that is not counted; empty on failure. */
struct span region_copy(struct region *region, struct span bytes);

/* A C string; NULL on failure. */
char *region_printf(struct region *region, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
