/*
 * folder - the folder that a file lies in, kept open.
 *
 * With it a file can still be named when its path leads there no more: from
 * inside a chroot.
 */
#ifndef POSTERN_DAEMON_FOLDER_H
#define POSTERN_DAEMON_FOLDER_H

/*
 * Opens the folder of path, closed on exec; *name_r is the file's name in it,
 * a part of path.  -1, with errno, where it cannot be opened.
 */
int folder_open(const char *path, const char **name_r);

#endif
