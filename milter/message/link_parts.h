/*
 * link_parts - what link.c, link_host.c, link_join.c, link_walk.c and
 * link_services.c share.
 */
#ifndef POSTERN_MESSAGE_LINK_PARTS_H
#define POSTERN_MESSAGE_LINK_PARTS_H

#include "base/buf.h"
#include "base/span.h"
#include "message/link.h"

/* The value of a hexadecimal digit, or -1. */
static inline int
link_hex(char c)
{
	if (ascii_digit(c))
		return c - '0';
	c = (char)ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that %41 at `at` stands for, or -1. */
static inline int
link_encoded(struct span text, size_t at)
{
	int high, low;

	if (text.n - at < 3 || text.p[at] != '%')
		return -1;
	high = link_hex(text.p[at + 1]);
	low = link_hex(text.p[at + 2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Adds %41 for a byte. */
static inline void
link_encode(unsigned char c, struct buf *out)
{
	static const char digits[] = "0123456789ABCDEF";
	char text[] = { '%', digits[c >> 4], digits[c & 15] };

	buf_add(out, span_make(text, sizeof(text)));
}

/* The port of a scheme with hosts, as browsers know them; else 0. */
unsigned link_port(struct span scheme);

/* Adds it without what browsers drop before they look at it. */
void link_clean(struct span written, struct buf *out);

/* The length of the scheme before ':', or 0. */
size_t link_scheme_length(struct span text);

/* Adds the text with all percent-encoding undone. */
void link_decode(struct span text, struct buf *out);

/* Adds the host as link_read() has it, IPv6 without brackets. */
void link_host(struct span written, struct buf *out);

/* Adds what base64 of either alphabet says, up to what is none of it. */
void link_add_base64(struct span text, struct buf *out);

/* The offset of `what`, or the length of the text. */
size_t link_find_text(struct span text, struct span what);

/* The path, and what follows it. */
struct span link_after_host(const struct link *link);

/* Where a service that we know leads; false where it is none. */
bool link_service(const struct link *link, struct buf *target);

#endif
