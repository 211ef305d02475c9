/*
 * decode_dump - transfer encodings undone, for tests.
 *
 * A line of standard input holds the name of an encoding, the size of the
 * chunks and the encoded bytes in hexadecimal; a line of standard output the
 * decoded ones.
 */
#include <stdio.h>
#include <stdlib.h>

#include "message/decode.h"

static void
read_hex(const char *p, struct buf *out)
{
	unsigned byte;

	for (; sscanf(p, "%2x", &byte) == 1; p += 2)
		buf_addc(out, (char)byte);
}

static void
dump(const char *name, size_t chunk, struct span in)
{
	struct decode decode;
	struct buf out;

	buf_init(&out, (size_t)1 << 24);
	decode_init(&decode, encoding_parse(span_of(name)));
	for (; in.n > 0; in = span_skip(in, chunk))
		decode_feed(&decode, span_head(in, chunk), &out);
	decode_end(&decode, &out);
	for (size_t i = 0; i < out.n; i++)
		printf("%02x", (unsigned char)out.p[i]);
	putchar('\n');
	buf_clear(&out);
}

int
main(void)
{
	char *line = NULL, name[32];
	size_t size = 0, chunk;
	int at;

	while (getline(&line, &size, stdin) > 0) {
		struct buf in;

		if (sscanf(line, "%31s %zu %n", name, &chunk, &at) != 2 ||
		    chunk == 0)
			return 2;
		buf_init(&in, (size_t)1 << 24);
		read_hex(line + at, &in);
		dump(name, chunk, buf_span(&in));
		buf_clear(&in);
	}
	free(line);
	return 0;
}
