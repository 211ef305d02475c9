/*
 * reload - a new policy beside the old one, when asked or when a file has
 * changed.
 *
 * One thread does all of it, so a reload never meets another.  Requests are
 * coalesced: however many come while a policy is being read, one more reload
 * follows.  A policy with any error is thrown away; the old one stays, all
 * complaints are logged, and the files that made them are watched as well, so
 * that a repaired one is noticed.  The same thread frees policies that no
 * conversation holds any more.
 */
#ifndef POSTERN_DAEMON_RELOAD_H
#define POSTERN_DAEMON_RELOAD_H

#include "base/log.h"
#include "daemon/current.h"

struct reload;

/* FILE is postern.conf; NULL only without memory.  Nothing runs yet. */
struct reload *reload_new(const char *file, struct log *log);

/* Starts the thread; 0, or -1 where none could be had. */
int reload_start(struct reload *reload, struct current *current);

/* Ends the thread, after what it is just doing. */
void reload_free(struct reload **reload);

/* Any thread; neither waits.  `why` is a literal, for the log. */
void reload_request(struct reload *reload, const char *why);
void reload_collect(void *reload);	/* for current_new() */

/* "mode enforce, 3 tables, 120 rules" */
void policy_describe(const struct policy *policy, struct buf *out);

/* A line for each. */
void log_complaints(struct log *log, const struct complaints *complaints);

#endif
