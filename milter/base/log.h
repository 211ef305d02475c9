/*
 * log - lines for syslog, standard error or a file, without ever waiting.
 *
 * log_line() may be called by any thread.  It copies the line into a bounded
 * queue and returns; one writer thread takes it from there.  A line that finds
 * the queue full is dropped and counted, and the writer says how many were
 * dropped as soon as there is room.  Nothing waits for a slow disk or a
 * stopped syslogd.
 */
#ifndef POSTERN_BASE_LOG_H
#define POSTERN_BASE_LOG_H

#include <stddef.h>
#include <sys/types.h>

struct log;

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* A longer line is cut and ends in "...". */
#define LOG_LINE_MAX	2000

/*
 * target is "syslog" (facility mail), "stderr" or the absolute name of a file
 * that is appended to and opened here, so that it may lie outside a chroot
 * that is entered later.  No thread runs before log_start(): until then lines
 * are written by the caller, which is what a program that has yet to fork
 * needs.  NULL, with a one-line reason, where the target cannot be opened.
 */
struct log *log_open(const char *target, const char **why_r);

/*
 * Before privileges are dropped: a file of ours becomes that user's, who is to
 * open it again.
 */
void log_give(struct log *log, uid_t uid, gid_t gid);

/* Starts the writer; 0, or -1 where no thread could be had. */
int log_start(struct log *log);

/* Opens a target that is a file anew, by its name (log rotation). */
void log_reopen(struct log *log);

void log_line(struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Writes what is queued, waiting for that at most timeout_ms, and ends. */
void log_close(struct log **log, unsigned timeout_ms);

/*
 * The same for a process that is about to _exit() while other threads may
 * still log: their lines go nowhere, and the log stays.
 */
void log_end(struct log *log, unsigned timeout_ms);

#endif
