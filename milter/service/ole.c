/* ole - the directory of a compound file.  See ole.h. */
#include "service/ole.h"

#include <stdint.h>

#include "service/little.h"

#define HEADER		512
#define ENTRY		128
#define IN_HEADER	109	/* places of the table that the header has */

/* Sector numbers from here on say that there is none. */
#define SECTORS_MAX	0xfffffffaU

/* More entries than any document has: the rest is not looked at. */
#define ENTRIES_MAX	((uint32_t)100000)

/* Kinds of entries */
enum { STORAGE = 1, STREAM = 2 };

struct file {
	struct span bytes;
	unsigned shift;		/* a sector has 1 << shift bytes */
	uint32_t sectors;	/* those that begin within the bytes */
};

bool
ole_is(struct span bytes)
{
	return span_starts(bytes, SPAN("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
}

/* The header takes the place of a sector, so the first begins behind it. */
static struct span
sector(const struct file *file, uint32_t n)
{
	size_t begin = ((size_t)n + 1) << file->shift;

	return span_head(span_skip(file->bytes, begin),
	    (size_t)1 << file->shift);
}

/* The nth number of a sector; false where the file does not have it. */
static bool
number_in(const struct file *file, uint32_t where, uint32_t n,
    uint32_t *value_r)
{
	struct span bytes;

	if (where >= file->sectors)
		return false;
	bytes = span_skip(sector(file, where), (size_t)n * 4);
	if (bytes.n < 4)
		return false;
	*value_r = little_number(bytes.p, 4);
	return true;
}

/* The sector that the nth part of the table of sectors lies in. */
static bool
table_sector(const struct file *file, uint32_t n, uint32_t *where_r)
{
	uint32_t each = (1U << file->shift) / 4 - 1;
	uint32_t at = little_number(file->bytes.p + 68, 4);
	uint32_t steps;

	if (n < IN_HEADER) {
		*where_r = little_number(file->bytes.p + 76 + (size_t)n * 4, 4);
		return true;
	}
	n -= IN_HEADER;
	for (steps = 0; n >= each; n -= each)
		if (steps++ > file->sectors ||
		    !number_in(file, at, each, &at))
			return false;
	return number_in(file, at, n, where_r);
}

/* The sector behind this one in its chain. */
static bool
next_sector(const struct file *file, uint32_t at, uint32_t *next_r)
{
	uint32_t each = (1U << file->shift) / 4;
	uint32_t where;

	return table_sector(file, at / each, &where) &&
	    number_in(file, where, at % each, next_r);
}

/* The name is UTF-16 with a NUL behind it; its length counts bytes. */
static bool
is_named(const char *entry, struct span name)
{
	uint32_t length = little_number(entry + 64, 2);

	if (length != (name.n + 1) * 2)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (entry[2 * i + 1] != '\0' ||
		    ascii_lower((unsigned char)entry[2 * i]) !=
		    ascii_lower((unsigned char)name.p[i]))
			return false;
	return true;
}

static bool
is_macro(const char *entry)
{
	unsigned kind = (unsigned char)entry[66];

	return (kind == STORAGE && is_named(entry, SPAN("VBA"))) ||
	    (kind == STREAM && is_named(entry, SPAN("_VBA_PROJECT")));
}

/* [MS-OFFCRYPTO]: a document in an archive's form, and that encrypted. */
static bool
is_encrypted(const char *entry)
{
	return (unsigned char)entry[66] == STREAM &&
	    is_named(entry, SPAN("EncryptedPackage"));
}

static enum ole
look_at(struct span entries, enum ole seen)
{
	for (; entries.n >= ENTRY; entries = span_skip(entries, ENTRY))
		if (is_macro(entries.p))
			return OLE_MACROS;
		else if (is_encrypted(entries.p))
			seen = OLE_ENCRYPTED;
	return seen;
}

enum ole
ole_look(struct span bytes)
{
	struct file file = { .bytes = bytes };
	uint32_t at, steps = 0, seen = 0;
	enum ole found = OLE_PLAIN;

	if (bytes.n < HEADER)
		return OLE_BROKEN;
	file.shift = little_number(bytes.p + 30, 2);
	if (file.shift != 9 && file.shift != 12)
		return OLE_BROKEN;
	/* The last may be cut: what is there of it is looked at. */
	if (bytes.n >> file.shift >= UINT32_MAX)
		return OLE_BROKEN;
	file.sectors = (uint32_t)((bytes.n - 1) >> file.shift);
	at = little_number(bytes.p + 48, 4);
	while (at < SECTORS_MAX && seen < ENTRIES_MAX) {
		if (at >= file.sectors || steps++ > file.sectors)
			return OLE_BROKEN;
		found = look_at(sector(&file, at), found);
		if (found == OLE_MACROS)
			return found;
		seen += (1U << file.shift) / ENTRY;
		if (!next_sector(&file, at, &at))
			return OLE_BROKEN;
	}
	return seen > 0 && seen < ENTRIES_MAX ? found : OLE_BROKEN;
}
