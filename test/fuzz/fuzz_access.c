/*
 * Addresses, names and networks, the keys of access(5), its results and
 * replies.
 *
 *	CLASS STYLE DELIMITERS	(two letters, then the set)
 *	name or address
 *	client's address
 *	result of a table
 *	the value of a To field, to the end
 */
#include "base/network.h"
#include "base/printable.h"
#include "fuzz.h"
#include "message/address.h"
#include "policy/access.h"
#include "policy/reply.h"

#define REGION_MAX	((size_t)16 << 20)

static bool
inside(struct span part, struct span whole)
{
	return part.n == 0 || (part.p >= whole.p &&
	    part.p + part.n <= whole.p + whole.n);
}

/* What an address means does not change by writing and reading it. */
static void
check_forms(struct span address)
{
	struct buf internal, external, again;

	buf_init(&internal, 4 * address.n + 100);
	buf_init(&external, 4 * address.n + 100);
	buf_init(&again, 4 * address.n + 100);
	address_internal(address, &internal);
	address_external(buf_span(&internal), &external);
	address_internal(buf_span(&external), &again);
	MUST(span_equal(buf_span(&internal), buf_span(&again)));
	buf_reset(&again);
	address_external(buf_span(&external), &again);
	MUST(!internal.cut && !external.cut && !again.cut);
	buf_clear(&internal);
	buf_clear(&external);
	buf_clear(&again);
}

static void
check_address(struct span argument, struct span delimiters)
{
	struct span address = address_of_path(argument);
	struct span local, domain, base;

	MUST(inside(address, argument));
	if (address_split(address, &local, &domain))
		MUST(local.n + domain.n + 1 == address.n);
	else
		MUST(span_equal(local, address));
	base = address_base(local, delimiters);
	MUST(span_starts(local, base));
	MUST(base.n > 0 || local.n == 0);
	check_forms(address);
}

static void
check_network(struct span text)
{
	struct network network, again;
	char written[NETWORK_TEXT];

	if (network_parse(text, &network) != NULL)
		return;
	network_format(&network, written);
	MUST(network_parse(span_of(written), &again) == NULL);
	MUST(again.size == network.size && again.bits == network.bits &&
	    memcmp(again.address, network.address, network.size) == 0);
	MUST(network_holds(&network, &again));
}

static void
check_keys(enum access_class class, const struct access_style *style,
    struct span name, struct span address)
{
	struct region region;
	struct access_keys keys;

	region_init(&region, REGION_MAX);
	keys = access_keys(class, style, name, address, &region);
	MUST(!region.failed);
	MUST(keys.n <= 12 * (name.n + address.n) + 8);
	for (size_t i = 0; i < keys.n; i++)
		MUST(keys.list[i].text.n <= 4 * ACCESS_NAME_MAX + 64);
	region_clear(&region);
}

static bool
dsn_fits(const struct reply *reply)
{
	return reply->dsn.n >= 5 && reply->dsn.p[1] == '.' &&
	    (unsigned)(reply->dsn.p[0] - '0') == reply->code / 100;
}

static void
check_reply(enum access_class class, struct span name, struct span result)
{
	struct conf conf = {
		.access_map_reject_code = 554, .access_map_defer_code = 450,
	};
	struct region region;
	struct action action;
	struct reply reply;
	enum action_status status;
	char why[200];

	status = action_parse(ACTION_IN_ACCESS, result, &action, why,
	    sizeof(why));
	if (status != ACTION_FINE)
		MUST(strnlen(why, sizeof(why)) < sizeof(why));
	if (status == ACTION_WRONG || (action.kind != ACTION_REJECT &&
	    action.kind != ACTION_DEFER && action.kind != ACTION_CODE))
		return;
	region_init(&region, REGION_MAX);
	reply_access(&conf, class, name, &action, &region, &reply);
	MUST(reply.code >= 400 && reply.code < 600);
	MUST(dsn_fits(&reply));
	MUST(4 + reply.dsn.n + 1 + reply.text.n <= 510);
	for (size_t i = 0; i < reply.text.n; i++)
		MUST((unsigned char)reply.text.p[i] >= ' ');
	region_clear(&region);
}

static void
check_printable(struct span text)
{
	struct buf out;

	buf_init(&out, 1 << 16);
	printable_add(&out, text, 200);
	MUST(out.n <= 200 && !out.cut);
	MUST(utf8_valid(buf_span(&out)));
	buf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_make((const char *)data, size);
	enum access_class class = (enum access_class)fuzz_choice(&rest,
	    ACCESS_CLASSES);
	size_t how = fuzz_choice(&rest, 4);
	struct access_style style = {
		.parents = (how & 1) != 0,
		.srs = (how & 2) != 0,
		.null_key = SPAN_INIT("<>"),
	};
	struct span name, address, result, value;

	style.delimiter = fuzz_line(&rest);
	name = fuzz_copy(fuzz_line(&rest));
	address = fuzz_copy(fuzz_line(&rest));
	result = fuzz_copy(fuzz_line(&rest));
	value = fuzz_copy(rest);
	check_address(name, style.delimiter);
	check_network(address);
	check_keys(class, &style, name, address);
	check_keys(class, &style, address_of_path(name), address);
	check_reply(class, name, result);
	check_printable(value);
	MUST(address_count(value) <= value.n);
	fuzz_free(name);
	fuzz_free(address);
	fuzz_free(result);
	fuzz_free(value);
	return 0;
}
