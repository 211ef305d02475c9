/*
 * listing_format - which archive it is, by its first bytes and by libarchive.
 */
#ifndef POSTERN_SERVICE_LISTING_FORMAT_H
#define POSTERN_SERVICE_LISTING_FORMAT_H

#include <stdbool.h>

#include "base/span.h"

/* The word for what archive_format() gave. */
const char *listing_format_word(int format);

/*
 * What begins so is an archive even where libarchive can make nothing of it:
 * then it is broken.  NULL: none that is known.
 */
const char *listing_format_by_signature(struct span bytes);

/*
 * Where behind `from` an archive may begin that has something else before it,
 * such as the program that unpacks it; bytes.n: nowhere.  A zip is not looked
 * for: its directory is at its end, so that libarchive finds it.
 */
size_t listing_format_within(struct span bytes, size_t from);

/* One of these, or something compressed that may be. */
bool listing_is_archive(struct span front);

/*
 * All of a file that begins so is looked into: programs that unpack
 * themselves, and lha, among others.
 */
bool listing_is_promising(struct span front);

#endif
