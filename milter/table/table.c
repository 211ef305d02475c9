/* table - find the rule that matches a key.  See table.h. */
#include "table/table.h"

#include <stdlib.h>

#include "base/printable.h"
#include "table/scratch.h"
#include "table/table_data.h"

static const struct table_type *const types[] = {
	&table_pcre, &table_regexp, &table_cidr, &table_hash, &table_texthash,
	&table_btree, &table_cdb, &table_lmdb, &table_inline, &table_static,
	&table_fail, &table_unionmap, &table_pipemap,
};

#define TYPES	(sizeof(types) / sizeof(types[0]))

static const struct table_type *
find_type(struct span name)
{
	for (size_t i = 0; i < TYPES; i++)
		if (span_equal(span_of(types[i]->name), name))
			return types[i];
	return NULL;
}

static void
complain_of_name(const struct table_options *options,
    struct complaints *complaints, struct span name, bool has_type)
{
	struct buf text;

	buf_init(&text, 2000);
	buf_addc(&text, '"');
	printable_add(&text, name, 200);
	buf_addf(&text, has_type ? "\": no such type of table (there are" :
	    "\" is not a table (write TYPE:NAME; there are");
	for (size_t i = 0; i < TYPES; i++)
		buf_addf(&text, "%s %s:", i > 0 ? "," : "", types[i]->name);
	buf_addc(&text, ')');
	complain(complaints, COMPLAINT_ERROR, options->file != NULL ?
	    options->file : "table", options->line, "%s", buf_string(&text));
	buf_clear(&text);
}

/* What the complaints of one type are made of. */
static struct load
load_of(const struct table *table, struct span rest,
    const struct table_options *options, struct sources *sources,
    struct complaints *complaints)
{
	struct load load = {
		.name = rest, .table = table->name, .options = options,
		.sources = sources, .complaints = complaints,
	};

	load.in_name = !table->type->reads_file ||
	    (table->type->reads_braces && rest.p[0] == '{');
	load.file = load.in_name ? table->name : rest.p;
	return load;
}

struct table *
table_open(struct span name, const struct table_options *options,
    struct sources *sources, struct complaints *complaints)
{
	size_t colon = span_find(name, ':');
	const struct table_type *type = find_type(span_head(name, colon));
	struct table *table;
	struct load load;

	/* The name becomes a C string: of a file, and for the log. */
	if (type == NULL || colon + 1 >= name.n ||
	    span_find(name, '\0') < name.n) {
		complain_of_name(options, complaints, name,
		    type == NULL && colon < name.n);
		return NULL;
	}
	if ((table = calloc(1, sizeof(*table))) == NULL ||
	    (table->name = strndup(name.p, name.n)) == NULL) {
		complain(complaints, COMPLAINT_ERROR, options->file != NULL ?
		    options->file : "table", options->line, "out of memory");
		table_free(&table);
		return NULL;
	}
	table->type = type;
	load = load_of(table, span_of(table->name + colon + 1), options,
	    sources, complaints);
	load.allowed = &table->allowed;
	table->file = load.file;
	table->data = type->open(&load);
	if (table->data == NULL)
		table_free(&table);
	return table;
}

void
table_free(struct table **table)
{
	if (*table == NULL)
		return;
	if ((*table)->data != NULL)
		(*table)->type->free((*table)->data);
	allowed_clear(&(*table)->allowed);
	free((*table)->name);
	free(*table);
	*table = NULL;
}

bool
table_has_type(struct span type)
{
	return find_type(type) != NULL;
}

const char *
table_name(const struct table *table)
{
	return table->name;
}

bool
table_takes_parts(const struct table *table)
{
	const struct table_type *type = table->type;

	return type->takes_parts_like != NULL ?
	    type->takes_parts_like(table->data) : type->takes_parts;
}

size_t
table_rules(const struct table *table)
{
	return table->type->rules(table->data);
}

void
table_rule(const struct table *table, size_t number, struct rule *rule_r)
{
	*rule_r = (struct rule){ .file = table->file };
	table->type->rule(table->data, number, rule_r);
	/* A rule of a table in this one has its own. */
	rule_r->allowed |= allowed_at(&table->allowed, rule_r->line);
}

void
match_init(struct match *match, struct scratch_pool *pool)
{
	*match = (struct match){ .pool = pool };
}

void
match_clear(struct match *match)
{
	if (match->scratch != NULL)
		scratch_return(match->pool, match->scratch);
	match_init(match, match->pool);
}

void
match_reset(struct match *match)
{
	match->rule = 0;
	match->text = span_make(NULL, 0);
	match->limited = match->limited_rule = 0;
	match->why[0] = '\0';
}

enum answer
table_find(const struct table *table, struct span key, struct match *match)
{
	match_reset(match);
	return table->type->find(table->data, key, match);
}
