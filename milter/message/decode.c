/* decode - content transfer encodings undone.  See decode.h. */
#include "message/decode.h"

/* Quoted-printable: */
enum { Q_TEXT, Q_EQUALS, Q_HEX, Q_BLANKS, Q_CR };
/* uuencode: */
enum {
	U_OUTSIDE,		/* at the begin of a line */
	U_OTHER,		/* in a line outside */
	U_END,			/* in the line "end" */
	U_NAME,			/* behind "begin" */
	U_LENGTH,		/* at the begin of a line inside */
	U_DATA,
	U_REST			/* behind the bytes of a line */
};

/* They may stand in one another. */
static struct span
skip_comments(struct span value)
{
	size_t level = 0, n = 0;

	value = span_trim(value);
	for (; n < value.n; n++) {
		char c = value.p[n];

		if (c == '(')
			level++;
		else if (c == ')' && level > 0)
			level--;
		else if (c == '\\')
			n++;
		else if (level == 0 && !ascii_space((unsigned char)c))
			break;
	}
	return span_skip(value, n);
}

enum encoding
encoding_parse(struct span value)
{
	static const struct {
		const char *name;
		enum encoding encoding;
	} names[] = {
		{ "base64", ENCODING_BASE64 },
		{ "quoted-printable", ENCODING_QUOTED_PRINTABLE },
		{ "x-uuencode", ENCODING_UUENCODE },
		{ "uuencode", ENCODING_UUENCODE },
		{ "x-uue", ENCODING_UUENCODE },
		{ "uue", ENCODING_UUENCODE },
	};
	size_t n = 0;

	value = skip_comments(value);
	if (span_starts(value, SPAN("\"")))
		value = span_trim(span_skip(value, 1));
	while (n < value.n && (ascii_alnum((unsigned char)value.p[n]) ||
	    value.p[n] == '-'))
		n++;
	value = span_head(value, n);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_caseequal(value, span_of(names[i].name)))
			return names[i].encoding;
	return ENCODING_NONE;
}

void
decode_init(struct decode *decode, enum encoding encoding)
{
	decode->encoding = encoding;
	decode->place = encoding == ENCODING_UUENCODE ? U_OUTSIDE : Q_TEXT;
	decode->bits = decode->n_bits = 0;
	decode->quad = decode->pads = decode->left = 0;
	decode->held = 0;
}

static void
add_bits(struct decode *decode, unsigned six, struct buf *out)
{
	decode->bits = (decode->bits << 6 | six) & 0xffff;
	decode->n_bits += 6;
	if (decode->n_bits >= 8) {
		decode->n_bits -= 8;
		buf_addc(out, (char)(decode->bits >> decode->n_bits & 0xff));
	}
}

/*
 * Padding that completes four characters ends a group, and another may begin
 * behind it: pieces that were encoded one by one are shown one after the
 * other.  Any other "=" is junk.
 */
static void
base64_pad(struct decode *decode)
{
	if (decode->quad < 2)
		return;
	if (decode->quad + ++decode->pads < 4)
		return;
	decode->quad = decode->pads = 0;
	decode->n_bits = 0;
}

/* As ascii_base64() has it, from '+' on, since a letter may be any of them. */
static int
digit_of(char c)
{
	static const signed char digits[] = {
		62, -1, -1, -1, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1,
		-1, -1, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
		12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1,
		-1, -1, -1, -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37,
		38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
	};
	unsigned at = (unsigned char)c - (unsigned)'+';

	return at < sizeof(digits) ? digits[at] : -1;
}

/* Whole groups at the front of what begins with one; how long they are. */
static size_t
base64_groups(struct span in, struct buf *out)
{
	size_t i = 0;
	char *to;

	if (!buf_reserve(out, in.n / 4 * 3))
		return 0;
	to = out->p + out->n;
	for (; in.n - i >= 4; i += 4) {
		int a = digit_of(in.p[i]), b = digit_of(in.p[i + 1]);
		int c = digit_of(in.p[i + 2]), d = digit_of(in.p[i + 3]);

		if ((a | b | c | d) < 0)
			break;
		*to++ = (char)(a << 2 | b >> 4);
		*to++ = (char)((b & 15) << 4 | c >> 2);
		*to++ = (char)((c & 3) << 6 | d);
	}
	out->n += i / 4 * 3;
	return i;
}

static void
base64_take(struct decode *decode, char c, struct buf *out)
{
	int six = digit_of(c);

	if (c == '=')
		base64_pad(decode);
	if (six < 0)
		return;
	decode->pads = 0;
	decode->quad = (decode->quad + 1) % 4;
	add_bits(decode, (unsigned)six, out);
}

static void
base64_feed(struct decode *decode, struct span in, struct buf *out)
{
	while (in.n > 0) {
		if (decode->quad == 0 && in.n >= 4 && digit_of(in.p[0]) >= 0)
			in = span_skip(in, base64_groups(in, out));
		if (in.n > 0)
			base64_take(decode, in.p[0], out);
		in = span_skip(in, 1);
	}
}

static void
hold(struct decode *decode, char c, unsigned place)
{
	decode->text[decode->held++] = c;
	decode->place = place;
}

static void
give_held(struct decode *decode, struct buf *out)
{
	buf_add(out, span_make(decode->text, decode->held));
	decode->held = 0;
}

static void
forget(struct decode *decode)
{
	decode->held = 0;
	decode->place = Q_TEXT;
}

/* False where c is not part of what began with "=". */
static bool
quoted_takes(struct decode *decode, char c, struct buf *out)
{
	bool hex = decode->place == Q_EQUALS || decode->place == Q_HEX;
	bool line = decode->place != Q_HEX;

	if (line && c == '\n') {
		forget(decode);
	} else if (line && c == '\r' && decode->place != Q_CR) {
		hold(decode, c, Q_CR);
	} else if (line && decode->place != Q_CR && ascii_blank(c)) {
		/* One for many, so that none are too many for a line end. */
		if (decode->held < DECODE_HELD - 1)
			hold(decode, c, Q_BLANKS);
	} else if (hex && ascii_hex(c) >= 0 && decode->place == Q_HEX) {
		buf_addc(out, (char)((unsigned)ascii_hex(decode->text[1]) << 4 |
		    (unsigned)ascii_hex(c)));
		forget(decode);
	} else if (hex && ascii_hex(c) >= 0) {
		hold(decode, c, Q_HEX);
	} else {
		return false;
	}
	return true;
}

static void
quoted_feed(struct decode *decode, struct span in, struct buf *out)
{
	while (in.n > 0) {
		size_t n = 1;

		if (decode->place == Q_TEXT) {
			n = span_find(in, '=');
			buf_add(out, span_head(in, n));
			if (n < in.n) {
				hold(decode, '=', Q_EQUALS);
				n++;
			}
		} else if (!quoted_takes(decode, in.p[0], out)) {
			give_held(decode, out);
			decode->place = Q_TEXT;
			n = 0;
		}
		in = span_skip(in, n);
	}
}

/* "begin", a blank and a digit of the mode; what only began so is shown. */
static void
uu_outside(struct decode *decode, char c, struct buf *out)
{
	static const char begin[] = "begin ";
	size_t n = sizeof(begin) - 1;
	bool fits = decode->held < n ? c == begin[decode->held] :
	    ascii_digit(c);

	hold(decode, c, U_OUTSIDE);
	if (fits && decode->held <= n)
		return;
	if (fits) {
		decode->held = 0;
		decode->place = U_NAME;
		return;
	}
	give_held(decode, out);
	decode->place = c == '\n' ? U_OUTSIDE : U_OTHER;
}

/* The first character of a line says how many bytes it holds. */
static void
uu_length(struct decode *decode, char c)
{
	if (c == '\n' || c == '\r')
		return;
	decode->bits = decode->n_bits = 0;
	decode->left = c >= ' ' && c <= '`' ? (unsigned)(c - ' ') & 63 : 0;
	decode->place = decode->left > 0 ? U_DATA : U_REST;
	if (c == 'e')
		decode->place = U_END;
}

static void
uu_data(struct decode *decode, char c, struct buf *out)
{
	size_t n = out->n;

	if (c < ' ' || c > '`')
		return;
	add_bits(decode, (unsigned)(c - ' ') & 63, out);
	if (out->n > n && --decode->left == 0)
		decode->place = U_REST;
}

static void
uu_take(struct decode *decode, char c, struct buf *out)
{
	switch (decode->place) {
	case U_OUTSIDE:
		uu_outside(decode, c, out);
		break;
	case U_OTHER:
		buf_addc(out, c);
		if (c == '\n')
			decode->place = U_OUTSIDE;
		break;
	case U_END:
		if (c == '\n')
			decode->place = U_OUTSIDE;
		break;
	case U_LENGTH:
		uu_length(decode, c);
		break;
	case U_DATA:
		uu_data(decode, c, out);
		break;
	default:
		break;
	}
	if (c == '\n' && decode->place >= U_NAME)
		decode->place = U_LENGTH;
}

void
decode_feed(struct decode *decode, struct span in, struct buf *out)
{
	switch (decode->encoding) {
	case ENCODING_NONE:
		buf_add(out, in);
		break;
	case ENCODING_BASE64:
		base64_feed(decode, in, out);
		break;
	case ENCODING_QUOTED_PRINTABLE:
		quoted_feed(decode, in, out);
		break;
	case ENCODING_UUENCODE:
		for (size_t i = 0; i < in.n; i++)
			uu_take(decode, in.p[i], out);
		break;
	}
}

/* A soft line break at the very end breaks nothing. */
void
decode_end(struct decode *decode, struct buf *out)
{
	if (decode->encoding == ENCODING_UUENCODE ||
	    decode->place == Q_HEX)
		give_held(decode, out);
	decode_init(decode, decode->encoding);
}
