/* Lists of networks: order, exceptions, tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/networks.h"

#define ITEMS_MAX	4

static const struct {
	const char *items[ITEMS_MAX];	/* "!" first: an exception */
	const char *address;
	enum answer answer;
} lookups[] = {
	{ { NULL }, "192.0.2.1", ANSWER_MISS },
	{ { "192.0.2.0/24" }, "192.0.2.1", ANSWER_HIT },
	{ { "192.0.2.0/24" }, "192.0.3.1", ANSWER_MISS },
	{ { "192.0.2.0/24", "[2001:db8::]/32" }, "2001:db8::5", ANSWER_HIT },
	{ { "0.0.0.0/0" }, "2001:db8::5", ANSWER_MISS },
	{ { "0.0.0.0/0" }, "::ffff:192.0.2.1", ANSWER_MISS },
	/* The first that holds it decides. */
	{ { "!192.0.2.1", "192.0.2.0/24" }, "192.0.2.1", ANSWER_MISS },
	{ { "!192.0.2.1", "192.0.2.0/24" }, "192.0.2.2", ANSWER_HIT },
	{ { "192.0.2.0/24", "!192.0.2.1" }, "192.0.2.1", ANSWER_HIT },
	{ { "!192.0.2.1" }, "192.0.2.2", ANSWER_MISS },
	/* Tables: anything found is in. */
	{ { "cidr:{{192.0.2.0/24 x}}" }, "192.0.2.1", ANSWER_HIT },
	{ { "cidr:{{192.0.2.0/24 x}}" }, "192.0.3.1", ANSWER_MISS },
	{ { "!cidr:{{192.0.2.0/25 x}}", "192.0.2.0/24" }, "192.0.2.1",
	    ANSWER_MISS },
	{ { "!cidr:{{192.0.2.0/25 x}}", "192.0.2.0/24" }, "192.0.2.129",
	    ANSWER_HIT },
	{ { "inline:{192.0.2.1=x}" }, "192.0.2.1", ANSWER_HIT },
	{ { "inline:{192.0.2=x}" }, "192.0.2.1", ANSWER_MISS },
	/* What cannot look is no miss, whether an exception or not. */
	{ { "pcre:{{/1/}}", "0.0.0.0/0" }, "192.0.2.1", ANSWER_ERROR },
	{ { "!pcre:{{/1/}}", "0.0.0.0/0" }, "192.0.2.1", ANSWER_ERROR },
	{ { "pcre:{{/1/}}", "0.0.0.0/0" }, "8.8.8.8", ANSWER_HIT },
	/* No address is in no network, and in no table. */
	{ { "0.0.0.0/0", "::/0", "static:x" }, "", ANSWER_MISS },
	{ { "0.0.0.0/0", "static:x" }, "unknown", ANSWER_MISS },
};

static struct table *
open_table(struct span name)
{
	const struct table_options options = {
		.compatible = true, .file = "test",
	};
	struct complaints complaints;
	struct sources sources;
	struct table *table;

	complaints_init(&complaints);
	sources_init(&sources);
	table = table_open(name, &options, &sources, &complaints);
	assert_non_null(table);
	sources_clear(&sources);
	complaints_clear(&complaints);
	return table;
}

static void
decides(void **state)
{
	struct scratch_pool *pool = scratch_pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof(lookups) / sizeof(lookups[0]); i++) {
		struct network_item items[ITEMS_MAX] = { { .except = false } };
		struct table *tables[ITEMS_MAX] = { NULL };
		struct networks networks = { items, 0 };
		struct match match;
		enum answer answer;

		for (size_t j = 0; j < ITEMS_MAX &&
		    lookups[i].items[j] != NULL; j++) {
			struct span text = span_of(lookups[i].items[j]);

			items[j].except = text.p[0] == '!';
			text = span_skip(text, items[j].except);
			if (network_parse(text, &items[j].network) != NULL)
				tables[j] = open_table(text);
			items[j].table = tables[j];
			networks.n++;
		}
		match_init(&match, pool);
		answer = networks_hold(&networks, span_of(lookups[i].address),
		    &match);
		if (answer != lookups[i].answer)
			fail_msg("lookup %zu (%s): %d", i,
			    lookups[i].address, (int)answer);
		match_clear(&match);
		for (size_t j = 0; j < ITEMS_MAX; j++)
			table_free(&tables[j]);
	}
	scratch_pool_free(&pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
