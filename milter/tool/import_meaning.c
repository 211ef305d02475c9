/*
 * import_meaning - parameters that give what is taken over another meaning.
 *
 * They belong to Postfix and stay with it; what they change is said, since
 * postern, with the same tables, then decides otherwise.
 */
#include "tool/import_state.h"

/* What has to be taken over before a parameter matters. */
enum about { ABOUT_ACCESS, ABOUT_CONTENT, ABOUT_REDIRECT };

#define REWRITTEN	"a milter is shown fields with the addresses in them " \
			"rewritten; Postfix looks its own checks up before " \
			"that"
#define COPIES		"REDIRECT takes the place of such recipients in " \
			"Postfix; a milter can only replace those that the " \
			"client gave, and the copies go out all the same"

/* Nothing is said of the usual value, which is what holds here. */
static const struct row {
	enum about about;
	const char *name, *usual, *why;
} rows[] = {
	{ ABOUT_ACCESS, "allow_untrusted_routing", "no", "here it is no: an "
	    "OK for a recipient like user%host@domain, which names another "
	    "way to go, is DUNNO; maps of recipients that such an OK may "
	    "spare are left" },
	{ ABOUT_ACCESS, "smtputf8_enable", "yes", "here keys are UTF-8 all "
	    "the same: letters beyond ASCII match in either case" },
	{ ABOUT_ACCESS, "enable_idna2003_compatibility", "no", "here domains "
	    "are compared by IDNA 2008" },
	{ ABOUT_ACCESS, "smtpd_client_port_logging", "no", "what postern "
	    "answers shows a client's name and address, and no port" },
	{ ABOUT_ACCESS, "reject_code", "554", "reject in a list of names, "
	    "as a map's result, answers 554 here" },
	{ ABOUT_ACCESS, "defer_code", "450", "defer in a list of names, as "
	    "a map's result, answers 450 here" },
	{ ABOUT_CONTENT, "canonical_maps", "", REWRITTEN },
	{ ABOUT_CONTENT, "sender_canonical_maps", "", REWRITTEN },
	{ ABOUT_CONTENT, "recipient_canonical_maps", "", REWRITTEN },
	{ ABOUT_CONTENT, "masquerade_domains", "", REWRITTEN },
	{ ABOUT_CONTENT, "remote_header_rewrite_domain", "", REWRITTEN },
	{ ABOUT_CONTENT, "always_add_missing_headers", "no", "a milter is "
	    "shown the From, Date and Message-Id that Postfix adds, and "
	    "rules on them hold here; Postfix does not look them up" },
	{ ABOUT_CONTENT, "message_drop_headers", "bcc, content-length, "
	    "resent-bcc, return-path", "Postfix removes these fields before "
	    "a milter sees them, and after its own checks" },
	{ ABOUT_CONTENT, "milter_protocol", "6", "below 6 a milter is not "
	    "told of the blank behind the colon, and takes \"Subject:a\" for "
	    "\"Subject: a\"" },
	{ ABOUT_REDIRECT, "always_bcc", "", COPIES },
	{ ABOUT_REDIRECT, "sender_bcc_maps", "", COPIES },
	{ ABOUT_REDIRECT, "recipient_bcc_maps", "", COPIES },
	{ ABOUT_REDIRECT, "virtual_alias_maps", "$virtual_maps", "an address "
	    "that a milter adds is looked up in them, that of a REDIRECT, "
	    "too, as Postfix's own is not" },
};

/* Which of them, as a set of bits. */
static unsigned
taken(const struct import *import)
{
	unsigned about = 0, kinds = 0;

	for (int class = 0; class <= ACCESS_RECIPIENT; class++)
		for (size_t i = 0; i < import->norder[class]; i++) {
			about |= 1U << ABOUT_ACCESS;
			kinds |= import->order[class][i]->table.kinds;
		}
	for (int i = 0; i < IMPORT_CHECKS; i++)
		if (import->checks[i].left == NULL &&
		    import->checks[i].n > 0) {
			about |= 1U << ABOUT_CONTENT;
			kinds |= import->checks[i].kinds;
		}
	if ((kinds & IMPORT_REDIRECTS) != 0)
		about |= 1U << ABOUT_REDIRECT;
	return about;
}

void
import_meaning(struct import *import)
{
	unsigned about = taken(import);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct span raw, value;

		if ((about & 1U << row->about) == 0 ||
		    !import_params_has(&import->params, row->name, &raw))
			continue;
		value = import_params_get(&import->params, row->name);
		if (value.n > 0 && !span_caseequal(value,
		    span_of(row->usual)))
			import_note(import, row->name, value, row->why);
	}
}
