/* spool - bytes in memory, and past a bound in a file.  See spool.h. */
#include "base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

/* A write of fewer bytes costs more than the copy that spares it. */
#define SPOOL_WRITE	((size_t)16 * 1024)

struct spool {
	struct buf memory;	/* the first bytes; its bound is the spool's */
	char *directory;
	int fd;			/* what follows them, or -1 */
	uint64_t in_file;
	struct buf last;	/* what is to be written there */
	const char *failed;	/* why, from then on */
};

struct spool *
spool_new(size_t memory_max, const char *directory)
{
	struct spool *spool = malloc(sizeof(*spool));

	if (spool == NULL)
		return NULL;
	*spool = (struct spool){ .fd = -1, .directory = strdup(directory) };
	buf_init(&spool->memory, memory_max);
	buf_init(&spool->last, SPOOL_WRITE);
	if (spool->directory == NULL)
		spool_free(&spool);
	return spool;
}

void
spool_free(struct spool **spool)
{
	if (*spool == NULL)
		return;
	if ((*spool)->fd >= 0)
		close((*spool)->fd);
	buf_clear(&(*spool)->memory);
	buf_clear(&(*spool)->last);
	free((*spool)->directory);
	free(*spool);
	*spool = NULL;
}

/* For file systems that cannot make a file without a name. */
static int
open_and_unlink(const char *directory)
{
	char *path;
	int fd;

	if (asprintf(&path, "%s/postern.XXXXXX", directory) < 0) {
		errno = ENOMEM;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

static int
open_file(const char *directory)
{
	int fd = open(directory, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC,
	    0600);

	/* EISDIR: from a kernel that does not know O_TMPFILE. */
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		fd = open_and_unlink(directory);
	return fd;
}

int
spool_try(const char *directory, const char **why_r)
{
	int fd = open_file(directory);

	if (fd < 0) {
		*why_r = strerrordesc_np(errno);
		return -1;
	}
	close(fd);
	return 0;
}

static int
write_file(struct spool *spool, struct span bytes)
{
	if (bytes.n > (uint64_t)INT64_MAX - spool->in_file) {
		errno = EFBIG;
		return -1;
	}
	while (bytes.n > 0) {
		ssize_t n = pwrite(spool->fd, bytes.p, bytes.n,
		    (off_t)spool->in_file);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (n == 0)
				errno = ENOSPC;
			return -1;
		}
		spool->in_file += (uint64_t)n;
		bytes = span_skip(bytes, (size_t)n);
	}
	return 0;
}

/* Attachments come line by line. */
static int
add_file(struct spool *spool, struct span bytes)
{
	if (spool->fd < 0 && (spool->fd = open_file(spool->directory)) < 0)
		return -1;
	if (bytes.n > spool->last.max - spool->last.n) {
		if (write_file(spool, buf_span(&spool->last)) < 0)
			return -1;
		buf_reset(&spool->last);
	}
	if (bytes.n >= spool->last.max)
		return write_file(spool, bytes);
	if (buf_add(&spool->last, bytes))
		return 0;
	errno = ENOMEM;
	return -1;
}

int
spool_add(struct spool *spool, struct span bytes, const char **why_r)
{
	size_t room = spool->memory.max - spool->memory.n;
	struct span here = span_head(bytes, room);
	struct span rest = span_skip(bytes, here.n);

	if (spool->failed == NULL && !buf_add(&spool->memory, here))
		spool->failed = "out of memory";
	if (spool->failed == NULL && rest.n > 0 &&
	    add_file(spool, rest) < 0)
		spool->failed = strerrordesc_np(errno);
	if (spool->failed == NULL)
		return 0;
	*why_r = spool->failed;
	return -1;
}

uint64_t
spool_size(const struct spool *spool)
{
	return spool->memory.n + spool->in_file + spool->last.n;
}

static int
read_file(const struct spool *spool, uint64_t offset, char *to, size_t n,
    const char **why_r)
{
	while (n > 0) {
		ssize_t got = pread(spool->fd, to, n, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			*why_r = got < 0 ? strerrordesc_np(errno) :
			    "the temporary file was cut short";
			return -1;
		}
		offset += (uint64_t)got;
		to += got;
		n -= (size_t)got;
	}
	return 0;
}

/* As much as lies in these bytes, which stand at `at` in the spool. */
static void
read_memory(const struct buf *from, uint64_t at, uint64_t *offset, char **to,
    size_t *n)
{
	struct span here;

	if (*offset < at || *offset - at >= from->n)
		return;
	here = span_head(span_skip(buf_span(from), (size_t)(*offset - at)),
	    *n);
	memcpy(*to, here.p, here.n);
	*to += here.n;
	*n -= here.n;
	*offset += here.n;
}

int
spool_read(const struct spool *spool, uint64_t offset, char *to, size_t n,
    const char **why_r)
{
	uint64_t size = spool_size(spool), end = size - spool->last.n;
	size_t file;

	if (spool->failed != NULL) {
		*why_r = spool->failed;
		return -1;
	}
	if (offset > size || n > size - offset) {
		*why_r = "beyond what was kept";
		return -1;
	}
	read_memory(&spool->memory, 0, &offset, &to, &n);
	file = offset >= end ? 0 : n < end - offset ? n :
	    (size_t)(end - offset);
	if (read_file(spool, offset - spool->memory.n, to, file, why_r) < 0)
		return -1;
	to += file;
	n -= file;
	offset += file;
	read_memory(&spool->last, end, &offset, &to, &n);
	return 0;
}
