/*
 * notice - the text in the place of an attachment that was taken out.
 *
 * What it says is a text with $name, $type and $reason in it, or ${name} and
 * so on; $$ is a dollar.  What stands for these may come from a stranger: of
 * it only the characters of one line are left (printable.h).
 *
 * In the message it is a part of type text/plain in UTF-8, quoted-printable
 * (RFC 2045), in lines of at most 76 bytes, of which none can be a boundary.
 * The name is not in the header of the part, so that nothing in it can be
 * taken for one.
 */
#ifndef POSTERN_MESSAGE_NOTICE_H
#define POSTERN_MESSAGE_NOTICE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"
#include "message/header.h"

#define NOTICE_DEFAULT \
	"An attachment was removed from this message: $name ($type). $reason"

/* A setting that is longer is refused; a notice that is, cut. */
#define NOTICE_SETTING_MAX	4096
#define NOTICE_MAX		((size_t)64 << 10)

struct notice_words {
	struct span name, type, reason;
};

/* What would be right, or NULL where the setting is. */
const char *notice_wrong(struct span setting);

/* Adds the notice in UTF-8, with LF between lines. */
void notice_fill(struct buf *out, struct span setting,
    const struct notice_words *words);

/* The fields of its part: values as with SMFIP_HDR_LEADSPC. */
#define NOTICE_FIELDS	3
extern const struct field notice_fields[NOTICE_FIELDS];

/* Adds those fields as lines, each with LF. */
void notice_header(struct buf *out);
/* Adds a text as the body of that part, with LF at its end. */
void notice_body(struct buf *out, struct span text);

#endif
