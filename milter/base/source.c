/* source - the files that a policy was read from.  See source.h. */
#include "base/source.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void
sources_init(struct sources *sources)
{
	*sources = (struct sources){ .list = NULL };
}

void
sources_clear(struct sources *sources)
{
	for (size_t i = 0; i < sources->n; i++)
		free(sources->list[i].path);
	free(sources->list);
	sources_init(sources);
}

static void
look(struct source *source)
{
	struct stat st;

	source->there = stat(source->path, &st) == 0;
	if (!source->there)
		return;
	source->device = st.st_dev;
	source->inode = st.st_ino;
	source->size = (uint64_t)st.st_size;
	source->mtime_s = st.st_mtim.tv_sec;
	source->mtime_ns = st.st_mtim.tv_nsec;
	source->ctime_s = st.st_ctim.tv_sec;
	source->ctime_ns = st.st_ctim.tv_nsec;
}

static bool
same(const struct source *a, const struct source *b)
{
	if (a->there != b->there)
		return false;
	return !a->there || (a->device == b->device &&
	    a->inode == b->inode && a->size == b->size &&
	    a->mtime_s == b->mtime_s && a->mtime_ns == b->mtime_ns &&
	    a->ctime_s == b->ctime_s && a->ctime_ns == b->ctime_ns);
}

/* Without memory to note it, a change of this file goes unseen: no worse. */
void
source_note(struct sources *sources, const char *path)
{
	struct source *list = sources->list;
	char *copy;

	for (size_t i = 0; i < sources->n; i++)
		if (strcmp(list[i].path, path) == 0)
			return;
	if (sources->n == sources->room) {
		size_t room = sources->room > 0 ? sources->room * 2 : 8;

		if ((list = realloc(list, room * sizeof(*list))) == NULL)
			return;
		sources->list = list;
		sources->room = room;
	}
	if ((copy = strdup(path)) == NULL)
		return;
	list[sources->n] = (struct source){ .path = copy };
	look(&list[sources->n++]);
}

/* Table files are small beside memory; read(2) asks for this much at once. */
#define READ_SIZE	((size_t)256 * 1024)

static int
read_all(int fd, struct buf *out, const char **why_r)
{
	char more;

	for (;;) {
		size_t room = out->max - out->n;
		ssize_t n;

		if (room > READ_SIZE)
			room = READ_SIZE;
		if (!buf_reserve(out, room)) {
			*why_r = "out of memory";
			return -1;
		}
		/* At the bound, one byte more tells whether it is the end. */
		n = read(fd, room > 0 ? out->p + out->n : &more,
		    room > 0 ? room : 1);
		if (n == 0)
			return 0;
		if (n < 0) {
			*why_r = strerrordesc_np(errno);
			return -1;
		}
		if (room == 0) {
			*why_r = "larger than what is taken here";
			return -1;
		}
		out->n += (size_t)n;
	}
}

int
source_read(struct sources *sources, const char *path, struct buf *out,
    const char **why_r)
{
	struct stat st;
	int result = -1;
	int fd;

	/*
	 * Noted first: what changes between here and open() is read once more
	 * for nothing, and never missed.
	 */
	source_note(sources, path);
	/* A FIFO must not hold up the load. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		*why_r = strerrordesc_np(errno);
	else if (!S_ISREG(st.st_mode))
		*why_r = "not a regular file";
	else
		result = read_all(fd, out, why_r);
	if (fd >= 0)
		close(fd);
	return result;
}

const char *
sources_changed(const struct sources *sources)
{
	for (size_t i = 0; i < sources->n; i++) {
		const struct source *was = &sources->list[i];
		struct source now = { .path = was->path };

		look(&now);
		if (!same(was, &now))
			return was->path;
	}
	return NULL;
}
