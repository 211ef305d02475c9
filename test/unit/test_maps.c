/* Lists of tables: the first answer counts, a failure is no miss. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/maps.h"

#define TABLES_MAX	3

static const struct {
	const char *tables[TABLES_MAX];
	const char *key;
	enum answer answer;
	int table;		/* that answered */
	const char *text;
} lookups[] = {
	{ { NULL }, "a", ANSWER_MISS, 0, NULL },
	{ { "inline:{a=ONE}" }, "a", ANSWER_HIT, 0, "ONE" },
	{ { "inline:{a=ONE}" }, "b", ANSWER_MISS, 0, NULL },
	{ { "inline:{a=ONE}", "inline:{b=TWO}" }, "b", ANSWER_HIT, 1, "TWO" },
	{ { "inline:{a=ONE}", "inline:{a=TWO}" }, "a", ANSWER_HIT, 0, "ONE" },
	{ { "inline:{b=ONE}", "pcre:{{/a/ TWO}}", "static:THREE" }, "a",
	    ANSWER_HIT, 1, "TWO" },
	{ { "inline:{b=ONE}", "pcre:{{/a/ TWO}}", "static:THREE" }, "c",
	    ANSWER_HIT, 2, "THREE" },
	/* The empty key is never looked up. */
	{ { "static:ONE" }, "", ANSWER_MISS, 0, NULL },
	{ { "pcre:{{/^$/ ONE}}" }, "", ANSWER_MISS, 0, NULL },
	/* A rule without a result is a mistake, and ends the search. */
	{ { "pcre:{{/a/}}", "static:TWO" }, "a", ANSWER_ERROR, 0, NULL },
	{ { "pcre:{{/a/}}", "static:TWO" }, "b", ANSWER_HIT, 1, "TWO" },
};

static struct table *
open_table(const char *name)
{
	const struct table_options options = {
		.compatible = true, .file = "test",
	};
	struct complaints complaints;
	struct sources sources;
	struct table *table;

	complaints_init(&complaints);
	sources_init(&sources);
	table = table_open(span_of(name), &options, &sources, &complaints);
	if (table == NULL)
		fail_msg("%s: %s", name, complaints.list[0].text);
	sources_clear(&sources);
	complaints_clear(&complaints);
	return table;
}

static void
asks_in_order(void **state)
{
	struct scratch_pool *pool = scratch_pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof(lookups) / sizeof(lookups[0]); i++) {
		struct table *tables[TABLES_MAX];
		const struct table *list[TABLES_MAX], *found = NULL;
		struct maps maps = { list, 0 };
		struct match match;
		enum answer answer;

		while (maps.n < TABLES_MAX &&
		    lookups[i].tables[maps.n] != NULL) {
			tables[maps.n] =
			    open_table(lookups[i].tables[maps.n]);
			list[maps.n] = tables[maps.n];
			maps.n++;
		}
		match_init(&match, pool);
		answer = maps_find(&maps, span_of(lookups[i].key), &match,
		    &found);
		if (answer != lookups[i].answer)
			fail_msg("lookup %zu: answer %d", i, (int)answer);
		if (answer == ANSWER_MISS)
			assert_null(found);
		else
			assert_ptr_equal(found, list[lookups[i].table]);
		if (answer == ANSWER_HIT)
			assert_true(span_equal(match.text,
			    span_of(lookups[i].text)));
		if (answer == ANSWER_ERROR)
			assert_non_null(strstr(match.why, "without a result"));
		match_clear(&match);
		while (maps.n > 0)
			table_free(&tables[--maps.n]);
	}
	scratch_pool_free(&pool);
}

static void
keeps_parts_from_patterns(void **state)
{
	static const struct {
		const char *table;
		bool part;
		enum answer answer;
	} finds[] = {
		{ "inline:{a=ONE}", true, ANSWER_HIT },
		{ "inline:{a=ONE}", false, ANSWER_HIT },
		{ "pcre:{{/a/ ONE}}", true, ANSWER_MISS },
		{ "pcre:{{/a/ ONE}}", false, ANSWER_HIT },
	};
	struct scratch_pool *pool = scratch_pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof(finds) / sizeof(finds[0]); i++) {
		struct table *table = open_table(finds[i].table);
		struct match match;

		match_init(&match, pool);
		assert_int_equal(map_find(table, SPAN("a"), finds[i].part,
		    &match), finds[i].answer);
		match_clear(&match);
		table_free(&table);
	}
	scratch_pool_free(&pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_in_order),
		cmocka_unit_test(keeps_parts_from_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
