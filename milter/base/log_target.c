/* log_target - where log lines go.  See log_target.h. */
#include "base/log_target.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

/* "2026-01-31T23:59:59.999+01:00 postern[4194304]: " and the line end. */
#define FRAME_MAX	96

/* A FIFO that nobody reads must not hold up the start: ENXIO instead. */
static int
open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOCTTY | O_NONBLOCK, 0640);
	int flags;

	if (fd < 0)
		return -1;
	/* Only the writer waits for it, and that is what it is for. */
	if ((flags = fcntl(fd, F_GETFL)) >= 0)
		fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
	return fd;
}

int
log_target_open(struct log_target *target, const char *name,
    const char **why_r)
{
	*target = (struct log_target){ .fd = -1 };
	/* The time zone's file, too, may be out of reach in a chroot. */
	tzset();
	if (strcmp(name, "syslog") == 0) {
		/* NDELAY: connect now, while /dev/log is in sight. */
		openlog("postern", LOG_PID | LOG_NDELAY, LOG_MAIL);
		return 0;
	}
	if (strcmp(name, "stderr") == 0) {
		target->fd = STDERR_FILENO;
		return 0;
	}
	if (name[0] != '/') {
		*why_r = "not \"syslog\", \"stderr\" or a file's absolute name";
		return -1;
	}
	if ((target->path = strdup(name)) == NULL) {
		*why_r = "out of memory";
		return -1;
	}
	if ((target->fd = open_file(name)) < 0) {
		*why_r = strerrordesc_np(errno);
		free(target->path);
		return -1;
	}
	return 0;
}

void
log_target_give(const struct log_target *target, uid_t uid, gid_t gid)
{
	struct stat found;

	/* Not a terminal or a FIFO, nor what somebody else owns. */
	if (target->path != NULL && fstat(target->fd, &found) == 0 &&
	    S_ISREG(found.st_mode) && found.st_uid == geteuid() &&
	    fchown(target->fd, uid, gid) < 0)
		return;
}

void
log_target_close(struct log_target *target)
{
	if (target->fd < 0)
		closelog();
	else if (target->path != NULL)
		close(target->fd);
	free(target->path);
}

int
log_target_reopen(struct log_target *target, const char **why_r)
{
	int fd;

	if (target->path == NULL)
		return 0;
	if ((fd = open_file(target->path)) < 0) {
		*why_r = strerrordesc_np(errno);
		return -1;
	}
	close(target->fd);
	target->fd = fd;
	return 0;
}

static bool
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done >= 0) {
			p += done;
			n -= (size_t)done;
		} else if (errno == EAGAIN) {
			/* Somebody else set O_NONBLOCK on standard error. */
			struct pollfd room = { .fd = fd, .events = POLLOUT };

			poll(&room, 1, -1);
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

/* In one write, so that the lines of two processes do not mix. */
static bool
write_framed(int fd, const struct timespec *when, const char *text)
{
	char out[FRAME_MAX + LOG_LINE_MAX], day[32], zone[8];
	struct tm tm = { 0 };
	int n;

	localtime_r(&when->tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	n = snprintf(out, sizeof(out), "%s.%03d%.3s:%s postern[%d]: %s\n", day,
	    (int)(when->tv_nsec / 1000000), zone, zone + 3, (int)getpid(),
	    text);
	if (n < 0 || (size_t)n >= sizeof(out))
		return false;
	return write_all(fd, out, (size_t)n);
}

bool
log_target_write(const struct log_target *target, enum log_level level,
    const struct timespec *when, const char *text)
{
	static const int priority[] = {
		[LOG_LEVEL_INFO] = LOG_INFO,
		[LOG_LEVEL_WARNING] = LOG_WARNING,
		[LOG_LEVEL_ERROR] = LOG_ERR,
	};

	if (target->fd >= 0)
		return write_framed(target->fd, when, text);
	syslog(priority[level], "%s", text);
	return true;
}
