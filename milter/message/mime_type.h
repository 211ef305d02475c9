/*
 * mime_type - what a Content-Type field says about the structure, as
 * Postfix's header_token() and mime_state have it.
 *
 * It takes what RFC 2045 does not allow (comments between all tokens, any
 * quoting, text behind a value, several boundaries): what a reader could take
 * for a boundary must not be hidden from the checks.
 */
#ifndef POSTERN_MESSAGE_MIME_TYPE_H
#define POSTERN_MESSAGE_MIME_TYPE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

enum content {
	CONTENT_UNKNOWN,	/* other/any: leaves an earlier type as it is */
	CONTENT_PLAIN,		/* nothing to look into, or no type */
	CONTENT_MESSAGE,	/* message/rfc822, message/global */
	CONTENT_MULTIPART,
	CONTENT_DIGEST		/* multipart/digest: parts are messages */
};

/*
 * The type in a field's value; *rest_r is what mime_type_boundary() reads.
 */
enum content mime_type_parse(struct span value, struct span *rest_r);

/*
 * The next parameter of that name among those in *rest, into an empty buf
 * whose bound is not less than the value's length; false where there is none
 * left.
 */
bool mime_type_parameter(struct span *rest, struct span name,
    struct buf *value);
bool mime_type_boundary(struct span *rest, struct buf *boundary);

/*
 * The first of that name as readers of mail take it: a value without quotes
 * goes up to a blank, a semicolon or a comment, whatever else is in it
 * (boundary=----=_Part/1).
 */
bool mime_type_read_parameter(struct span rest, struct span name,
    struct buf *value);

/*
 * "type/subtype" in small letters, and *rest_r as above; false where it is
 * none, which to a reader is text/plain.
 */
bool mime_type_name(struct span value, struct buf *name,
    struct span *rest_r);

#endif
