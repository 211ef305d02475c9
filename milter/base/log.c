/* log - a bounded queue of lines and the thread that writes them. */
#include "base/log.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/log_target.h"
#include "base/printable.h"

/* Some seconds of a busy server; at worst 8 MB.  Past it lines are dropped. */
#define QUEUE_LINES	4096

/* While lines go on being lost, that is said once in so many seconds. */
#define LOST_SECONDS	1

struct line {
	enum log_level level;
	struct timespec when;
	char text[];		/* printable, a C string */
};

struct log {
	/* The caller's up to log_start(), from then on the writer's. */
	struct log_target target;
	size_t lost;		/* lines lost that nobody was told of */
	time_t told;		/* when that was last said; monotonic */

	pthread_t writer;

	/* Covers all below; it is never held while anything is written. */
	pthread_mutex_t lock;
	pthread_cond_t work;	/* there is something for the writer */
	pthread_cond_t done;	/* ended was set */
	struct line *queue[QUEUE_LINES];
	size_t first, n;
	size_t dropped;		/* since the writer last looked */
	bool started, reopen, ending, ended;
	bool abandoned;		/* nobody waits: the writer frees the log */
};

struct log *
log_open(const char *target, const char **why_r)
{
	struct log *log = calloc(1, sizeof(*log));
	pthread_condattr_t monotonic;

	if (log == NULL) {
		*why_r = "out of memory";
		return NULL;
	}
	if (log_target_open(&log->target, target, why_r) < 0) {
		free(log);
		return NULL;
	}
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&log->lock, NULL);
	pthread_cond_init(&log->work, NULL);
	pthread_cond_init(&log->done, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return log;
}

static void
free_log(struct log *log)
{
	for (; log->n > 0; log->n--) {
		free(log->queue[log->first]);
		log->first = (log->first + 1) % QUEUE_LINES;
	}
	log_target_close(&log->target);
	pthread_mutex_destroy(&log->lock);
	pthread_cond_destroy(&log->work);
	pthread_cond_destroy(&log->done);
	free(log);
}

/*
 * Formatted, made printable and cut.  The room is twice what is kept, since a
 * control character of two bytes becomes one: so a line that filled the room
 * is still seen to be too long.
 */
static struct line * __attribute__((format(printf, 2, 0)))
line_new(enum log_level level, const char *format, va_list args)
{
	char room[2 * LOG_LINE_MAX + 8];
	int n = vsnprintf(room, sizeof(room), format, args);
	struct buf text;
	struct line *line;

	if (n < 0)
		return NULL;
	buf_init(&text, LOG_LINE_MAX);
	printable_add(&text, span_head(span_make(room, sizeof(room) - 1),
	    (size_t)n), LOG_LINE_MAX);
	line = text.cut ? NULL : malloc(sizeof(*line) + text.n + 1);
	if (line != NULL) {
		*line = (struct line){ .level = level };
		memcpy(line->text, buf_string(&text), text.n + 1);
		clock_gettime(CLOCK_REALTIME, &line->when);
	}
	buf_clear(&text);
	return line;
}

/* False where the line is lost. */
static bool
write_line(const struct log *log, const struct line *line)
{
	return line != NULL && log_target_write(&log->target, line->level,
	    &line->when, line->text);
}

/* What the log itself has to say goes past the queue. */
static bool __attribute__((format(printf, 2, 3)))
say(const struct log *log, const char *format, ...)
{
	struct line *line;
	va_list args;
	bool written;

	va_start(args, format);
	line = line_new(LOG_LEVEL_WARNING, format, args);
	va_end(args);
	written = write_line(log, line);
	free(line);
	return written;
}

static void
tell_lost(struct log *log, bool idle)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!idle && now.tv_sec - log->told < LOST_SECONDS)
		return;
	if (say(log, "warning: %zu log lines were lost", log->lost))
		log->lost = 0;
	log->told = now.tv_sec;
}

static void
reopen_now(struct log *log)
{
	const char *why;

	if (log_target_reopen(&log->target, &why) < 0)
		say(log, "warning: cannot open %s again: %s",
		    log->target.path, why);
}

struct work {
	struct line *line;	/* or NULL */
	size_t dropped;
	bool reopen;
	bool idle;		/* the queue is empty now */
};

/* Waits for something to do; false at the end. */
static bool
next_work(struct log *log, struct work *work_r)
{
	bool more;

	*work_r = (struct work){ .line = NULL };
	pthread_mutex_lock(&log->lock);
	while (log->n == 0 && !log->reopen && !log->ending)
		pthread_cond_wait(&log->work, &log->lock);
	more = !log->abandoned && (log->n > 0 || log->reopen);
	if (more && log->n > 0) {
		work_r->line = log->queue[log->first];
		log->first = (log->first + 1) % QUEUE_LINES;
		log->n--;
	}
	work_r->dropped = log->dropped;
	work_r->reopen = log->reopen;
	work_r->idle = log->n == 0;
	log->dropped = 0;
	log->reopen = false;
	pthread_mutex_unlock(&log->lock);
	return more;
}

static void *
write_queue(void *context)
{
	struct log *log = context;
	struct work work;
	bool abandoned;

	while (next_work(log, &work)) {
		if (work.reopen)
			reopen_now(log);
		log->lost += work.dropped;
		if (work.line != NULL && !write_line(log, work.line))
			log->lost++;
		free(work.line);
		if (log->lost > 0)
			tell_lost(log, work.idle);
	}
	log->lost += work.dropped;
	if (log->lost > 0)
		tell_lost(log, true);
	pthread_mutex_lock(&log->lock);
	log->ended = true;
	abandoned = log->abandoned;
	pthread_cond_signal(&log->done);
	pthread_mutex_unlock(&log->lock);
	if (abandoned)
		free_log(log);
	return NULL;
}

/* Signals are for others to take; SIGPIPE becomes EPIPE, SIGXFSZ EFBIG. */
int
log_start(struct log *log)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_mutex_lock(&log->lock);
	error = pthread_create(&log->writer, NULL, write_queue, log);
	log->started = error == 0;
	pthread_mutex_unlock(&log->lock);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error == 0 ? 0 : -1;
}

void
log_give(struct log *log, uid_t uid, gid_t gid)
{
	log_target_give(&log->target, uid, gid);
}

void
log_reopen(struct log *log)
{
	bool started;

	pthread_mutex_lock(&log->lock);
	started = log->started;
	log->reopen = started;
	pthread_cond_signal(&log->work);
	pthread_mutex_unlock(&log->lock);
	if (!started)
		reopen_now(log);
}

/* True where the line was taken: by the queue, or dropped. */
static bool
queue_line(struct log *log, struct line **line)
{
	bool started;

	pthread_mutex_lock(&log->lock);
	started = log->started;
	if (started && (*line == NULL || log->n == QUEUE_LINES)) {
		log->dropped++;
	} else if (started) {
		log->queue[(log->first + log->n++) % QUEUE_LINES] = *line;
		*line = NULL;
		if (log->n == 1)
			pthread_cond_signal(&log->work);
	}
	pthread_mutex_unlock(&log->lock);
	return started;
}

void
log_line(struct log *log, enum log_level level, const char *format, ...)
{
	struct line *line;
	va_list args;

	va_start(args, format);
	line = line_new(level, format, args);
	va_end(args);
	if (!queue_line(log, &line) && !write_line(log, line))
		log->lost++;
	free(line);
}

/*
 * True where the writer has written all and ended; where it has not, it frees
 * an abandoned log.
 */
static bool
wait_for_end(struct log *log, unsigned timeout_ms, bool abandon)
{
	struct timespec until;
	int error = 0;
	bool ended;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&log->lock);
	log->ending = true;
	pthread_cond_signal(&log->work);
	while (!log->ended && error == 0)
		error = pthread_cond_timedwait(&log->done, &log->lock, &until);
	ended = log->ended;
	log->abandoned = abandon && !ended;
	pthread_mutex_unlock(&log->lock);
	return ended;
}

void
log_close(struct log **log, unsigned timeout_ms)
{
	struct log *closing = *log;
	pthread_t writer;

	*log = NULL;
	if (closing == NULL)
		return;
	/* Once abandoned, it may be freed at any time. */
	writer = closing->writer;
	if (!closing->started) {
		free_log(closing);
	} else if (wait_for_end(closing, timeout_ms, true)) {
		pthread_join(writer, NULL);
		free_log(closing);
	} else {
		pthread_detach(writer);
	}
}

void
log_end(struct log *log, unsigned timeout_ms)
{
	if (log->started && wait_for_end(log, timeout_ms, false))
		pthread_join(log->writer, NULL);
}
