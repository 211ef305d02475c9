/* scan_progress - a bar on standard error.  See scan_progress.h. */
#include "tool/scan_progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BAR		40
#define INTERVAL_MS	100

void
scan_progress_init(struct scan_progress *progress, uint64_t size)
{
	*progress = (struct scan_progress){
		.wanted = isatty(STDERR_FILENO), .size = size,
	};
}

void
scan_progress_hide(struct scan_progress *progress)
{
	if (!progress->drawn)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress->drawn = false;
}

static bool
is_due(struct scan_progress *progress)
{
	struct timespec now;
	int64_t passed;

	clock_gettime(CLOCK_MONOTONIC, &now);
	passed = (int64_t)(now.tv_sec - progress->last.tv_sec) * 1000 +
	    (now.tv_nsec - progress->last.tv_nsec) / 1000000;
	if (passed < INTERVAL_MS)
		return false;
	progress->last = now;
	return true;
}

void
scan_progress_show(struct scan_progress *progress, uint64_t done,
    uint64_t messages)
{
	char bar[BAR + 1];
	uint64_t size = progress->size;
	bool only_one = messages < 2 && done >= size;
	int filled;

	if (!progress->wanted || only_one || !is_due(progress))
		return;
	/* Standard input, or a file that grew. */
	if (done > size)
		size = done;
	if (size == 0)
		size = 1;
	filled = (int)((double)done / (double)size * BAR);
	memset(bar, ' ', BAR);
	memset(bar, '#', (size_t)filled);
	bar[BAR] = '\0';
	if (progress->size > 0)
		fprintf(stderr, "\r[%s] %3d%%  %" PRIu64 " messages\033[K",
		    bar, (int)((double)done / (double)size * 100), messages);
	else
		fprintf(stderr, "\r%" PRIu64 " messages\033[K", messages);
	fflush(stderr);
	progress->drawn = true;
}
