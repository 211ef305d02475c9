/* network - an IP address, and a network of them.  See network.h. */
#include "base/network.h"

#include <arpa/inet.h>

#include <stdio.h>

bool
address_parse(struct span text, struct network *address_r)
{
	char string[INET6_ADDRSTRLEN];
	bool six = span_find(text, ':') < text.n;

	if (text.n == 0 || text.n >= sizeof(string))
		return false;
	memcpy(string, text.p, text.n);
	string[text.n] = '\0';
	*address_r = (struct network){ .size = six ? 16 : 4 };
	address_r->bits = (unsigned char)(address_r->size * 8);
	return strlen(string) == text.n &&
	    inet_pton(six ? AF_INET6 : AF_INET, string,
	    address_r->address) == 1;
}

/* Clears what lies beyond the prefix; true where anything did. */
static bool
clear_host_bits(struct network *network)
{
	bool set = false;

	for (unsigned i = network->bits; i < network->size * 8U; i++) {
		unsigned char bit = (unsigned char)(0x80U >> (i % 8));

		set = set || (network->address[i / 8] & bit) != 0;
		network->address[i / 8] &= (unsigned char)~bit;
	}
	return set;
}

static const char *
parse_bits(struct span text, struct network *network_r)
{
	unsigned bits = 0;

	if (!span_digits(text))
		return "the length of the prefix is not a number";
	for (size_t i = 0; i < text.n && bits <= network_r->size * 8U; i++)
		bits = bits * 10 + (unsigned)(text.p[i] - '0');
	if (bits > network_r->size * 8U)
		return "the prefix is longer than an address";
	network_r->bits = (unsigned char)bits;
	return NULL;
}

static bool
unbracket(struct span *text)
{
	if (text->n < 2 || text->p[0] != '[' || text->p[text->n - 1] != ']')
		return false;
	*text = span_head(span_skip(*text, 1), text->n - 2);
	return true;
}

const char *
network_parse(struct span text, struct network *network_r)
{
	struct span address = text, bits = { NULL, 0 };
	bool bare = unbracket(&address);
	size_t slash;
	const char *wrong;

	/* Both [address]/bits and [address/bits], but not both at once. */
	if ((slash = span_find(address, '/')) < address.n) {
		bits = span_skip(address, slash + 1);
		address = span_head(address, slash);
	}
	if (!bare)
		unbracket(&address);
	if (!address_parse(address, network_r))
		return "not an IP address or network";
	if (bits.p == NULL)
		return NULL;
	if ((wrong = parse_bits(bits, network_r)) != NULL)
		return wrong;
	return clear_host_bits(network_r) ?
	    "bits are set beyond the prefix" : NULL;
}

bool
network_holds(const struct network *network, const struct network *address)
{
	unsigned whole = network->bits / 8, rest = network->bits % 8;
	unsigned char mask = (unsigned char)(0xff00U >> rest);

	if (network->size != address->size ||
	    memcmp(network->address, address->address, whole) != 0)
		return false;
	return rest == 0 || ((network->address[whole] ^
	    address->address[whole]) & mask) == 0;
}

void
network_format(const struct network *network, char text[NETWORK_TEXT])
{
	size_t n;

	if (inet_ntop(network->size == 16 ? AF_INET6 : AF_INET,
	    network->address, text, NETWORK_TEXT) == NULL)
		text[0] = '\0';
	n = strlen(text);
	if (network->bits < network->size * 8)
		snprintf(text + n, NETWORK_TEXT - n, "/%u", network->bits);
}
