/* datafile - a file of records that stays open.  See datafile.h. */
#include "base/datafile.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* A writer holds his lock for no longer than it takes to begin, mostly. */
#define TRY_EVERY	2	/* milliseconds */

struct datafile {
	int fd;
	uint64_t size;		/* when it was opened, like written */
	struct timespec written;

	/*
	 * Covers readers.  The first of them locks the file and the last
	 * unlocks it, since to the system they are one: held over a call that
	 * does not wait.
	 */
	pthread_mutex_t lock;
	size_t readers;
};

static bool
open_regular(struct datafile *file, const char *path, const char **why_r)
{
	struct stat st;

	/* A FIFO must not hold up the load. */
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file->fd < 0 || fstat(file->fd, &st) < 0) {
		*why_r = strerrordesc_np(errno);
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		*why_r = "not a regular file";
		return false;
	}
	file->size = (uint64_t)st.st_size;
	file->written = st.st_mtim;
	return true;
}

struct datafile *
datafile_open(struct sources *sources, const char *path, const char **why_r)
{
	struct datafile *file = calloc(1, sizeof(*file));

	/* Noted first: see source_read(). */
	source_note(sources, path);
	if (file == NULL || pthread_mutex_init(&file->lock, NULL) != 0) {
		*why_r = "out of memory";
		free(file);
		return NULL;
	}
	if (!open_regular(file, path, why_r))
		datafile_free(&file);
	return file;
}

void
datafile_free(struct datafile **file)
{
	if (*file == NULL)
		return;
	if ((*file)->fd >= 0)
		close((*file)->fd);
	pthread_mutex_destroy(&(*file)->lock);
	free(*file);
	*file = NULL;
}

int
datafile_fd(const struct datafile *file)
{
	return file->fd;
}

uint64_t
datafile_size(const struct datafile *file)
{
	struct stat st;

	return fstat(file->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

bool
datafile_shrunk(const struct datafile *file)
{
	return datafile_size(file) < file->size;
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool
datafile_untouched(const struct datafile *file)
{
	struct stat st;

	return fstat(file->fd, &st) == 0 &&
	    (uint64_t)st.st_size == file->size &&
	    same_time(&st.st_mtim, &file->written);
}

bool
datafile_older(const struct datafile *file, struct sources *sources,
    const char *path)
{
	struct stat st;

	source_note(sources, path);
	if (stat(path, &st) < 0)
		return false;
	return st.st_mtim.tv_sec > file->written.tv_sec ||
	    (st.st_mtim.tv_sec == file->written.tv_sec &&
	    st.st_mtim.tv_nsec > file->written.tv_nsec);
}

bool
datafile_read(const struct datafile *file, void *to, size_t size,
    uint64_t offset)
{
	char *at = to;

	while (size > 0) {
		ssize_t n = pread(file->fd, at, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
		offset += (uint64_t)n;
	}
	return true;
}

/* 0, or what errno says. */
static int
set_lock(const struct datafile *file, short type)
{
	struct flock whole = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(file->fd, F_OFD_SETLK, &whole) == 0 ? 0 : errno;
}

static int
try_lock(struct datafile *file)
{
	int error = 0;

	pthread_mutex_lock(&file->lock);
	if (file->readers == 0)
		error = set_lock(file, F_RDLCK);
	if (error == 0)
		file->readers++;
	pthread_mutex_unlock(&file->lock);
	return error;
}

bool
datafile_lock(struct datafile *file)
{
	const struct timespec pause = { .tv_nsec = TRY_EVERY * 1000000 };
	int waited = 0, error;

	while ((error = try_lock(file)) != 0) {
		if ((error != EAGAIN && error != EACCES && error != EINTR) ||
		    waited >= DATAFILE_WAIT)
			return false;
		nanosleep(&pause, NULL);
		waited += TRY_EVERY;
	}
	return true;
}

void
datafile_unlock(struct datafile *file)
{
	pthread_mutex_lock(&file->lock);
	if (--file->readers == 0)
		set_lock(file, F_UNLCK);
	pthread_mutex_unlock(&file->lock);
}
