/*
 * alarms - a thread that does what is due: timers.h with a clock.
 *
 * One lock covers all timers.  ring() is called with it held, so that a timer
 * whose owner has called alarms_forget() never rings; all that it may do is
 * to wake somebody.
 */
#ifndef POSTERN_DAEMON_ALARMS_H
#define POSTERN_DAEMON_ALARMS_H

#include "daemon/timers.h"

struct alarms;

/*
 * Starts the thread; NULL where there is none to be had.  ring() says when the
 * timer rings next; 0: it is not set any more.
 */
struct alarms *alarms_new(uint64_t (*ring)(void *context,
    struct timer *timer, uint64_t now), void *context);

/*
 * Any thread.  prepare, where it is not NULL, is set to true with the lock
 * held: what ring() goes by.  False without memory.
 */
bool alarms_set(struct alarms *alarms, struct timer *timer, uint64_t due,
    bool *prepare);
void alarms_forget(struct alarms *alarms, struct timer *timer);

#endif
