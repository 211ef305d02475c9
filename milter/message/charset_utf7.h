/*
 * charset_utf7 - UTF-7 (RFC 2152) byte by byte; for charset.c.
 *
 * libc's converter does not answer the same where a faulty text is cut in
 * another place, so this is ours.
 */
#ifndef POSTERN_MESSAGE_CHARSET_UTF7_H
#define POSTERN_MESSAGE_CHARSET_UTF7_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct utf7 {
	bool shifted;		/* behind a '+' */
	bool fresh;		/* ... right behind it */
	uint32_t bits;		/* of what is no whole unit yet */
	unsigned n_bits;
	uint32_t high;		/* half a pair; 0: none */
};

/*
 * Takes a byte of ASCII; false where it is none, which ends what is shifted
 * and is the caller's to add.
 */
bool utf7_take(struct utf7 *utf7, unsigned char c, struct buf *out);
void utf7_end(struct utf7 *utf7, struct buf *out);

#endif
