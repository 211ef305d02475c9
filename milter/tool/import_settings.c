/*
 * import_settings - settings that mean here what they mean to Postfix.
 *
 * Only what was read is written; what has Postfix's default has it here, too.
 */
#include "tool/import_state.h"

#include <stdint.h>

#include "base/source.h"
#include "policy/settings.h"
#include "policy/unit.h"
#include "table/braces.h"

#define MYORIGIN_MAX	1000

/* As near as it can be, and no stricter than Postfix. */
static void
write_number(const struct setting *setting, struct span value,
    struct buf *out)
{
	uint64_t number = 0, taken;

	if (!unit_number(value, &number)) {
		import_comment(out, "# ", "%s = %.*s is not taken "
		    "over: it is not a number.", setting->name,
		    SPAN_ARG(value));
		return;
	}
	taken = number < setting->min ? setting->min : number;
	if (taken > setting->max)
		taken = setting->min == 0 ? 0 : setting->max;
	if (taken != number)
		import_comment(out, "# ", "Not %llu: postern takes "
		    "a number from %llu to %llu%s.",
		    (unsigned long long)number,
		    (unsigned long long)setting->min,
		    (unsigned long long)setting->max,
		    taken == 0 ? ", and 0 for no limit" : "");
	buf_addf(out, "%s = %llu;\n", setting->name,
	    (unsigned long long)taken);
}

static void
write_text(const struct setting *setting, struct span value, struct buf *out)
{
	const char *wrong = setting->check != NULL ? setting->check(value) :
	    NULL;

	if (wrong != NULL) {
		import_comment(out, "# ", "%s = %.*s is not taken over: it is "
		    "not %s.", setting->name, SPAN_ARG(value), wrong);
		return;
	}
	buf_addf(out, "%s = ", setting->name);
	import_quote(out, value);
	buf_addf(out, ";\n");
}

/* A parameter and the setting of its name, with or without smtpd_. */
static void
write_same(struct import *import, const char *name, struct buf *out)
{
	const struct setting *setting;
	struct span value, raw;
	size_t number;

	if (!import_params_has(&import->params, name, &raw) ||
	    !setting_number(span_of(name), &number))
		return;
	setting = &settings[number];
	value = import_params_get(&import->params, name);
	if (import_params_missing(&import->params, value).n > 0)
		import_comment(out, "# ", "%s = %.*s: what it stands for is "
		    "not known.", name, SPAN_ARG(value));
	else if (setting->type == SETTING_BOOL)
		buf_addf(out, "%s = %s;\n", setting->name,
		    span_caseequal(value, SPAN("yes")) ? "true" : "false");
	else if (setting->type == SETTING_TEXT ||
	    setting->type == SETTING_SPAN)
		write_text(setting, value, out);
	else
		write_number(setting, value, out);
}

void
import_write_answers(struct import *import, struct buf *out)
{
	struct span raw;
	bool no = import_params_has(&import->params, "smtpd_delay_reject",
	    &raw) && !import_params_yes(&import->params,
	    "smtpd_delay_reject");

	write_same(import, "soft_bounce", out);
	if (no && import->delay_reject)
		import_comment(out, "# ", "Not as smtpd_delay_reject = no: a "
		    "map of client, HELO name or sender stands in a later "
		    "list, and says what it has to say at RCPT.");
	if (no)
		buf_addf(out, "delay_reject = %s;\n",
		    import->delay_reject ? "true" : "false");
	write_same(import, "access_map_reject_code", out);
	write_same(import, "access_map_defer_code", out);
}

/* The first line of a file, as myorigin may name one. */
static struct span
first_line(struct import *import, struct span path)
{
	struct sources sources;
	struct span line = SPAN("");
	struct buf text;
	const char *why;
	char *string = region_printf(&import->region, "%.*s",
	    SPAN_ARG(path));

	sources_init(&sources);
	buf_init(&text, MYORIGIN_MAX);
	if (string != NULL && source_read(&sources, string, &text, &why) == 0)
		line = region_copy(&import->region, span_trim(span_head(
		    buf_span(&text), span_find(buf_span(&text), '\n'))));
	buf_clear(&text);
	sources_clear(&sources);
	return line;
}

static void
write_myorigin(struct import *import, struct buf *out)
{
	struct span value = import_params_get(&import->params, "myorigin");
	size_t number;

	if (value.n > 0 && value.p[0] == '/')
		value = first_line(import, value);
	if (import_params_missing(&import->params, value).n > 0 ||
	    value.n == 0)
		import_comment(out, "# ", "myorigin is not known (give postern "
		    "import the output of \"postconf myhostname myorigin\" "
		    "as well); it completes addresses without a domain.");
	else if (setting_number(SPAN("myorigin"), &number))
		write_text(&settings[number], value, out);
}

static void
write_parents(struct import *import, struct buf *out)
{
	struct span word, raw, rest = import_params_get(&import->params,
	    "parent_domain_matches_subdomains");
	bool parents = false;

	if (!import_params_has(&import->params,
	    "parent_domain_matches_subdomains", &raw))
		return;
	while (braces_word(&rest, &word))
		if (span_caseequal(word, SPAN("smtpd_access_maps")))
			parents = true;
	buf_addf(out, "parent_domain_matches_subdomains = %s;\n",
	    parents ? "true" : "false");
}

void
import_write_addresses(struct import *import, struct buf *out)
{
	write_myorigin(import, out);
	write_same(import, "recipient_delimiter", out);
	write_same(import, "smtpd_null_access_lookup_key", out);
	write_parents(import, out);
	if (!import->networks_known) {
		import_comment(out, "# ", "mynetworks is not known as a whole, "
		    "so that nobody in it is exempt from anything.");
		return;
	}
	buf_addf(out, "mynetworks = [");
	for (size_t i = 0; i < import->nnetworks; i++) {
		buf_addf(out, "%s\n\t", i > 0 ? "," : "");
		import_quote(out, import->networks[i]);
	}
	buf_addf(out, import->nnetworks > 0 ? "\n];\n" : " ];\n");
}

void
import_write_limits(struct import *import, struct buf *out)
{
	static const char *const same[] = {
		"body_checks_size_limit", "line_length_limit",
		"mime_nesting_limit", "mime_boundary_length_limit",
		"smtpd_recipient_limit", "hopcount_limit"
	};
	struct span size = import_params_get(&import->params,
	    "message_size_limit"), header = import_params_get(
	    &import->params, "header_size_limit");

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		write_same(import, same[i], out);
	import_comment(out, "# ", "Postfix's own limit (%.*s) stands, and is "
	    "to stay in main.cf: it is announced to clients, and mail that "
	    "only a milter finds too large has been sent in full.",
	    SPAN_ARG(size.n > 0 ? size : SPAN("message_size_limit")));
	buf_addf(out, "message_size_limit = 0;\n");
	import_comment(out, "# ", "At its header_size_limit (%.*s), and at "
	    "60000 as soon as there is a milter, Postfix cuts a field and "
	    "refuses nothing; the next three limits are postern's own, by "
	    "default 50000, \"1M\" and 1000, and off so that nothing "
	    "changes.", SPAN_ARG(header.n > 0 ? header : SPAN("102400")));
	buf_addf(out, "header_size_limit = 0;\nheader_total_limit = 0;\n"
	    "header_count_limit = 0;\n");
}
