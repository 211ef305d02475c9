/*
 * decode - content transfer encodings undone, while they stream.
 *
 * As lenient as readers of mail are: what is no code of the encoding is passed
 * over (base64, uuencode) or kept as it is (quoted-printable), and nothing is
 * an error.  Of a thousand blanks and more behind "=" that is no code the rest
 * is left out.  Any way of cutting the input gives the same bytes.  What comes
 * out of a call is no longer than its input and DECODE_HELD bytes.
 */
#ifndef POSTERN_MESSAGE_DECODE_H
#define POSTERN_MESSAGE_DECODE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

#define DECODE_HELD	1024

enum encoding {
	ENCODING_NONE,		/* 7bit, 8bit, binary, or not known */
	ENCODING_BASE64, ENCODING_QUOTED_PRINTABLE, ENCODING_UUENCODE
};

/* What a Content-Transfer-Encoding field names. */
enum encoding encoding_parse(struct span value);

/* One body; its members are decode.c's own. */
struct decode {
	enum encoding encoding;
	unsigned place;		/* in the encoding's grammar */
	unsigned bits, n_bits;	/* not yet a byte */
	unsigned quad, pads;	/* of base64 */
	unsigned left;		/* of a line of uuencode: bytes to come */
	/* What may turn out to be no code: "=" and blanks, "begin". */
	size_t held;
	char text[DECODE_HELD];
};

void decode_init(struct decode *decode, enum encoding encoding);

/*
 * Adds what is certain so far to `out`; decode_end() the rest.  `out` must
 * have room.
 */
void decode_feed(struct decode *decode, struct span in, struct buf *out);
void decode_end(struct decode *decode, struct buf *out);

#endif
