/*
 * content_type - the type of some bytes by what they are: libmagic.
 *
 * The database is read once, from the file system; after that nothing is
 * opened.  One thread at a time may use it.
 */
#ifndef POSTERN_SERVICE_CONTENT_TYPE_H
#define POSTERN_SERVICE_CONTENT_TYPE_H

#include "base/span.h"

struct content_types;

/* No more than that is looked at. */
#define CONTENT_TYPE_BYTES	((size_t)64 * 1024)

/* NULL with a reason, which is copied to `why` of `size` bytes. */
struct content_types *content_types_open(char *why, size_t size);
void content_types_close(struct content_types **types);

/* "application/zip"; good until the next call.  NULL: it could not look. */
const char *content_type(struct content_types *types, struct span bytes);

#endif
