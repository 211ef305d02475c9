/* buf - a byte buffer that grows, up to a bound.  See buf.h. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The NUL of buf_string() and of vsnprintf() lies beyond max. */
#define BUF_SPARE	1
#define BUF_SMALLEST	64

void
buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){ .max = max };
}

void
buf_clear(struct buf *buf)
{
	free(buf->p);
	buf_init(buf, buf->max);
}

void
buf_reset(struct buf *buf)
{
	buf->n = 0;
	buf->cut = false;
}

bool
buf_reserve(struct buf *buf, size_t n)
{
	size_t size = buf->size;
	char *p;

	if (n > buf->max - buf->n)
		return false;
	if (size >= BUF_SPARE && n <= size - BUF_SPARE - buf->n)
		return true;
	if (size < BUF_SMALLEST)
		size = BUF_SMALLEST;
	while (size - BUF_SPARE < buf->n + n) {
		if (size > SIZE_MAX / 2)
			return false;
		size *= 2;
	}
	/* A bound is a bound on memory, too. */
	if (size - BUF_SPARE > buf->max)
		size = buf->max + BUF_SPARE;
	if ((p = realloc(buf->p, size)) == NULL) {
		buf->failed = true;
		return false;
	}
	buf->p = p;
	buf->size = size;
	return true;
}

bool
buf_add(struct buf *buf, struct span bytes)
{
	size_t n = bytes.n;

	if (n > buf->max - buf->n) {
		n = buf->max - buf->n;
		buf->cut = true;
	}
	if (!buf_reserve(buf, n)) {
		buf->cut = true;
		return false;
	}
	if (n > 0)
		memcpy(buf->p + buf->n, bytes.p, n);
	buf->n += n;
	return n == bytes.n;
}

bool
buf_addc(struct buf *buf, char c)
{
	return buf_add(buf, span_make(&c, 1));
}

bool
buf_addv(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	int whole;
	size_t n;

	va_copy(again, args);
	whole = vsnprintf(NULL, 0, format, again);
	va_end(again);
	n = whole > 0 ? (size_t)whole : 0;
	if (n > buf->max - buf->n)
		n = buf->max - buf->n;
	if (whole < 0 || !buf_reserve(buf, n)) {
		buf->cut = true;
		return false;
	}
	vsnprintf(buf->p + buf->n, n + 1, format, args);
	buf->n += n;
	if (n < (size_t)whole)
		buf->cut = true;
	return n == (size_t)whole;
}

bool
buf_addf(struct buf *buf, const char *format, ...)
{
	va_list args;
	bool whole;

	va_start(args, format);
	whole = buf_addv(buf, format, args);
	va_end(args);
	return whole;
}

const char *
buf_string(struct buf *buf)
{
	if (buf->p == NULL)
		buf_reserve(buf, 0);
	if (buf->p == NULL)
		return "";
	buf->p[buf->n] = '\0';
	return buf->p;
}
