/*
 * header - what is a header field, and which list of checks sees it.
 *
 * As Postfix's is_header() and header_opts have it: a name is printable ASCII
 * without blanks and colons, and blanks may stand before the colon (RFC 822,
 * obsolete since), where they are dropped.
 */
#ifndef POSTERN_MESSAGE_HEADER_H
#define POSTERN_MESSAGE_HEADER_H

#include <stdbool.h>

#include "base/span.h"

struct field {
	struct span name;
	/*
	 * All that follows the colon, blanks included; continuation lines
	 * joined by LF and their own white space; no line end.
	 */
	struct span value;
};

/* False where text does not begin as a header field does. */
bool field_parse(struct span text, struct field *field_r);

/*
 * MIME-Version, Content-Type, -Transfer-Encoding, -Disposition, -ID and
 * -Description, the names that mime_header_checks sees wherever they stand.
 */
bool field_is_mime(struct span name);

/*
 * Bcc, Resent-Bcc, Content-Length and Return-Path of a message's own header:
 * Postfix takes them away before a milter sees the message, and also where
 * a REPLACE of its header_checks makes one.
 */
bool field_is_dropped(struct span name);

#endif
