/* escaped - a text as the tests in tables have it.  See escaped.h. */
#include "base/escaped.h"

#include <stdint.h>

#include "base/printable.h"

/* Neither ink nor room: Unicode's default ignorables, and line separators. */
static const struct {
	uint32_t first, last;
} unseen[] = {
	{ 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f },
	{ 0x61c, 0x61c }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb },
	{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

/* The character of n bytes, which is well-formed. */
static uint32_t
value(struct span character)
{
	uint32_t c = (unsigned char)character.p[0];

	if (character.n > 1)
		c &= 0x7fu >> character.n;
	for (size_t i = 1; i < character.n; i++)
		c = c << 6 | ((unsigned char)character.p[i] & 0x3fu);
	return c;
}

static bool
is_unseen(struct span character)
{
	uint32_t c = value(character);

	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (c >= unseen[i].first && c <= unseen[i].last)
			return true;
	return false;
}

static void
add_byte(struct buf *out, char c)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char byte = (unsigned char)c;
	char text[] = { '\\', 'x', digits[byte >> 4], digits[byte & 15] };

	if (c == '\n')
		buf_add(out, SPAN("\\n"));
	else if (c == '\t')
		buf_add(out, SPAN("\\t"));
	else
		buf_add(out, span_make(text, sizeof(text)));
}

void
escaped_add(struct buf *out, struct span text)
{
	while (text.n > 0) {
		size_t n = utf8_char(text);
		struct span one = span_head(text, n > 0 ? n : 1);

		if (one.p[0] == '\\')
			buf_add(out, SPAN("\\\\"));
		else if (n > 0 && !is_unseen(one))
			buf_add(out, one);
		else
			for (size_t i = 0; i < one.n; i++)
				add_byte(out, one.p[i]);
		text = span_skip(text, one.n);
	}
}
