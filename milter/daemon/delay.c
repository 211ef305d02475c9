/* delay - replies that wait.  See delay.h. */
#include "daemon/delay.h"

#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "base/clock.h"

#define LINE_SECONDS	60

void
delays_init(struct delays *delays)
{
	atomic_init(&delays->waiting, 0);
	atomic_init(&delays->beyond, 0);
	atomic_init(&delays->said, 0);
}

static void
count_beyond(struct delays *delays, uint64_t limit, struct log *log)
{
	/* From 1 on: 0 is never. */
	uint64_t now = clock_seconds() + 1;
	uint_least64_t said = atomic_load(&delays->said);

	atomic_fetch_add(&delays->beyond, 1);
	if ((said > 0 && now - said < LINE_SECONDS) ||
	    !atomic_compare_exchange_strong(&delays->said, &said, now))
		return;
	log_line(log, LOG_LEVEL_WARNING, "warning: delay_session_limit = %"
	    PRIu64 " is reached: replies that were not delayed: %" PRIuLEAST64,
	    limit, atomic_exchange(&delays->beyond, 0));
}

bool
delay_begin(struct delays *delays, uint64_t limit, struct log *log)
{
	uint_least64_t n = atomic_load(&delays->waiting);

	do {
		if (limit > 0 && n >= limit) {
			count_beyond(delays, limit, log);
			return false;
		}
	} while (!atomic_compare_exchange_weak(&delays->waiting, &n, n + 1));
	return true;
}

void
delay_end(struct delays *delays)
{
	atomic_fetch_sub(&delays->waiting, 1);
}

void
delay_wait(unsigned ms)
{
	struct timespec left = { .tv_sec = ms / 1000,
	    .tv_nsec = (long)(ms % 1000) * 1000000 };

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}
