/* stop - the end of the process. */
#include "daemon/stop.h"

#include <inttypes.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* How often we look whether the last message has its verdict. */
#define LOOK_MS		20

/*
 * A message counts as open until its callback returns; libmilter then writes
 * the answer.  So long we give it, and the mail server to read it.
 */
#define LAST_ANSWER_MS	250

/* A log that cannot be written keeps nobody. */
#define LOG_MS		2000

static void
pause_ms(long ms)
{
	struct timespec time = { .tv_sec = ms / 1000,
	    .tv_nsec = (ms % 1000) * 1000000 };

	nanosleep(&time, NULL);
}

/* How many messages are still open after that. */
static uint64_t
drain(struct traffic *traffic, uint64_t drain_time)
{
	uint64_t begin = clock_ms();
	uint64_t open;

	while ((open = traffic_messages(traffic)) > 0 &&
	    (clock_ms() - begin) / 1000 < drain_time)
		pause_ms(LOOK_MS);
	pause_ms(LAST_ANSWER_MS);
	return open;
}

void
stop_process(const char *why, uint64_t drain_time, struct traffic *traffic,
    struct log *log, struct listening *listening, struct pidfile *pidfile)
{
	uint64_t open;

	traffic_drain(traffic);
	log_line(log, LOG_LEVEL_INFO, "stopping (%s): %" PRIu64 " message%s "
	    "open, drain_time is %" PRIu64 " s", why,
	    traffic_messages(traffic),
	    traffic_messages(traffic) == 1 ? "" : "s", drain_time);
	if ((open = drain(traffic, drain_time)) > 0)
		log_line(log, LOG_LEVEL_WARNING, "stopped: %" PRIu64
		    " message%s cut, drain_time is over", open,
		    open == 1 ? " was" : "s were");
	else
		log_line(log, LOG_LEVEL_INFO, "stopped");
	listening_remove(listening);
	pidfile_remove(pidfile);
	log_end(log, LOG_MS);
	_exit(0);
}
