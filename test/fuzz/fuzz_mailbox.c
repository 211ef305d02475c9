/*
 * The reader of stored mail, by a file in memory: the same messages whatever
 * the size of the pieces that the body is asked for in.
 *
 * The input is the file.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "fuzz.h"
#include "tool/mailbox.h"

#define SEEN_MAX	((size_t)32 << 20)

static void
read_header(struct mailbox *mailbox, struct buf *seen)
{
	struct field field, again;

	while (mailbox_field(mailbox, &field) > 0) {
		size_t begin = seen->n;

		MUST(field.name.n + 1 + field.value.n <= MAILBOX_FIELD_MAX);
		buf_add(seen, field.name);
		buf_addc(seen, ':');
		buf_add(seen, field.value);
		MUST(field_parse(span_skip(buf_span(seen), begin), &again));
		MUST(span_equal(again.name, field.name));
		buf_addc(seen, '\n');
	}
}

static void
read_body(struct mailbox *mailbox, size_t piece, struct buf *seen)
{
	char space[4096];
	size_t begin = seen->n;
	ssize_t n;

	while ((n = mailbox_body(mailbox, space, piece)) > 0) {
		MUST((size_t)n <= piece);
		buf_add(seen, span_make(space, (size_t)n));
	}
	MUST(n == 0);
	if (seen->n > begin)
		MUST(span_ends(span_skip(buf_span(seen), begin),
		    SPAN("\r\n")));
}

static void
read_all(const char *path, size_t size, size_t piece, struct buf *seen)
{
	const char *why;
	struct mailbox *mailbox = mailbox_open(path, &why);
	uint64_t number = 0;

	MUST(mailbox != NULL);
	while (mailbox_next(mailbox) > 0) {
		number++;
		if (mailbox_number(mailbox) > 0)
			MUST(mailbox_number(mailbox) == number);
		buf_addf(seen, "\n%zu ", (size_t)number);
		buf_add(seen, mailbox_sender(mailbox));
		read_header(mailbox, seen);
		read_body(mailbox, piece, seen);
	}
	MUST(number <= size);
	MUST(mailbox_offset(mailbox) <= size);
	mailbox_close(&mailbox);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf large, small;
	char path[64];
	int fd = memfd_create("mail", MFD_CLOEXEC);

	MUST(fd >= 0);
	MUST(write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	buf_init(&large, SEEN_MAX);
	buf_init(&small, SEEN_MAX);
	read_all(path, size, 4096, &large);
	read_all(path, size, 1 + size % 7, &small);
	MUST(span_equal(buf_span(&large), buf_span(&small)));
	buf_clear(&large);
	buf_clear(&small);
	close(fd);
	return 0;
}
