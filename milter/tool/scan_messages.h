/*
 * scan_messages - the messages of files that the command line names, one after
 * the other, for scan and for decode.
 *
 * Nothing is read any more once standard output cannot be written: nobody
 * would see what comes of it.
 */
#ifndef POSTERN_TOOL_SCAN_MESSAGES_H
#define POSTERN_TOOL_SCAN_MESSAGES_H

#include <stdint.h>

#include "tool/mailbox.h"

struct scan_messages {
	/* The mailbox is at the message; "FILE", in an mbox "FILE#NUMBER". */
	void (*message)(void *context, const char *name,
	    struct mailbox *mailbox);
	/* Why the rest of the file is not read; a reason of one line. */
	void (*fail)(void *context, const char *name, const char *why);
	void *context;
};

/* How many bytes of the file were read. */
uint64_t scan_messages(const struct scan_messages *to, const char *path);

/* Empties standard output; fails where not everything was written. */
void scan_messages_end(const struct scan_messages *to);

#endif
