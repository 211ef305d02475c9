/*
 * networks - mynetworks and trusted_relays: lists of networks, with Postfix's
 * "!" for exceptions (the first that holds the address decides) and tables
 * (cidr:FILE, hash:FILE...: anything found is in).
 */
#ifndef POSTERN_POLICY_NETWORKS_H
#define POSTERN_POLICY_NETWORKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/network.h"
#include "base/span.h"
#include "table/table.h"

struct network_item {
	bool except;
	const struct table *table;	/* or NULL: */
	struct network network;
};

struct networks {
	struct network_item *items;
	size_t n;
};

/*
 * address is in presentation form; one that is none is in no network.
 * ANSWER_ERROR where a table could not look.
 */
enum answer networks_hold(const struct networks *networks,
    struct span address, struct match *match);

#endif
