/*
 * keys - what a message is looked up by, as postmap -hm and -bm have it.
 *
 * Unlike cleanup(8), postmap knows neither pieces of 2048 bytes nor the size
 * limit of body_checks, gives empty lines too, and keeps a CR at the end of a
 * line.  What follows a NUL in a line is left out, as it is there.
 */
#ifndef POSTERN_TOOL_KEYS_H
#define POSTERN_TOOL_KEYS_H

#include <stdbool.h>

#include "base/span.h"

struct keys;

enum keys_of { KEYS_OF_HEADERS, KEYS_OF_BODY };

/* A line is at most so long; what is beyond comes as lines of their own. */
#define KEYS_LINE_MAX	((size_t)16 * 1024 * 1024)

struct keys_sink {
	/* False: enough. */
	bool (*key)(void *context, struct span key);
	void *context;
};

/* NULL only without memory. */
struct keys *keys_new(enum keys_of of, const struct keys_sink *sink);
void keys_free(struct keys **keys);

/* The message line by line, each without its LF; false: enough. */
bool keys_line(struct keys *keys, struct span line, bool has_lf);

/* Its end; false where memory ran out on the way. */
bool keys_end(struct keys *keys);

#endif
