/* shorten - a long name without its middle.  See shorten.h. */
#include "base/shorten.h"

#define GAP	SPAN("...")

/* A byte that goes on with a character. */
static int
is_within(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

void
shorten_add(struct buf *out, struct span name, size_t max)
{
	size_t head = max / 4, from;

	if (name.n <= max) {
		buf_add(out, name);
		return;
	}
	from = name.n - (max - head - GAP.n);
	while (head > 0 && is_within(name.p[head]))
		head--;
	while (from < name.n && is_within(name.p[from]))
		from++;
	buf_add(out, span_head(name, head));
	buf_add(out, GAP);
	buf_add(out, span_skip(name, from));
}
