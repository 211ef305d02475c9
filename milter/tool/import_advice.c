/* import_advice - what was left, and what to do with main.cf. */
#include "tool/import_state.h"

#include "base/printable.h"
#include "policy/conf.h"

#define INDENT	"#   "

/* Parameters that one might look for in postern.conf, and where they are. */
static const struct {
	const char *name, *why;
} elsewhere[] = {
	{ "milter_header_checks", "for fields that milters add" },
	{ "smtp_header_checks", "for mail on its way out" },
	{ "smtp_mime_header_checks", "for mail on its way out" },
	{ "smtp_nested_header_checks", "for mail on its way out" },
	{ "smtp_body_checks", "for mail on its way out" },
	{ "postscreen_access_list", "asked before smtpd(8) and its milters" },
	{ "smtpd_milter_maps", "turns milters off for some clients: then "
	    "those skip what left main.cf" },
	{ "content_filter", "mail that comes back from it passes the "
	    "milters again, unless its service has no_milters" },
	{ "smtpd_proxy_filter", "behind it mail passes the milters of the "
	    "next service" },
	{ "receive_override_options", "may turn checks, or milters, off" },
	{ "smtpd_command_filter", "changes commands before they are read" },
};

/* What stands in main.cf: on a line of its own, as it is there. */
static void
put_line(struct buf *out, const char *where, struct span what)
{
	buf_addf(out, INDENT "%s: ", where);
	printable_add(out, what, 1000);
	buf_addc(out, '\n');
}

static void
put_map(struct buf *out, const struct import_map *map)
{
	buf_addf(out, INDENT "%s: ", map->list->name);
	if (map->within.n > 0)
		buf_addf(out, "%.*s: ", SPAN_ARG(map->within));
	buf_addf(out, "%.*s ", SPAN_ARG(map->restriction));
	printable_add(out, map->given, 1000);
	buf_addc(out, '\n');
}

static void
put_why(struct buf *out, const char *why)
{
	import_comment(out, "#       ", "%s", why);
}

/* Texts that many share are said once, below all that they are about. */
static void
write_notes(const struct import *import, struct buf *out)
{
	for (size_t i = 0; i < import->nnotes; i++) {
		const struct import_note *note = &import->notes[i];
		bool last = i + 1 == import->nnotes ||
		    strcmp(import->notes[i + 1].why, note->why) != 0;

		put_line(out, note->where, note->what);
		if (last)
			put_why(out, note->why);
	}
}

static void
write_left(struct import *import, struct buf *out)
{
	size_t before = out->n, empty;

	import_comment(out, "# ", "Left in main.cf, and why.");
	buf_addf(out, "#\n");
	empty = out->n;
	for (size_t i = 0; i < import->nmaps; i++)
		if (import->maps[i].left != NULL) {
			put_map(out, &import->maps[i]);
			put_why(out, import->maps[i].left);
		}
	for (int i = 0; i < IMPORT_CHECKS; i++) {
		const struct import_checks *checks = &import->checks[i];

		if (checks->left == NULL || !checks->given || checks->n == 0)
			continue;
		buf_addf(out, INDENT "%s\n", checks->name);
		put_why(out, checks->left);
	}
	write_notes(import, out);
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++) {
		struct span value = import_params_get(&import->params,
		    elsewhere[i].name);

		if (value.n == 0)
			continue;
		put_line(out, elsewhere[i].name, value);
		put_why(out, elsewhere[i].why);
	}
	if (import->too_much)
		import_comment(out, "# ", "There is more than can be taken "
		    "over: what is beyond is missing here.");
	if (out->n == empty) {
		out->n = before;
		import_comment(out, "# ", "Nothing had to be left behind.");
	}
}

static bool
checks_taken(const struct import *import, int which)
{
	const struct import_checks *checks = &import->checks[which];

	return checks->left == NULL && checks->n > 0;
}

static bool
content_taken(const struct import *import)
{
	for (int i = 0; i < IMPORT_CHECKS; i++)
		if (checks_taken(import, i))
			return true;
	return false;
}

/* "NAME = our milter, and what is there": before those that sign. */
static void
put_milters(struct import *import, const char *name, struct buf *out)
{
	struct span ours = SPAN(IMPORT_MILTER);
	struct span there = import_params_get(&import->params, name);
	bool has = false;

	for (size_t i = 0; i < there.n && !has; i++)
		has = span_starts(span_skip(there, i), ours);
	buf_addf(out, INDENT "%s = ", name);
	if (!has)
		buf_addf(out, IMPORT_MILTER "%s", there.n > 0 ? ", " : "");
	printable_add(out, there, 1000);
	buf_addc(out, '\n');
}

static void
write_attaching(struct import *import, struct buf *out)
{
	struct span action = import_params_get(&import->params,
	    "milter_default_action");

	import_comment(out, "# ", "To attach it, in main.cf:");
	buf_addf(out, "#\n");
	put_milters(import, "smtpd_milters", out);
	if (content_taken(import)) {
		put_milters(import, "non_smtpd_milters", out);
		put_why(out, "Postfix runs header_checks and body_checks on "
		    "mail from sendmail(1), too");
	}
	if (content_taken(import) && import->norder[ACCESS_SENDER] > 0 &&
	    (import->exempt_mynetworks & EXEMPT_SENDER) == 0)
		put_why(out, "(sender_access is then asked for such mail as "
		    "well, as no restriction of Postfix is)");
	if (action.n == 0)
		buf_addf(out, INDENT "milter_default_action = tempfail\n");
	else if (!span_equal(action, SPAN("tempfail")))
		put_line(out, "milter_default_action is now", action);
	if (span_equal(action, SPAN("accept")))
		put_why(out, "while postern is not there mail passes without "
		    "what has left main.cf: write tempfail");
	buf_addf(out, "#\n");
}

/* Are there maps that may leave, or (otherwise) that stay? */
static bool
any_map(const struct import *import, bool leave)
{
	for (size_t i = 0; i < import->nmaps; i++)
		if (import->maps[i].left == NULL &&
		    (import->maps[i].stays == NULL) == leave)
			return true;
	return false;
}

static void
write_leaving(const struct import *import, struct buf *out)
{
	if (!content_taken(import) && !any_map(import, true)) {
		import_comment(out, "# ", "Nothing may leave main.cf.");
		return;
	}
	import_comment(out, "# ", "These may then leave main.cf, since postern "
	    "answers the same:");
	buf_addf(out, "#\n");
	for (size_t i = 0; i < import->nmaps; i++)
		if (import->maps[i].left == NULL &&
		    import->maps[i].stays == NULL)
			put_map(out, &import->maps[i]);
	for (int i = 0; i < IMPORT_CHECKS; i++) {
		if (!checks_taken(import, i) || !import->checks[i].given)
			continue;
		buf_addf(out, INDENT "%s\n", import->checks[i].name);
		if ((import->checks[i].kinds & IMPORT_ADDS) != 0)
			put_why(out, "it has to leave as soon as postern is "
			    "attached: what it adds or replaces would be "
			    "done twice");
	}
	if (content_taken(import))
		put_why(out, "(a milter is not shown this mail server's own "
		    "Received field; see postern-tables(5))");
}

static void
write_staying(const struct import *import, struct buf *out)
{
	if (!any_map(import, false))
		return;
	buf_addf(out, "#\n");
	import_comment(out, "# ", "These are asked by postern, and stay in "
	    "main.cf all the same:");
	buf_addf(out, "#\n");
	for (size_t i = 0; i < import->nmaps; i++)
		if (import->maps[i].left == NULL &&
		    import->maps[i].stays != NULL) {
			put_map(out, &import->maps[i]);
			put_why(out, import->maps[i].stays);
		}
}

void
import_write_advice(struct import *import, struct buf *out)
{
	buf_addc(out, '\n');
	write_left(import, out);
	buf_addf(out, "#\n");
	write_attaching(import, out);
	write_leaving(import, out);
	write_staying(import, out);
	buf_addf(out, "#\n");
	import_comment(out, "# ", "Size limits (message_size_limit, "
	    "header_size_limit, smtpd_recipient_limit, hopcount_limit and "
	    "those of MIME) stay there: they are Postfix's own as well.");
}
