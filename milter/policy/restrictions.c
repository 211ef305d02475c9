/* restrictions - results that list restrictions.  See restrictions.h. */
#include "policy/restrictions.h"

#include <stdio.h>

#include "base/printable.h"

/* The action of a name; warn_if_reject has none of its own. */
static const struct known {
	const char *name;
	enum action_kind kind;
	unsigned code;
	const char *dsn, *text;
	bool ends, warns;
} known[] = {
	{ "permit", ACTION_OK, 0, NULL, NULL, true, false },
	{ "reject", ACTION_CODE, 554, "5.7.1", "Access denied", true,
	    false },
	{ "defer", ACTION_CODE, 450, "4.3.2", "Try again later", true,
	    false },
	{ "defer_if_permit", ACTION_DEFER_IF_PERMIT, 0, "4.7.0",
	    "defer_if_permit requested", false, false },
	{ "defer_if_reject", ACTION_DEFER_IF_REJECT, 0, "4.7.0",
	    "defer_if_reject requested", false, false },
	{ "warn_if_reject", ACTION_DUNNO, 0, NULL, NULL, false, true },
};

static bool
separates(char c)
{
	return c == ',' || ascii_space((unsigned char)c);
}

/* Takes the next name; empty at the end. */
static struct span
next_name(struct span *rest)
{
	struct span name;
	size_t n = 0;

	while (rest->n > 0 && separates(rest->p[0]))
		*rest = span_skip(*rest, 1);
	while (n < rest->n && !separates(rest->p[n]))
		n++;
	name = span_head(*rest, n);
	*rest = span_skip(*rest, n);
	return name;
}

static const struct known *
find(struct span name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_caseequal(name, span_of(known[i].name)))
			return &known[i];
	return NULL;
}

bool
restrictions_begin(struct span text)
{
	struct span rest = text, name = next_name(&rest);

	return text.n > 0 && (name.n == 0 || find(name) != NULL);
}

/* What stands behind a name that ends the list. */
static enum action_status
check_rest(struct span rest, const char *ended, char *why, size_t size)
{
	char found[PRINTABLE_EXCERPT];
	struct span left = rest, name = next_name(&left);

	if (name.n == 0)
		return ACTION_FINE;
	printable_excerpt(name, found);
	snprintf(why, size, "\"%s\" behind %s is ignored: names with commas "
	    "are a list of restrictions, and \"%s\" ends it (a text follows "
	    "an action after a blank alone)", found, ended, ended);
	return find(name) != NULL ? ACTION_ODD : ACTION_SURPRISING;
}

static enum action_status
complain_of_name(struct span name, char *why, size_t size)
{
	char found[PRINTABLE_EXCERPT];

	printable_excerpt(name, found);
	snprintf(why, size, "\"%s\" in a list of restrictions: here it may "
	    "hold permit, reject, defer, defer_if_permit, defer_if_reject "
	    "and warn_if_reject only", found);
	return ACTION_SURPRISING;
}

/* The names up to the one that ends the list; warns where it has no end. */
static enum action_status
check_names(struct span rest, char *why, size_t size)
{
	enum action_status status = ACTION_FINE;
	bool warns = false;
	struct span name;

	while ((name = next_name(&rest)).n > 0) {
		const struct known *one = find(name);

		if (one == NULL)
			return complain_of_name(name, why, size);
		if (one->ends && (!warns || one->kind == ACTION_OK)) {
			enum action_status of_rest = check_rest(rest,
			    one->name, why, size);

			return of_rest != ACTION_FINE ? of_rest : status;
		}
		if (one->kind == ACTION_DEFER_IF_REJECT) {
			snprintf(why, size, "defer_if_reject softens the "
			    "rejects of this filter only, not those of the "
			    "mail server (leave it in a map of Postfix, or "
			    "write defer)");
			status = ACTION_ODD;
		}
		warns = one->warns;
	}
	if (!warns)
		return status;
	snprintf(why, size, "warn_if_reject does nothing without what it is "
	    "to warn of (write \"warn_if_reject reject\")");
	return ACTION_SURPRISING;
}

enum action_status
restrictions_parse(struct span text, struct action *action_r, char *why,
    size_t size)
{
	struct span rest = text, name = next_name(&rest);
	char found[PRINTABLE_EXCERPT];

	*action_r = (struct action){ .kind = ACTION_OK };
	if (name.n == 0) {
		printable_excerpt(text, found);
		snprintf(why, size, "\"%s\" permits, as OK does (write OK, or "
		    "the action that is meant)", found);
		return ACTION_SURPRISING;
	}
	if (span_find(text, ':') < text.n) {
		snprintf(why, size, "a ':' in a list of restrictions: Postfix "
		    "refuses to open a table from here");
		return ACTION_WRONG;
	}
	/* "permit" is an action but for its name. */
	if (find(name)->kind != ACTION_OK)
		*action_r = (struct action){
			.kind = ACTION_LIST, .text = text
		};
	return check_names(text, why, size);
}

int
restrictions_next(struct span *rest, struct action *action_r)
{
	bool warns = false;
	struct span name;

	while ((name = next_name(rest)).n > 0) {
		const struct known *one = find(name);

		if (one == NULL)
			return -1;
		if (one->warns) {
			warns = true;
			continue;
		}
		*action_r = (struct action){
			.kind = one->kind, .code = one->code,
			.dsn = span_of(one->dsn), .text = span_of(one->text),
			.only_warn = warns,
		};
		return 1;
	}
	return 0;
}
