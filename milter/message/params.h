/*
 * params - the type and the parameters of Content-Type and
 * Content-Disposition, as readers show them.
 *
 * Encoded words in values are decoded, in quotes or not (RFC 2047 forbids
 * both), and so is RFC 2231: name*=charset'language'percent-encoded, and
 * name*0, name*1* ... put together in the order of their numbers, whatever the
 * order in which they stand and whatever numbers are missing.
 *
 * What does not fit the RFCs is read as readers do: blanks in values that are
 * not quoted, a missing semicolon behind a quote, a quote that nothing closes,
 * parameters without a type.  Where readers differ, there is a value for each
 * of them: one for each name, name* and set of pieces, and where the number of
 * a piece comes twice, one value of the first and one of the last.  Text that
 * is no parameter is one without a name.
 *
 * All of it lies in the caller's region; values are valid UTF-8 of one line
 * (see words.h).
 */
#ifndef POSTERN_MESSAGE_PARAMS_H
#define POSTERN_MESSAGE_PARAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/region.h"
#include "base/span.h"

/* Of more, the last is all that remains, without a name. */
#define PARAMS_MAX	10000

struct param {
	/* Without the "*0*"; in the case that it has in the field. */
	struct span name;
	struct span value;
	bool extended;		/* RFC 2231: what most readers believe */
};

struct params {
	struct span type;	/* "text/plain", "attachment"; or empty */
	const struct param *list;	/* in the order of the field */
	size_t n;
};

/* The fields that have parameters. */
bool params_has(struct span field_name);

/* False without memory. */
bool params_parse(struct span value, struct region *region,
    struct params *params_r);

/*
 * The nth (0: the first) value of that name, extended ones before others;
 * NULL where there are not so many.
 */
const struct param *params_find(const struct params *params,
    struct span name, size_t nth);

/* All of them, in that order: from the one at *at on, which starts with 0. */
const struct param *params_next(const struct params *params,
    struct span name, size_t *at);

/* Adds `type; name="value"; ...`, with \" and \\ in values. */
void params_write(const struct params *params, struct buf *out);

#endif
