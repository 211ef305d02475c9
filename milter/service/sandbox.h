/*
 * sandbox - a process that has nothing left but its memory and the
 * descriptors that it holds.
 *
 * It may read and write those, take memory up to a bound and end; opening,
 * connecting, forking, running or tracing anything is refused: what libraries
 * ask the file system by habit gets an error, anything else ends the process
 * by SIGSYS.  There is no way back.  It is for a process of one thread.
 *
 * Built with a sanitizer the process needs more: its runtime maps terabytes
 * of addresses (so that nothing bounds memory; sandbox_bounds_memory() says
 * so) and calls the kernel for its own ends and its reports.  Files, network
 * and processes are refused there just as well.
 */
#ifndef POSTERN_SERVICE_SANDBOX_H
#define POSTERN_SERVICE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

struct sandbox {
	uint64_t memory;	/* bytes, more than there are at present */
	uint64_t present;	/* sandbox_memory_used(), some time before */
	unsigned seconds;	/* of processor time */
};

/* 0, or -1 with a reason; then the process is good for nothing. */
int sandbox_enter(const struct sandbox *sandbox, const char **why_r);

/* The address space of this process, as /proc has it; a guess without. */
uint64_t sandbox_memory_used(void);

bool sandbox_bounds_memory(void);

#endif
