/*
 * What the inspector's own code reads of attachments and helpers: the
 * directory of an OLE file, and a helper's answer.
 *
 * The first byte says which: 'o' an OLE file; 'l' whatever libarchive takes
 * it for; any other an answer, of which so many entries are wanted.
 */
#include "fuzz.h"
#include "base/utf8.h"
#include "service/listing.h"
#include "service/ole.h"
#include "service/protocol.h"

#define REGION_MAX	((size_t)16 << 20)

static void
read_ole(struct span bytes)
{
	struct buf longer;
	enum ole look;

	if (!ole_is(bytes))
		return;
	look = ole_look(bytes);
	/* What was found is found again whatever stands behind it. */
	buf_init(&longer, bytes.n + 4096);
	buf_add(&longer, bytes);
	while (buf_addc(&longer, '\xff') && longer.n < bytes.n + 600)
		;
	MUST(look != OLE_MACROS || ole_look(buf_span(&longer)) == look);
	buf_clear(&longer);
}

static void
check_names(const struct inspection_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct span name = entries[i].name;

		MUST(name.n <= INSPECTION_NAME_MAX);
		MUST((entries[i].marks & ~INSPECTION_MARKS) == 0);
		MUST(utf8_fit(name, name.n) == name.n);
	}
}

static void
list(struct span bytes)
{
	struct listing_limits limits = { 20, 1 << 20, 3, 2 };
	struct listing listing;

	listing_make(&listing, bytes, false, &limits);
	MUST(listing.nentries <= limits.entries);
	MUST(listing.unpacked <= limits.unpacked);
	check_names(listing.entries, listing.nentries);
	listing_clear(&listing);
}

static enum reply_state
read_answer(struct span bytes, size_t piece, uint64_t entries)
{
	enum reply_state state = REPLY_GOES_ON;
	struct inspection found;
	struct reply_reader reader;
	struct region region;

	region_init(&region, REGION_MAX);
	reply_begin(&reader, entries, &region, &found);
	while (bytes.n > 0 && state == REPLY_GOES_ON) {
		state = reply_feed(&reader, span_head(bytes, piece));
		bytes = span_skip(bytes, piece);
	}
	if (state == REPLY_COMPLETE && bytes.n > 0)
		state = REPLY_WRONG;
	MUST(found.nentries <= entries);
	check_names(found.entries, found.nentries);
	region_clear(&region);
	return state;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_make((const char *)data, size);
	enum reply_state state;

	if (size == 0)
		return 0;
	bytes = span_skip(bytes, 1);
	switch (data[0]) {
	case 'o':
		read_ole(bytes);
		break;
	case 'l':
		list(bytes);
		break;
	default:
		state = read_answer(bytes, size, data[0]);
		MUST(read_answer(bytes, 1, data[0]) == state);
		MUST(read_answer(bytes, 7, data[0]) == state);
		break;
	}
	return 0;
}
