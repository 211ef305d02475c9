/*
 * network - an IP address, and a network of them.
 *
 * As Postfix has it, 10.0.0.0/8 holds no ::ffff:10.0.0.1: families do not
 * mix.  IPv4-mapped addresses are made plain IPv4 where a client's address
 * comes in (session/), not here.
 */
#ifndef POSTERN_BASE_NETWORK_H
#define POSTERN_BASE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct network {
	unsigned char address[16];	/* network order; IPv4 in the first 4 */
	unsigned char size;		/* bytes of an address: 4 or 16 */
	unsigned char bits;		/* length of the prefix */
};

/* "192.0.2.1" or "2001:db8::1", nothing else; bits are all of them. */
bool address_parse(struct span text, struct network *address_r);

/*
 * "192.0.2.0/24", "[2001:db8::]/32", "[2001:db8::/32]" or an address alone.
 * NULL, or what is wrong with it.  Bits set beyond the prefix are an error,
 * and *network_r is then what was meant.
 */
const char *network_parse(struct span text, struct network *network_r);

bool network_holds(const struct network *network,
    const struct network *address);

/* Writes "192.0.2.0/24", for an address without its length; RFC 5952. */
#define NETWORK_TEXT	64
void network_format(const struct network *network, char text[NETWORK_TEXT]);

#endif
