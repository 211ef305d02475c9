/*
 * The readers of tables, and lookups in what they made.
 *
 *	TYPE KEY<TAB>KEY...
 *	the table's text
 *
 * TYPE is one letter, see names[].  A table without errors is the same strict
 * and compatible, a search twice gives the same twice, and a complaint is
 * about a line that is there.
 */
#include "fuzz.h"
#include "policy/action.h"
#include "table/table.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Where a name ends in a colon, the text is the rest of it. */
static const char *const names[] = {
	"pcre:table", "cidr:table", "hash:table", "texthash:table",
	"inline:", "static:", "pcre:", "cidr:", "regexp:table", "regexp:",
	"btree:table", "fail:", "unionmap:", "pipemap:",
};

static struct scratch_pool *pool;

struct opened {
	struct table *table;
	struct complaints complaints;
};

static size_t
lines_in(struct span text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

static void
open_table(struct span name, bool compatible, size_t lines,
    struct opened *opened)
{
	struct table_options options = {
		.compatible = compatible, .match_limit = 2000,
		.depth_limit = 500, .heap_limit = 500, .file = "conf",
		.line = 1,
	};
	struct sources sources;

	sources_init(&sources);
	complaints_init(&opened->complaints);
	opened->table = table_open(name, &options, &sources,
	    &opened->complaints);
	sources_clear(&sources);
	for (size_t i = 0; i < opened->complaints.n; i++) {
		MUST(opened->complaints.list[i].line <= lines);
		MUST(opened->complaints.list[i].text[0] != '\0');
	}
	MUST(opened->table != NULL || opened->complaints.errors > 0);
}

static void
close_table(struct opened *opened)
{
	complaints_clear(&opened->complaints);
	table_free(&opened->table);
}

static void
read_actions(struct span text)
{
	for (int place = ACTION_IN_HEADER; place <= ACTION_IN_ACCESS;
	    place++) {
		struct action action;
		char why[200];

		if (action_parse((enum action_place)place, text, &action, why,
		    sizeof(why)) != ACTION_FINE)
			MUST(strnlen(why, sizeof(why)) < sizeof(why));
	}
}

static void
visit(const struct table *table, size_t lines)
{
	for (size_t i = 0; i < table_rules(table); i++) {
		struct rule rule;

		table_rule(table, i, &rule);
		MUST(rule.line <= lines);
		read_actions(rule.text);
	}
}

static enum answer
find(const struct table *table, struct span key, struct match *match)
{
	enum answer answer = table_find(table, key, match);

	if (answer == ANSWER_HIT)
		MUST(match->rule < table_rules(table));
	if (answer == ANSWER_ERROR)
		MUST(match->why[0] != '\0');
	return answer;
}

/* Strict and compatible, or one table twice. */
static void
compare(const struct table *a, const struct table *b, struct span key)
{
	struct match x, y;
	enum answer answer;

	match_init(&x, pool);
	match_init(&y, pool);
	answer = find(a, key, &x);
	MUST(find(b, key, &y) == answer);
	MUST(x.limited == y.limited);
	if (answer == ANSWER_HIT) {
		MUST(x.rule == y.rule);
		MUST(span_equal(x.text, y.text));
		read_actions(x.text);
	}
	match_clear(&x);
	match_clear(&y);
}

static void
look_up(const struct opened *strict, const struct opened *compatible,
    struct span keys)
{
	const struct table *table = compatible->complaints.errors == 0 ?
	    compatible->table : NULL;

	while (keys.n > 0) {
		struct span key = fuzz_copy(fuzz_until(&keys, '\t'));

		if (strict->complaints.errors == 0) {
			MUST(table != NULL);
			compare(strict->table, table, key);
		}
		if (table != NULL)
			compare(table, table, key);
		fuzz_free(key);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_make((const char *)data, size);
	const char *type = names[fuzz_choice(&rest, COUNT(names))];
	struct span keys = fuzz_line(&rest);
	struct opened strict, compatible;
	size_t lines = lines_in(rest);
	struct buf name;

	if (fuzz_too_much_for_libc(type, rest))
		return 0;
	if (pool == NULL)
		MUST((pool = scratch_pool_new()) != NULL);
	fuzz_files[0] = (struct fuzz_file){ "table", rest };
	buf_init(&name, size + 100);
	buf_add(&name, span_of(type));
	if (span_ends(span_of(type), SPAN(":")))
		buf_add(&name, rest);
	open_table(buf_span(&name), false, lines, &strict);
	open_table(buf_span(&name), true, lines, &compatible);
	buf_clear(&name);
	if (compatible.table != NULL)
		visit(compatible.table, lines);
	if (strict.table != NULL)
		visit(strict.table, lines);
	look_up(&strict, &compatible, span_skip(keys, 1));
	close_table(&strict);
	close_table(&compatible);
	return 0;
}
