/*
 * buf - a byte buffer that grows, up to a bound.
 *
 * What does not fit is left out, and `cut` says so from then on: a reader who
 * must not work with a part asks it once at the end.  The bytes are not a C
 * string unless buf_string() made them one.
 */
#ifndef POSTERN_BASE_BUF_H
#define POSTERN_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct buf {
	char *p;
	size_t n;	/* bytes in use */
	size_t size;	/* bytes taken from memory */
	size_t max;	/* n never passes this */
	bool cut;	/* something did not fit, or memory ran out */
	bool failed;	/* memory ran out */
};

void buf_init(struct buf *buf, size_t max);
void buf_clear(struct buf *buf);

/* Forgets the bytes and `cut`, keeps the memory, and `failed`. */
void buf_reset(struct buf *buf);

/* Adds what fits; false, and cut, where that was not all of it. */
bool buf_add(struct buf *buf, struct span bytes);
bool buf_addc(struct buf *buf, char c);
bool buf_addf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool buf_addv(struct buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Makes room for n more bytes; false where the bound or memory forbids it. */
bool buf_reserve(struct buf *buf, size_t n);

static inline struct span
buf_span(const struct buf *buf)
{
	return (struct span){ buf->p, buf->n };
}

/*
 * The bytes with a NUL behind them, good until the next change; the text may
 * hold NULs of its own.  Never NULL: "" where memory ran out.
 */
const char *buf_string(struct buf *buf);

#endif
