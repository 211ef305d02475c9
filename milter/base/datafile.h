/*
 * datafile - a file of records that stays open and is read where they lie.
 *
 * A program that makes such a file puts a new one in its place, and what we
 * have open stays as it was; or it writes into the file that is there, under
 * a lock of fcntl(2) that it shares with nobody while that would disturb.
 * Readers hold a shared one.  It belongs to our open file, not to the process
 * (an open file description lock), so that closing another descriptor of the
 * same file does not lose it.
 *
 * Any number of threads may read and lock at the same time.  Hold the lock for
 * microseconds: a writer gets his turn when nobody has it.
 */
#ifndef POSTERN_BASE_DATAFILE_H
#define POSTERN_BASE_DATAFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/source.h"

struct datafile;

/*
 * A regular file, which is noted as a source; or NULL with a one-line reason
 * in *why_r: a literal or the system's own words.
 */
struct datafile *datafile_open(struct sources *sources, const char *path,
    const char **why_r);
void datafile_free(struct datafile **file);

/* For libraries that map it; it stays ours. */
int datafile_fd(const struct datafile *file);

/* Its size by now (0: unknown); and is it less than when it was opened? */
uint64_t datafile_size(const struct datafile *file);
bool datafile_shrunk(const struct datafile *file);

/* Nobody wrote to it since, as far as its times and its size tell. */
bool datafile_untouched(const struct datafile *file);

/*
 * Was the file of that name, which is noted as a source, written after this
 * one (as it was when it was opened)?  False where there is none.
 */
bool datafile_older(const struct datafile *file, struct sources *sources,
    const char *path);

/* size bytes at offset; false where it does not hold them, or on an error. */
bool datafile_read(const struct datafile *file, void *to, size_t size,
    uint64_t offset);

/*
 * Waits for a writer, DATAFILE_WAIT milliseconds at most; false where he still
 * writes then, or where the file cannot be locked.
 */
#define DATAFILE_WAIT	2000
bool datafile_lock(struct datafile *file);
void datafile_unlock(struct datafile *file);

#endif
