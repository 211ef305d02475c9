/* punycode - RFC 3492.  See punycode.h. */
#include "message/punycode.h"

#include "message/plain_class.h"

/* Section 5 of the RFC. */
enum {
	BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, BIAS = 72,
	FIRST = 0x80
};

static size_t
characters(struct span label, uint32_t *list)
{
	size_t n = 0;

	for (size_t at = 0; at < label.n;) {
		if (n == PUNYCODE_MAX)
			return 0;
		at += plain_character(label, at, &list[n]);
		if (list[n++] > 0x10ffff)
			return 0;
	}
	return n;
}

static uint32_t
adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta /= first ? DAMP : 2;
	for (delta += delta / points; delta > (BASE - TMIN) * TMAX / 2;
	    k += BASE)
		delta /= BASE - TMIN;
	return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static char
digit(uint32_t value)
{
	return (char)(value < 26 ? 'a' + value : '0' + value - 26);
}

static void
add_number(uint32_t number, uint32_t bias, struct buf *out)
{
	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = k <= bias ? TMIN : k >= bias + TMAX ? TMAX :
		    k - bias;

		if (number < t)
			break;
		buf_addc(out, digit(t + (number - t) % (BASE - t)));
		number = (number - t) / (BASE - t);
	}
	buf_addc(out, digit(number));
}

static uint32_t
next_above(const uint32_t *list, size_t n, uint32_t least)
{
	uint32_t next = UINT32_MAX;

	for (size_t i = 0; i < n; i++)
		if (list[i] >= least && list[i] < next)
			next = list[i];
	return next;
}

/* 63 characters of 0x10ffff make no more than 2^27 of a delta. */
static void
encode(const uint32_t *list, size_t n, uint32_t basic, struct buf *out)
{
	uint32_t bias = BIAS, delta = 0, c = FIRST, done = basic;

	while (done < n) {
		uint32_t next = next_above(list, n, c);

		delta += (next - c) * (done + 1);
		c = next;
		for (size_t i = 0; i < n; i++) {
			delta += list[i] < c;
			if (list[i] != c)
				continue;
			add_number(delta, bias, out);
			bias = adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
		delta++;
		c++;
	}
}

bool
punycode_add(struct span label, struct buf *out)
{
	uint32_t list[PUNYCODE_MAX], basic = 0;
	size_t n = characters(label, list);

	for (size_t i = 0; i < n; i++)
		if (list[i] < FIRST) {
			buf_addc(out, (char)list[i]);
			basic++;
		}
	if (basic > 0)
		buf_addc(out, '-');
	encode(list, n, basic, out);
	return n > 0;
}
