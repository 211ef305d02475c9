/*
 * import_checks - header_checks and its kin.
 *
 * The first table of a list that matches decides, so a list is taken over or
 * left as a whole.
 */
#include "tool/import_state.h"

#include "table/braces.h"

static const char *const names[IMPORT_CHECKS] = {
	[IMPORT_HEADER] = "header_checks",
	[IMPORT_MIME] = "mime_header_checks",
	[IMPORT_NESTED] = "nested_header_checks",
	[IMPORT_BODY] = "body_checks",
};

/* Where Postfix does not look at mail as a milter does. */
static const char *
left_by_settings(struct import *import)
{
	struct import_params *params = &import->params;
	struct span rest = import_params_get(params,
	    "receive_override_options"), word;

	if (import_params_yes(params, "disable_mime_input_processing"))
		return "disable_mime_input_processing = yes: here MIME is "
		    "always understood";
	if (import_params_get(params, "smtpd_proxy_filter").n > 0)
		return "with smtpd_proxy_filter a milter is shown no header "
		    "and no body";
	while (braces_word(&rest, &word))
		if (span_caseequal(word, SPAN("no_header_body_checks")))
			return "receive_override_options turns these checks "
			    "off";
	return NULL;
}

static void
look_at_table(struct import *import, struct import_checks *checks,
    struct span name, enum action_place place)
{
	struct import_table *table = &checks->tables[checks->n++];
	struct region *region = &import->region;

	import_table(&import->params, region_copy(region, name), place,
	    table);
	checks->kinds |= table->kinds;
	if (checks->left != NULL)
		return;
	if (table->why != NULL)
		checks->left = region_printf(region, "%.*s: %s",
		    SPAN_ARG(name), table->why);
	else if (table->unread != NULL)
		checks->left = region_printf(region, "%.*s: %s",
		    SPAN_ARG(name), table->unread);
	else if ((table->kinds & IMPORT_FOREIGN) != 0)
		checks->left = region_printf(region, "%.*s: a milter cannot "
		    "carry out %s", SPAN_ARG(name), table->foreign);
}

static size_t
count_words(struct span text)
{
	struct span word;
	size_t n = 0;

	while (braces_word(&text, &word))
		n++;
	return n;
}

static void
read_checks(struct import *import, int which, const char *left)
{
	struct import_checks *checks = &import->checks[which];
	struct span text, word, raw;
	size_t n;

	checks->name = names[which];
	checks->given = import_params_has(&import->params, names[which],
	    &raw);
	text = import_params_get(&import->params, names[which]);
	n = count_words(text);
	if (n > IMPORT_MAPS_MAX) {
		import->too_much = true;
		left = "more tables than are taken";
		n = 0;
	}
	checks->left = left;
	checks->tables = region_alloc(&import->region,
	    (n + 1) * sizeof(*checks->tables));
	while (checks->tables != NULL && checks->n < n &&
	    braces_word(&text, &word))
		look_at_table(import, checks, word, which == IMPORT_BODY ?
		    ACTION_IN_BODY : ACTION_IN_HEADER);
}

void
import_checks(struct import *import)
{
	const char *left = left_by_settings(import);

	for (int which = 0; which < IMPORT_CHECKS; which++)
		read_checks(import, which, left);
	/* What is not given is what header_checks is, left or taken. */
	for (int which = IMPORT_MIME; which <= IMPORT_NESTED; which++)
		if (!import->checks[which].given)
			import->checks[which].left =
			    import->checks[IMPORT_HEADER].left;
}
