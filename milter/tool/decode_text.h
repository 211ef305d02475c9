/*
 * decode_text - the text of a stored message, as tables see it.
 */
#ifndef POSTERN_TOOL_DECODE_TEXT_H
#define POSTERN_TOOL_DECODE_TEXT_H

#include <stdbool.h>

#include "base/span.h"

struct decode_text;

struct decode_text_sink {
	void (*paragraph)(void *context, struct span text, bool hidden);
	void *context;
};

/* NULL only without memory. */
struct decode_text *decode_text_new(const struct decode_text_sink *sink);
void decode_text_free(struct decode_text **text);

/* The message line by line, each without its line end. */
void decode_text_line(struct decode_text *text, struct span line,
    bool has_end);

/* Its end; false where memory ran out on the way. */
bool decode_text_end(struct decode_text *text);

#endif
