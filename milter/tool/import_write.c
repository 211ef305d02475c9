/* import_write - postern.conf from what was found.  See import_state.h. */
#include "tool/import_state.h"

#include "policy/settings.h"

/* postern check shows them all. */
#define FAULTS_SHOWN	20

static void
write_head(struct buf *out)
{
	import_comment(out, "# ", "postern.conf, written by \"postern import\" "
	    "from the settings of a Postfix. What they decided, it decides; "
	    "what it could not take over, and what may now leave main.cf, "
	    "is said at the end.");
	buf_addf(out, "#\n");
	import_comment(out, "# ", "It knows nothing of master.cf: a service "
	    "there may have settings of its own (\"postconf -P\" shows "
	    "them). Give one that is not to be filtered -o smtpd_milters=.");
	buf_addf(out, "\n# \"shadow\": log what would be done, do nothing; "
	    "then nothing may leave main.cf.\nmode = \"enforce\";\n"
	    "listen = \"" IMPORT_LISTEN "\";\n");
}

static void
write_compatible(const struct import *import, struct buf *out)
{
	const struct complaints *faults = &import->faults;
	size_t shown = 0;

	if (!import->compatible)
		return;
	buf_addc(out, '\n');
	import_comment(out, "# ", "Faults in tables that Postfix passes over, "
	    "rule by rule. Mend them, and remove this setting: then a fault "
	    "keeps a table from being loaded.");
	for (size_t i = 0; i < faults->n && shown < FAULTS_SHOWN; i++)
		if (faults->list[i].kind == COMPLAINT_ERROR) {
			import_fault(out, "#   ", &faults->list[i]);
			shown++;
		}
	if (faults->errors > shown)
		import_comment(out, "#   ", "... and %zu more",
		    faults->errors - shown);
	buf_addf(out, "compatible_tables = true;\n");
}

static void
write_title(struct buf *out, const char *title)
{
	buf_addf(out, "\n# %s\n\n", title);
}

static void
write_class(const struct import *import, enum access_class class,
    struct buf *out)
{
	size_t n = import->norder[class];

	if (n == 0)
		return;
	buf_addf(out, "%s_access = [\n", access_class_name(class));
	for (size_t i = 0; i < n; i++) {
		const struct import_map *map = import->order[class][i];

		import_comment(out, "\t# ", "%s%s%s%s", map->list->name,
		    map->list->stage > STAGE_RCPT ? ", and here it answers "
		    "at RCPT" : "", map->table.remark != NULL ? "; " : "",
		    map->table.remark != NULL ? map->table.remark : "");
		buf_addc(out, '\t');
		import_quote(out, map->table.name);
		buf_addf(out, i + 1 < n ? ",\n" : "\n");
	}
	buf_addf(out, "];\n");
}

static void
write_checks(const struct import_checks *checks, struct buf *out)
{
	bool taken = checks->left == NULL;

	/* The other header lists are header_checks unless they are given. */
	if (!checks->given || (!taken && checks->n == 0))
		return;
	buf_addf(out, "%s = [", checks->name);
	for (size_t i = 0; taken && i < checks->n; i++) {
		const struct import_table *table = &checks->tables[i];

		buf_addf(out, "%s\n", i > 0 ? "," : "");
		if (table->remark != NULL)
			import_comment(out, "\t# ", "%s", table->remark);
		buf_addc(out, '\t');
		import_quote(out, table->name);
	}
	buf_addf(out, taken && checks->n > 0 ? "\n];\n" : " ];\n");
}

static void
write_groups(const char *name, unsigned groups, struct buf *out)
{
	const struct choice *choices;
	const char *comma = " ";
	size_t number;

	if (!setting_number(span_of(name), &number))
		return;
	choices = settings[number].choices;
	buf_addf(out, "\t%s = [", name + strlen("exempt."));
	for (; choices->word != NULL; choices++)
		if ((choices->value & groups) != 0) {
			buf_addf(out, "%s\"%s\"", comma, choices->word);
			comma = ", ";
		}
	buf_addf(out, " ];\n");
}

static void
write_exempt(struct import *import, struct buf *out)
{
	buf_addf(out, "exempt = {\n");
	write_groups("exempt.mynetworks", import->exempt_mynetworks, out);
	write_groups("exempt.authenticated", import->exempt_authenticated,
	    out);
	buf_addf(out, "\t# Postfix spares nobody the checks of content; "
	    "postern's default is\n\t# \"inline:{postmaster@=OK, "
	    "abuse@=OK}\".\n\trecipients = [ ];\n};\n");
}

/* A title above what body() writes, if it writes anything. */
static void
write_section(struct import *import, struct buf *out, const char *title,
    void (*body)(struct import *import, struct buf *out))
{
	size_t before = out->n, empty;

	write_title(out, title);
	empty = out->n;
	body(import, out);
	if (out->n == empty)
		out->n = before;
}

static void
write_access(struct import *import, struct buf *out)
{
	for (int class = 0; class <= ACCESS_RECIPIENT; class++)
		write_class(import, (enum access_class)class, out);
}

static void
write_content(struct import *import, struct buf *out)
{
	for (int i = 0; i < IMPORT_CHECKS; i++)
		write_checks(&import->checks[i], out);
}

void
import_write(struct import *import, struct buf *out)
{
	write_head(out);
	write_compatible(import, out);
	write_section(import, out, "How verdicts are given.",
	    import_write_answers);
	write_section(import, out, "Addresses and networks.",
	    import_write_addresses);
	write_section(import, out, "Access maps, each with the list that it "
	    "stood in.", write_access);
	write_section(import, out, "Content checks.", write_content);
	write_section(import, out, "Limits.", import_write_limits);
	write_section(import, out, "Who is not asked: whom permit_mynetworks "
	    "and permit_sasl_authenticated spared.", write_exempt);
}
