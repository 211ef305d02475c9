/* lint_keys - rules of a table that no lookup ever asks for. */
#include "policy/lint_keys.h"

#include "base/network.h"
#include "base/printable.h"
#include "message/address.h"
#include "policy/lint_fields.h"

#define USE(class)	(1U << (class))
#define USE_CLIENT	(USE(ACCESS_CLIENT) | USE(ACCESS_REVERSE_CLIENT))
#define USE_MAIL	(USE(ACCESS_SENDER) | USE(ACCESS_RECIPIENT) | \
			USE(ACCESS_HEADER_FROM) | USE(ACCESS_REPLY_TO))

/* Longer keys are asked of nobody, and said nothing about. */
#define KEY_MAX		500

/* Is the key among those of this name and address? */
static bool
among(const struct lint_keys *keys, enum access_class class, struct span name,
    struct span address, struct span key, bool whole)
{
	struct access_keys asked = access_keys(class, keys->style, name,
	    address, keys->region);

	for (size_t i = 0; i < asked.n; i++)
		if (span_caseequal(asked.list[i].text, key) &&
		    !(whole && asked.list[i].part))
			return true;
	return false;
}

static struct span
join(const struct lint_keys *keys, const char *front, struct span key,
    const char *behind)
{
	char *text = region_printf(keys->region, "%s%.*s%s", front,
	    SPAN_ARG(key), behind);

	return span_of(text);
}

/* What a name of a host may be; no wild cards, networks or addresses. */
static bool
is_name(struct span name, bool numbers)
{
	size_t dot = span_rfind(name, '.');
	struct span last = dot < name.n ? span_skip(name, dot + 1) : name;

	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (!ascii_alnum(c) && c < 0x80 &&
		    strchr("-_.", (char)c) == NULL)
			return false;
	}
	/* The last label of a true name is not a number, and not empty. */
	return name.n > 0 && (numbers || (last.n > 0 && !span_digits(last)));
}

static bool
is_literal(struct span name)
{
	return name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']';
}

/* A name, a name below it, and one below what begins with a dot. */
static bool
asked_as_name(const struct lint_keys *keys, enum access_class class,
    const char *front, struct span key, bool numbers, bool whole)
{
	const char *below[] = { "", "a.", "a" };
	const struct span none = { NULL, 0 };

	if (!is_literal(key) && !is_name(key, numbers))
		return false;
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		struct span name = join(keys, below[i], key, "");

		if (name.n == 0 || name.p[0] == '.' ||
		    memmem(name.p, name.n, "..", 2) != NULL)
			continue;
		name = join(keys, front, name, "");
		if (among(keys, class, name, none, key, whole))
			return true;
	}
	return false;
}

/* As the session gives it to maps: one spelling, and no IPv4 in IPv6. */
static bool
is_given(struct span address)
{
	char text[NETWORK_TEXT];
	struct network parsed;

	if (!address_parse(address, &parsed) ||
	    span_casestarts(address, SPAN("::ffff:")))
		return false;
	network_format(&parsed, text);
	return span_caseequal(address, span_of(text));
}

static bool
asked_as_address(const struct lint_keys *keys, struct span key, bool whole)
{
	static const char *const behind[] = {
		"", ".1", ".1.1", ".1.1.1", "::1", ":1", "1", "::", ":1:1",
		":1:1:1", ":1:1:1:1", ":1:1:1:1:1", ":1:1:1:1:1:1",
		":1:1:1:1:1:1:1",
	};

	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
		struct span address = join(keys, "", key, behind[i]);

		if (is_given(address) && among(keys, ACCESS_CLIENT,
		    span_make(NULL, 0), address, key, whole))
			return true;
	}
	return false;
}

static bool
asked_as_mail(const struct lint_keys *keys, enum access_class class,
    struct span key, bool whole)
{
	const struct span none = { NULL, 0 };
	struct span local, domain;

	if (class == ACCESS_SENDER && among(keys, class, none, none, key,
	    whole))
		return true;
	if (!address_split(key, &local, &domain))
		return asked_as_name(keys, class, "x@", key, false, whole);
	/* An address without a local part is none, and "*@" is no user. */
	if (local.n == 0 || span_equal(local, SPAN("*")))
		return false;
	if (domain.n == 0)
		return among(keys, class, join(keys, "", key, "example.com"),
		    none, key, whole);
	return (is_literal(domain) || is_name(domain, true)) &&
	    among(keys, class, key, none, key, whole);
}

bool
lint_key_asked(const struct lint_keys *keys, struct span key, bool whole)
{
	/* Anything may be a login. */
	if (key.n > KEY_MAX || (keys->uses & (LINT_USE_OTHER | LINT_USE_CHECKS |
	    USE(ACCESS_LOGIN))) != 0)
		return true;
	if ((keys->uses & LINT_USE_NETWORKS) != 0 && is_given(key))
		return true;
	if ((keys->uses & USE_CLIENT) != 0 &&
	    (asked_as_name(keys, ACCESS_CLIENT, "", key, false, whole) ||
	    asked_as_address(keys, key, whole)))
		return true;
	if ((keys->uses & USE(ACCESS_HELO)) != 0 &&
	    asked_as_name(keys, ACCESS_HELO, "", key, true, whole))
		return true;
	if ((keys->uses & USE(ACCESS_LINK_DOMAIN)) != 0 &&
	    (is_given(key) || asked_as_name(keys, ACCESS_LINK_DOMAIN, "", key,
	    false, whole)))
		return true;
	for (int i = 0; i < ACCESS_CLASSES; i++)
		if ((keys->uses & USE_MAIL & USE(i)) != 0 && asked_as_mail(keys,
		    (enum access_class)i, key, whole))
			return true;
	return false;
}

/* Something with a '/' that begins like an address. */
static bool
is_network(struct span key)
{
	struct network network;
	struct span address = span_head(key, span_find(key, '/'));

	return address.n < key.n && address_parse(address, &network);
}

static void
advise_quoted(struct span key, struct buf *out)
{
	struct buf internal;

	buf_init(&internal, KEY_MAX);
	address_internal(key, &internal);
	buf_addf(out, "the quotes are not needed, and so not asked for "
	    "(write ");
	buf_add(out, buf_span(&internal));
	buf_addc(out, ')');
	buf_clear(&internal);
}

/* For what stands with an '@'. */
static void
advise_mail(const struct lint_keys *keys, struct span key, struct buf *out)
{
	if ((keys->uses & USE_MAIL) == 0)
		buf_addf(out, "only sender_access, recipient_access and those "
		    "of header fields are asked for mail addresses");
	else if (key.p[0] == '@' || span_starts(key, SPAN("*@")))
		buf_addf(out, "write %.*s, without \"@\"",
		    SPAN_ARG(span_skip(key, span_find(key, '@') + 1)));
	else if (key.p[0] == '"')
		advise_quoted(key, out);
	else if (span_find(key, '*') < key.n)
		buf_addf(out, "there are no wild cards in it (write the "
		    "domain, or user@)");
	else
		buf_addf(out, "no address is written like that");
}

/* For what is an address of a computer, or nearly. */
static void
advise_address(const struct lint_keys *keys, const struct network *address,
    struct buf *out)
{
	char text[NETWORK_TEXT];

	network_format(address, text);
	if ((keys->uses & (USE_CLIENT | LINT_USE_NETWORKS)) == 0)
		buf_addf(out, "only client_access and reverse_client_access "
		    "are asked for addresses of clients");
	else if (span_casestarts(span_of(text), SPAN("::ffff:")))
		buf_addf(out, "such a client is known by its IPv4 address "
		    "(write %s)", text + sizeof("::ffff:") - 1);
	else
		buf_addf(out, "write %s, the form that is asked for", text);
}

/* Why the key is not asked for, and what to write. */
static void
advise(const struct lint_keys *keys, struct span key, struct buf *out)
{
	struct network address;

	if (lint_key_asked(keys, key, false))
		buf_addf(out, "this unionmap is asked for whole keys only, "
		    "like its first table (put one of fixed keys first)");
	else if (span_equal(key, SPAN("<>")))
		buf_addf(out, "only sender_access is asked for an empty "
		    "address, by null_access_lookup_key");
	else if (is_network(key))
		buf_addf(out, "networks are keys of cidr tables only");
	else if (key.p[0] == '<')
		buf_addf(out, "addresses are asked for without < and >");
	else if (key.p[key.n - 1] == ':')
		buf_addf(out, "write %.*s, without the colon",
		    SPAN_ARG(span_head(key, key.n - 1)));
	else if (span_find(key, '@') < key.n)
		advise_mail(keys, key, out);
	else if (address_parse(key, &address))
		advise_address(keys, &address, out);
	else if (key.p[0] == '.' && is_name(key, true))
		buf_addf(out, "with parent_domain_matches_subdomains, write "
		    "%.*s, which holds for all below it", SPAN_ARG(
		    span_skip(key, 1)));
	else if (span_find(key, '*') < key.n)
		buf_addf(out, "there are no wild cards in it (write the "
		    "domain, or the start of the address: 192.0.2)");
	else if ((keys->uses & ~(unsigned)LINT_USE_NETWORKS) == 0)
		buf_addf(out, "only whole addresses are asked for");
	else
		buf_addf(out, "no name or address is written like that");
}

static void
lint_key(const struct lint_keys *keys, const struct lint_run *run,
    const struct written_rule *rule)
{
	struct buf advice, shown;

	if (!rule->sound || lint_key_asked(keys, rule->pattern,
	    keys->asked == LINT_ASKED_WHOLE))
		return;
	buf_init(&advice, 1000);
	buf_init(&shown, 200);
	advise(keys, rule->pattern, &advice);
	printable_add(&shown, rule->pattern, 100);
	lint_say(run, LINT_NEVER_ASKED, rule->line, "the key \"%s\" is never "
	    "asked for: %s", buf_string(&shown), buf_string(&advice));
	buf_clear(&advice);
	buf_clear(&shown);
}

/* ^...$ around a text that is only ever a part of a key. */
static void
lint_literals(const struct lint_keys *keys, const struct lint_run *run,
    const struct written_rule *rule)
{
	struct span first = { NULL, 0 }, literal;
	struct lint_literals list;

	if (!lint_literals_begin(run->written, rule, keys->region, &list))
		return;
	while (lint_literals_next(&list, &literal)) {
		if (lint_key_asked(keys, literal,
		    keys->asked != LINT_ASKED_PARTS))
			return;
		if (first.p == NULL)
			first = literal;
	}
	lint_say(run, LINT_NEVER_ASKED, rule->line, "it matches \"%.*s\" and "
	    "nothing more, but tables of patterns are asked for whole keys "
	    "only%s", SPAN_ARG(span_head(first, 100)),
	    (keys->uses & USE_MAIL) != 0 ? " (write /@domain$/ for a domain, "
	    "/^user@/ for a user)" : "");
}

/* A cidr table knows addresses, which only some lists have. */
static void
lint_networks(const struct lint_keys *keys, const struct lint_run *run)
{
	if ((keys->uses & (USE_CLIENT | USE(ACCESS_HELO) |
	    LINT_USE_NETWORKS | LINT_USE_OTHER)) == 0)
		lint_say(run, LINT_NEVER_ASKED, 0, "a cidr table is never "
		    "asked anything here, since only clients have addresses "
		    "(name it in client_access)");
}

void
lint_keys(const struct lint_keys *keys, struct span name,
    const struct table_options *options, unsigned wanted,
    struct complaints *complaints)
{
	struct written written;
	struct lint_run run = { &written, wanted, complaints };
	struct written_rule rule;

	if (!written_open(&written, name, options))
		return;
	if (written.kind == WRITTEN_CIDR)
		lint_networks(keys, &run);
	while (written.kind != WRITTEN_CIDR && written_next(&written, &rule)) {
		region_reset(keys->region);
		if (written.kind == WRITTEN_KEYS)
			lint_key(keys, &run, &rule);
		else if ((keys->uses & LINT_USE_CHECKS) != 0)
			lint_fields(keys->uses, &run, &rule, keys->region);
		else if (rule.sound && !rule.negated && !rule.is_if)
			lint_literals(keys, &run, &rule);
	}
	written_close(&written);
}
