/*
 * scan_files - the files that scan's arguments name.
 *
 * A Maildir folder stands for all messages in its cur and new, in the order
 * of their names; anything else for itself.
 */
#ifndef POSTERN_TOOL_SCAN_FILES_H
#define POSTERN_TOOL_SCAN_FILES_H

#include <stddef.h>
#include <stdint.h>

struct scan_files {
	char **paths;
	size_t n, room;
	uint64_t size;		/* bytes of those that are regular files */
};

void scan_files_init(struct scan_files *files);
void scan_files_clear(struct scan_files *files);

/* 0, or -1 with a one-line reason; what cannot be read is found out later. */
int scan_files_add(struct scan_files *files, const char *path,
    const char **why_r);

#endif
