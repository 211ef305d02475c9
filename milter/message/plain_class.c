/* plain_class - what each character is.  See plain_class.h. */
#include "message/plain_class.h"

#include "message/plain_table.h"

#define HIGH_BITS	0x8080808080808080u

static const struct plain_class invisible = { PLAIN_IGNORABLE, "" };

size_t
plain_ascii_run(struct span text, size_t at)
{
	uint64_t eight[4];

	for (; text.n - at >= sizeof(eight); at += sizeof(eight)) {
		memcpy(eight, text.p + at, sizeof(eight));
		if (((eight[0] | eight[1] | eight[2] | eight[3]) &
		    HIGH_BITS) != 0)
			break;
	}
	while (at < text.n && (unsigned char)text.p[at] < 0x80)
		at++;
	return at;
}

/* How long the sequence is that a byte begins; 0 where it begins none. */
static size_t
sequence(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	return c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

size_t
plain_character(struct span text, size_t at, uint32_t *c_r)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text.p + at;
	size_t n = sequence(*p);
	uint32_t c = *p;

	*c_r = c;
	if (n == 1)
		return 1;
	*c_r = UINT32_MAX;
	if (n == 0 || n > text.n - at)
		return 1;
	c &= 0x7fu >> n;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 1;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return 1;
	*c_r = c;
	return n;
}

const struct plain_class *
plain_class_of_any(struct span text, size_t at, size_t *n_r)
{
	uint32_t c;

	*n_r = plain_character(text, at, &c);
	if (c < PLAIN_TABLE_END)
		return plain_class_of(c);
	return c >> 12 == 0xe0 ? &invisible : &plain_classes[0];
}
