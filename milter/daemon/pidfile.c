/* pidfile - a locked file with our process id. */
#include "daemon/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/folder.h"

/* Another process may be removing the file that we lock: so often we retry. */
#define TRIES	10

void
pidfile_init(struct pidfile *pidfile)
{
	*pidfile = (struct pidfile){ .fd = -1, .folder = -1 };
}

/* Is what we locked still what the name stands for? */
static bool
is_in_place(const struct pidfile *pidfile)
{
	struct stat ours, theirs;

	return fstat(pidfile->fd, &ours) == 0 &&
	    fstatat(pidfile->folder, pidfile->name, &theirs,
	    AT_SYMLINK_NOFOLLOW) == 0 &&
	    ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

static int
open_locked(struct pidfile *pidfile)
{
	for (int i = 0; i < TRIES; i++) {
		pidfile->fd = openat(pidfile->folder, pidfile->name, O_RDWR |
		    O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0644);
		if (pidfile->fd < 0 ||
		    flock(pidfile->fd, LOCK_EX | LOCK_NB) < 0)
			return -1;
		if (is_in_place(pidfile))
			return 0;
		close(pidfile->fd);
		pidfile->fd = -1;
	}
	errno = EAGAIN;
	return -1;
}

static void
close_all(struct pidfile *pidfile)
{
	if (pidfile->fd >= 0)
		close(pidfile->fd);
	if (pidfile->folder >= 0)
		close(pidfile->folder);
	pidfile_init(pidfile);
}

int
pidfile_open(struct pidfile *pidfile, const char *path, struct buf *why)
{
	if ((pidfile->folder = folder_open(path, &pidfile->name)) >= 0 &&
	    open_locked(pidfile) == 0)
		return 0;
	if (pidfile->fd >= 0 && errno == EWOULDBLOCK)
		buf_addf(why, "%s: another postern is running", path);
	else
		buf_addf(why, "%s: %s", path, strerrordesc_np(errno));
	close_all(pidfile);
	return -1;
}

int
pidfile_write(const struct pidfile *pidfile)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(pidfile->fd, 0) < 0 ||
	    pwrite(pidfile->fd, text, (size_t)n, 0) != n)
		return -1;
	return 0;
}

void
pidfile_remove(struct pidfile *pidfile)
{
	if (pidfile->fd < 0)
		return;
	if (is_in_place(pidfile) &&
	    unlinkat(pidfile->folder, pidfile->name, 0) < 0 &&
	    ftruncate(pidfile->fd, 0) < 0)
		errno = 0;	/* then it stays, without a lock */
	close_all(pidfile);
}
