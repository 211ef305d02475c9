/* text/enriched, and text/richtext, in any chunks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message/enriched.h"

#define S(literal)	{ "" literal, sizeof(literal) - 1 }
#define TEN(x)		x x x x x x x x x x

static const struct {
	struct span in, want;
} cases[] = {
	{ S(""), S("") },
	{ S("a\nb"), S("a\nb") },
	{ S("V<bold>i</bold>a<x-y>g</x-y>ra"), S("Viagra") },
	{ S("1 << 2 > 1"), S("1 < 2 > 1") },
	{ S("<color><param>red</param>a</color>b"), S("ab") },
	{ S("<PARAM>a<bold>b</Param>c"), S("c") },
	{ S("a<nl>b<np>c<lt>d<comment>e</comment>f"), S("a\nb\nc<df") },
	{ S("a</param>b"), S("ab") },
	/* A command of 60 characters, and of 61. */
	{ S("a<" TEN("123456") ">b"), S("ab") },
	{ S("a<" TEN("123456") "7>b"), S("a<" TEN("123456") "7>b") },
	{ S("a<b<i>c"), S("a<bc") },
	{ S("a<b"), S("a<b") },
	{ S("a<"), S("a<") },
	/* Hidden: 256 bytes, and no more. */
	{ S("<param>" TEN("1234567890" "1234567890") TEN("12345")
	  "123456" "7<param>"), S("7") },
	{ S("<param>" TEN("1234567890" "1234567890") TEN("12345")
	  "123456</param>7"), S("7") },
};

static void
commands_leave_no_gap(void **state)
{
	struct enriched enriched;
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t cut = 1; cut <= cases[i].in.n + 1; cut++) {
			struct span rest = cases[i].in;

			/* Not more than the header says. */
			buf_init(&out, rest.n + ENRICHED_COMMAND_MAX);
			enriched_init(&enriched);
			for (; rest.n > 0; rest = span_skip(rest, cut))
				enriched_feed(&enriched, span_head(rest, cut),
				    &out);
			enriched_end(&enriched, &out);
			assert_false(out.cut);
			if (!span_equal(buf_span(&out), cases[i].want))
				fail_msg("%.*s by %zu: %s",
				    SPAN_ARG(cases[i].in), cut,
				    buf_string(&out));
			buf_clear(&out);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_leave_no_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
