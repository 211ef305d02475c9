/*
 * helper - what a helper process does: takes the bytes of one attachment,
 * looks into them, answers, and ends.
 *
 * A helper serves once: what one attachment did to it reaches no other.  It
 * enters the sandbox before it reads the first byte.
 */
#ifndef POSTERN_SERVICE_HELPER_H
#define POSTERN_SERVICE_HELPER_H

#include <stdint.h>

#include "service/content_type.h"

/* What a helper may take beside the memory of the keeper that it came from. */
#define HELPER_MEMORY	((uint64_t)320 << 20)

/*
 * In a process of its own, forked from the keeper; fd is its only descriptor
 * (see protocol.h).  `present` is the keeper's sandbox_memory_used().
 */
_Noreturn void helper_run(int fd, struct content_types *types,
    unsigned seconds, uint64_t present);

#endif
