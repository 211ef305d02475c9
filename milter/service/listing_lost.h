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

/* Where the search is; all zeros but for the zip to begin with. */
struct lost_names {
	struct span zip;
	size_t at;
	size_t good;		/* UTF-8 up to there, from where it was begun */
	size_t behind;		/* all names so far */
};

/*
 * The next one; false: there is none.  What only looks like a header hides
 * none that lies in it: the name of one within the name of another has its
 * last LOST_WITHIN_MAX bytes.  All calls together look once at each byte.
 */
#define LOST_WITHIN_MAX	1024

bool listing_lost_next(struct lost_names *names, struct lost_name *lost_r);

#endif
