/* Addresses and networks, as people and Postfix write them. */
#include <arpa/inet.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/network.h"

static const struct {
	const char *text;
	bool good;
} addresses[] = {
	{ "192.0.2.1", true }, { "0.0.0.0", true }, { "::", true },
	{ "2001:DB8::1", true }, { "::ffff:192.0.2.1", true },
	{ "", false }, { "192.0.2", false }, { "192.0.2.256", false },
	{ "192.0.2.1 ", false }, { " 192.0.2.1", false },
	{ "010.0.0.1", false }, { "192.0.2.1.", false },
	{ "[192.0.2.1]", false }, { "2001:db8::1::2", false },
	{ "2001:db8:::1", false }, { "fe80::1%eth0", false },
	{ "1:2:3:4:5:6:7:8:9", false }, { "host", false },
	{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb", false },
};

static void
parses_addresses(void **state)
{
	struct network address;

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		if (address_parse(span_of(addresses[i].text), &address) !=
		    addresses[i].good)
			fail_msg("\"%s\"", addresses[i].text);
	/* A NUL ends nothing. */
	assert_false(address_parse(SPAN("1.2.3.4\0005"), &address));
}

static const struct {
	const char *text, *written;	/* NULL: nothing is meant */
	bool good;
} networks[] = {
	{ "192.0.2.0/24", "192.0.2.0/24", true },
	{ "192.0.2.0/0024", "192.0.2.0/24", true },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1/32", "192.0.2.1", true },
	{ "0.0.0.0/0", "0.0.0.0/0", true },
	{ "[192.0.2.0]/24", "192.0.2.0/24", true },
	{ "[192.0.2.0/24]", "192.0.2.0/24", true },
	{ "[::1]/128", "::1", true },
	{ "[2001:db8::]/32", "2001:db8::/32", true },
	{ "[2001:DB8:0::/32]", "2001:db8::/32", true },
	{ "2001:db8::/32", "2001:db8::/32", true },
	{ "::/0", "::/0", true },
	{ "192.0.2.1/24", "192.0.2.0/24", false },
	{ "10.0.0.1/8", "10.0.0.0/8", false },
	{ "192.0.2.128/24", "192.0.2.0/24", false },
	{ "2001:db8::1/32", "2001:db8::/32", false },
	{ "192.0.2.0/33", NULL, false },
	{ "2001:db8::/129", NULL, false },
	{ "192.0.2.0/", NULL, false },
	{ "192.0.2.0/a", NULL, false },
	{ "192.0.2.0/-1", NULL, false },
	{ "192.0.2.0/00000000000000000033", NULL, false },
	{ "[[192.0.2.0]/24]", NULL, false },
	{ "192.0.2.0/24/24", NULL, false },
	{ "/24", NULL, false },
	{ "", NULL, false },
	{ "[", NULL, false },
	{ "[]", NULL, false },
	{ "example.com", NULL, false },
};

static void
parses_networks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++) {
		struct network network = { .size = 0 };
		const char *wrong = network_parse(span_of(networks[i].text),
		    &network);
		char written[NETWORK_TEXT];

		if ((wrong == NULL) != networks[i].good)
			fail_msg("\"%s\": %s", networks[i].text,
			    wrong != NULL ? wrong : "taken");
		if (networks[i].written == NULL)
			continue;
		network_format(&network, written);
		assert_string_equal(written, networks[i].written);
	}
}

static const struct {
	const char *network, *address;
	bool holds;
} pairs[] = {
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.0/24", "192.0.1.255", false },
	{ "192.0.2.64/26", "192.0.2.64", true },
	{ "192.0.2.64/26", "192.0.2.127", true },
	{ "192.0.2.64/26", "192.0.2.128", false },
	{ "192.0.2.64/26", "192.0.2.63", false },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.2", false },
	{ "0.0.0.0/0", "255.255.255.255", true },
	{ "128.0.0.0/1", "127.255.255.255", false },
	{ "128.0.0.0/1", "128.0.0.0", true },
	{ "2001:db8::/32", "2001:db8:ffff::1", true },
	{ "2001:db8::/32", "2001:db9::", false },
	{ "2001:db8::/33", "2001:db8:8000::", false },
	{ "::1", "::1", true },
	{ "::/0", "1.2.3.4", false },
	{ "0.0.0.0/0", "::1", false },
	{ "10.0.0.0/8", "::ffff:10.0.0.1", false },
};

static void
holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct network network, address;

		assert_null(network_parse(span_of(pairs[i].network),
		    &network));
		assert_true(address_parse(span_of(pairs[i].address),
		    &address));
		if (network_holds(&network, &address) != pairs[i].holds)
			fail_msg("%s and %s", pairs[i].network,
			    pairs[i].address);
	}
}

/* Against arithmetic with a mask, for every length of a prefix. */
static void
holds_as_masks_do(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		uint32_t a = (uint32_t)rand() * 2654435761U;
		unsigned bits = (unsigned)rand() % 33;
		uint32_t mask = bits > 0 ? ~(uint32_t)0 << (32 - bits) : 0;
		uint32_t b = a ^ (1U << ((unsigned)rand() % 32));
		uint32_t net = htonl(a & mask), other = htonl(b);
		struct network network = {
			.size = 4, .bits = (unsigned char)bits
		};
		struct network address = { .size = 4, .bits = 32 };

		memcpy(network.address, &net, 4);
		memcpy(address.address, &other, 4);
		assert_int_equal(network_holds(&network, &address),
		    (b & mask) == (a & mask));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_addresses),
		cmocka_unit_test(parses_networks),
		cmocka_unit_test(holds),
		cmocka_unit_test(holds_as_masks_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
