/* import_table - a table of main.cf.  See import_table.h. */
#include "tool/import_table.h"

#include <sys/stat.h>

#include "base/printable.h"
#include "table/braces.h"
#include "table/table.h"

/* Types that postmap(1) makes of a text, which hash: reads. */
static const char *const made_of_text[] = {
	"hash", "btree", "cdb", "lmdb", "dbm", "sdbm"
};

/* Those of them that are read as they are, and name no results. */
static const char *const databases[] = { "cdb", "lmdb" };

static const char *const of_tables[] = { "unionmap", "pipemap" };

/* Tables in tables; what is deeper stays as it is. */
#define MEMBERS_DEPTH	8

/* Types whose NAME is a file, absolute or in the queue directory. */
static const char *const of_files[] = {
	"hash", "btree", "cdb", "lmdb", "dbm", "sdbm", "texthash", "pcre",
	"regexp", "cidr"
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static bool
is_one_of(struct span type, const char *const *types, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_equal(type, span_of(types[i])))
			return true;
	return false;
}

static struct span
type_of(struct span name)
{
	return span_head(name, span_find(name, ':'));
}

static struct span
unwrap(struct span name)
{
	while (span_starts(name, SPAN("proxy:")) ||
	    span_starts(name, SPAN("debug:")))
		name = span_skip(name, 6);
	return name;
}

/* For a message of ours: fit for a terminal, and not without end. */
static const char *
show(struct region *region, struct span text)
{
	struct buf out;
	const char *shown;

	buf_init(&out, 1000);
	printable_add(&out, text, 300);
	shown = region_copy(region, buf_span(&out)).p;
	buf_clear(&out);
	return shown != NULL ? shown : "";
}

static struct span
absolute(struct import_params *params, struct span name)
{
	struct span type = type_of(name), file = span_skip(name, type.n + 1);
	struct span folder;

	if (!is_one_of(type, of_files, COUNT(of_files)) || file.n == 0 ||
	    file.p[0] == '/' || file.p[0] == '{')
		return name;
	folder = import_params_get(params, "queue_directory");
	return span_of(region_printf(params->region, "%.*s:%.*s/%.*s",
	    SPAN_ARG(type), SPAN_ARG(folder), SPAN_ARG(file)));
}

/* Was the text changed after postmap(1) has made FILE.suffix of it? */
static bool
is_stale(struct import_params *params, struct span file, const char *suffix)
{
	char *text = region_printf(params->region, "%.*s", SPAN_ARG(file));
	char *made = region_printf(params->region, "%.*s.%s",
	    SPAN_ARG(file), suffix);
	struct stat before, after;

	return text != NULL && made != NULL && stat(made, &before) == 0 &&
	    stat(text, &after) == 0 && after.st_mtime > before.st_mtime;
}

/* What is known of a table by its name alone. */
struct naming {
	struct span name;	/* for postern.conf */
	struct span text;	/* a table of the same results to look at */
	unsigned depth;
};

static bool name_table(struct import_params *params, struct span given,
    struct import_table *table, struct naming *naming);

/* The text of what is read as a database; false where it is another. */
static bool
name_text(struct import_params *params, struct import_table *table,
    struct span type, struct naming *naming)
{
	struct span file = span_skip(naming->name, type.n + 1);
	struct region *region = params->region;
	char *suffix = region_printf(region, "%.*s", SPAN_ARG(type));

	if (suffix == NULL)
		return false;
	if (is_stale(params, file, suffix)) {
		table->unread = region_printf(region, "what its results are "
		    "is not known: the text is newer than what %s: was made "
		    "of (run: postmap %s:%s)", suffix, suffix,
		    show(region, file));
		return true;
	}
	naming->text = span_of(region_printf(region, "hash:%.*s",
	    SPAN_ARG(file)));
	return true;
}

/* Adds a member, and a comma before it if it is not the first. */
static struct span
add_member(struct region *region, struct span list, struct span member)
{
	return span_of(region_printf(region, "%.*s%s%.*s", SPAN_ARG(list),
	    list.n > 0 ? ", " : "", SPAN_ARG(member)));
}

/* The tables in unionmap: and pipemap:, each for itself. */
static bool
name_members(struct import_params *params, struct import_table *table,
    struct span type, struct naming *naming)
{
	struct span members, word, names = SPAN(""), texts = SPAN("");
	struct region *region = params->region;
	const char *why;

	/* Where that is wrong, the table's own reader knows better. */
	if (naming->depth == MEMBERS_DEPTH || !braces_strip(span_skip(
	    naming->name, type.n + 1), &members, &why))
		return true;
	while (braces_word(&members, &word)) {
		struct naming member = { .depth = naming->depth + 1 };

		if (!name_table(params, word, table, &member))
			return false;
		names = add_member(region, names, member.name);
		texts = add_member(region, texts, member.text);
	}
	naming->name = span_of(region_printf(region, "%.*s:{%.*s}",
	    SPAN_ARG(type), SPAN_ARG(names)));
	naming->text = span_of(region_printf(region, "%.*s:{%.*s}",
	    SPAN_ARG(type), SPAN_ARG(texts)));
	return true;
}

/* The name for postern.conf; false, with why, where there can be none. */
static bool
name_table(struct import_params *params, struct span given,
    struct import_table *table, struct naming *naming)
{
	struct region *region = params->region;
	struct span type;

	naming->name = naming->text = absolute(params, unwrap(given));
	type = type_of(naming->name);
	if (type.n == naming->name.n) {
		table->why = region_printf(region, "\"%s\" is not TYPE:NAME",
		    show(region, given));
		return false;
	}
	if (table_has_type(type)) {
		if (is_one_of(type, databases, COUNT(databases)))
			return name_text(params, table, type, naming);
		if (span_equal(type, SPAN("hash")) && is_stale(params,
		    span_skip(naming->name, type.n + 1), "db"))
			table->remark = "the text is newer than the .db that "
			    "Postfix reads: run postmap to see the same";
		return !is_one_of(type, of_tables, COUNT(of_tables)) ||
		    name_members(params, table, type, naming);
	}
	if (is_one_of(type, made_of_text, COUNT(made_of_text))) {
		table->remark = region_printf(region, "the text that %.*s: "
		    "was made of", SPAN_ARG(type));
		naming->name = naming->text = span_of(region_printf(region,
		    "hash:%.*s", SPAN_ARG(span_skip(naming->name,
		    type.n + 1))));
		return true;
	}
	table->why = region_printf(region, "there is no type %s: of tables "
	    "here", show(region, type));
	return false;
}

static bool
translate(struct import_params *params, struct span name,
    struct import_table *table, struct naming *naming)
{
	struct span missing = import_params_missing(params, name);

	if (missing.n > 0) {
		table->why = region_printf(params->region, "what $%.*s stands "
		    "for is not known (add the output of postconf %.*s)",
		    SPAN_ARG(missing), SPAN_ARG(missing));
		return false;
	}
	return name_table(params, name, table, naming);
}

static void
look_at_rules(struct import_params *params, const struct table *opened,
    enum action_place place, struct import_table *table)
{
	struct region *region = params->region;

	for (size_t i = 0; i < table_rules(opened); i++) {
		struct rule rule;
		unsigned kind;

		table_rule(opened, i, &rule);
		/* A key of the next table of a pipemap: is no result. */
		if (rule.passed_on)
			continue;
		kind = import_kind(params, &rule, place);
		table->kinds |= kind;
		if (kind != IMPORT_FOREIGN || table->foreign != NULL)
			continue;
		table->foreign = region_printf(region, "\"%s\" (%s:%u)",
		    show(region, rule.text), rule.file, rule.line);
	}
}

static struct table *
open_table(struct import_params *params, struct span name,
    struct import_table *table)
{
	const struct table_options options = { .compatible = true };
	struct complaints complaints;
	struct sources sources;
	struct table *opened;

	complaints_init(&complaints);
	sources_init(&sources);
	opened = table_open(name, &options, &sources, &complaints);
	if (opened == NULL)
		table->why = complaints.n > 0 ? show(params->region,
		    span_of(complaints.list[0].text)) : "it cannot be read";
	complaints_clear(&complaints);
	sources_clear(&sources);
	return opened;
}

/* The results of databases are those of their texts. */
static void
look_at_text(struct import_params *params, const struct naming *naming,
    enum action_place place, struct import_table *table)
{
	struct table *opened;

	if (table->unread != NULL)
		return;
	if ((opened = open_table(params, naming->text, table)) == NULL) {
		table->unread = region_printf(params->region, "what its "
		    "results are is not known: the text that it was made of "
		    "%s", table->why);
		table->why = NULL;
		return;
	}
	look_at_rules(params, opened, place, table);
	table_free(&opened);
}

void
import_table(struct import_params *params, struct span name,
    enum action_place place, struct import_table *table_r)
{
	struct naming naming = { .depth = 0 };
	struct table *opened;

	*table_r = (struct import_table){ .name = name };
	if (!translate(params, name, table_r, &naming))
		return;
	table_r->name = naming.name;
	if ((opened = open_table(params, naming.name, table_r)) == NULL)
		return;
	if (span_equal(naming.name, naming.text) && table_r->unread == NULL)
		look_at_rules(params, opened, place, table_r);
	else
		look_at_text(params, &naming, place, table_r);
	table_free(&opened);
}
