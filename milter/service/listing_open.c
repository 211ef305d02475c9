/* listing_open - libarchive over bytes in memory.  See listing_open.h. */
#include "service/listing_open.h"

#include <archive.h>
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/inspection.h"

/* What libarchive is given at once: time is looked at in between. */
#define PIECE		((size_t)16 * 1024)

uint64_t
listing_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

/* What libarchive asks for */

static la_ssize_t
on_read(struct archive *archive, void *context, const void **bytes_r)
{
	struct listing_source *source = context;
	struct span piece = span_head(span_skip(source->bytes, source->at),
	    PIECE);

	if (listing_now() >= source->deadline) {
		source->late = true;
		archive_set_error(archive, ETIMEDOUT, "late");
		return ARCHIVE_FATAL;
	}
	source->at += piece.n;
	*bytes_r = piece.p;
	return (la_ssize_t)piece.n;
}

static la_int64_t
on_skip(struct archive *archive, void *context, la_int64_t n)
{
	struct listing_source *source = context;
	size_t left = source->bytes.n - source->at;

	(void)archive;
	if (n < 0)
		return 0;
	if ((uint64_t)n > left)
		n = (la_int64_t)left;
	source->at += (size_t)n;
	return n;
}

static la_int64_t
on_seek(struct archive *archive, void *context, la_int64_t offset, int whence)
{
	struct listing_source *source = context;
	la_int64_t size = (la_int64_t)source->bytes.n;
	la_int64_t from = whence == SEEK_SET ? 0 :
	    whence == SEEK_CUR ? (la_int64_t)source->at : size;

	(void)archive;
	if (offset < -from)
		offset = -from;
	if (offset > size - from)
		offset = size - from;
	source->at = (size_t)(from + offset);
	return from + offset;
}

struct archive *
listing_open(struct listing_source *source, unsigned *marks_r)
{
	struct archive *a = archive_read_new();

	*marks_r = INSPECTION_CUT;

	if (a == NULL)
		return NULL;
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_compress(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_lzip(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_7zip(a);
	archive_read_support_format_rar(a);
	archive_read_support_format_rar5(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_iso9660(a);
	archive_read_support_format_cab(a);
	archive_read_support_format_lha(a);
	archive_read_support_format_cpio(a);
	archive_read_support_format_ar(a);
	archive_read_set_callback_data(a, source);
	archive_read_set_read_callback(a, on_read);
	archive_read_set_skip_callback(a, on_skip);
	archive_read_set_seek_callback(a, on_seek);
	if (archive_read_open1(a) == ARCHIVE_OK)
		return a;
	if (!source->late && archive_errno(a) != ENOMEM)
		*marks_r = 0;
	archive_read_free(a);
	return NULL;
}
