/* utf8 - characters in bytes.  See utf8.h. */
#include "base/utf8.h"

/* The bytes of a character by its first one; 0: none begins so. */
static unsigned
length_of(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c < 0xc2)
		return 0;
	if (c < 0xe0)
		return 2;
	if (c < 0xf0)
		return 3;
	return c < 0xf5 ? 4 : 0;
}

/* May c be the second byte?  Overlong forms and surrogates show here. */
static bool
is_second(unsigned char first, unsigned char c)
{
	unsigned char low = 0x80, high = 0xbf;

	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	return c >= low && c <= high;
}

enum utf8
utf8_next(struct span s, uint32_t *code_r, size_t *n_r)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned length = length_of(p[0]);
	uint32_t code;

	*n_r = 1;
	*code_r = UTF8_REPLACEMENT;
	if (length == 0)
		return UTF8_BAD;
	code = length == 1 ? p[0] : p[0] & (0x7fU >> length);
	for (unsigned i = 1; i < length; i++) {
		*n_r = i;
		if (i >= s.n)
			return UTF8_CUT;
		if (i == 1 ? !is_second(p[0], p[1]) : (p[i] & 0xc0) != 0x80)
			return UTF8_BAD;
		code = code << 6 | (p[i] & 0x3fU);
	}
	*n_r = length;
	*code_r = code;
	return UTF8_GOOD;
}

bool
utf8_add(struct buf *out, uint32_t code)
{
	char bytes[4];
	size_t n = 0;

	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		code = UTF8_REPLACEMENT;
	if (code < 0x80) {
		bytes[n++] = (char)code;
	} else if (code < 0x800) {
		bytes[n++] = (char)(0xc0 | code >> 6);
		bytes[n++] = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		bytes[n++] = (char)(0xe0 | code >> 12);
		bytes[n++] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[n++] = (char)(0x80 | (code & 0x3f));
	} else {
		bytes[n++] = (char)(0xf0 | code >> 18);
		bytes[n++] = (char)(0x80 | (code >> 12 & 0x3f));
		bytes[n++] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[n++] = (char)(0x80 | (code & 0x3f));
	}
	/* Half a character would be none. */
	if (!buf_reserve(out, n)) {
		out->cut = true;
		return false;
	}
	return buf_add(out, span_make(bytes, n));
}

bool
utf8_add_valid(struct buf *out, struct span s)
{
	size_t good = 0, n;
	uint32_t code;

	while (good < s.n) {
		if (utf8_next(span_skip(s, good), &code, &n) == UTF8_GOOD) {
			good += n;
			continue;
		}
		if (!buf_add(out, span_head(s, good)) ||
		    !buf_add(out, UTF8_FFFD))
			break;
		s = span_skip(s, good + n);
		good = 0;
	}
	buf_add(out, s);
	/* What did not fit may have been cut inside a character. */
	if (out->cut)
		out->n = utf8_fit(buf_span(out), out->n);
	return !out->cut;
}

/* How many bytes at the front are ASCII; eight at a time. */
static size_t
count_ascii(struct span s)
{
	size_t n = 0;
	uint64_t eight;

	for (; s.n - n >= sizeof(eight); n += sizeof(eight)) {
		memcpy(&eight, s.p + n, sizeof(eight));
		if ((eight & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (n < s.n && (unsigned char)s.p[n] < 0x80)
		n++;
	return n;
}

bool
utf8_is_valid(struct span s)
{
	uint32_t code;
	size_t n;

	for (s = span_skip(s, count_ascii(s)); s.n > 0; s = span_skip(s, n))
		if ((unsigned char)s.p[0] < 0x80)
			n = count_ascii(s);
		else if (utf8_next(s, &code, &n) != UTF8_GOOD)
			return false;
	return true;
}

size_t
utf8_space(struct span s)
{
	static const struct { const char first[4], last[4]; } wide[] = {
		{ "\xe1\x9a\x80", "\xe1\x9a\x80" },
		{ "\xe2\x80\x80", "\xe2\x80\x8a" },
		{ "\xe2\x80\xa8", "\xe2\x80\xa9" },
		{ "\xe2\x80\xaf", "\xe2\x80\xaf" },
		{ "\xe2\x81\x9f", "\xe2\x81\x9f" },
		{ "\xe3\x80\x80", "\xe3\x80\x80" },
	};

	if (s.n > 0 && (unsigned char)s.p[0] < 0x80)
		return ascii_space((unsigned char)s.p[0]);
	if (span_starts(s, SPAN("\xc2\x85")) ||
	    span_starts(s, SPAN("\xc2\xa0")))
		return 2;
	if (s.n < 3 || (unsigned char)s.p[0] < 0xe1 ||
	    (unsigned char)s.p[0] > 0xe3)
		return 0;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (memcmp(s.p, wide[i].first, 3) >= 0 &&
		    memcmp(s.p, wide[i].last, 3) <= 0)
			return 3;
	return 0;
}

size_t
utf8_control(struct span s)
{
	unsigned char c = s.n > 0 ? (unsigned char)s.p[0] : ' ';

	if (c < ' ' || c == 0x7f)
		return 1;
	return c == 0xc2 && s.n > 1 && (unsigned char)s.p[1] >= 0x80 &&
	    (unsigned char)s.p[1] < 0xa0 ? 2 : 0;
}

size_t
utf8_fit(struct span s, size_t n)
{
	size_t begin, length;
	uint32_t code;

	if (n >= s.n)
		n = s.n;
	/* The last character may be cut: it begins in the last three bytes. */
	for (begin = n; begin > 0 && n - begin < 3;) {
		begin--;
		if (((unsigned char)s.p[begin] & 0xc0) == 0x80)
			continue;
		if (utf8_next(span_head(span_skip(s, begin), n - begin),
		    &code, &length) == UTF8_CUT)
			return begin;
		break;
	}
	return n;
}
