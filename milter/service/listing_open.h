/*
 * listing_open - libarchive over bytes in memory, for as long as there is
 * time.
 */
#ifndef POSTERN_SERVICE_LISTING_OPEN_H
#define POSTERN_SERVICE_LISTING_OPEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct archive;

/* It must last as long as the archive. */
struct listing_source {
	struct span bytes;
	uint64_t deadline;	/* by listing_now() */
	size_t at;
	bool late;		/* the deadline has passed */
};

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t listing_now(void);

/*
 * For archive_read_free().  NULL: it is no archive; or, as marks say, one that
 * there is no memory or time for.
 */
struct archive *listing_open(struct listing_source *source,
    unsigned *marks_r);

#endif
