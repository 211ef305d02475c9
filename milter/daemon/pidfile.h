/*
 * pidfile - a file with our process id, locked as long as we live.
 *
 * The lock, not the number, says whether another process has it: a file left
 * behind is taken over.  Opened while privileges are there and written later;
 * the folder is kept open, so that the file can be removed from inside a
 * chroot where permissions allow it.
 */
#ifndef POSTERN_DAEMON_PIDFILE_H
#define POSTERN_DAEMON_PIDFILE_H

#include "base/buf.h"

struct pidfile {
	int fd, folder;		/* -1: not open */
	const char *name;	/* within the folder; part of the path */
};

void pidfile_init(struct pidfile *pidfile);

/* The path outlives the pidfile.  0, or -1 with a reason added to why. */
int pidfile_open(struct pidfile *pidfile, const char *path, struct buf *why);

/* 0, or -1. */
int pidfile_write(const struct pidfile *pidfile);

/* Removes it, or empties it where it cannot be removed. */
void pidfile_remove(struct pidfile *pidfile);

#endif
