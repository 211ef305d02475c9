/*
 * listing - the names inside of an archive, and of archives within it.
 *
 * Formats: zip, 7z, rar (4 and 5), tar, ISO 9660, cab, lha, cpio and ar, also
 * compressed as a whole (gzip, bzip2, xz, lzma, lzip, zstd, lz4, compress);
 * none of what libarchive does by another program or with an XML parser.
 *
 * Nothing is unpacked but the front of each file, and all of those that begin
 * as an archive or an OLE file does, into memory.  Bounded are names, depth,
 * what is unpacked in all, and time, which is looked at before each piece that
 * libarchive reads: what is reached says so by a mark, and what was found
 * until then stands.  It runs in a helper (helper.h) and knows no
 * policy; one thread may use it.
 */
#ifndef POSTERN_SERVICE_LISTING_H
#define POSTERN_SERVICE_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/inspection.h"
#include "base/region.h"

struct listing_limits {
	uint64_t entries, unpacked;
	unsigned depth, seconds;
};

struct listing {
	struct region region;	/* of the names */
	const char *format;	/* "zip"; "" where it is no archive */
	unsigned marks;
	struct inspection_entry *entries;
	size_t nentries;

	/* While it is made: */
	size_t room;
	struct listing_limits limits;
	uint64_t unpacked;
	uint64_t deadline;	/* nanoseconds of CLOCK_MONOTONIC */
};

/*
 * Also says of an OLE file whether it has macros; cut: the bytes are the front
 * of something larger.  listing_clear() is due in any case.
 */
void listing_make(struct listing *listing, struct span bytes, bool cut,
    const struct listing_limits *limits);
void listing_clear(struct listing *listing);

#endif
