/* printable - untrusted text made fit to be shown.  See printable.h. */
#include "base/printable.h"

#include <stdio.h>

static bool
is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/*
 * What the first byte says of the length, and the range that it leaves to the
 * second (RFC 3629, section 4): that range shuts out what is overlong, the
 * surrogates, and what lies past U+10FFFF.
 */
static size_t
lead(unsigned char c, unsigned char *low_r, unsigned char *high_r)
{
	*low_r = 0x80;
	*high_r = 0xbf;
	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	if (c < 0xe0)
		return 2;
	if (c == 0xe0)
		*low_r = 0xa0;
	else if (c == 0xed)
		*high_r = 0x9f;
	else if (c == 0xf0)
		*low_r = 0x90;
	else if (c == 0xf4)
		*high_r = 0x8f;
	return c < 0xf0 ? 3 : 4;
}

size_t
utf8_char(struct span text)
{
	unsigned char low, high, second;
	size_t n;

	if (text.n == 0)
		return 0;
	n = lead((unsigned char)text.p[0], &low, &high);
	if (n < 2 || n > text.n)
		return n > text.n ? 0 : n;
	second = (unsigned char)text.p[1];
	if (second < low || second > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if (!is_tail(text.p[i]))
			return 0;
	return n;
}

bool
utf8_valid(struct span text)
{
	while (text.n > 0) {
		size_t n = utf8_char(text);

		if (n == 0)
			return false;
		text = span_skip(text, n);
	}
	return true;
}

/* C0 and DEL, or C1, which is two bytes in UTF-8. */
static bool
is_control(struct span character)
{
	unsigned char c = (unsigned char)character.p[0];

	if (character.n == 1)
		return c < 0x20 || c == 0x7f;
	return c == 0xc2 && (unsigned char)character.p[1] < 0xa0;
}

/*
 * What begins a line, or turns the direction of what follows, so that a rule's
 * name could be made to look like another: U+061C, U+200E and U+200F, U+2028
 * to U+202E, U+2066 to U+2069.
 */
static bool
is_format(struct span character)
{
	unsigned char c;

	if (span_equal(character, SPAN("\xd8\x9c")))
		return true;
	if (character.n != 3)
		return false;
	c = (unsigned char)character.p[2];
	if (span_starts(character, SPAN("\xe2\x81")))
		return c >= 0xa6 && c <= 0xa9;
	return span_starts(character, SPAN("\xe2\x80")) &&
	    (c == 0x8e || c == 0x8f || (c >= 0xa8 && c <= 0xae));
}

/* Takes one character, or one byte that is none, from the front of *rest. */
static struct span
next_shown(struct span *rest)
{
	size_t n = utf8_char(*rest);
	struct span shown = span_head(*rest, n);

	if (n == 0 || is_control(shown) || is_format(shown))
		shown = SPAN("?");
	*rest = span_skip(*rest, n > 0 ? n : 1);
	return shown;
}

void
printable_add(struct buf *out, struct span text, size_t max)
{
	const struct span dots = SPAN("...");
	struct span rest = text;
	size_t n = 0, keep = 0;
	bool cut;

	if (max < dots.n)
		max = dots.n;
	/* First how much fits, so that no byte is added and taken back. */
	while (rest.n > 0 && n <= max) {
		n += next_shown(&rest).n;
		if (n <= max - dots.n)
			keep = n;
	}
	cut = n > max;
	if (!cut)
		keep = n;
	rest = text;
	for (n = 0; n < keep;) {
		struct span shown = next_shown(&rest);

		buf_add(out, shown);
		n += shown.n;
	}
	if (cut)
		buf_add(out, dots);
}

void
printable_ascii(struct buf *out, struct span text)
{
	while (text.n > 0) {
		struct span shown = next_shown(&text);

		buf_add(out, shown.n > 1 ? SPAN("?") : shown);
	}
}

void
printable_excerpt(struct span text, char out[PRINTABLE_EXCERPT])
{
	struct buf buf;

	buf_init(&buf, PRINTABLE_EXCERPT);
	printable_add(&buf, text, PRINTABLE_EXCERPT - 1);
	snprintf(out, PRINTABLE_EXCERPT, "%s", buf_string(&buf));
	buf_clear(&buf);
}
