/*
 * mailbox - stored mail, message by message, as a milter would have seen it.
 *
 * A file is one message, or many where its first line begins with "From "
 * (an mbox).  Messages are taken apart as Postfix takes them apart on their
 * way from the wire to a milter (seen on 3.7): lines end in LF or CRLF or more
 * CRs, a stray CR is a space, a header line ends at a NUL, the first line
 * that is no field ends the header, and long fields are cut.  In an mbox one
 * '>' of ">From " is taken away from lines of the body.
 *
 * Nothing is kept but a window on the file, one field and one line's head, so
 * a message may be of any size.  Spans are good until the next call.  One
 * thread at a time.
 */
#ifndef POSTERN_TOOL_MAILBOX_H
#define POSTERN_TOOL_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/span.h"
#include "message/header.h"

struct mailbox;

/*
 * "Name:value" is cut at so many bytes, as cleanup(8) cuts it once a milter
 * is attached; and where the last fold lies in the last tenth, at that.
 */
#define MAILBOX_FIELD_MAX	60000

/* "-" is standard input.  NULL, with a one-line reason. */
struct mailbox *mailbox_open(const char *path, const char **why_r);
void mailbox_close(struct mailbox **mailbox);

/*
 * Goes to the next message, whatever is left of the one before.  1, 0 where
 * there is none (an empty file holds none), -1 on an error.
 */
int mailbox_next(struct mailbox *mailbox);

/* In an mbox, the number of the message, from 1; else 0. */
uint64_t mailbox_number(const struct mailbox *mailbox);

/* In an mbox, the second word of the From line, good for the message. */
struct span mailbox_sender(const struct mailbox *mailbox);

/* The next field of the header: 1, 0 behind the last one, -1. */
int mailbox_field(struct mailbox *mailbox, struct field *field_r);

/*
 * The body, once the header was read to its end: lines with CRLF, the last
 * one too.  Fills all of `size` before the end; 0 at the end, -1.
 */
ssize_t mailbox_body(struct mailbox *mailbox, char *to, size_t size);

/* Bytes of the file that were read so far; after -1, why. */
uint64_t mailbox_offset(const struct mailbox *mailbox);
const char *mailbox_why(const struct mailbox *mailbox);

#endif
