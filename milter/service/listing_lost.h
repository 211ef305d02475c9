/*
 * listing_lost - names in a zip that libarchive loses.
 *
 * It gives no name where one says that it is UTF-8 and is not; unpackers do.
 * Such names stand in the headers as they are.
 */
#ifndef POSTERN_SERVICE_LISTING_LOST_H
#define POSTERN_SERVICE_LISTING_LOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct lost_name {
	struct span name;	/* no valid UTF-8; may hold NUL */
	uint64_t size;
};

/*
 * The first one from *at on, which moves behind it; false: there is none.
 * Start with 0.  All calls together look once at each byte.
 */
bool listing_lost_next(struct span zip, size_t *at, struct lost_name *lost_r);

#endif
