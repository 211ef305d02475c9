/*
 * Tables by name: types, inline and static tables, rules in a name, files that
 * are not there, the folder, sources, and one table for many threads.
 */
#include "table_text.h"

#include <pthread.h>

static const struct table_options strict = { .compatible = false };
static const struct table_options compatible = { .compatible = true };
static const struct table_options placed = {
	.compatible = true, .file = "postern.conf", .line = 7,
};

static const struct {
	const char *table, *key, *want;
} lookups[] = {
	{ "inline:{a=x}", "a", "x" },
	{ "inline:{a=x}", "A", "x" },
	{ "inline:{a=x}", "b", NULL },
	{ "inline:{A=X b=y}", "a", "X" },
	{ "inline:{ a=x, b=y,,c=z , }", "c", "z" },
	{ "inline:{ a=x, { b = y z } }", "b", "y z" },
	{ "inline:{ {a=x}, {b = {y} z} {c = a=b} }", "b", "{y} z" },
	{ "inline:{ {a=x}, {b = {y} z} {c = a=b} }", "c", "a=b" },
	{ "inline:{a==x}", "a", "=x" },
	{ "inline:{a={x y}}", "a", "{x y}" },
	{ "inline:{ {\"a b\" = x} }", "\"a b\"", "x" },
	{ "inline:{ {\"a=b\" = x} }", "\"a=b\"", "x" },
	{ "inline:{a\\=b=x}", "a\\=b", "x" },
	{ "inline:{=x}", "", "x" },
	{ "inline:{\xc3\x89=x}", "\xc3\xa9", "x" },
	{ "inline:{\xce\x90=x}", "\xce\xb9\xcc\x88\xcc\x81", "x" },
	{ "inline:{\xce\x90=x, a=y, \xc7\xb0=z}", "\xce\x90", "x" },
	{ "inline:{\xce\x90=x, a=y, \xc7\xb0=z}", "\xc7\xb0", "z" },
	{ "static:x", "a", "x" },
	{ "static:x", "", "x" },
	{ "static:x y ", "a", "x y " },
	{ "static:{ x y }", "a", "x y" },
	{ "static:{{x}}", "a", "{x}" },
	{ "pcre:{{/a/ x}}", "a", "x" },
	{ "pcre:{ {/a/ x}, { if /b/ } {/(c)/ $1 $$}, {endif} }", "bc", "c $" },
	{ "pcre:{}", "a", NULL },
	{ "regexp:{{/a/!/b/ x}}", "a", "x" },
	{ "regexp:{}", "a", NULL },
	{ "cidr:{{10.0.0.0/8 x} {11.0.0.0/8 y}}", "11.0.0.1", "y" },
};

static void
test_names(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(lookups); i++) {
		struct opened opened;
		struct rule rule;

		open_named(&opened, lookups[i].table, &strict);
		wrong += !complains(&opened, lookups[i].table, "");
		wrong += opened.table == NULL || !answers(opened.table,
		    lookups[i].table, span_of(lookups[i].key),
		    lookups[i].want);
		assert_non_null(opened.table);
		assert_string_equal(table_name(opened.table),
		    lookups[i].table);
		for (size_t n = 0; n < table_rules(opened.table); n++) {
			table_rule(opened.table, n, &rule);
			wrong += strcmp(rule.file, lookups[i].table) != 0 ||
			    rule.line != 0;
		}
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

#define THERE_ARE \
	"there are pcre:, regexp:, cidr:, hash:, texthash:, btree:, cdb:, " \
	"lmdb:, inline:, static:, fail:, unionmap:, pipemap:)\n"
#define PAIRS	" (write inline:{ key=value, { key = text with blanks } })\n"

/* The same in both modes: there is no table. */
static const struct {
	const char *table, *want;
} faults[] = {
	{ "", "E0 \"\" is not a table (write TYPE:NAME; " THERE_ARE },
	{ "/etc/x", "E0 \"/etc/x\" is not a table (write TYPE:NAME; "
	    THERE_ARE },
	{ "pcre", "E0 \"pcre\" is not a table (write TYPE:NAME; " THERE_ARE },
	{ "pcre:", "E0 \"pcre:\" is not a table (write TYPE:NAME; "
	    THERE_ARE },
	{ "nis:/etc/x", "E0 \"nis:/etc/x\": no such type of table ("
	    THERE_ARE },
	{ "PCRE:/etc/x", "E0 \"PCRE:/etc/x\": no such type of table ("
	    THERE_ARE },
	{ ":x", "E0 \":x\": no such type of table (" THERE_ARE },
	{ "pcre:/nonexistent", "E0 cannot be read: No such file or directory"
	    "\n" },
	{ "cidr:/nonexistent", "E0 cannot be read: No such file or directory"
	    "\n" },
	{ "hash:/nonexistent", "E0 cannot be read: No such file or directory"
	    "\n" },
	{ "texthash:/", "E0 cannot be read: not a regular file\n" },
	{ "cdb:/nonexistent", "E0 /nonexistent.cdb cannot be read: No such "
	    "file or directory (is it made? run: postmap cdb:/nonexistent)"
	    "\n" },
	{ "hash:{a=b}", "E0 cannot be read: No such file or directory\n" },
	{ "inline:a=b", "E0 the list does not begin with \"{\"" PAIRS },
	{ "inline:{a=b", "E0 the list has no closing \"}\"" PAIRS },
	{ "inline:{a=b}c", "E0 the list goes on after the closing \"}\""
	    PAIRS },
	{ "inline:{}", "E0 the table is empty" PAIRS },
	{ "inline:{ a=b c }", "E0 no \"=\" behind the key in \"c\"" PAIRS },
	{ "inline:{ {a b=c} }", "E0 no \"=\" behind the key in \"a b=c\""
	    PAIRS },
	{ "inline:{ {a=b}c }", "E0 \"{a=b}c\" goes on after the closing \"}\""
	    PAIRS },
	{ "inline:{ {\"a=b} }", "E0 a quote has no end in \"\"a=b\"" PAIRS },
	{ "inline:{a=\xff}", "E0 not UTF-8\n" },
	{ "static:{x", "E0 the text has no closing \"}\" (write static:{text})"
	    "\n" },
	{ "static:{x}y", "E0 the text goes on after the closing \"}\" (write "
	    "static:{text})\n" },
	{ "pcre:{/a/ x}", "E0 the rule \"/a/\" does not begin with \"{\" "
	    "(write {{rule}, {rule}})\n" },
	{ "pcre:{{/a/ x}", "E0 the list of rules has no closing \"}\" (write "
	    "{{rule}, {rule}})\n" },
};

static void
test_faults(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(faults); i++) {
		struct opened opened;

		open_named(&opened, faults[i / 2].table, i % 2 ?
		    &compatible : &strict);
		wrong += !complains(&opened, faults[i / 2].table,
		    faults[i / 2].want);
		wrong += opened.complaints.errors == 0;
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

/* An error only where compatible is not asked for. */
static const struct {
	const char *table, *strict, *compatible, *want;
} traps[] = {
	{ "inline:{a=x, A=y}", "E0 the key \"A\" stands there twice\n",
	    "W0 the key \"A\" stands there twice: the last one counts\n",
	    "y" },
	{ "inline:{a=}", "E0 no value behind \"a=\"\n",
	    "W0 no value behind \"a=\": using an empty one\n", "" },
	{ "static:{}", "E0 no result in the braces\n",
	    "W0 no result in the braces: using an empty one\n", "" },
	{ "pcre:{{/b/ x} {/a/}}", "E0 rule 2: no result behind the pattern\n",
	    "W0 rule 2: no result behind the pattern: using an empty one\n",
	    "" },
};

static void
test_traps(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(traps); i++) {
		struct opened opened;

		open_named(&opened, traps[i].table, &strict);
		wrong += !complains(&opened, traps[i].table,
		    traps[i].strict);
		wrong += opened.complaints.errors == 0;
		close_opened(&opened);
		open_named(&opened, traps[i].table, &compatible);
		wrong += !complains(&opened, traps[i].table,
		    traps[i].compatible);
		wrong += opened.table == NULL || !answers(opened.table,
		    traps[i].table, SPAN("a"), traps[i].want);
		close_opened(&opened);
	}
	assert_int_equal(wrong, 0);
}

/* A complaint about the name, or about rules in it, is placed where it is. */
static void
test_place(void **state)
{
	static const struct {
		const char *table, *file, *text;
	} cases[] = {
		{ "x:y", "postern.conf", "\"x:y\": no such type of table" },
		{ "pcre:/nonexistent", "postern.conf",
		    "pcre:/nonexistent: cannot be read" },
		{ "pcre:{{/a/}}", "postern.conf",
		    "pcre:{{/a/}}: rule 1: no result" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct opened opened;
		const struct complaint *complaint;

		open_named(&opened, cases[i].table, &placed);
		assert_int_equal(opened.complaints.n, 1);
		complaint = &opened.complaints.list[0];
		assert_string_equal(complaint->file, cases[i].file);
		assert_int_equal(complaint->line, 7);
		assert_memory_equal(complaint->text, cases[i].text,
		    strlen(cases[i].text));
		close_opened(&opened);
	}
}

/* A relative name starts from the folder, and is called as it was given. */
static void
test_folder(void **state)
{
	char folder[] = "/tmp/postern-table-XXXXXX", path[64];
	struct table_options options = { .folder = folder };
	struct complaints complaints;
	struct sources sources;
	struct table *table;
	struct rule rule;
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/checks", folder);
	complaints_init(&complaints);
	sources_init(&sources);
	table = table_open(SPAN("pcre:checks"), &options, &sources,
	    &complaints);
	assert_null(table);
	assert_null(sources_changed(&sources));

	assert_non_null(file = fopen(path, "w"));
	fputs("/a/ x\n", file);
	fclose(file);
	assert_string_equal(sources_changed(&sources), path);
	sources_clear(&sources);
	table = table_open(SPAN("pcre:checks"), &options, &sources,
	    &complaints);
	assert_non_null(table);
	table_rule(table, 0, &rule);
	assert_string_equal(rule.file, "checks");
	assert_string_equal(table_name(table), "pcre:checks");
	assert_null(sources_changed(&sources));
	unlink(path);
	assert_string_equal(sources_changed(&sources), path);
	table_free(&table);
	complaints_clear(&complaints);
	sources_clear(&sources);
	rmdir(folder);
}

/* The types that read files are asked in their own tests. */
static void
test_takes_parts(void **state)
{
	static const struct {
		const char *table;
		bool parts;
	} cases[] = {
		{ "inline:{a=b}", true },
		{ "static:x", true }, { "pcre:{}", false },
		{ "regexp:{}", false }, { "cidr:{}", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct opened opened;

		open_named(&opened, cases[i].table, &strict);
		assert_non_null(opened.table);
		assert_int_equal(table_takes_parts(opened.table),
		    cases[i].parts);
		close_opened(&opened);
	}
}

#define THREADS	8
#define ROUNDS	2000

struct shared {
	const struct table *pcre, *inlined;
	struct scratch_pool *pool;
};

/* Each round borrows anew, and asks for a text that only it expects. */
static void *
search_much(void *argument)
{
	const struct shared *shared = argument;
	unsigned mine = (unsigned)((uintptr_t)&mine >> 4) % 1000;
	size_t wrong = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct match match;
		char key[40], want[40];

		snprintf(key, sizeof(key), "b%u-%u", mine, i);
		snprintf(want, sizeof(want), "%u of %u", i, mine);
		match_init(&match, shared->pool);
		wrong += table_find(shared->pcre, span_of(key), &match) !=
		    ANSWER_HIT || !span_equal(match.text, span_of(want)) ||
		    match.rule != 1;
		wrong += table_find(shared->inlined, SPAN("B"), &match) !=
		    ANSWER_HIT || !span_equal(match.text, SPAN("y"));
		match_clear(&match);
	}
	return (void *)(uintptr_t)wrong;
}

static void
test_threads(void **state)
{
	struct opened pcre, inlined;
	struct shared shared;
	pthread_t threads[THREADS];

	(void)state;
	open_named(&pcre, "pcre:{ {/^a/ x} {/^(b)([0-9]+)-(([0-9])+)$/ $3 of "
	    "$2} }", &strict);
	open_named(&inlined, "inline:{a=x, b=y}", &strict);
	shared = (struct shared){ pcre.table, inlined.table,
	    scratch_pool_new() };
	assert_non_null(shared.pool);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    search_much, &shared), 0);
	for (size_t i = 0; i < THREADS; i++) {
		void *wrong;

		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
	scratch_pool_free(&shared.pool);
	assert_null(shared.pool);
	close_opened(&pcre);
	close_opened(&inlined);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_traps),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_takes_parts),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
