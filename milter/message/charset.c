/* charset - text in any character set, as UTF-8.  See charset.h. */
#include "message/charset.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "message/charset_names.h"
#include "message/charset_utf7.h"

/* So much is looked at in one go, what was held included. */
#define WORK		512
/* The longest byte order mark. */
#define MARK		4
/* Bytes that tell the byte order, where there is no mark. */
#define GUESS		CHARSET_HELD

struct charset {
	enum charset_kind kind;
	bool marked;
	bool opened;		/* cd is to be closed */
	bool begun;		/* there can be no byte order mark any more */
	iconv_t cd;		/* CHARSET_ICONV */
	struct utf7 utf7;	/* CHARSET_UTF7 */
	char held[CHARSET_HELD];
	size_t n_held;
};

/* windows-1252 from 0x80 on; 0: it has none. */
static const uint16_t upper[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

static uint32_t
from_1252(unsigned char c)
{
	if (c < 0x80 || c >= 0xa0)
		return c;
	return upper[c - 0x80] != 0 ? upper[c - 0x80] : UTF8_REPLACEMENT;
}

static struct charset *
open_as(struct span name, bool marked)
{
	struct charset *c = calloc(1, sizeof(*c));
	const char *iconv_name = NULL;

	if (c == NULL)
		return NULL;
	c->kind = charset_find(name, &iconv_name);
	/* A word in no character set is not one that lies. */
	c->marked = marked && name.n > 0;
	if (c->kind == CHARSET_ICONV) {
		c->cd = iconv_open("UTF-8", iconv_name);
		c->opened = (intptr_t)c->cd != -1;
		if (!c->opened && errno != EINVAL) {
			/* Not another reading of the text: none. */
			charset_close(&c);
			return NULL;
		}
		if (!c->opened)
			c->kind = CHARSET_UNKNOWN;
	}
	return c;
}

struct charset *
charset_open(struct span name)
{
	return open_as(name, false);
}

struct charset *
charset_open_marked(struct span name)
{
	return open_as(name, true);
}

void
charset_close(struct charset **charset)
{
	if (*charset == NULL)
		return;
	if ((*charset)->opened)
		iconv_close((*charset)->cd);
	free(*charset);
	*charset = NULL;
}

bool
charset_is_known(struct span name)
{
	const char *iconv_name;

	return charset_find(name, &iconv_name) != CHARSET_UNKNOWN;
}

/*
 * What in.p begins with means nothing in the set.  Returns how many bytes
 * were taken; 0: that depends on those to come.
 */
static size_t
take_bad(struct charset *c, struct span in, bool last, struct buf *out)
{
	unsigned char first = (unsigned char)in.p[0];
	uint32_t code;
	size_t n;

	switch (utf8_next(in, &code, &n)) {
	case UTF8_GOOD:
		utf8_add(out, code);
		return n;
	case UTF8_CUT:
		if (!last)
			return 0;
		break;
	case UTF8_BAD:
		break;
	}
	if (c->marked) {
		buf_add(out, UTF8_FFFD);
		return n;
	}
	utf8_add(out, from_1252(first));
	return 1;
}

/* How many bytes are ASCII: most are. */
static size_t
ascii_run(struct span in)
{
	size_t n = 0;

	while (n < in.n && (unsigned char)in.p[n] < 0x80)
		n++;
	return n;
}

static size_t
take_utf8(struct charset *c, struct span in, bool last, struct buf *out)
{
	size_t done = 0, good = 0, n;
	uint32_t code;

	while (done + good < in.n) {
		struct span rest = span_skip(in, done + good);

		if ((n = ascii_run(rest)) > 0) {
			good += n;
			continue;
		}
		if (utf8_next(rest, &code, &n) == UTF8_GOOD) {
			good += n;
			continue;
		}
		buf_add(out, span_head(span_skip(in, done), good));
		done += good;
		good = 0;
		n = take_bad(c, rest, last, out);
		if (n == 0)
			return done;
		done += n;
	}
	buf_add(out, span_head(span_skip(in, done), good));
	return done + good;
}

static size_t
take_1252(struct span in, struct buf *out)
{
	size_t n;

	for (size_t i = 0; i < in.n; i += n) {
		n = ascii_run(span_skip(in, i));
		buf_add(out, span_head(span_skip(in, i), n));
		if (n > 0)
			continue;
		utf8_add(out, from_1252((unsigned char)in.p[i]));
		n = 1;
	}
	return in.n;
}

static size_t
take_utf7(struct charset *c, struct span in, bool last, struct buf *out)
{
	size_t done = 0, n;

	while (done < in.n) {
		n = utf7_take(&c->utf7, (unsigned char)in.p[done], out) ? 1 :
		    take_bad(c, span_skip(in, done), last, out);
		if (n == 0)
			break;
		done += n;
	}
	if (last)
		utf7_end(&c->utf7, out);
	return done;
}

static uint32_t
unit_at(const char *from, size_t width, bool big)
{
	const unsigned char *p = (const unsigned char *)from;
	uint32_t unit = 0;

	for (size_t i = 0; i < width; i++)
		unit = unit << 8 | p[big ? i : width - 1 - i];
	return unit;
}

/* UTF-16 and UTF-32; half a pair and what is left at the end are U+FFFD. */
static size_t
take_wide(const struct charset *c, struct span in, bool last, struct buf *out)
{
	bool big = c->kind == CHARSET_UTF16BE || c->kind == CHARSET_UTF32BE;
	size_t width = c->kind == CHARSET_UTF32BE ||
	    c->kind == CHARSET_UTF32LE ? 4 : 2, done = 0;

	while (in.n - done >= width) {
		uint32_t code = unit_at(in.p + done, width, big), low;

		if (width == 2 && code >= 0xd800 && code < 0xdc00) {
			if (in.n - done < 4 && !last)
				break;
			low = in.n - done < 4 ? 0 :
			    unit_at(in.p + done + 2, 2, big);
			if (low >= 0xdc00 && low < 0xe000) {
				code = 0x10000 + ((code - 0xd800) << 10) +
				    (low - 0xdc00);
				done += 2;
			}
		}
		utf8_add(out, code);
		done += width;
	}
	if (last && done < in.n) {
		buf_add(out, UTF8_FFFD);
		done = in.n;
	}
	return done;
}

/* One call of iconv(3), as long as it has room. */
static int
convert(struct charset *c, char **from, size_t *left, struct buf *out)
{
	char room[4 * WORK], *to = room;
	size_t space = sizeof(room);
	size_t status = iconv(c->cd, from, left, &to, &space);
	int why = status == (size_t)-1 ? errno : 0;

	utf8_add_valid(out, span_make(room, sizeof(room) - space));
	return why;
}

static size_t
take_iconv(struct charset *c, struct span in, bool last, struct buf *out)
{
	/* iconv(3) does not write there, whatever its type says. */
	union { const char *theirs; char *ours; } from = { in.p };
	size_t left = in.n, bad;
	int why;

	while (left > 0) {
		why = convert(c, &from.ours, &left, out);
		if (left == 0 || why == E2BIG)
			continue;
		if (why == EINVAL && !last && left < CHARSET_HELD)
			break;
		bad = take_bad(c, span_make(from.theirs, left), last, out);
		if (bad == 0)
			break;
		from.theirs += bad;
		left -= bad;
	}
	return in.n - left;
}

/* How much of it would be letters and signs of ASCII. */
static unsigned
count_ascii(struct span in, size_t width, bool big)
{
	unsigned n = 0;

	for (size_t i = 0; i + width <= in.n; i += width) {
		uint32_t unit = unit_at(in.p + i, width, big);

		n += unit > ' ' && unit < 0x7f;
	}
	return n;
}

/*
 * Which of the two byte orders, where nothing tells: little-endian, as readers
 * have it, unless the text says otherwise.  Blanks do not: U+2000 is one, too.
 */
static enum charset_kind
guess_order(const struct charset *c, struct span in)
{
	bool wide = c->kind == CHARSET_UTF32;
	size_t width = wide ? 4 : 2;

	in = span_head(in, GUESS);
	if (count_ascii(in, width, true) > count_ascii(in, width, false))
		return wide ? CHARSET_UTF32BE : CHARSET_UTF16BE;
	return wide ? CHARSET_UTF32LE : CHARSET_UTF16LE;
}

static const struct mark {
	struct span bytes;
	enum charset_kind kind;
} marks[] = {
	{ SPAN_INIT("\xef\xbb\xbf"), CHARSET_UTF8 },
	{ SPAN_INIT("\xff\xfe\0\0"), CHARSET_UTF32LE },
	{ SPAN_INIT("\0\0\xfe\xff"), CHARSET_UTF32BE },
	{ SPAN_INIT("\xff\xfe"), CHARSET_UTF16LE },
	{ SPAN_INIT("\xfe\xff"), CHARSET_UTF16BE },
};

/* Readers believe a byte order mark rather than any name. */
static bool
believes(const struct charset *c, const struct mark *mark)
{
	switch (mark->kind) {
	case CHARSET_UTF32LE:
	case CHARSET_UTF32BE:
		return c->kind >= CHARSET_UTF32 && c->kind <= CHARSET_UTF32LE;
	case CHARSET_UTF16LE:
	case CHARSET_UTF16BE:
		return c->kind != CHARSET_1252 && c->kind < CHARSET_UTF32;
	default:
		return c->kind < CHARSET_ICONV;
	}
}

/* The length of a byte order mark, which settles the kind. */
static size_t
begin(struct charset *c, struct span in)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (span_starts(in, marks[i].bytes) &&
		    believes(c, &marks[i])) {
			c->kind = marks[i].kind;
			n = marks[i].bytes.n;
			break;
		}
	if (c->kind == CHARSET_UTF16 || c->kind == CHARSET_UTF32)
		c->kind = guess_order(c, in);
	c->begun = true;
	return n;
}

static size_t
head_length(const struct charset *c)
{
	return c->kind == CHARSET_UTF16 || c->kind == CHARSET_UTF32 ?
	    GUESS : MARK;
}

/* Returns how many bytes were taken: all but some at the end. */
static size_t
take(struct charset *c, struct span in, bool last, struct buf *out)
{
	size_t skipped = 0;

	if (!c->begun) {
		if (in.n < head_length(c) && !last)
			return 0;
		skipped = begin(c, in);
		in = span_skip(in, skipped);
	}
	switch (c->kind) {
	case CHARSET_ICONV:
		return skipped + take_iconv(c, in, last, out);
	case CHARSET_1252:
		return skipped + take_1252(in, out);
	case CHARSET_UTF7:
		return skipped + take_utf7(c, in, last, out);
	case CHARSET_UNKNOWN:
	case CHARSET_ASCII:
	case CHARSET_UTF8:
		return skipped + take_utf8(c, in, last, out);
	default:
		return skipped + take_wide(c, in, last, out);
	}
}

bool
charset_feed(struct charset *c, struct span in, struct buf *utf8)
{
	char work[WORK];

	while (in.n > 0) {
		struct span some = span_head(in, WORK - c->n_held);
		size_t n = c->n_held + some.n, taken;

		memcpy(work, c->held, c->n_held);
		memcpy(work + c->n_held, some.p, some.n);
		taken = take(c, span_make(work, n), false, utf8);
		c->n_held = n - taken;
		assert(c->n_held <= CHARSET_HELD);
		memcpy(c->held, work + taken, c->n_held);
		in = span_skip(in, some.n);
	}
	return !utf8->cut;
}

bool
charset_end(struct charset *c, struct buf *utf8)
{
	size_t n = c->n_held;

	c->n_held = 0;
	if (n > 0 || c->kind == CHARSET_UTF7)
		take(c, span_make(c->held, n), true, utf8);
	/* Some sets hold back a letter that an accent may follow. */
	if (c->kind == CHARSET_ICONV)
		convert(c, NULL, NULL, utf8);
	return !utf8->cut;
}
