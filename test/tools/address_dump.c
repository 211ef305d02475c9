/*
 * address_dump - the addresses of header fields, for tests.
 *
 * Standard input holds values of From and the like, each with a NUL behind
 * it.  For each value its addresses come in their internal form, each with a
 * NUL behind it, and then one NUL more.
 */
#include <stdio.h>

#include "message/address.h"

static void
dump(struct span value)
{
	struct address_reader reader;
	struct buf address, internal;

	buf_init(&address, 65536);
	buf_init(&internal, 65536);
	address_begin(&reader, value);
	while (address_next(&reader, &address)) {
		buf_reset(&internal);
		address_internal(buf_span(&address), &internal);
		fwrite(buf_string(&internal), 1, internal.n + 1, stdout);
	}
	putchar('\0');
	buf_clear(&address);
	buf_clear(&internal);
}

int
main(void)
{
	struct buf value;
	int c;

	buf_init(&value, (size_t)1 << 20);
	while ((c = getchar()) != EOF) {
		if (c != '\0') {
			buf_addc(&value, (char)c);
			continue;
		}
		dump(buf_span(&value));
		buf_reset(&value);
	}
	buf_clear(&value);
	return 0;
}
