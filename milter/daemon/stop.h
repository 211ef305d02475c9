/*
 * stop - the end: no message is begun any more, those that are open get their
 * verdict, and the process is gone.
 *
 * libmilter's own way of stopping cuts conversations after five seconds
 * without telling anybody, so it is not used: _exit() is.  Connections are
 * still taken until then, and have 451 4.3.2 for an answer to MAIL.
 */
#ifndef POSTERN_DAEMON_STOP_H
#define POSTERN_DAEMON_STOP_H

#include <stdint.h>

#include "base/log.h"
#include "daemon/listening.h"
#include "daemon/pidfile.h"
#include "daemon/traffic.h"

/* Waits up to drain_time seconds and ends the process with 0. */
_Noreturn void stop_process(const char *why, uint64_t drain_time,
    struct traffic *traffic, struct log *log, struct listening *listening,
    struct pidfile *pidfile);

#endif
