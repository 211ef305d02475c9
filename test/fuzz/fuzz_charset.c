/*
 * Character sets: any cut of the text gives the same, valid and bounded.
 *
 *	NAME			(of a character set)
 *	MARKED CUT		(two letters)
 *	the text
 */
#include "base/utf8.h"
#include "fuzz.h"
#include "message/charset.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static struct charset *
open_as(struct span name, size_t marked)
{
	struct charset *charset = marked ? charset_open_marked(name) :
	    charset_open(name);

	MUST(charset != NULL);
	return charset;
}

static void
run(struct charset *charset, struct span text, size_t cut, struct buf *out)
{
	uint32_t dice = (uint32_t)cut;

	buf_init(out, 3 * text.n);
	while (text.n > 0) {
		size_t n = text.n;
		struct span piece;

		if (cut > 0) {
			dice = dice * 1664525 + 1013904223;
			n = 1 + (dice >> 16) % cut;
		}
		piece = fuzz_copy(span_head(text, n));
		MUST(charset_feed(charset, piece, out));
		text = span_skip(text, piece.n);
		fuzz_free(piece);
	}
	MUST(charset_end(charset, out));
	charset_close(&charset);
}

static void
must_be_utf8(struct span text)
{
	uint32_t code;
	size_t n;

	for (; text.n > 0; text = span_skip(text, n))
		MUST(utf8_next(text, &code, &n) == UTF8_GOOD);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t cuts[] = { 1, 2, 3, 7, 20, 600 };
	struct span rest = span_make((const char *)data, size);
	struct span name = fuzz_line(&rest);
	size_t marked = fuzz_choice(&rest, 2);
	size_t cut = cuts[fuzz_choice(&rest, COUNT(cuts))];
	struct buf whole, pieces;

	fuzz_line(&rest);
	run(open_as(name, marked), rest, 0, &whole);
	run(open_as(name, marked), rest, cut, &pieces);
	MUST(span_equal(buf_span(&whole), buf_span(&pieces)));
	must_be_utf8(buf_span(&whole));
	buf_clear(&whole);
	buf_clear(&pieces);
	return 0;
}
