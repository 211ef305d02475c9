/*
 * log_target - where log lines go: syslog, standard error or a file.
 *
 * Writing may wait; log.c sees to it that only one thread does so at a time.
 */
#ifndef POSTERN_BASE_LOG_TARGET_H
#define POSTERN_BASE_LOG_TARGET_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "base/log.h"

struct log_target {
	char *path;	/* NULL where it is no file */
	int fd;		/* -1: syslog */
};

/* target as for log_open(); 0, or -1 with a one-line reason. */
int log_target_open(struct log_target *target, const char *name,
    const char **why_r);
void log_target_close(struct log_target *target);

/* A file of ours becomes that user's, who can then open it again. */
void log_target_give(const struct log_target *target, uid_t uid, gid_t gid);

/* A file: anew by its name; where that fails, the old one stays. */
int log_target_reopen(struct log_target *target, const char **why_r);

/* text is one printable line of LOG_LINE_MAX at most; false: it is lost. */
bool log_target_write(const struct log_target *target, enum log_level level,
    const struct timespec *when, const char *text);

#endif
