/*
 * clock - time that passes, whatever the date is set to.  Any thread.
 */
#ifndef POSTERN_BASE_CLOCK_H
#define POSTERN_BASE_CLOCK_H

#include <stdint.h>

/* The monotonic clock: since when, nobody says. */
uint64_t clock_ms(void);
uint64_t clock_seconds(void);

#endif
