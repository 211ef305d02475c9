/*
 * policy - the compiled whole of configuration and tables.
 *
 * policy_new() reads everything, complains about all that is wrong, and gives
 * a policy that nothing changes any more: any number of threads use it at the
 * same time.  Who frees it must know that nobody does (daemon/current.h).
 */
#ifndef POSTERN_POLICY_POLICY_H
#define POSTERN_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/complaint.h"
#include "base/source.h"
#include "message/mime.h"
#include "policy/access.h"
#include "policy/conf.h"
#include "policy/maps.h"
#include "policy/networks.h"

/* HEADER_PRIMARY ... HEADER_NESTED */
#define HEADER_LISTS	3

struct policy {
	struct conf conf;
	struct access_style access_style;

	struct maps access[ACCESS_CLASSES];
	struct maps message_size_access, exempt_recipients;
	struct maps header_checks[HEADER_LISTS], body_checks;
	/* Of these keys are UTF-8: */
	struct maps decoded_header_checks, text_checks, hidden_text_checks;
	struct maps link_checks, attachment_checks;
	struct networks mynetworks, trusted_relays;

	/* Some rule edits the body (or a part's header): it must be kept. */
	bool edits_body;

	struct table **tables;		/* each TYPE:NAME opened once */
	size_t ntables;
	struct sources sources;
	struct region region;
};

/*
 * NULL where there are errors.  Warnings come beside a policy.  sources_r may
 * be NULL; else, where there is no policy, it is given what was looked at, so
 * that a change of it can be noticed.  The tests in the tables are run, up to
 * a bound that keeps a start from taking long; what is left out is a warning.
 */
struct policy *policy_new(const char *file, struct sources *sources_r,
    struct complaints *complaints);

/* The same for somebody who has time: all tests are run. */
struct policy *policy_new_tested(const char *file,
    struct complaints *complaints);

/* A policy of a text of ours in postern.conf's syntax; `name` stands for it. */
struct policy *policy_of_text(const char *name, const char *text,
    struct complaints *complaints);
void policy_free(struct policy **policy);

#endif
