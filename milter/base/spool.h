/*
 * spool - bytes that must be kept for a while: in memory up to a bound, past
 * it in an unlinked temporary file.
 *
 * A spool belongs to one message and is used by one thread at a time.
 * Writing only appends.  What it costs is at most memory_max bytes of memory,
 * and past these 16 KiB more and one file descriptor.
 */
#ifndef POSTERN_BASE_SPOOL_H
#define POSTERN_BASE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct spool;

/*
 * directory is where the temporary file would be made (O_TMPFILE, or mkstemp
 * and unlink where the file system lacks it); it is copied, and not looked at
 * before it is needed.  NULL only without memory.
 */
struct spool *spool_new(size_t memory_max, const char *directory);
void spool_free(struct spool **spool);

/* Could a temporary file be made there now?  0, or -1 with a reason. */
int spool_try(const char *directory, const char **why_r);

/* 0, or -1 with a one-line reason; a spool that failed once stays failed. */
int spool_add(struct spool *spool, struct span bytes, const char **why_r);

uint64_t spool_size(const struct spool *spool);

/*
 * Reads n bytes from offset on.  A range that is not all there is an error.
 */
int spool_read(const struct spool *spool, uint64_t offset, char *to, size_t n,
    const char **why_r);

#endif
