/*
 * rules - are the results of all rules of a table what its list asks for?
 *
 * Used once per list while a policy is built; see policy.h.
 */
#ifndef POSTERN_POLICY_RULES_H
#define POSTERN_POLICY_RULES_H

#include <stdbool.h>

#include "base/complaint.h"
#include "policy/conf.h"
#include "table/table.h"

/* What a list of tables is asked for. */
enum rules_use {
	RULES_HEADER, RULES_BODY, RULES_ACCESS,
	RULES_DECODED_HEADER,	/* as RULES_HEADER, in tables for UTF-8 */
	RULES_TEXT,		/* paragraphs, in tables for UTF-8 */
	RULES_ATTACHMENT,	/* the same */
	RULES_REVERSE,		/* reverse_client_access: OK is refused */
	RULES_SIZE,		/* message_size_access: sizes */
	RULES_EXEMPT		/* exempt.recipients: OK or DUNNO */
};

/*
 * Complains about every rule whose result means nothing in the list `name`, or
 * not what it seems to; with `compatible` as warnings.  A result whose first
 * word comes from a $ is only known when it is found.  Rules that stand in the
 * configuration itself (inline:) are complained about where `item` stands.
 */
void rules_check(const struct table *table, enum rules_use use,
    const char *name, const struct conf_item *item, bool compatible,
    struct complaints *complaints);

/* Does some rule rewrite what it was found for, or might it? */
bool rules_edit(const struct table *table, enum rules_use use);
/* The same for one that refuses or discards the message. */
bool rules_refuse(const struct table *table, enum rules_use use);

#endif
