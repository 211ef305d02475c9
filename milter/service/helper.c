/* helper - one attachment is looked into.  See helper.h. */
#include "service/helper.h"

#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "service/listing.h"
#include "service/protocol.h"
#include "service/sandbox.h"

/* Of the time that the inspector waits some is for what is not the listing. */
#define SECONDS_LEFT	1

/* What may be unpacked of archives in archives, in all. */
#define UNPACKED_MAX	((uint64_t)128 << 20)

static bool
read_all(int fd, char *to, size_t size)
{
	while (size > 0) {
		ssize_t n = read(fd, to, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		size -= (size_t)n;
	}
	return true;
}

static void
write_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		/* Nobody waits for the answer any more. */
		if (n <= 0)
			_exit(0);
		bytes += n;
		size -= (size_t)n;
	}
}

static void
write_record(int fd, enum record_kind kind, unsigned marks, uint64_t size,
    struct span text)
{
	char record[sizeof(struct record_head) + INSPECTION_NAME_MAX];
	struct record_head head;

	record_make(kind, marks, size, &text, &head);
	memcpy(record, &head, sizeof(head));
	if (text.n > 0)
		memcpy(record + sizeof(head), text.p, text.n);
	write_all(fd, record, sizeof(head) + text.n);
}

static _Noreturn void
give_up(int fd, const char *why)
{
	write_record(fd, RECORD_ERROR, 0, 0, span_of(why));
	_exit(0);
}

static void
answer(int fd, const char *magic, const struct listing *listing)
{
	write_record(fd, RECORD_MAGIC, 0, 0, span_of(magic));
	write_record(fd, RECORD_ARCHIVE, listing->marks, 0,
	    span_of(listing->format));
	for (size_t i = 0; *listing->format != '\0' && i < listing->nentries;
	    i++)
		write_record(fd, RECORD_ENTRY, listing->entries[i].marks,
		    listing->entries[i].size, listing->entries[i].name);
	write_record(fd, RECORD_END, 0, 0, SPAN(""));
}

static bool
is_request(const struct request *request)
{
	return request->check == REQUEST_CHECK &&
	    request->size <= REQUEST_BYTES_MAX &&
	    request->entries <= REQUEST_ENTRIES_MAX &&
	    request->depth <= REQUEST_DEPTH_MAX;
}

static void
serve(int fd, struct content_types *types)
{
	struct request request;
	struct listing_limits limits;
	struct listing listing;
	const char *magic;
	char *bytes;

	/* Who ends here without a request was not needed after all. */
	if (!read_all(fd, (char *)&request, sizeof(request)))
		_exit(0);
	if (!is_request(&request))
		give_up(fd, "the request is malformed");
	if ((bytes = malloc((size_t)request.size + 1)) == NULL)
		give_up(fd, "out of memory");
	if (!read_all(fd, bytes, (size_t)request.size))
		_exit(0);
	magic = content_type(types, span_make(bytes, (size_t)request.size));
	if (magic == NULL)
		give_up(fd, "libmagic cannot look at it");
	limits = (struct listing_limits){
		.entries = request.entries, .unpacked = UNPACKED_MAX,
		.depth = request.depth, .seconds = request.seconds,
	};
	listing_make(&listing, span_make(bytes, (size_t)request.size),
	    request.cut != 0, &limits);
	answer(fd, magic, &listing);
	listing_clear(&listing);
	free(bytes);
}

void
helper_run(int fd, struct content_types *types, unsigned seconds,
    uint64_t present)
{
	struct sandbox sandbox = {
		.memory = HELPER_MEMORY, .present = present,
		.seconds = seconds + SECONDS_LEFT,
	};
	const char *why;

	/*
	 * libarchive converts names to the character set of the locale; this
	 * one is part of libc.
	 */
	uselocale(newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0));
	if (sandbox_enter(&sandbox, &why) < 0)
		give_up(fd, why);
	serve(fd, types);
	_exit(0);
}
