/* access - which keys access(5) asks for whom.  See access.h. */
#include "policy/access.h"

#include "base/buf.h"
#include "base/network.h"
#include "base/printable.h"
#include "message/address.h"
#include "message/idn.h"
#include "message/srs.h"
#include "policy/maps.h"
#include "table/fold.h"

/* A folded text is at most three times as long. */
#define FOLDED_MAX	(3 * ACCESS_NAME_MAX)

static const char *const class_names[] = {
	[ACCESS_CLIENT] = "client",
	[ACCESS_REVERSE_CLIENT] = "reverse_client",
	[ACCESS_HELO] = "helo",
	[ACCESS_LOGIN] = "login",
	[ACCESS_SENDER] = "sender",
	[ACCESS_RECIPIENT] = "recipient",
	[ACCESS_HEADER_FROM] = "header_from",
	[ACCESS_REPLY_TO] = "reply_to",
	[ACCESS_LINK_DOMAIN] = "link_domain",
};

/* The keys while they are laid out. */
struct layout {
	struct access_keys keys;
	const struct access_style *style;
	struct region *region;
};

const char *
access_class_name(enum access_class class)
{
	return class_names[class];
}

static bool
make_room(struct layout *layout)
{
	struct access_keys *keys = &layout->keys;
	size_t room = keys->room > 0 ? 2 * keys->room : 16;
	struct access_key *list;

	if (keys->n < keys->room)
		return true;
	list = region_alloc(layout->region, room * sizeof(*list));
	if (list == NULL)
		return false;
	if (keys->n > 0)
		memcpy(list, keys->list, keys->n * sizeof(*list));
	keys->list = list;
	keys->room = room;
	return true;
}

/*
 * The empty key is never looked up: Postfix does not, or finds nothing.
 * What is not UTF-8 is skipped by smtpd(8), whatever the type of the table.
 */
static void
add(struct layout *layout, struct span text, bool part, bool idn)
{
	if (text.n > 0 && utf8_valid(text) && make_room(layout))
		layout->keys.list[layout->keys.n++] =
		    (struct access_key){ text, part, idn };
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

struct span
access_plain_address(struct span address)
{
	struct span mapped = SPAN("::ffff:");
	struct span plain = span_skip(address, mapped.n);

	if (span_casestarts(address, mapped) && span_find(plain, '.') < plain.n)
		return plain;
	return address;
}

/* What is left of a name when its first label is gone. */
static struct span
parent(const struct access_style *style, struct span name)
{
	struct span rest = span_skip(name, 1);
	size_t dot = span_find(rest, '.');

	return span_skip(rest, style->parents ? dot + 1 : dot);
}

/* A domain and its parents, top-level domains included. */
static void
add_domains(struct layout *layout, struct span name, bool part)
{
	for (; name.n > 0; name = parent(layout->style, name), part = true)
		add(layout, name, part, false);
}

static bool
is_parent(struct span of, struct span name)
{
	return span_ends(of, name) && name.n < of.n &&
	    (name.p[0] == '.' || of.p[of.n - name.n - 1] == '.');
}

/* The same in its other form: parents that are the same were asked. */
static void
add_other_domains(struct layout *layout, struct span other, struct span name)
{
	for (; other.n > 0; other = parent(layout->style, other))
		if (!is_parent(name, other))
			add(layout, other, true, true);
}

/* A key that is not there would be a hole: the region says so, too. */
static struct span
keep(struct layout *layout, const struct buf *buf)
{
	layout->region->failed |= buf->failed;
	return region_copy(layout->region, buf_span(buf));
}

/* The domain in its other form, or empty. */
static struct span
other_form(struct layout *layout, struct span domain)
{
	struct span other = { NULL, 0 };
	struct buf buf;

	buf_init(&buf, (size_t)4 * IDN_MAX);
	if ((idn_other(domain, &buf) && !buf.cut) || buf.failed)
		other = keep(layout, &buf);
	buf_clear(&buf);
	return other;
}

/* An address and its networks, cut at the last '.', or ':' for IPv6. */
static void
add_networks(struct layout *layout, struct span address)
{
	char cut = span_find(address, ':') < address.n ? ':' : '.';
	bool part = false;

	while (address.n > 0) {
		size_t at = span_rfind(address, cut);

		add(layout, address, part, false);
		part = true;
		address = span_head(address, at < address.n ? at : 0);
	}
}

/* As it is written in mail first, as it is meant if that differs. */
static void
add_both(struct layout *layout, struct span internal, bool part, bool idn)
{
	struct buf buf;
	struct span external;

	buf_init(&buf, 2 * FOLDED_MAX + 2);
	address_external(internal, &buf);
	external = keep(layout, &buf);
	buf_clear(&buf);
	add(layout, external, part, idn);
	if (!span_equal(external, internal))
		add(layout, internal, part, idn);
}

static struct span
join(struct region *region, struct span local, struct span domain)
{
	size_t n = local.n + 1 + domain.n;
	char *p = region_alloc(region, n + 1);

	if (p == NULL)
		return span_make(NULL, 0);
	if (local.n > 0)
		memcpy(p, local.p, local.n);
	p[local.n] = '@';
	if (domain.n > 0)
		memcpy(p + local.n + 1, domain.p, domain.n);
	return span_make(p, n);
}

/* A local part, and the same without its extension. */
struct locals {
	struct span list[2];
	size_t n;
};

static void
add_addresses(struct layout *layout, const struct locals *locals,
    struct span domain, bool idn)
{
	for (size_t i = 0; i < locals->n; i++)
		add_both(layout, join(layout->region, locals->list[i],
		    domain), idn || i > 0, idn);
}

/*
 * An address in its internal form, folded.  What Postfix asks comes first, so
 * that the other form of the domain finds only what it would not have found.
 */
static void
add_mail(struct layout *layout, struct span internal)
{
	const struct span none = { NULL, 0 };
	struct locals locals = { .n = 1 };
	struct span domain, other;
	bool whole = address_split(internal, &locals.list[0], &domain);

	locals.list[1] = address_base(locals.list[0],
	    layout->style->delimiter);
	if (locals.list[1].n < locals.list[0].n)
		locals.n = 2;
	if (whole) {
		add_addresses(layout, &locals, domain, false);
		add_domains(layout, domain, true);
	} else {
		for (size_t i = 0; i < locals.n; i++)
			add_both(layout, locals.list[i], i > 0, false);
	}
	for (size_t i = 0; i < locals.n; i++)
		add_both(layout, join(layout->region, locals.list[i], none),
		    true, false);
	other = whole ? other_form(layout, domain) : none;
	if (other.n > 0)
		add_addresses(layout, &locals, other, true);
	add_other_domains(layout, other, domain);
}

/* The address as Postfix has it before it looks anything up. */
static struct span
canonical(struct layout *layout, struct span address)
{
	struct buf internal, folded;
	struct span result;

	buf_init(&internal, ACCESS_NAME_MAX);
	buf_init(&folded, FOLDED_MAX);
	address_internal(address, &internal);
	if (!fold_key(buf_span(&internal), &folded))
		buf_add(&folded, buf_span(&internal));
	layout->region->failed |= internal.failed;
	result = keep(layout, &folded);
	buf_clear(&internal);
	buf_clear(&folded);
	return result;
}

static void
add_address(struct layout *layout, enum access_class class,
    struct span address)
{
	struct span internal = canonical(layout, address);
	struct buf original;

	add_mail(layout, internal);
	if (class != ACCESS_SENDER || !layout->style->srs)
		return;
	buf_init(&original, FOLDED_MAX);
	if (srs_unwrap(internal, &original) || original.failed)
		add_mail(layout, keep(layout, &original));
	buf_clear(&original);
}

/*
 * The name of a client or of HELO, and a client's address.  A name that is an
 * address has no parent domains.
 */
static void
add_host(struct layout *layout, struct span name, struct span address)
{
	bool domain = !is_address(name);

	if (domain)
		add_domains(layout, name, false);
	else
		add(layout, name, false, false);
	add_networks(layout, address);
	if (domain)
		add_other_domains(layout, other_form(layout, name), name);
}

struct access_keys
access_keys(enum access_class class, const struct access_style *style,
    struct span name, struct span address, struct region *region)
{
	struct layout layout = { .style = style, .region = region };

	if (name.n > ACCESS_NAME_MAX || address.n > ACCESS_NAME_MAX)
		return layout.keys;
	name = region_copy(region, name);
	switch (class) {
	case ACCESS_CLIENT:
	case ACCESS_REVERSE_CLIENT:
		add_host(&layout, name.n > 0 ? name : SPAN("unknown"),
		    region_copy(region, address));
		break;
	case ACCESS_HELO:
	case ACCESS_LINK_DOMAIN:
		add_host(&layout, name, SPAN(""));
		break;
	case ACCESS_LOGIN:
		add(&layout, name, false, false);
		break;
	case ACCESS_SENDER:
	case ACCESS_RECIPIENT:
	case ACCESS_HEADER_FROM:
	case ACCESS_REPLY_TO:
		if (name.n > 0)
			add_address(&layout, class, name);
		else if (class == ACCESS_SENDER)
			add(&layout, region_copy(region, style->null_key),
			    false, false);
		break;
	}
	return layout.keys;
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
