/*
 * The keys of access(5), in their order.  test_access_oracle.py asks a real
 * Postfix the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "policy/access.h"

/*
 * Keys are written one behind the other with a blank between; a part of a key
 * has a '~' before it, the other form of a domain a '^'.
 */
static const struct {
	enum access_class class;
	const char *name, *address;
	bool dots;		/* not parent_domain_matches_subdomains */
	const char *delimiter;
	const char *want;
	bool srs;
} lookups[] = {
	{ ACCESS_CLIENT, "a.b.c", "1.2.3.4", false, "",
	    "a.b.c ~b.c ~c 1.2.3.4 ~1.2.3 ~1.2 ~1", false },
	{ ACCESS_CLIENT, "a.b.c", "1.2.3.4", true, "",
	    "a.b.c ~.b.c ~.c 1.2.3.4 ~1.2.3 ~1.2 ~1", false },
	{ ACCESS_CLIENT, "", "1.2.3.4", false, "",
	    "unknown 1.2.3.4 ~1.2.3 ~1.2 ~1", false },
	{ ACCESS_CLIENT, "unknown", "2001:db8::1", false, "",
	    "unknown 2001:db8::1 ~2001:db8: ~2001:db8 ~2001", false },
	{ ACCESS_CLIENT, "unknown", "::1", false, "", "unknown ::1 ~:", false },
	{ ACCESS_REVERSE_CLIENT, "x.y", "1.2.3.4", false, "",
	    "x.y ~y 1.2.3.4 ~1.2.3 ~1.2 ~1", false },
	/* A local client has no address. */
	{ ACCESS_CLIENT, "localhost", "", false, "", "localhost", false },

	/* HELO: addresses have no parents, in brackets they do. */
	{ ACCESS_HELO, "mx.example.com", "1.2.3.4", false, "",
	    "mx.example.com ~example.com ~com", false },
	{ ACCESS_HELO, "1.2.3.4", "", false, "", "1.2.3.4", false },
	{ ACCESS_HELO, "0.0.0.0", "", false, "", "0.0.0.0", false },
	{ ACCESS_HELO, "0.2.3.4", "", false, "",
	    "0.2.3.4 ~2.3.4 ~3.4 ~4", false },
	{ ACCESS_HELO, "010.2.3.4", "", false, "", "010.2.3.4", false },
	{ ACCESS_HELO, "1.2.3.256", "", false, "",
	    "1.2.3.256 ~2.3.256 ~3.256 ~256", false },
	{ ACCESS_HELO, "1.2.3", "", false, "", "1.2.3 ~2.3 ~3", false },
	{ ACCESS_HELO, "1.2.3.4.5", "", false, "",
	    "1.2.3.4.5 ~2.3.4.5 ~3.4.5 ~4.5 ~5", false },
	{ ACCESS_HELO, "2001:db8::1.2.3.4", "", false, "",
	    "2001:db8::1.2.3.4", false },
	{ ACCESS_HELO, "[1.2.3.4]", "", false, "",
	    "[1.2.3.4] ~2.3.4] ~3.4] ~4]", false },
	{ ACCESS_HELO, "a.b.", "", false, "", "a.b. ~b.", false },
	{ ACCESS_HELO, "a.b.", "", true, "", "a.b. ~.b. ~.", false },
	{ ACCESS_HELO, ".a", "", false, "", ".a", false },
	{ ACCESS_HELO, "a..b", "", false, "", "a..b ~.b", false },
	{ ACCESS_HELO, "a..b", "", true, "", "a..b ~..b ~.b", false },
	{ ACCESS_HELO, "", "", false, "", "", false },

	/* Addresses. */
	{ ACCESS_SENDER, "u@a.b", "", false, "", "u@a.b ~a.b ~b ~u@", false },
	{ ACCESS_SENDER, "u@a.b", "", true, "", "u@a.b ~a.b ~.b ~u@", false },
	{ ACCESS_SENDER, "u+x@a.b", "", false, "+",
	    "u+x@a.b ~u@a.b ~a.b ~b ~u+x@ ~u@", false },
	{ ACCESS_RECIPIENT, "u-x+y@a.b", "", false, "+-",
	    "u-x+y@a.b ~u@a.b ~a.b ~b ~u-x+y@ ~u@", false },
	{ ACCESS_SENDER, "u+x@a.b", "", false, "",
	    "u+x@a.b ~a.b ~b ~u+x@", false },
	{ ACCESS_SENDER, "+x@a.b", "", false, "+",
	    "+x@a.b ~a.b ~b ~+x@", false },
	{ ACCESS_SENDER, "postmaster@a.b", "", false, "o",
	    "postmaster@a.b ~a.b ~b ~postmaster@", false },
	{ ACCESS_SENDER, "", "", false, "+", "<>", false },
	{ ACCESS_RECIPIENT, "", "", false, "+", "", false },
	/* One without a domain, where nobody completes it. */
	{ ACCESS_RECIPIENT, "u", "", false, "+", "u ~u@", false },
	{ ACCESS_RECIPIENT, "u+x", "", false, "+", "u+x ~u ~u+x@ ~u@", false },
	/* Quoted as it is written first, then as it is meant. */
	{ ACCESS_SENDER, "\"a_(b\"@a.b", "", false, "",
	    "\"a_(b\"@a.b a_(b@a.b ~a.b ~b ~\"a_(b\"@ ~a_(b@", false },
	{ ACCESS_SENDER, "\"ab\"@a.b", "", false, "",
	    "ab@a.b ~a.b ~b ~ab@", false },
	{ ACCESS_SENDER, "\"a@b+c\"@d", "", false, "+",
	    "\"a@b+c\"@d a@b+c@d ~\"a@b\"@d ~a@b@d ~d ~\"a@b+c\"@ ~a@b+c@ "
	    "~\"a@b\"@ ~a@b@", false },
	{ ACCESS_SENDER, "u@[1.2.3.4]", "", false, "",
	    "u@[1.2.3.4] ~[1.2.3.4] ~2.3.4] ~3.4] ~4] ~u@", false },

	/* The exact login. */
	{ ACCESS_LOGIN, "User+x@A.b", "", false, "+", "User+x@A.b", false },
	{ ACCESS_LOGIN, "", "", false, "+", "", false },
	{ ACCESS_HEADER_FROM, "u+x@a.b", "", false, "+",
	    "u+x@a.b ~u@a.b ~a.b ~b ~u+x@ ~u@", false },
	{ ACCESS_HEADER_FROM, "", "", false, "+", "", false },
	{ ACCESS_REPLY_TO, "u@b", "", false, "+", "u@b ~b ~u@", false },

	/* Addresses are folded, names are not. */
	{ ACCESS_SENDER, "U\xc3\x9c\xc3\x9f@B.c", "", false, "",
	    "u\xc3\xbcss@b.c ~b.c ~c ~u\xc3\xbcss@", false },
	{ ACCESS_HELO, "A.B", "", false, "", "A.B ~B", false },
	{ ACCESS_CLIENT, "A.B", "2001:DB8::1", false, "",
	    "A.B ~B 2001:DB8::1 ~2001:DB8: ~2001:DB8 ~2001", false },

	/* What is no UTF-8 is no key, and what is left of it may be one. */
	{ ACCESS_SENDER, "\xff@b.c", "", false, "", "~b.c ~c", false },
	{ ACCESS_SENDER, "u@\xc3(.c", "", false, "", "~c ~u@", false },
	{ ACCESS_HELO, "\xff.b", "", false, "", "~b", false },
	{ ACCESS_LOGIN, "\xed\xa0\x80", "", false, "", "", false },

	/* Internationalized: the other form last, and only what differs. */
	{ ACCESS_SENDER, "u@b\xc3\xbc.c", "", false, "",
	    "u@b\xc3\xbc.c ~b\xc3\xbc.c ~c ~u@ ^u@xn--b-eha.c ^xn--b-eha.c",
	    false },
	{ ACCESS_SENDER, "u+x@XN--b-eha.c", "", false, "+",
	    "u+x@xn--b-eha.c ~u@xn--b-eha.c ~xn--b-eha.c ~c ~u+x@ ~u@ "
	    "^u+x@b\xc3\xbc.c ^u@b\xc3\xbc.c ^b\xc3\xbc.c", false },
	{ ACCESS_HELO, "a.B\xc3\x9c.c", "", true, "",
	    "a.B\xc3\x9c.c ~.B\xc3\x9c.c ~.c ^a.xn--b-eha.c ^.xn--b-eha.c",
	    false },
	{ ACCESS_CLIENT, "xn--b-eha.c", "1.2", false, "",
	    "xn--b-eha.c ~c 1.2 ~1 ^b\xc3\xbc.c", false },
	/* No name in punycode, and one that would be a plain one. */
	{ ACCESS_HELO, "xn--a.b", "", false, "", "xn--a.b ~b", false },
	{ ACCESS_HELO, "xn--abc-.b", "", false, "", "xn--abc-.b ~b", false },
	/* The dot of another script is one in the A-label alone. */
	{ ACCESS_HELO, "\xc3\xbc\xe3\x80\x82" "c", "", false, "",
	    "\xc3\xbc\xe3\x80\x82" "c ^xn--tda.c ^c", false },

	/* What a forwarder rewrote: first as it is. */
	{ ACCESS_SENDER, "SRS0=h=t=a.b=u+x@f.g", "", false, "+",
	    "srs0=h=t=a.b=u+x@f.g ~srs0=h=t=a.b=u@f.g ~f.g ~g "
	    "~srs0=h=t=a.b=u+x@ ~srs0=h=t=a.b=u@ "
	    "u+x@a.b ~u@a.b ~a.b ~b ~u+x@ ~u@", true },
	{ ACCESS_SENDER, "SRS0=h=t=a.b=u@f.g", "", false, "",
	    "srs0=h=t=a.b=u@f.g ~f.g ~g ~srs0=h=t=a.b=u@", false },
	{ ACCESS_RECIPIENT, "SRS0=h=t=a.b=u@f.g", "", false, "",
	    "srs0=h=t=a.b=u@f.g ~f.g ~g ~srs0=h=t=a.b=u@", true },
};

static void
format_keys(const struct access_keys *keys, struct buf *out)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (i > 0)
			buf_addc(out, ' ');
		if (keys->list[i].part)
			buf_addc(out, keys->list[i].idn ? '^' : '~');
		buf_add(out, keys->list[i].text);
	}
}

static void
lays_keys_out(void **state)
{
	struct region region;
	struct buf got;

	(void)state;
	region_init(&region, (size_t)1 << 20);
	buf_init(&got, 65536);
	for (size_t i = 0; i < sizeof(lookups) / sizeof(lookups[0]); i++) {
		struct access_style style = {
			!lookups[i].dots, span_of(lookups[i].delimiter),
			SPAN("<>"), lookups[i].srs
		};
		struct access_keys keys = access_keys(lookups[i].class,
		    &style, span_of(lookups[i].name),
		    span_of(lookups[i].address), &region);

		buf_reset(&got);
		format_keys(&keys, &got);
		if (strcmp(buf_string(&got), lookups[i].want) != 0)
			fail_msg("%s %s: got %s, want %s",
			    access_class_name(lookups[i].class),
			    lookups[i].name, buf_string(&got),
			    lookups[i].want);
		region_reset(&region);
	}
	buf_clear(&got);
	region_clear(&region);
}

/* Names of any length; the longest costs memory in proportion to it. */
static void
bounds_names(void **state)
{
	const struct access_style style = {
		true, SPAN("+"), SPAN("<>"), true
	};
	static char name[ACCESS_NAME_MAX + 2];
	struct region region;

	(void)state;
	memset(name, '.', sizeof(name));
	region_init(&region, (size_t)1 << 20);
	for (size_t n = ACCESS_NAME_MAX - 1; n <= ACCESS_NAME_MAX + 1; n++) {
		for (int class = ACCESS_CLIENT; class < ACCESS_CLASSES;
		    class++) {
			struct access_keys keys = access_keys(
			    (enum access_class)class, &style,
			    span_make(name, n), span_make(name, n), &region);

			assert_int_equal(keys.n > 0, n <= ACCESS_NAME_MAX);
			region_reset(&region);
		}
	}
	memset(name, '@', sizeof(name));
	name[0] = '"';
	for (int class = ACCESS_CLIENT; class < ACCESS_CLASSES; class++)
		access_keys((enum access_class)class, &style,
		    span_make(name, ACCESS_NAME_MAX), SPAN(""), &region);
	region_clear(&region);
}

/* Without memory there are no keys, and nothing breaks. */
static void
survives_without_memory(void **state)
{
	const struct access_style style = {
		true, SPAN("+"), SPAN("<>"), true
	};

	(void)state;
	for (size_t max = 0; max < 2000; max += 16) {
		struct region region;

		region_init(&region, max);
		access_keys(ACCESS_SENDER, &style, SPAN("\"a b+c\"@d.e.f"),
		    SPAN(""), &region);
		region_reset(&region);
		access_keys(ACCESS_CLIENT, &style, SPAN("a.b.c"),
		    SPAN("1.2.3.4"), &region);
		region_clear(&region);
	}
}

static void
names_classes(void **state)
{
	(void)state;
	assert_string_equal(access_class_name(ACCESS_CLIENT), "client");
	assert_string_equal(access_class_name(ACCESS_REVERSE_CLIENT),
	    "reverse_client");
	assert_string_equal(access_class_name(ACCESS_RECIPIENT),
	    "recipient");
	assert_string_equal(access_class_name(ACCESS_REPLY_TO), "reply_to");
	assert_string_equal(access_class_name(ACCESS_LINK_DOMAIN),
	    "link_domain");
}

static const struct {
	const char *table, *name, *key, *result;
} finds[] = {
	{ "inline:{b.c=ONE, a.b.c=TWO}", "u@a.b.c", "a.b.c", "TWO" },
	{ "inline:{u@=ONE, c=TWO}", "u@a.b.c", "c", "TWO" },
	{ "inline:{u@=ONE}", "u@a.b.c", "u@", "ONE" },
	{ "inline:{u@=ONE}", "v@a.b.c", NULL, NULL },
	/* Pattern tables see whole keys only. */
	{ "pcre:{{/^u@$/ ONE}}", "u@a.b.c", NULL, NULL },
	{ "pcre:{{/^u@/ ONE}}", "u@a.b.c", "u@a.b.c", "ONE" },
	/* The first key that is found decides, DUNNO or not. */
	{ "inline:{a.b.c=DUNNO, u@=REJECT}", "u@a.b.c", "a.b.c", "DUNNO" },
	/* Nor the other form of a domain, as Postfix would not ask them. */
	{ "inline:{b\xc3\xbc.c=ONE}", "u@xn--b-eha.c", "b\xc3\xbc.c", "ONE" },
	{ "inline:{u@xn--b-eha.c=ONE}", "u@b\xc3\xbc.c", "u@xn--b-eha.c",
	    "ONE" },
	{ "pcre:{{/^u@b\xc3\xbc/ ONE}}", "u@xn--b-eha.c", NULL, NULL },
};

static void
finds_keys(void **state)
{
	const struct access_style style = {
		true, SPAN("+"), SPAN("<>"), true
	};
	struct scratch_pool *pool = scratch_pool_new();
	struct region region;

	(void)state;
	region_init(&region, (size_t)1 << 20);
	for (size_t i = 0; i < sizeof(finds) / sizeof(finds[0]); i++) {
		struct access_keys keys = access_keys(ACCESS_SENDER, &style,
		    span_of(finds[i].name), SPAN(""), &region);
		struct table_options options = { .file = "test" };
		const struct access_key *key = NULL;
		struct complaints complaints;
		struct sources sources;
		struct table *table;
		struct match match;
		enum answer answer;

		complaints_init(&complaints);
		sources_init(&sources);
		table = table_open(span_of(finds[i].table), &options,
		    &sources, &complaints);
		assert_non_null(table);
		match_init(&match, pool);
		answer = access_find(table, &keys, &match, &key);
		assert_int_equal(answer, finds[i].key != NULL ? ANSWER_HIT :
		    ANSWER_MISS);
		if (finds[i].key != NULL) {
			assert_true(span_equal(key->text,
			    span_of(finds[i].key)));
			assert_true(span_equal(match.text,
			    span_of(finds[i].result)));
		}
		match_clear(&match);
		table_free(&table);
		sources_clear(&sources);
		complaints_clear(&complaints);
	}
	region_clear(&region);
	scratch_pool_free(&pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lays_keys_out),
		cmocka_unit_test(bounds_names),
		cmocka_unit_test(survives_without_memory),
		cmocka_unit_test(names_classes),
		cmocka_unit_test(finds_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
