/*
 * reading - how mail programs show a part: as what text, if as text at all.
 *
 * They go by its type, and by the end of its name where the type says no more
 * than that it is a file, or nothing (application/octet-stream).
 */
#ifndef POSTERN_MESSAGE_READING_H
#define POSTERN_MESSAGE_READING_H

#include <stdbool.h>

#include "message/part.h"

/* Of a part whose type is known; without memory *failed becomes true. */
enum reading reading_of(const struct part *part, bool *failed);

#endif
