/* json - a writer of JSON that keeps nothing.  See json.h. */
#include "tool/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

void
json_init(struct json *json, const struct json_sink *sink)
{
	*json = (struct json){ .sink = *sink };
}

bool
json_failed(const struct json *json)
{
	return json->failed;
}

static void
put(struct json *json, struct span text)
{
	if (text.n > 0 && !json->failed)
		json->failed = !json->sink.write(json->sink.context, text);
}

/* Before a value or a key. */
static void
begin(struct json *json)
{
	if (json->comma[json->depth])
		put(json, SPAN(","));
	json->comma[json->depth] = true;
}

static void
open_level(struct json *json, struct span mark)
{
	begin(json);
	put(json, mark);
	assert(json->depth < JSON_DEPTH);
	json->comma[++json->depth] = false;
}

static void
close_level(struct json *json, struct span mark)
{
	assert(json->depth > 0);
	json->depth--;
	put(json, mark);
}

void
json_begin_object(struct json *json)
{
	open_level(json, SPAN("{"));
}

void
json_end_object(struct json *json)
{
	close_level(json, SPAN("}"));
}

void
json_begin_array(struct json *json)
{
	open_level(json, SPAN("["));
}

void
json_end_array(struct json *json)
{
	close_level(json, SPAN("]"));
}

void
json_key(struct json *json, const char *name)
{
	begin(json);
	put(json, SPAN("\""));
	put(json, span_of(name));
	put(json, SPAN("\":"));
	json->comma[json->depth] = false;
}

void
json_null(struct json *json)
{
	begin(json);
	put(json, SPAN("null"));
}

void
json_bool(struct json *json, bool value)
{
	begin(json);
	put(json, value ? SPAN("true") : SPAN("false"));
}

void
json_number(struct json *json, uint64_t value)
{
	char digits[24];

	begin(json);
	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	put(json, span_of(digits));
}

/* Strings */

static void
replace(struct json *json)
{
	put(json, SPAN("\xef\xbf\xbd"));
	json->wanted = json->nheld = 0;
}

/*
 * The first byte of a character of several: how many follow it, and what the
 * next one may be (RFC 3629: nothing overlong, no surrogates, no more than
 * U+10FFFF).  False where no character begins like this.
 */
static bool
begin_character(struct json *json, unsigned char c)
{
	json->low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	json->high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	if (c >= 0xc2 && c <= 0xdf)
		json->wanted = 1;
	else if (c >= 0xe0 && c <= 0xef)
		json->wanted = 2;
	else if (c >= 0xf0 && c <= 0xf4)
		json->wanted = 3;
	else
		return false;
	json->held[0] = (char)c;
	json->nheld = 1;
	return true;
}

static void
escape(struct json *json, unsigned char c)
{
	char code[8];

	snprintf(code, sizeof(code), "\\u%04x", c);
	put(json, span_of(code));
}

static void
end_character(struct json *json)
{
	/* U+0080 to U+009F control terminals. */
	if (json->nheld == 2 && json->held[0] == '\xc2' &&
	    (unsigned char)json->held[1] < 0xa0)
		escape(json, (unsigned char)json->held[1]);
	else
		put(json, span_make(json->held, json->nheld));
	json->nheld = 0;
}

static bool
plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void
put_ascii(struct json *json, unsigned char c)
{
	switch (c) {
	case '"':
		put(json, SPAN("\\\""));
		break;
	case '\\':
		put(json, SPAN("\\\\"));
		break;
	case '\n':
		put(json, SPAN("\\n"));
		break;
	case '\r':
		put(json, SPAN("\\r"));
		break;
	case '\t':
		put(json, SPAN("\\t"));
		break;
	default:
		escape(json, c);
		break;
	}
}

/* A byte that is not plain, or that follows a part of a character. */
static void
put_byte(struct json *json, unsigned char c)
{
	if (json->wanted > 0) {
		if (c >= json->low && c <= json->high) {
			json->held[json->nheld++] = (char)c;
			json->low = 0x80;
			json->high = 0xbf;
			if (--json->wanted == 0)
				end_character(json);
			return;
		}
		replace(json);
	}
	if (plain(c))
		put(json, span_make((const char *)&c, 1));
	else if (c < 0x80)
		put_ascii(json, c);
	else if (!begin_character(json, c))
		replace(json);
}

void
json_begin_string(struct json *json)
{
	begin(json);
	put(json, SPAN("\""));
}

void
json_piece(struct json *json, struct span piece)
{
	while (piece.n > 0 && !json->failed) {
		size_t n = 0;

		while (json->wanted == 0 && n < piece.n &&
		    plain((unsigned char)piece.p[n]))
			n++;
		put(json, span_head(piece, n));
		if (n < piece.n)
			put_byte(json, (unsigned char)piece.p[n]);
		piece = span_skip(piece, n + 1);
	}
}

void
json_end_string(struct json *json)
{
	if (json->wanted > 0)
		replace(json);
	put(json, SPAN("\""));
}

void
json_string(struct json *json, struct span value)
{
	json_begin_string(json);
	json_piece(json, value);
	json_end_string(json);
}

void
json_text(struct json *json, struct span value)
{
	if (value.n > 0)
		json_string(json, value);
	else
		json_null(json);
}

void
json_raw(struct json *json, struct span text)
{
	if (text.n == 0)
		return;
	put(json, text);
	json->comma[json->depth] = true;
}
