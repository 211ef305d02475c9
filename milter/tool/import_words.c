/* import_words - restrictions that belong to Postfix.  See import_state.h. */
#include "tool/import_state.h"

#define DNS_LIST	"DNS lists are asked by the mail server"
#define OTHER_KEY	"asks DNS for the key of its map, as postern does not"
#define RELAYING	"relaying is the mail server's to decide"
#define OWN		"a check of the mail server's own"
#define DELIVERY	"only the mail server knows what can be delivered"

/* The first prefix that fits. */
static const struct row {
	const char *prefix;
	struct import_word word;
} rows[] = {
	{ "check_policy_service", { true, true,
	    "policy services are asked by the mail server" } },
	{ "check_ccert_access", { true, true,
	    "postern has no maps of client certificates" } },
	{ "check_etrn_access", { true, true, OWN } },
	{ "check_", { true, true, OTHER_KEY } },
	{ "reject_rbl_client", { true, false, DNS_LIST } },
	{ "reject_rhsbl_", { true, false, DNS_LIST } },
	{ "reject_maps_rbl", { false, false, DNS_LIST } },
	{ "permit_dnswl_client", { true, true, DNS_LIST } },
	{ "permit_rhswl_client", { true, true, DNS_LIST } },
	{ "reject_unauth_destination", { false, false, RELAYING } },
	{ "defer_unauth_destination", { false, false, RELAYING } },
	{ "permit_auth_destination", { false, true, RELAYING } },
	{ "permit_mx_backup", { false, true, RELAYING } },
	{ "reject_unlisted_", { false, false, DELIVERY } },
	{ "reject_unverified_", { false, false, DELIVERY } },
	{ "sleep", { true, false, OWN } },
	{ "reject_", { false, false, OWN } },
	{ "defer_", { false, false, OWN } },
	{ "permit_", { false, true, OWN } },
};

struct import_word
import_word(struct span name)
{
	const struct import_word unknown = {
		false, true, "not a restriction that is known here"
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_casestarts(name, span_of(rows[i].prefix)))
			return rows[i].word;
	return unknown;
}
