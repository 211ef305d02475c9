/*
 * charset - text in any character set, as UTF-8, while it streams.
 *
 * The name is what a message declares; the text is read so as long as that
 * makes sense.  Where the name is missing or unknown, or at bytes that mean
 * nothing in it, UTF-8 is read where its bytes are valid, and any other byte
 * as windows-1252, which has nearly all of them; U+FFFD stands for the rest.
 * No byte is dropped but those that only say how others are to be read (a
 * byte order mark at the begin, the escapes of ISO-2022 and UTF-7).  What
 * comes out is always valid UTF-8.
 *
 * Names mean what mail readers and browsers take them for: ISO-8859-1 is read
 * as windows-1252, GB2312 as GB18030, KS_C_5601 as UHC, Shift_JIS as CP932.
 * Only names of a list are known, so that no message can make libc load
 * whatever it has; and libc finds its tables in the file system: inside of a
 * chroot without them all but UTF-8, UTF-7, UTF-16, UTF-32 and windows-1252
 * is unknown.
 *
 * The text comes in chunks that may be cut anywhere; that never shows.  At
 * most CHARSET_HELD bytes wait for the next chunk, and n bytes become 3 * n
 * at most, with those that waited counted.
 */
#ifndef POSTERN_MESSAGE_CHARSET_H
#define POSTERN_MESSAGE_CHARSET_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

#define CHARSET_HELD	64

struct charset;

/* NULL only without memory, or files to open libc's tables. */
struct charset *charset_open(struct span name);

/*
 * For names and words of a header, where a wrong character is better shown
 * than guessed: U+FFFD where charset_open() goes on to windows-1252, in text
 * that has a name.
 */
struct charset *charset_open_marked(struct span name);

/*
 * Adds what is certain by now.  False where utf8's bound or memory cut
 * something.
 */
bool charset_feed(struct charset *charset, struct span in, struct buf *utf8);
/* The text has ended: what was held back is added. */
bool charset_end(struct charset *charset, struct buf *utf8);
void charset_close(struct charset **charset);

/* Is there such a name? */
bool charset_is_known(struct span name);

#endif
