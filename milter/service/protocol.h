/*
 * protocol - what inspector and helper say to each other, over a socket
 * between two processes of one machine.
 *
 * The inspector sends one struct request and as many bytes as it says.  The
 * helper answers with records; the last one is RECORD_END, or RECORD_ERROR
 * with a reason at any place before.  The keeper adds an error where a helper
 * ends without one.
 *
 * A helper has met hostile bytes and may be theirs by then: whatever it says
 * is checked (kinds, order, lengths, number, UTF-8) before it is kept, and
 * what is kept is bounded by what was asked for.
 */
#ifndef POSTERN_SERVICE_PROTOCOL_H
#define POSTERN_SERVICE_PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/inspection.h"
#include "base/region.h"

/* So many bytes a helper takes; more is cut. */
#define REQUEST_BYTES_MAX	((uint64_t)64 << 20)
#define REQUEST_ENTRIES_MAX	((uint64_t)1000000)
#define REQUEST_DEPTH_MAX	16

struct request {
	uint64_t size, entries;
	uint32_t depth, seconds;
	uint32_t cut;
	uint32_t check;		/* REQUEST_CHECK: both are of one program */
};

#define REQUEST_CHECK		0x504f5331

enum record_kind {
	RECORD_MAGIC = 1, RECORD_ARCHIVE, RECORD_ENTRY, RECORD_END,
	RECORD_ERROR
};

/* Ahead of `length` bytes of text. */
struct record_head {
	uint8_t kind;
	uint8_t marks;
	uint16_t length;
	uint32_t unused;	/* 0 */
	uint64_t size;
};

enum reply_state { REPLY_GOES_ON, REPLY_COMPLETE, REPLY_WRONG };

/* Reads a reply that arrives in pieces. */
struct reply_reader {
	struct region *region;
	struct inspection *inspection;
	struct inspection_entry *entries;	/* room for so many: */
	size_t room;
	uint64_t max;
	unsigned last;		/* kind of the last record */
	struct record_head head;
	size_t have;		/* of the head and its text, read so far */
	char text[INSPECTION_NAME_MAX];
};

/*
 * What is read lies in the region, *inspection too points there.  The region
 * must have room for the entries, or the reply is wrong.
 */
void reply_begin(struct reply_reader *reader, uint64_t entries,
    struct region *region, struct inspection *inspection);
enum reply_state reply_feed(struct reply_reader *reader, struct span bytes);

/* As the helper writes it: the head for a text, which is cut to fit. */
void record_make(enum record_kind kind, unsigned marks, uint64_t size,
    struct span *text, struct record_head *head_r);

#endif
