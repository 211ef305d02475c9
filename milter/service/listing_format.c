/* listing_format - which archive it is.  See listing_format.h. */
#include "service/listing_format.h"

#include <archive.h>
#include <string.h>

#include "service/ole.h"

#define DISC_MARK	((size_t)32769)
#define TAR_MARK	((size_t)257)

const char *
listing_format_word(int format)
{
	switch (format & ARCHIVE_FORMAT_BASE_MASK) {
	case ARCHIVE_FORMAT_ZIP:
		return "zip";
	case ARCHIVE_FORMAT_7ZIP:
		return "7zip";
	case ARCHIVE_FORMAT_RAR:
		return "rar";
	case ARCHIVE_FORMAT_RAR_V5:
		return "rar5";
	case ARCHIVE_FORMAT_TAR:
		return "tar";
	case ARCHIVE_FORMAT_ISO9660:
		return "iso9660";
	case ARCHIVE_FORMAT_CAB:
		return "cab";
	case ARCHIVE_FORMAT_LHA:
		return "lha";
	case ARCHIVE_FORMAT_CPIO:
		return "cpio";
	case ARCHIVE_FORMAT_AR:
		return "ar";
	default:
		return "other";
	}
}

const char *
listing_format_by_signature(struct span bytes)
{
	static const struct {
		struct span signature;
		const char *format;
	} formats[] = {
		{ SPAN_INIT("PK\3\4"), "zip" },
		{ SPAN_INIT("PK\5\6"), "zip" },
		{ SPAN_INIT("7z\xbc\xaf\x27\x1c"), "7zip" },
		{ SPAN_INIT("Rar!\x1a\7\1"), "rar5" },
		{ SPAN_INIT("Rar!\x1a\7"), "rar" },
		{ SPAN_INIT("MSCF"), "cab" },
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (span_starts(bytes, formats[i].signature))
			return formats[i].format;
	if (span_starts(span_skip(bytes, TAR_MARK), SPAN("ustar")))
		return "tar";
	if (span_starts(span_skip(bytes, DISC_MARK), SPAN("CD001")))
		return "iso9660";
	return NULL;
}

size_t
listing_format_within(struct span bytes, size_t from)
{
	static const struct span signatures[] = {
		SPAN_INIT("7z\xbc\xaf\x27\x1c"), SPAN_INIT("Rar!\x1a\7"),
		SPAN_INIT("MSCF\0\0\0\0"),
	};
	struct span rest = span_skip(bytes, from);
	size_t first = rest.n;

	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]);
	    i++) {
		const char *at = memmem(rest.p, first, signatures[i].p,
		    signatures[i].n);

		if (at != NULL)
			first = (size_t)(at - rest.p);
	}
	return first < rest.n ? bytes.n - rest.n + first : bytes.n;
}

static bool
is_compressed(struct span front)
{
	static const struct span signatures[] = {
		SPAN_INIT("\x1f\x8b"), SPAN_INIT("\x1f\x9d"),
		SPAN_INIT("BZh"), SPAN_INIT("\xfd" "7zXZ"),
		SPAN_INIT("\x5d\0\0"), SPAN_INIT("LZIP"),
		SPAN_INIT("\x28\xb5\x2f\xfd"), SPAN_INIT("\x04\x22\x4d\x18"),
	};

	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]);
	    i++)
		if (span_starts(front, signatures[i]))
			return true;
	return false;
}

bool
listing_is_archive(struct span front)
{
	return listing_format_by_signature(front) != NULL ||
	    is_compressed(front);
}

bool
listing_is_promising(struct span front)
{
	return ole_is(front) || listing_is_archive(front) ||
	    span_starts(front, SPAN("MZ")) ||
	    span_starts(front, SPAN("\x7f" "ELF")) ||
	    span_starts(span_skip(front, 2), SPAN("-l"));
}
