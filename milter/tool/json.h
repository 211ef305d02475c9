/*
 * json - a writer of JSON (RFC 8259) that keeps nothing.
 *
 * Values go to a sink as they come, so a text may be of any length and come
 * in pieces.  Strings are bytes from outside: what is not UTF-8 becomes
 * U+FFFD, one for each maximal part of a character (as Unicode advises and
 * Python does), whatever the pieces; control characters, C1 included, are
 * escaped.
 *
 * Commas are put in by the writer; that keys and values take turns is the
 * caller's part.  Whatever fails is said once, by json_failed().
 */
#ifndef POSTERN_TOOL_JSON_H
#define POSTERN_TOOL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Objects and arrays within each other. */
#define JSON_DEPTH	8

struct json_sink {
	/* False: it cannot be written; nothing more is. */
	bool (*write)(void *context, struct span bytes);
	void *context;
};

struct json {
	struct json_sink sink;
	bool failed;
	unsigned depth;
	bool comma[JSON_DEPTH + 1];	/* something stands before */

	/* A character that is not all there yet. */
	char held[4];
	unsigned nheld, wanted;
	unsigned char low, high;	/* bounds of its next byte */
};

void json_init(struct json *json, const struct json_sink *sink);
bool json_failed(const struct json *json);

void json_begin_object(struct json *json);
void json_end_object(struct json *json);
void json_begin_array(struct json *json);
void json_end_array(struct json *json);

/* A name of ours: plain ASCII without quotes. */
void json_key(struct json *json, const char *name);

void json_null(struct json *json);
void json_bool(struct json *json, bool value);
void json_number(struct json *json, uint64_t value);
void json_string(struct json *json, struct span value);
/* null where it is empty */
void json_text(struct json *json, struct span value);

/* A string in pieces. */
void json_begin_string(struct json *json);
void json_piece(struct json *json, struct span piece);
void json_end_string(struct json *json);

/* In an array: elements that another writer made, commas and all, in pieces. */
void json_raw(struct json *json, struct span text);

#endif
