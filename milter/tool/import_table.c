/* import_table - a table of main.cf.  See import_table.h. */
#include "tool/import_table.h"

#include <sys/stat.h>

#include "base/printable.h"
#include "table/table.h"

/* Types that postmap(1) makes of a text, which hash: reads. */
static const char *const made_of_text[] = {
	"hash", "btree", "cdb", "lmdb", "dbm", "sdbm"
};

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

/*
 * A text that was changed after postmap(1) ran is read here as it is; Postfix
 * still answers what it was.
 */
static const char *
remark_stale(struct import_params *params, struct span name)
{
	struct span file = span_skip(name, type_of(name).n + 1);
	char *text = region_printf(params->region, "%.*s", SPAN_ARG(file));
	char *made = region_printf(params->region, "%.*s.db",
	    SPAN_ARG(file));
	struct stat before, after;

	if (!span_starts(name, SPAN("hash:")) || text == NULL ||
	    made == NULL || stat(made, &before) < 0 ||
	    stat(text, &after) < 0 || after.st_mtime <= before.st_mtime)
		return NULL;
	return "the text is newer than the .db that Postfix reads: run "
	    "postmap to see the same";
}

/* The name for postern.conf; false, with why, where there can be none. */
static bool
translate(struct import_params *params, struct span name,
    struct import_table *table)
{
	struct span missing = import_params_missing(params, name), type;
	struct region *region = params->region;

	table->name = absolute(params, unwrap(name));
	type = type_of(table->name);
	if (missing.n > 0) {
		table->why = region_printf(region, "what $%.*s stands for is "
		    "not known (add the output of postconf %.*s)",
		    SPAN_ARG(missing), SPAN_ARG(missing));
		return false;
	}
	if (type.n == table->name.n) {
		table->why = region_printf(region, "\"%s\" is not TYPE:NAME",
		    show(region, name));
		return false;
	}
	if (table_has_type(type)) {
		table->remark = remark_stale(params, table->name);
		return true;
	}
	if (is_one_of(type, made_of_text, COUNT(made_of_text))) {
		table->remark = region_printf(region, "the text that %.*s: "
		    "was made of", SPAN_ARG(type));
		table->name = span_of(region_printf(region, "hash:%.*s",
		    SPAN_ARG(span_skip(table->name, type.n + 1))));
		return true;
	}
	table->why = region_printf(region, "there is no type %s: of tables "
	    "here", show(region, type));
	return false;
}

static unsigned
kind_in_access(enum action_kind kind)
{
	switch (kind) {
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
	case ACTION_HOLD:
	case ACTION_REDIRECT:
	case ACTION_INFO:
	case ACTION_WARN:
	case ACTION_DEFER_IF_PERMIT:
	case ACTION_DEFER_IF_REJECT:
		return IMPORT_OTHER;
	default:
		return IMPORT_FOREIGN;
	}
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

static unsigned
kind_of(struct import_params *params, const struct rule *rule,
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
		    kind_in_access(action.kind) :
		    kind_in_content(action.kind);
	/* Postfix passes over an unknown word in content checks, too. */
	return place == ACTION_IN_ACCESS ||
	    span_caseequal(word, SPAN("FILTER")) ? IMPORT_FOREIGN :
	    IMPORT_OTHER;
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
		kind = kind_of(params, &rule, place);
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

/* A database names no results itself. */
static bool
is_database(const struct table *opened)
{
	struct rule rule;

	if (table_rules(opened) != 1)
		return false;
	table_rule(opened, 0, &rule);
	return rule.unknown;
}

/* The results of a database are those of its text. */
static void
look_at_text(struct import_params *params, enum action_place place,
    struct import_table *table)
{
	struct span type = type_of(table->name);
	struct table *opened = open_table(params, span_of(region_printf(
	    params->region, "hash:%.*s", SPAN_ARG(span_skip(table->name,
	    type.n + 1)))), table);

	if (opened == NULL) {
		table->why = region_printf(params->region, "what its results "
		    "are is not known: the text that it was made of %s",
		    table->why);
		return;
	}
	look_at_rules(params, opened, place, table);
	table_free(&opened);
}

void
import_table(struct import_params *params, struct span name,
    enum action_place place, struct import_table *table_r)
{
	struct table *opened;

	*table_r = (struct import_table){ .name = name };
	if (!translate(params, name, table_r))
		return;
	if ((opened = open_table(params, table_r->name, table_r)) == NULL)
		return;
	if (is_one_of(type_of(table_r->name), made_of_text,
	    COUNT(made_of_text)) && is_database(opened))
		look_at_text(params, place, table_r);
	else
		look_at_rules(params, opened, place, table_r);
	table_free(&opened);
}
