/*
 * chores - a few threads for what takes long.
 *
 * They are started when there is something to do, up to a number, and stay.
 * What more is asked for waits in order.
 */
#ifndef POSTERN_DAEMON_CHORES_H
#define POSTERN_DAEMON_CHORES_H

#include <stdbool.h>

struct chores;

/* In the memory of its owner, until it is done. */
struct chore {
	struct chore *next;
};

/* NULL only without memory. */
struct chores *chores_new(unsigned threads,
    void (*run)(void *context, struct chore *chore), void *context);

/* Any thread.  False where there is no thread to do it, ever. */
bool chores_add(struct chores *chores, struct chore *chore);

#endif
