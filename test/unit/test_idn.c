/* Both forms of internationalized domain names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message/idn.h"

#define SHARP_S	"\xc3\x9f"

static const struct {
	const char *domain, *other;
} pairs[] = {
	{ "b\xc3\xbc" "cher.example", "xn--bcher-kva.example" },
	{ "B\xc3\x9c" "CHER.Example", "xn--bcher-kva.example" },
	/* Composed before. */
	{ "bu\xcc\x88" "cher.example", "xn--bcher-kva.example" },
	{ "xn--bcher-kva.example", "b\xc3\xbc" "cher.example" },
	{ "XN--Bcher-KVA.Example", "b\xc3\xbc" "cher.example" },
	{ "mail.xn--bcher-kva.example", "mail.b\xc3\xbc" "cher.example" },
	{ "b\xc3\xbc" "cher.xn--bcher-kva",
	    "xn--bcher-kva.xn--bcher-kva" },
	/* IDNA 2008: the sharp s is a letter of its own. */
	{ "fa" SHARP_S ".de", "xn--fa-hia.de" },
	{ "xn--fa-hia.de", "fa" SHARP_S ".de" },
	{ "_dmarc.b\xc3\xbc.c", "_dmarc.xn--b-eha.c" },
	{ "b\xc3\xbc.c.", "xn--b-eha.c." },
	/* None. */
	{ "example.com", NULL }, { "", NULL }, { ".", NULL },
	{ "a.xnn--b.c", NULL }, { "a-xn--b.c", NULL },
	{ "[192.0.2.1]", NULL }, { "xn--", NULL }, { "xn--.c", NULL },
	{ "xn--abc-.c", NULL }, { "xn--999999999.c", NULL },
	/* Punycode of what is not the canonical form: a capital letter. */
	{ "xn--Bcher-Kva8445f.c", NULL },
	{ "\xff.c", NULL }, { "\xc3.c", NULL },
	{ "a@\xc3\xbc", NULL },
};

/* As browsers look them up, whatever IDNA says. */
static const struct {
	const char *domain, *browser;
} lookups[] = {
	{ "\u2603.Example", "xn--n3h.example" },
	{ "i\u2764\ufe0f.\u00e9", "xn--i-7iq.xn--9ca" },
	{ "\uff45\u00advi\u200bl\u3002\uff41\uff61\u2603", "evil.a.xn--n3h" },
	{ SHARP_S "\u03c2\u1e9e", "xn--ss-fia070a" },
	{ "a.", "a." }, { "", NULL }, { "\xff", NULL },
};

static void
looks_up_as_browsers_do(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got, 1000);
	for (size_t i = 0; i < sizeof(lookups) / sizeof(lookups[0]); i++) {
		bool found;

		buf_reset(&got);
		found = idn_browser(span_of(lookups[i].domain), &got);
		if (found != (lookups[i].browser != NULL) || (found &&
		    strcmp(buf_string(&got), lookups[i].browser) != 0))
			fail_msg("%s: %s", lookups[i].domain,
			    buf_string(&got));
	}
	buf_clear(&got);
}

static void
finds_the_other(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got, 1000);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		bool found;

		buf_reset(&got);
		found = idn_other(span_of(pairs[i].domain), &got);
		if (found != (pairs[i].other != NULL) ||
		    (found && strcmp(buf_string(&got), pairs[i].other) != 0))
			fail_msg("%s: %s", pairs[i].domain,
			    buf_string(&got));
	}
	buf_clear(&got);
}

static void
bounds_domains(void **state)
{
	char domain[IDN_MAX + 2];
	struct buf got;

	(void)state;
	buf_init(&got, 4000);
	for (size_t n = IDN_MAX - 1; n <= IDN_MAX + 1; n++) {
		memset(domain, 'a', sizeof(domain));
		for (size_t i = 20; i < n; i += 20)
			domain[i] = '.';
		memcpy(domain, "xn--b-eha.", 10);
		buf_reset(&got);
		assert_int_equal(idn_other(span_make(domain, n), &got),
		    n <= IDN_MAX);
	}
	assert_false(idn_other(SPAN("b\xc3\xbc\0.c"), &got));
	buf_clear(&got);
}

static const struct {
	const char *text, *want;
} texts[] = {
	{ "", "" },
	{ "nothing of that kind", "nothing of that kind" },
	{ "xn--bcher-kva.example", "xn--bcher-kva.example "
	    "b\xc3\xbc" "cher.example" },
	{ "\"B\" <b@XN--Bcher-kva.Example>, c", "\"B\" "
	    "<b@XN--Bcher-kva.Example b@b\xc3\xbc" "cher.example>, c" },
	{ "b@b\xc3\xbc" "cher.example", "b@b\xc3\xbc" "cher.example "
	    "b@xn--bcher-kva.example" },
	{ "see http://xn--bcher-kva.example/x?y.", "see http://"
	    "xn--bcher-kva.example b\xc3\xbc" "cher.example/x?y." },
	{ "at xn--bcher-kva.example.", "at xn--bcher-kva.example. "
	    "b\xc3\xbc" "cher.example" },
	/* A sentence without a blank is no host. */
	{ "b\xc3\xbc" "cher.example", "b\xc3\xbc" "cher.example" },
	{ "xn--", "xn--" }, { "a@", "a@" },
	{ "@xn--999999999", "@xn--999999999" },
	{ "a.xn--xn", "a.xn--xn" },
};

static void
puts_them_beside(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got, 1000);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_reset(&got);
		assert_true(idn_beside(span_of(texts[i].text), &got));
		assert_string_equal(buf_string(&got), texts[i].want);
	}
	buf_clear(&got);
}

static void
stops_at_many_names(void **state)
{
	struct span one = SPAN("xn--bcher-kva.c ");
	struct buf in, got;
	size_t n = IDN_NAMES + 3;

	(void)state;
	buf_init(&in, n * one.n);
	buf_init(&got, 3 * n * one.n);
	for (size_t i = 0; i < n; i++)
		buf_add(&in, one);
	assert_true(idn_beside(buf_span(&in), &got));
	assert_int_equal(got.n, in.n + IDN_NAMES *
	    strlen(" b\xc3\xbc" "cher.c"));
	buf_clear(&in);
	buf_clear(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_other),
		cmocka_unit_test(looks_up_as_browsers_do),
		cmocka_unit_test(bounds_domains),
		cmocka_unit_test(puts_them_beside),
		cmocka_unit_test(stops_at_many_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
