/* access - which keys access(5) asks for whom.  See access.h. */
#include "policy/access.h"

#include "base/buf.h"
#include "base/network.h"
#include "message/address.h"
#include "policy/maps.h"

static const char *const class_names[] = {
	[ACCESS_CLIENT] = "client",
	[ACCESS_REVERSE_CLIENT] = "reverse_client",
	[ACCESS_HELO] = "helo",
	[ACCESS_SENDER] = "sender",
	[ACCESS_RECIPIENT] = "recipient",
};

const char *
access_class_name(enum access_class class)
{
	return class_names[class];
}

/* The empty key is never looked up: Postfix does not, or finds nothing. */
static void
add(struct access_keys *keys, struct span text, bool part)
{
	if (text.n > 0 && keys->list != NULL)
		keys->list[keys->n++] = (struct access_key){ text, part };
}

/*
 * What Postfix takes for an IPv4 address: four numbers up to 255, leading
 * zeros and all, but the first is not 0 unless all of them are.
 */
static bool
dotted_quad(struct span name)
{
	unsigned value = 0, bytes = 0;
	bool inside = false, zero = true;

	for (size_t i = 0; i < name.n; i++)
		zero = zero && (name.p[i] == '0' || name.p[i] == '.');
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (ascii_digit(c)) {
			if (!inside) {
				value = 0;
				bytes++;
			}
			inside = true;
			value = value * 10 + (unsigned)(c - '0');
			if (value > 255)
				return false;
		} else if (c == '.') {
			if (!inside || i + 1 == name.n ||
			    (bytes == 1 && value == 0 && !zero))
				return false;
			inside = false;
		} else {
			return false;
		}
	}
	return bytes == 4;
}

static bool
is_address(struct span name)
{
	struct network address;

	return span_find(name, ':') < name.n ?
	    address_parse(name, &address) : dotted_quad(name);
}

/* A domain and its parents, top-level domains included. */
static void
add_domains(struct access_keys *keys, const struct access_style *style,
    struct span name, bool part)
{
	while (name.n > 0) {
		struct span rest = span_skip(name, 1);
		size_t dot = span_find(rest, '.');

		add(keys, name, part);
		part = true;
		if (dot == rest.n)
			break;
		name = span_skip(rest, style->parents ? dot + 1 : dot);
	}
}

/* A name of a client or of HELO: an address there has no parent domains. */
static void
add_name(struct access_keys *keys, const struct access_style *style,
    struct span name)
{
	if (is_address(name))
		add(keys, name, false);
	else
		add_domains(keys, style, name, false);
}

/* An address and its networks, cut at the last '.', or ':' for IPv6. */
static void
add_networks(struct access_keys *keys, struct span address)
{
	char cut = span_find(address, ':') < address.n ? ':' : '.';
	bool part = false;

	while (address.n > 0) {
		size_t at = span_rfind(address, cut);

		add(keys, address, part);
		part = true;
		address = span_head(address, at < address.n ? at : 0);
	}
}

/* As it is written in mail first, as it is meant if that differs. */
static void
add_both(struct access_keys *keys, struct span internal, bool part,
    struct region *region)
{
	struct buf buf;
	struct span external;

	buf_init(&buf, 2 * ACCESS_NAME_MAX + 2);
	address_external(internal, &buf);
	external = region_copy(region, buf_span(&buf));
	buf_clear(&buf);
	add(keys, external, part);
	if (!span_equal(external, internal))
		add(keys, internal, part);
}

static struct span
join(struct region *region, struct span a, struct span b, struct span c)
{
	size_t n = a.n + b.n + c.n;
	char *p = region_alloc(region, n + 1);

	if (p == NULL)
		return span_make(NULL, 0);
	if (a.n > 0)
		memcpy(p, a.p, a.n);
	if (b.n > 0)
		memcpy(p + a.n, b.p, b.n);
	if (c.n > 0)
		memcpy(p + a.n + b.n, c.p, c.n);
	return span_make(p, n);
}

static void
add_mail(struct access_keys *keys, const struct access_style *style,
    struct span address, struct region *region)
{
	const struct span at = SPAN("@"), none = { NULL, 0 };
	struct span internal, local, domain = none, base;
	struct buf buf;

	buf_init(&buf, ACCESS_NAME_MAX);
	address_internal(address, &buf);
	internal = region_copy(region, buf_span(&buf));
	buf_clear(&buf);
	if (!address_split(internal, &local, &domain))
		domain = none;
	base = style->delimiter.n > 0 ?
	    address_base(local, style->delimiter) : local;

	add_both(keys, internal, false, region);
	if (base.n < local.n)
		add_both(keys, local.n == internal.n ? base :
		    join(region, base, at, domain), true, region);
	add_domains(keys, style, domain, true);
	add_both(keys, join(region, local, at, none), true, region);
	if (base.n < local.n)
		add_both(keys, join(region, base, at, none), true, region);
}

/* Room for all keys: each dot begins one, and an address has eight more. */
static size_t
count_keys(struct span name, struct span address)
{
	size_t n = 10;

	for (size_t i = 0; i < name.n; i++)
		n += name.p[i] == '.';
	for (size_t i = 0; i < address.n; i++)
		n += address.p[i] == '.' || address.p[i] == ':';
	return n;
}

struct access_keys
access_keys(enum access_class class, const struct access_style *style,
    struct span name, struct span address, struct region *region)
{
	struct access_keys keys = { NULL, 0 };
	bool client = class == ACCESS_CLIENT ||
	    class == ACCESS_REVERSE_CLIENT;

	if (!client)
		address = span_make(NULL, 0);
	else if (name.n == 0)
		name = SPAN("unknown");
	if (name.n > ACCESS_NAME_MAX || address.n > ACCESS_NAME_MAX)
		return keys;
	name = region_copy(region, name);
	address = region_copy(region, address);
	keys.list = region_alloc(region,
	    count_keys(name, address) * sizeof(*keys.list));
	if (client) {
		add_name(&keys, style, name);
		add_networks(&keys, address);
	} else if (class == ACCESS_HELO) {
		add_name(&keys, style, name);
	} else if (name.n > 0) {
		add_mail(&keys, style, name, region);
	} else if (class == ACCESS_SENDER) {
		add(&keys, region_copy(region, style->null_key), false);
	}
	return keys;
}

enum answer
access_find(const struct table *table, const struct access_keys *keys,
    struct match *match, const struct access_key **key_r)
{
	for (size_t i = 0; i < keys->n; i++) {
		enum answer answer = map_find(table, keys->list[i].text,
		    keys->list[i].part, match);

		if (answer == ANSWER_HIT)
			*key_r = &keys->list[i];
		if (answer != ANSWER_MISS)
			return answer;
	}
	return ANSWER_MISS;
}
