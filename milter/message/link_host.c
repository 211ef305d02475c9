/* link_host - a host as it is meant.  See link.h. */
#include "message/link_parts.h"

#include <stdint.h>

#include "base/network.h"
#include "base/printable.h"
#include "message/idn.h"

void
link_decode(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.n; i++) {
		int byte = link_encoded(text, i);

		buf_addc(out, byte < 0 ? text.p[i] : (char)byte);
		if (byte >= 0)
			i += 2;
	}
}

/* A part of an IPv4 address: 10, 012, 0xa; false where it is none. */
static bool
number(struct span part, uint64_t *value_r)
{
	unsigned base = 10;

	if (part.n == 0)
		return false;
	if (part.n > 1 && part.p[0] == '0') {
		bool hex = ascii_lower(part.p[1]) == 'x';

		base = hex ? 16 : 8;
		part = span_skip(part, hex ? 2 : 1);
	}
	*value_r = 0;
	for (size_t i = 0; i < part.n; i++) {
		int digit = link_hex(part.p[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return false;
		*value_r = *value_r * base + (unsigned)digit;
		if (*value_r > UINT32_MAX)
			return false;
	}
	return true;
}

/* One to four numbers, the last of which fills what is left. */
static bool
ipv4(struct span name, uint32_t *address_r)
{
	uint32_t address = 0;

	for (unsigned left = 4; left > 0; left--) {
		size_t dot = span_find(name, '.');
		uint64_t value;

		if (!number(span_head(name, dot), &value))
			return false;
		if (dot == name.n) {
			*address_r = address | (uint32_t)value;
			return value >> (8 * left) == 0;
		}
		if (value > 255)
			return false;
		address |= (uint32_t)value << (8 * (left - 1));
		name = span_skip(name, dot + 1);
	}
	return false;
}

static void
add_ipv4(uint32_t address, struct buf *out)
{
	buf_addf(out, "%u.%u.%u.%u", (unsigned)(address >> 24),
	    (unsigned)(address >> 16 & 255), (unsigned)(address >> 8 & 255),
	    (unsigned)(address & 255));
}

/*
 * What no host can have stays encoded, so that it is not taken for more, and
 * so does what is no UTF-8.
 */
static void
add_lower(struct span name, struct buf *out)
{
	for (size_t i = 0, n; i < name.n; i += n) {
		unsigned char c = (unsigned char)name.p[i];
		size_t wide = c < 0x80 ? 0 : utf8_char(span_skip(name, i));

		n = wide > 0 ? wide : 1;
		if (wide > 0)
			buf_add(out, span_make(name.p + i, n));
		else if (c >= 0x80 || c <= ' ' ||
		    strchr("/\\?#@:;,%[]<>\"\x7f", c) != NULL)
			link_encode(c, out);
		else
			buf_addc(out, (char)ascii_lower(c));
	}
}

/* False, and nothing is added, where it is none. */
static bool
add_ipv6(struct span text, struct buf *out)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct network address;
	char plain[NETWORK_TEXT];

	/* An interface says nothing about the host. */
	if (!address_parse(span_head(text, span_find(text, '%')), &address) ||
	    address.size != 16)
		return false;
	/* An IPv4 address in IPv6's clothes. */
	if (memcmp(address.address, mapped, sizeof(mapped)) == 0) {
		memcpy(address.address, address.address + 12, 4);
		address.size = 4;
		address.bits = 32;
	}
	network_format(&address, plain);
	buf_add(out, span_of(plain));
	return true;
}

static bool
is_ascii(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] >= 0x80)
			return false;
	return true;
}

static struct span
without_dots(struct span name)
{
	while (name.n > 0 && name.p[name.n - 1] == '.')
		name.n--;
	return name;
}

/* What stands for a name in DNS; itself where that is not to be had. */
static void
add_name(struct span name, struct buf *out)
{
	struct buf labels;
	uint32_t address;

	buf_init(&labels, LINK_READ_MAX);
	if (!is_ascii(name) && (idn_other(name, &labels) ||
	    idn_browser(name, &labels)) && !labels.cut)
		name = buf_span(&labels);
	name = without_dots(name);
	if (ipv4(name, &address))
		add_ipv4(address, out);
	else
		add_lower(name, out);
	buf_clear(&labels);
}

void
link_host(struct span written, struct buf *out)
{
	struct buf plain;

	if (written.n > 1 && written.p[0] == '[' && span_ends(written,
	    SPAN("]")) && add_ipv6(span_make(written.p + 1, written.n - 2),
	    out))
		return;
	buf_init(&plain, written.n);
	link_decode(written, &plain);
	add_name(buf_span(&plain), out);
	buf_clear(&plain);
}
