/* listing - the names inside of an archive.  See listing.h. */
#include "service/listing.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/shorten.h"
#include "base/utf8.h"
#include "service/listing_format.h"
#include "service/listing_lost.h"
#include "service/listing_open.h"
#include "service/ole.h"

/* So much is read of a file at once. */
#define PIECE		((size_t)16 * 1024)

/* As much of each file as tells what it is; of an image of a disc more. */
#define FRONT		((size_t)1024)
#define DISC_FRONT	((size_t)34 * 1024)

/* The directory of a zip ends with a record and a comment. */
#define DIRECTORY_MAX	((size_t)65535 + 22 + 4)

/* So many places that look like the begin of an archive are tried. */
#define WITHIN_MAX	4

#define REGION_MAX	((size_t)64 << 20)
#define ENTRIES_ROOM	64

/* One archive that is read. */
struct reading {
	struct listing *listing;
	struct listing_source source;
	bool lost;		/* a name that libarchive does not give */
	unsigned depth;
	struct span prefix;	/* of its names */
};

/* Names */

/* "outer.zip/inner/file", in the listing's memory. */
static struct span
whole_name(struct listing *listing, struct span prefix, struct span name)
{
	struct buf whole, shown;
	struct span kept;

	/* Of a name that is longer than all of that its end is left. */
	buf_init(&whole, 1024 * 1024);
	buf_init(&shown, INSPECTION_NAME_MAX);
	buf_add(&whole, prefix);
	if (prefix.n > 0)
		buf_addc(&whole, '/');
	utf8_add_valid(&whole, name);
	shorten_add(&shown, buf_span(&whole), INSPECTION_NAME_MAX);
	kept = region_copy(&listing->region, buf_span(&shown));
	buf_clear(&whole);
	buf_clear(&shown);
	return kept;
}

static bool
room_for_entry(struct listing *listing)
{
	size_t room = listing->room == 0 ? ENTRIES_ROOM : listing->room * 2;
	struct inspection_entry *entries;

	if (listing->nentries < listing->room)
		return true;
	entries = realloc(listing->entries, room * sizeof(*entries));
	if (entries == NULL)
		return false;
	listing->entries = entries;
	listing->room = room;
	return true;
}

/* Entries */

/* NULL: it is in no character set that it says it is in. */
static const char *
entry_name(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);

	return name != NULL ? name : archive_entry_pathname(entry);
}

/*
 * By what an unpacker makes of it, which where files are packed one by one is
 * no folder if it has bytes.
 */
static bool
is_folder(struct archive *a, struct archive_entry *entry, struct span name)
{
	int format = archive_format(a) & ARCHIVE_FORMAT_BASE_MASK;
	bool packed = format == ARCHIVE_FORMAT_ZIP ||
	    format == ARCHIVE_FORMAT_7ZIP || format == ARCHIVE_FORMAT_RAR ||
	    format == ARCHIVE_FORMAT_RAR_V5;

	return span_ends(name, SPAN("/")) ||
	    (archive_entry_filetype(entry) == AE_IFDIR &&
	    !(packed && archive_entry_size(entry) > 0));
}

/* As many bytes of a file as there are, up to max: those read; -1: none. */
static ssize_t
read_some(struct listing *listing, struct archive *a, char *to, size_t max)
{
	uint64_t left = listing->limits.unpacked - listing->unpacked;
	la_ssize_t n = 1;
	size_t have = 0;

	if (max > left)
		max = (size_t)left;
	while (have < max && n > 0) {
		n = archive_read_data(a, to + have, max - have);
		if (n > 0)
			have += (size_t)n;
	}
	listing->unpacked += have;
	return n < 0 && have == 0 ? -1 : (ssize_t)have;
}

static bool
ends_as_disc(struct span name)
{
	return name.n > 4 && (span_caseequal(span_skip(name, name.n - 4),
	    SPAN(".iso")) || span_caseequal(span_skip(name, name.n - 4),
	    SPAN(".img")));
}

static unsigned list_archive(struct listing *listing, struct span bytes,
    bool cut, struct span prefix, unsigned depth, const char **format_r);

static unsigned
look_at_ole(struct span bytes, bool cut)
{
	switch (ole_look(bytes)) {
	case OLE_MACROS:
		return INSPECTION_MACROS;
	case OLE_ENCRYPTED:
		return INSPECTION_ENCRYPTED;
	case OLE_BROKEN:
		return cut ? INSPECTION_CUT : INSPECTION_BROKEN;
	case OLE_PLAIN:
		break;
	}
	return 0;
}

/* The whole of a file whose front is there, in memory for as long. */
static unsigned
look_into(struct reading *r, struct archive *a, struct span front,
    struct span name)
{
	struct listing *listing = r->listing;
	uint64_t left = listing->limits.unpacked - listing->unpacked;
	char piece[PIECE];
	struct buf all;
	const char *format;
	unsigned marks;
	bool cut;
	ssize_t n;

	if (r->depth >= listing->limits.depth && !ole_is(front))
		return listing_is_archive(front) ? INSPECTION_CUT : 0;
	buf_init(&all, front.n + (size_t)left);
	buf_add(&all, front);
	while ((n = read_some(listing, a, piece, sizeof(piece))) > 0 &&
	    buf_add(&all, span_make(piece, (size_t)n)))
		;
	cut = all.cut || listing->unpacked >= listing->limits.unpacked;
	marks = ole_is(front) ? look_at_ole(buf_span(&all), cut) :
	    list_archive(listing, buf_span(&all), cut, name, r->depth + 1,
	    &format);
	buf_clear(&all);
	return cut ? marks | INSPECTION_CUT : marks;
}

static unsigned
look_at_content(struct reading *r, struct archive *a, struct span name)
{
	char front[DISC_FRONT];
	ssize_t n = read_some(r->listing, a, front,
	    ends_as_disc(name) ? sizeof(front) : FRONT);
	struct span bytes = span_make(front, n > 0 ? (size_t)n : 0);

	if (n > 0 && listing_is_promising(bytes))
		return look_into(r, a, bytes, name);
	return r->listing->unpacked >= r->listing->limits.unpacked ?
	    INSPECTION_CUT : 0;
}

static bool
is_vba_project(struct span name)
{
	size_t slash = span_rfind(name, '/');
	struct span last = slash < name.n ? span_skip(name, slash + 1) : name;

	return span_caseequal(last, SPAN("vbaProject.bin"));
}

static bool
add_entry(struct listing *listing, struct span name, uint64_t size,
    unsigned marks)
{
	if (listing->nentries >= listing->limits.entries ||
	    !room_for_entry(listing)) {
		listing->marks |= INSPECTION_MORE;
		return false;
	}
	listing->entries[listing->nentries++] = (struct inspection_entry){
		.name = name, .size = size, .marks = marks,
	};
	return true;
}

/* False: no more is looked at. */
static bool
take_entry(struct reading *r, struct archive *a, struct archive_entry *entry,
    unsigned *marks)
{
	struct listing *listing = r->listing;
	size_t number = listing->nentries;
	const char *text = entry_name(entry);
	struct span name = whole_name(listing, r->prefix, text != NULL ?
	    span_of(text) : UTF8_FFFD);
	unsigned own = archive_entry_is_encrypted(entry) ?
	    INSPECTION_ENCRYPTED : 0;

	if (text == NULL) {
		r->lost = true;
		own |= INSPECTION_BROKEN;
	}
	if (is_folder(a, entry, name))
		return true;
	if (!add_entry(listing, name, archive_entry_size_is_set(entry) &&
	    archive_entry_size(entry) > 0 ?
	    (uint64_t)archive_entry_size(entry) : 0, own))
		return false;
	*marks |= own;
	if (is_vba_project(name))
		*marks |= INSPECTION_MACROS;
	/* The list may move meanwhile. */
	if ((own & INSPECTION_ENCRYPTED) == 0) {
		unsigned within = look_at_content(r, a, name);

		listing->entries[number].marks |= within;
	}
	return (listing->marks & INSPECTION_MORE) == 0;
}

/* In the place of each that libarchive lost it is known by U+FFFD alone. */
static void
add_lost(const struct reading *r)
{
	struct listing *listing = r->listing;
	struct lost_names names = { .zip = r->source.bytes };
	struct lost_name lost;

	while (listing_lost_next(&names, &lost) &&
	    add_entry(listing, whole_name(listing, r->prefix, lost.name),
	    lost.size, INSPECTION_BROKEN))
		;
}

/* Without its directory at the end a zip is one that was cut. */
static bool
lacks_directory(const struct reading *r, struct archive *a)
{
	struct span all = r->source.bytes;
	struct span tail = span_skip(all, all.n > DIRECTORY_MAX ?
	    all.n - DIRECTORY_MAX : 0);

	return archive_filter_code(a, 0) == ARCHIVE_FILTER_NONE &&
	    (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) ==
	    ARCHIVE_FORMAT_ZIP && memmem(tail.p, tail.n, "PK\5\6", 4) == NULL;
}

static unsigned
marks_at_end(const struct reading *r, struct archive *a, int result, bool cut)
{
	unsigned marks = 0;

	if (archive_read_has_encrypted_entries(a) > 0)
		marks |= INSPECTION_ENCRYPTED;
	if (result == ARCHIVE_EOF && !lacks_directory(r, a))
		return marks;
	if (r->source.late || cut || archive_errno(a) == ENOMEM)
		return marks | INSPECTION_CUT;
	/* Names that are encrypted too are no fault. */
	return marks != 0 ? marks : INSPECTION_BROKEN;
}

static unsigned
read_entries(struct reading *r, struct archive *a, bool cut,
    const char **format_r)
{
	struct archive_entry *entry;
	unsigned marks = 0;
	size_t before = r->listing->nentries;
	bool goes_on = true;
	int result = ARCHIVE_OK;

	while (goes_on) {
		result = archive_read_next_header(a, &entry);
		if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
			break;
		*format_r = listing_format_word(archive_format(a));
		goes_on = take_entry(r, a, entry, &marks);
		if (listing_now() >= r->source.deadline) {
			r->source.late = true;
			goes_on = false;
		}
	}
	if (!goes_on)
		return marks | (r->source.late ? INSPECTION_CUT : 0);
	/* Zeros are a tar without files to libarchive; anything may be. */
	if (*format_r == NULL && r->listing->nentries == before)
		*format_r = listing_format_by_signature(r->source.bytes);
	if (*format_r == NULL && archive_read_has_encrypted_entries(a) > 0)
		*format_r = listing_format_word(archive_format(a));
	if (*format_r == NULL)
		return archive_errno(a) == ENOMEM ? INSPECTION_CUT : 0;
	return marks | marks_at_end(r, a, result, cut);
}

/* NULL in *format_r: it is no archive. */
static unsigned
list_from_front(struct listing *listing, struct span bytes, bool cut,
    struct span prefix, unsigned depth, const char **format_r)
{
	struct reading r = {
		.listing = listing, .depth = depth, .prefix = prefix,
		.source = { .bytes = bytes, .deadline = listing->deadline },
	};
	unsigned marks;
	struct archive *a = listing_open(&r.source, &marks);

	*format_r = NULL;
	if (a == NULL) {
		*format_r = listing_format_by_signature(bytes);
		if (*format_r == NULL || marks != 0)
			return marks;
		return cut ? INSPECTION_CUT : INSPECTION_BROKEN;
	}
	marks = read_entries(&r, a, cut, format_r);
	if (r.lost && (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) ==
	    ARCHIVE_FORMAT_ZIP)
		add_lost(&r);
	archive_read_free(a);
	return marks;
}

/*
 * Or one begins further on, which unpackers look for.  What only looks like
 * its begin, as in a program that knows of archives, is none.
 */
static unsigned
list_archive(struct listing *listing, struct span bytes, bool cut,
    struct span prefix, unsigned depth, const char **format_r)
{
	unsigned marks = list_from_front(listing, bytes, cut, prefix, depth,
	    format_r);
	size_t before = listing->nentries, at = 0;

	for (int i = 0; i < WITHIN_MAX && *format_r == NULL; i++) {
		unsigned within;

		at = listing_format_within(bytes, at + 1);
		if (at == bytes.n)
			break;
		within = list_from_front(listing, span_skip(bytes, at), cut,
		    prefix, depth, format_r);
		if (listing->nentries > before ||
		    (within & INSPECTION_ENCRYPTED) != 0)
			return within;
		*format_r = NULL;
	}
	return marks;
}

void
listing_make(struct listing *listing, struct span bytes, bool cut,
    const struct listing_limits *limits)
{
	const char *format;

	*listing = (struct listing){ .format = "", .limits = *limits };
	region_init(&listing->region, REGION_MAX);
	listing->deadline = listing_now() +
	    (uint64_t)limits->seconds * 1000000000U;
	if (ole_is(bytes)) {
		listing->marks |= look_at_ole(bytes, cut);
		return;
	}
	listing->marks |= list_archive(listing, bytes, cut, SPAN(""), 1,
	    &format);
	if (format != NULL)
		listing->format = format;
	if (listing->region.failed)
		listing->marks |= INSPECTION_CUT;
}

void
listing_clear(struct listing *listing)
{
	region_clear(&listing->region);
	free(listing->entries);
}
