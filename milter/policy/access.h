/*
 * access - which keys access(5) asks for whom, and in which order.
 *
 * Keys first, tables after: the keys of a client, a HELO name or an address
 * are laid out once, and each table of a list is asked for all of them, in
 * their order, before the next table is.
 *
 * As in Postfix, mail addresses are without upper and lower case before any
 * table is asked, names and logins are not, and what is no UTF-8 is no key.
 * Unlike there, an internationalized domain is asked for in its other form,
 * too, after all that Postfix asks.
 */
#ifndef POSTERN_POLICY_ACCESS_H
#define POSTERN_POLICY_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/region.h"
#include "base/span.h"
#include "table/table.h"

enum access_class {
	ACCESS_CLIENT, ACCESS_REVERSE_CLIENT, ACCESS_HELO, ACCESS_LOGIN,
	ACCESS_SENDER, ACCESS_RECIPIENT,
	/* The addresses in the fields From and Reply-To. */
	ACCESS_HEADER_FROM, ACCESS_REPLY_TO,
	/* The host that a link leads to. */
	ACCESS_LINK_DOMAIN
};

#define ACCESS_CLASSES	9

/* "client", "helo", ...: also the names of the lists, NAME_access. */
const char *access_class_name(enum access_class class);

struct access_key {
	struct span text;
	bool part;		/* not for pattern tables */
	bool idn;		/* the other form of a domain, and so a part:
				   Postfix would not ask for it */
};

/*
 * Longer names and addresses are never looked up.  RFC 5321 has 255 and 256,
 * but mail servers take what fits in a line: 2048 bytes for Postfix, unless
 * its line_length_limit says otherwise.
 */
#define ACCESS_NAME_MAX	4096

struct access_keys {
	struct access_key *list;
	size_t n, room;
};

struct access_style {
	bool parents;			/* parent_domain_matches_subdomains */
	struct span delimiter;		/* recipient_delimiter */
	struct span null_key;		/* for the empty sender: "<>" */
	bool srs;			/* srs_unwrap */
};

/* ::ffff:192.0.2.1 is an IPv4 client to every table: what is behind it. */
struct span access_plain_address(struct span address);

/*
 * For ACCESS_CLIENT and ACCESS_REVERSE_CLIENT: `name` is the client's name,
 * empty or "unknown" where it has none, `address` its address.  For the
 * others `name` is the HELO name, the login or the host, or the address without
 * brackets and source route, completed with its domain; `address` is not
 * looked at.  The keys lie in the region; where that has failed, some are
 * missing.
 */
struct access_keys access_keys(enum access_class class,
    const struct access_style *style, struct span name, struct span address,
    struct region *region);

/*
 * Asks one table for the keys in their order; on ANSWER_HIT *key_r is the one
 * that was found.
 */
enum answer access_find(const struct table *table,
    const struct access_keys *keys, struct match *match,
    const struct access_key **key_r);

#endif
