/*
 * words - the encoded words of a header field.  See words.h.
 *
 * One pass from left to right: the begin of a word is only remembered, until
 * its end, or a later begin, is found.
 */
#include "message/words.h"

#include "base/utf8.h"
#include "message/charset.h"

/* RFC 2047 allows 75 for the whole word; longer names are none. */
#define NAME_LENGTH	64

struct word {
	size_t begin;		/* of its "=?" */
	struct span charset;	/* without "*language" */
	bool base64;
	size_t text;		/* where that begins */
};

struct decoder {
	struct span in;
	size_t done;		/* up to there all is in out */
	struct buf *out;
	/* The last word's, as long as only white space follows. */
	struct charset *charset;
	struct span name;
	bool fresh;		/* no byte of this word was given to it */
	bool failed;
};

/* What words of ISO-2022 and UTF-7 leave open must not reach the next. */
static bool
has_shifts(struct span name)
{
	return span_casestarts(name, SPAN("iso-2022")) ||
	    span_casestarts(name, SPAN("utf-7"));
}

static void
end_charset(struct decoder *d)
{
	if (d->charset == NULL)
		return;
	charset_end(d->charset, d->out);
	charset_close(&d->charset);
}

static void
begin_charset(struct decoder *d, struct span name)
{
	if (d->charset != NULL && span_caseequal(d->name, name) &&
	    !has_shifts(name))
		return;
	end_charset(d);
	d->charset = charset_open_marked(name);
	d->name = name;
	if (d->charset == NULL)
		d->failed = true;
}

/* Some write one into every word. */
static bool
has_mark(struct span bytes)
{
	return span_starts(bytes, SPAN("\xef\xbb\xbf")) ||
	    span_starts(bytes, SPAN("\xff\xfe")) ||
	    span_starts(bytes, SPAN("\xfe\xff"));
}

static void
feed(struct decoder *d, const char *bytes, size_t n)
{
	struct span some = span_make(bytes, n);

	if (d->fresh && has_mark(some)) {
		end_charset(d);
		begin_charset(d, d->name);
	}
	d->fresh = false;
	if (d->charset != NULL)
		charset_feed(d->charset, some, d->out);
}

static void
decode_q(struct decoder *d, struct span text)
{
	char bytes[256];
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i] == '_' ? ' ' : text.p[i];

		if (c == '=' && text.n - i > 2) {
			int high = ascii_hex((unsigned char)text.p[i + 1]);
			int low = ascii_hex((unsigned char)text.p[i + 2]);

			if (high >= 0 && low >= 0) {
				c = (char)(high << 4 | low);
				i += 2;
			}
		}
		bytes[n++] = c;
		if (n == sizeof(bytes)) {
			feed(d, bytes, n);
			n = 0;
		}
	}
	feed(d, bytes, n);
}

/* Anything else is junk; behind a '=' new bytes begin. */
static void
decode_b(struct decoder *d, struct span text)
{
	char bytes[256];
	unsigned bits = 0, held = 0;
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		int digit = ascii_base64((unsigned char)text.p[i]);

		if (text.p[i] == '=')
			held = 0;
		if (digit < 0)
			continue;
		bits = bits << 6 | (unsigned)digit;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		bytes[n++] = (char)(bits >> held);
		bits &= (1U << held) - 1;
		if (n == sizeof(bytes)) {
			feed(d, bytes, n);
			n = 0;
		}
	}
	feed(d, bytes, n);
}

static bool
is_blank(struct span s)
{
	return span_trim(s).n == 0;
}

static bool
is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* What is in no word, up to there. */
static void
add_plain(struct decoder *d, size_t end, bool word_follows)
{
	struct span text = span_head(span_skip(d->in, d->done), end - d->done);
	bool between = d->charset != NULL && word_follows;

	d->done = end;
	if (between && is_blank(text))
		return;
	end_charset(d);
	if (is_ascii(text)) {
		buf_add(d->out, text);
		return;
	}
	begin_charset(d, SPAN(""));
	feed(d, text.p, text.n);
	end_charset(d);
}

static void
add_word(struct decoder *d, const struct word *word, size_t end)
{
	struct span text = span_head(span_skip(d->in, word->text),
	    end - word->text);

	add_plain(d, word->begin, true);
	begin_charset(d, word->charset);
	d->fresh = true;
	if (word->base64)
		decode_b(d, text);
	else
		decode_q(d, text);
	d->done = end + 2;
}

/* "=?charset?Q?" at i. */
static bool
begins(struct span in, size_t i, struct word *word_r)
{
	struct span name = span_head(span_skip(in, i + 2), NAME_LENGTH);
	struct span rest;
	size_t n = 0;
	int encoding;

	while (n < name.n && name.p[n] != '?' && name.p[n] != '=' &&
	    !ascii_space((unsigned char)name.p[n]))
		n++;
	rest = span_skip(in, i + 2 + n);
	if (rest.n < 3 || rest.p[0] != '?' || rest.p[2] != '?')
		return false;
	encoding = ascii_lower((unsigned char)rest.p[1]);
	if (encoding != 'q' && encoding != 'b')
		return false;
	name = span_head(name, n);
	*word_r = (struct word){
		.begin = i,
		.charset = span_head(name, span_find(name, '*')),
		.base64 = encoding == 'b',
		.text = i + 2 + n + 3,
	};
	return true;
}

bool
words_decode(struct span text, struct buf *out)
{
	struct decoder d = { .in = text, .out = out };
	struct word word;
	bool open = false;

	for (size_t i = 0; i + 1 < text.n;) {
		if (text.p[i] == '=' && text.p[i + 1] == '?' &&
		    begins(text, i, &word)) {
			open = true;
			i = word.text;
		} else if (open && text.p[i] == '?' && text.p[i + 1] == '=') {
			add_word(&d, &word, i);
			open = false;
			i += 2;
		} else {
			i++;
		}
	}
	add_plain(&d, text.n, false);
	return !out->cut && !d.failed;
}

static bool
is_printable(char c)
{
	return c > ' ' && c < 0x7f;
}

void
words_squeeze(struct buf *out, size_t from)
{
	size_t to = from, n;
	bool blank = false;

	for (size_t i = from; i < out->n; i += n) {
		struct span rest = span_skip(buf_span(out), i);
		bool plain = is_printable(rest.p[0]);

		if (!plain && (n = utf8_space(rest)) > 0) {
			blank = to > from;
			continue;
		}
		if (!plain && (n = utf8_control(rest)) > 0)
			continue;
		if (blank)
			out->p[to++] = ' ';
		blank = false;
		out->p[to++] = rest.p[0];
		n = 1;
	}
	out->n = to;
}
