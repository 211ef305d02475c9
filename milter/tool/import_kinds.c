/* import_kinds - what a result of a table does.  See import_table.h. */
#include "tool/import_table.h"

#include "policy/restrictions.h"

/* Does a bare reject, or defer, answer with the code that it has here? */
static bool
usual_code(struct import_params *params, const char *name, const char *code)
{
	struct span raw;

	return !import_params_has(params, name, &raw) ||
	    span_equal(import_params_get(params, name), span_of(code));
}

static unsigned kind_in_access(struct import_params *params,
    const struct action *action);

/* All that a list of restrictions might come to. */
static unsigned
kind_of_list(struct import_params *params, struct span names)
{
	struct action action;
	unsigned kinds = 0;
	int more;

	while ((more = restrictions_next(&names, &action)) > 0) {
		kinds |= kind_in_access(params, &action);
		if (action.only_warn)
			kinds |= IMPORT_OTHER;
		if (action.kind == ACTION_CODE && !usual_code(params,
		    action.code < 500 ? "defer_code" : "reject_code",
		    action.code < 500 ? "450" : "554"))
			kinds |= IMPORT_OTHER;
	}
	return more < 0 ? IMPORT_FOREIGN : kinds;
}

static unsigned
kind_in_access(struct import_params *params, const struct action *action)
{
	switch (action->kind) {
	case ACTION_DUNNO:
		return 0;
	case ACTION_REJECT:
	case ACTION_DEFER:
	case ACTION_CODE:
		return IMPORT_REFUSES;
	case ACTION_OK:
	case ACTION_DISCARD:
		return IMPORT_PERMITS;
	case ACTION_PREPEND:
	case ACTION_BCC:
		return IMPORT_ADDS;
	case ACTION_REDIRECT:
		return IMPORT_OTHER | IMPORT_REDIRECTS;
	case ACTION_HOLD:
	case ACTION_INFO:
	case ACTION_WARN:
	case ACTION_DEFER_IF_PERMIT:
	case ACTION_DEFER_IF_REJECT:
		return IMPORT_OTHER;
	case ACTION_LIST:
		return kind_of_list(params, action->text);
	case ACTION_REPLACE:
	case ACTION_STRIP:
	case ACTION_IGNORE:
	case ACTION_PASS:
		break;		/* not in access maps */
	}
	return IMPORT_FOREIGN;
}

static unsigned
kind_in_content(enum action_kind kind)
{
	switch (kind) {
	case ACTION_DUNNO:
	case ACTION_OK:
		return 0;
	case ACTION_REJECT:
		return IMPORT_REFUSES;
	case ACTION_PREPEND:
	case ACTION_BCC:
	case ACTION_REPLACE:
		return IMPORT_ADDS;
	case ACTION_REDIRECT:
		return IMPORT_OTHER | IMPORT_REDIRECTS;
	default:
		return IMPORT_OTHER;
	}
}

/* A result with $1 and the like: its word, and what any word takes. */
static struct span
fill_in(struct import_params *params, const struct rule *rule)
{
	struct span rest = rule->text, word = span_word(&rest);

	if (!rule->substitutes)
		return rule->text;
	return span_of(region_printf(params->region, "%.*s X:a@b",
	    SPAN_ARG(word)));
}

unsigned
import_kind(struct import_params *params, const struct rule *rule,
    enum action_place place)
{
	struct span rest = rule->text, word = span_word(&rest);
	struct action action;
	char why[240];

	if (rule->unknown)
		return IMPORT_FOREIGN;
	/* A missing result is an error when it is found, in both. */
	if (rule->text.n == 0)
		return IMPORT_OTHER;
	if (rule->substitutes && span_find(word, '$') < word.n)
		return IMPORT_FOREIGN;
	if (action_parse(place, fill_in(params, rule), &action, why,
	    sizeof(why)) != ACTION_WRONG)
		return place == ACTION_IN_ACCESS ?
		    kind_in_access(params, &action) :
		    kind_in_content(action.kind);
	/* Postfix passes over an unknown word in content checks, too. */
	return place == ACTION_IN_ACCESS ||
	    span_caseequal(word, SPAN("FILTER")) ? IMPORT_FOREIGN :
	    IMPORT_OTHER;
}
