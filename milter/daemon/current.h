/*
 * current - the policy in force, and those that conversations still hold.
 *
 * A conversation pins the policy in force when it begins and lets go when it
 * ends; in between it may use it freely, whatever is swapped in meanwhile.
 * Freeing a policy takes its time, so nobody who lets go does it: a policy
 * that nobody holds any more is put aside, `idle` is called, and one thread
 * (daemon/reload.c) collects it.
 *
 * The lock is held for a few instructions and never across a call, so
 * current_pin() and current_unpin() may be called where waiting is forbidden.
 */
#ifndef POSTERN_DAEMON_CURRENT_H
#define POSTERN_DAEMON_CURRENT_H

#include "policy/policy.h"

struct current;

/* A policy that is held. */
struct pin;

/*
 * Takes over the first policy.  idle(context) is called without the lock by
 * whoever lets go of an old policy last; it must not wait.  NULL only without
 * memory, and then the policy is still the caller's.
 */
struct current *current_new(struct policy *policy,
    void (*idle)(void *context), void *context);

/* Nothing may be pinned any more; frees all policies. */
void current_free(struct current **current);

/* Never NULL. */
struct pin *current_pin(struct current *current);
const struct policy *pin_policy(const struct pin *pin);
void current_unpin(struct current *current, struct pin **pin);

/* Takes over a new policy; false without memory, and then it is not taken. */
bool current_swap(struct current *current, struct policy *policy);

/* A policy that nobody holds, for the caller to free; NULL: none. */
struct policy *current_collect(struct current *current);

#endif
