/*
 * scan_progress - a bar on standard error, where that is a terminal.
 *
 * It is drawn a few times a second, once there is more than one message, and
 * is taken away before anything else is written to the terminal.
 */
#ifndef POSTERN_TOOL_SCAN_PROGRESS_H
#define POSTERN_TOOL_SCAN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct scan_progress {
	bool wanted;
	bool drawn;
	uint64_t size;		/* of all files; 0: not known */
	struct timespec last;
};

void scan_progress_init(struct scan_progress *progress, uint64_t size);
void scan_progress_hide(struct scan_progress *progress);

/* So many bytes and messages are done. */
void scan_progress_show(struct scan_progress *progress, uint64_t done,
    uint64_t messages);

#endif
