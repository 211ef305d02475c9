/*
 * Transfer encodings: any way of cutting gives the same bytes, and never more
 * than went in and what may be held.
 *
 *	ENCODING		(a letter)
 *	the encoded text
 */
#include "fuzz.h"
#include "message/decode.h"

static void
decode(enum encoding encoding, struct span in, size_t chunk, struct buf *out)
{
	struct decode decode;

	decode_init(&decode, encoding);
	for (; in.n > 0; in = span_skip(in, chunk)) {
		struct span piece = fuzz_copy(span_head(in, chunk));
		size_t before = out->n;

		decode_feed(&decode, piece, out);
		MUST(out->n - before <= piece.n + DECODE_HELD);
		fuzz_free(piece);
	}
	decode_end(&decode, out);
	MUST(!out->cut);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t chunks[] = { 1, 2, 5, 100 };
	struct span rest = span_make((const char *)data, size);
	enum encoding encoding = (enum encoding)fuzz_choice(&rest, 4);
	struct buf whole, pieces;

	fuzz_line(&rest);
	buf_init(&whole, rest.n);
	decode(encoding, rest, rest.n + 1, &whole);
	for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
		buf_init(&pieces, rest.n);
		decode(encoding, rest, chunks[i], &pieces);
		MUST(span_equal(buf_span(&whole), buf_span(&pieces)));
		buf_clear(&pieces);
	}
	buf_clear(&whole);
	return 0;
}
