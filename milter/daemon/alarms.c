/* alarms - the thread of the timers. */
#include "daemon/alarms.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

struct alarms {
	uint64_t (*ring)(void *context, struct timer *timer, uint64_t now);
	void *context;

	/* Covers what is below, and all timers that are set. */
	pthread_mutex_t lock;
	pthread_cond_t sooner;	/* another is first */
	struct timers timers;
};

/* Until then, or until another timer is first. */
static void
wait_until(struct alarms *alarms, uint64_t due)
{
	struct timespec time = { .tv_sec = (time_t)(due / 1000),
	    .tv_nsec = (long)(due % 1000) * 1000000 };

	pthread_cond_timedwait(&alarms->sooner, &alarms->lock, &time);
}

/* In the place that it had: there is memory for it. */
static void
ring(struct alarms *alarms, struct timer *timer, uint64_t now)
{
	uint64_t next = alarms->ring(alarms->context, timer, now);

	if (next > 0)
		timers_set(&alarms->timers, timer, next);
	else
		timers_forget(&alarms->timers, timer);
}

static void *
run(void *context)
{
	struct alarms *alarms = context;

	pthread_mutex_lock(&alarms->lock);
	for (;;) {
		struct timer *first = timers_first(&alarms->timers);
		uint64_t now = clock_ms();

		if (first == NULL)
			pthread_cond_wait(&alarms->sooner, &alarms->lock);
		else if (first->due > now)
			wait_until(alarms, first->due);
		else
			ring(alarms, first, now);
	}
	return NULL;
}

struct alarms *
alarms_new(uint64_t (*ring_r)(void *context, struct timer *timer,
    uint64_t now), void *context)
{
	struct alarms *alarms = calloc(1, sizeof(*alarms));
	pthread_condattr_t attributes;
	pthread_t thread;

	if (alarms == NULL)
		return NULL;
	alarms->ring = ring_r;
	alarms->context = context;
	pthread_mutex_init(&alarms->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&alarms->sooner, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&thread, NULL, run, alarms) == 0) {
		pthread_detach(thread);
		return alarms;
	}
	pthread_cond_destroy(&alarms->sooner);
	pthread_mutex_destroy(&alarms->lock);
	free(alarms);
	return NULL;
}

bool
alarms_set(struct alarms *alarms, struct timer *timer, uint64_t due,
    bool *prepare)
{
	bool set;

	pthread_mutex_lock(&alarms->lock);
	if (prepare != NULL)
		*prepare = true;
	set = timers_set(&alarms->timers, timer, due);
	if (set && timers_first(&alarms->timers) == timer)
		pthread_cond_signal(&alarms->sooner);
	pthread_mutex_unlock(&alarms->lock);
	return set;
}

void
alarms_forget(struct alarms *alarms, struct timer *timer)
{
	pthread_mutex_lock(&alarms->lock);
	timers_forget(&alarms->timers, timer);
	pthread_mutex_unlock(&alarms->lock);
}
