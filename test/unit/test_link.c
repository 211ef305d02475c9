/* Links: read, followed and found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "message/link.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *written, *url, *host;	/* NULL: leads nowhere */
} reads[] = {
	{ "http://example.com", "http://example.com/", "example.com" },
	{ "HTTPS://Example.COM/Path?Q#F", "https://example.com/Path?Q#F",
	    "example.com" },
	{ " \x01http://a.example/ \n", "http://a.example/", "a.example" },
	{ "ht\ntp://a.ex\tam\r\nple/x y", "http://a.example/x%20y",
	    "a.example" },
	{ "www.Example.com/x", "http://www.example.com/x",
	    "www.example.com" },
	{ "//a.example/x", "http://a.example/x", "a.example" },
	{ "\\\\a.example\\x", "http://a.example/x", "a.example" },
	{ "http:a.example", "http://a.example/", "a.example" },
	{ "https:/\\/\\a.example\\b\\..\\c?d\\e",
	    "https://a.example/c?d\\e", "a.example" },
	{ "http:///a.example", "http://a.example/", "a.example" },
	/* Userinfo. */
	{ "http://bank.example@evil.example/", "http://evil.example/",
	    "evil.example" },
	{ "http://bank.example:80@evil.example:81/x@y",
	    "http://evil.example:81/x@y", "evil.example" },
	{ "http://a@b@c.example", "http://c.example/", "c.example" },
	{ "http://bank.example\\@evil.example/",
	    "http://bank.example/@evil.example/", "bank.example" },
	{ "http://bank.example?@evil.example/",
	    "http://bank.example/?@evil.example/", "bank.example" },
	/* Ports. */
	{ "http://a.example:80/", "http://a.example/", "a.example" },
	{ "http://a.example:0080/", "http://a.example/", "a.example" },
	{ "https://a.example:80/", "https://a.example:80/", "a.example" },
	{ "http://a.example:/", "http://a.example/", "a.example" },
	{ "http://a.example:999999999999999999999/",
	    "http://a.example:999999999999999999999/", "a.example" },
	{ "http://a.example:x/", "http://a.example:x/", "a.example" },
	/* Hosts. */
	{ "http://%65vil%2Eexample/", "http://evil.example/",
	    "evil.example" },
	{ "http://a.example../", "http://a.example/", "a.example" },
	{ "http://b\u00fccher.example", "http://xn--bcher-kva.example/",
	    "xn--bcher-kva.example" },
	{ "http://B%C3%9CCHER.example",
	    "http://xn--bcher-kva.example/", "xn--bcher-kva.example" },
	{ "http://\uff45\uff56\uff49\uff4c\u3002\uff45xample\uff0e",
	    "http://evil.example/", "evil.example" },
	{ "http://e\u00advi\u200bl.example/", "http://evil.example/",
	    "evil.example" },
	/* Not by IDNA 2008, but browsers go there. */
	{ "http://\u2603.\uff45vil.Example/", "http://xn--n3h.evil.example/",
	    "xn--n3h.evil.example" },
	{ "http://-b\u00dccher.evil\u200b\u3002-a\uff61example/",
	    "http://xn---bcher-4ya.evil.-a.example/",
	    "xn---bcher-4ya.evil.-a.example" },
	{ "http://\u2603\u00df\u03c2.example/",
	    "http://xn--zca29lu59b.example/", "xn--zca29lu59b.example" },
	{ "http://_a_.example/", "http://_a_.example/", "_a_.example" },
	{ "http://\xff.Example/", "http://%FF.example/", "%FF.example" },
	{ "http://%ff%C3%BC\xe2\x80.Example/",
	    "http://%FF\u00fc%E2%80.example/", "%FF\u00fc%E2%80.example" },
	/* IPv4. */
	{ "http://3221226219", "http://192.0.2.235/", "192.0.2.235" },
	{ "http://0xC0.0.02.0353", "http://192.0.2.235/", "192.0.2.235" },
	{ "http://0xc00002EB/", "http://192.0.2.235/", "192.0.2.235" },
	{ "http://192.0.747/", "http://192.0.2.235/", "192.0.2.235" },
	{ "http://192.747./", "http://192.0.2.235/", "192.0.2.235" },
	{ "http://192.0.2.235./", "http://192.0.2.235/", "192.0.2.235" },
	{ "http://%31%39%32.0.2.235/", "http://192.0.2.235/",
	    "192.0.2.235" },
	{ "http://\u2460.0.0.1/", "http://1.0.0.1/", "1.0.0.1" },
	{ "http://4294967295/", "http://255.255.255.255/",
	    "255.255.255.255" },
	{ "http://4294967296/", "http://4294967296/", "4294967296" },
	{ "http://1.2.3.256/", "http://1.2.3.256/", "1.2.3.256" },
	{ "http://1.2.3.4.5/", "http://1.2.3.4.5/", "1.2.3.4.5" },
	{ "http://256.1/", "http://256.1/", "256.1" },
	{ "http://1.16777216/", "http://1.16777216/", "1.16777216" },
	{ "http://1.16777215/", "http://1.255.255.255/", "1.255.255.255" },
	{ "http://09.1/", "http://09.1/", "09.1" },
	{ "http://0x.1/", "http://0.0.0.1/", "0.0.0.1" },
	/* IPv6. */
	{ "http://[2001:DB8:0:0:0:0:0:1]:80/x", "http://[2001:db8::1]/x",
	    "2001:db8::1" },
	{ "http://[fe80::1%25eth0]/", "http://[fe80::1]/", "fe80::1" },
	{ "http://[::ffff:192.0.2.1]/", "http://192.0.2.1/", "192.0.2.1" },
	{ "http://[::ffff:c000:201]/", "http://192.0.2.1/", "192.0.2.1" },
	{ "http://[x]/", "http://%5Bx%5D/", "%5Bx%5D" },
	{ "http://[192.0.2.1]/", "http://%5B192.0.2.1%5D/",
	    "%5B192.0.2.1%5D" },
	{ "http://[::1/", "http://%5B%3A%3A1/", "%5B%3A%3A1" },
	{ "http://[a]b:80/", "http://%5Ba%5Db/", "%5Ba%5Db" },
	{ "http://a%2fb%40c%3A1/", "http://a%2Fb%40c%3A1/",
	    "a%2Fb%40c%3A1" },
	/* Paths. */
	{ "http://a.example/./b/../c/.", "http://a.example/c/",
	    "a.example" },
	{ "http://a.example/../../b/..", "http://a.example/", "a.example" },
	{ "http://a.example/b/%2e%2E/c", "http://a.example/c",
	    "a.example" },
	{ "http://a.example/b//../c", "http://a.example/b/c", "a.example" },
	{ "http://a.example/...", "http://a.example/...", "a.example" },
	{ "http://a.example?x", "http://a.example/?x", "a.example" },
	{ "http://a.example#x/..", "http://a.example/#x/..", "a.example" },
	{ "http://a.example/%41%2d%2f%3A%zz%4",
	    "http://a.example/A-%2F%3A%zz%4", "a.example" },
	{ "http://a.example/%c3%bc%C3%20\u00fc%c2%85\xff",
	    "http://a.example/\u00fc%C3%20\u00fc%C2%85%FF", "a.example" },
	{ "http://a.example/\"<>\x01", "http://a.example/%22%3C%3E",
	    "a.example" },
	/* Other schemes. */
	{ "MAILTO:Me@EXAMPLE.com?subject=x%20y",
	    "mailto:Me@example.com?subject=x%20y", "example.com" },
	{ "mailto:a@b.example,c@d.example",
	    "mailto:a@b.example,c@d.example", "b.example" },
	{ "mailto:nobody", "mailto:nobody", "" },
	{ "tel:+1-2", "tel:+1-2", "" },
	{ "JAVA\tscript:x('y')", "javascript:x('y')", "" },
	{ "webcal://A.example/x", "webcal://a.example/x", "a.example" },
	{ "file:\\\\A.example\\b\\c", "file://a.example/b/c", "a.example" },
	{ "file:///c:/x", "file:///c:/x", "" },
	{ "data:text/html,%3Cb%3e", "data:text/html,%3Cb%3E", "" },
	/* Nowhere. */
	{ "", NULL, NULL }, { "#top", NULL, NULL },
	{ "/x", NULL, NULL }, { "x.html", NULL, NULL },
	{ "?x:y", NULL, NULL }, { ".x:y", NULL, NULL },
	{ "-x:y", NULL, NULL }, { "http://", NULL, NULL },
	{ "http:", NULL, NULL }, { "http:///?", NULL, NULL },
	{ "cid:a@b", NULL, NULL }, { "1http://x", NULL, NULL },
	{ "http://user@/", NULL, NULL }, { "http://./", NULL, NULL },
};

/* NULL: whole.  What is joined is read, so that it can be looked at. */
static const struct {
	const char *base, *written, *url;
} joins[] = {
	{ "http://a.example/b/c?d", "e", "http://a.example/b/e" },
	{ "http://a.example/b/c?d/e", "../f", "http://a.example/f" },
	{ "http://a.example/b/c?d", "/e", "http://a.example/e" },
	{ "http://a.example/b/c?d", "\\e", "http://a.example/e" },
	{ "https://a.example:8080/b/", "//e", "https://e/" },
	{ "https://a.example/b/", "/\\e/f", "https://e/f" },
	{ "http://a.example/b/c?d", "?e", "http://a.example/b/c?e" },
	{ "http://a.example/b/c?d", "#e", "http://a.example/b/c?d#e" },
	{ "http://a.example/b/c?d", "", "http://a.example/b/c?d" },
	{ "http://a.example/b/c?d", " \te\nf ", "http://a.example/b/ef" },
	{ "http://a.example/b", "http:e", "http://a.example/e" },
	{ "http://a.example/b", "HTTP:/e", "http://a.example/e" },
	{ "http://a.example/b", "http:", "http://a.example/b" },
	{ "http://a.example/b", "http://e", NULL },
	{ "http://a.example/b", "http:\\\\e", NULL },
	{ "http://a.example/b", "https:e", NULL },
	{ "http://a.example/b", "mailto:e@f.example", NULL },
	{ "http://[2001:db8::1]:81/b", "e", "http://[2001:db8::1]:81/e" },
	{ "http://a.example/", "www.e.example",
	    "http://a.example/www.e.example" },
	{ "http://a.example/", "1:e", "http://a.example/1:e" },
};

static void
joins_links(void **state)
{
	struct buf joined, out;
	struct link link;

	(void)state;
	buf_init(&joined, LINK_READ_MAX + LINK_MAX);
	buf_init(&out, LINK_READ_MAX);
	for (size_t i = 0; i < COUNT(joins); i++) {
		bool is = link_join(span_of(joins[i].base),
		    span_of(joins[i].written), &joined);

		if (is != (joins[i].url != NULL))
			fail_msg("%s: %d", joins[i].written, is);
		if (!is)
			continue;
		assert_true(link_is_relative(span_of(joins[i].written)));
		assert_true(link_read(buf_span(&joined), &out, &link));
		assert_true(link_is_base(&link));
		if (!span_equal(link.url, span_of(joins[i].url)))
			fail_msg("%s: %.*s", joins[i].written,
			    SPAN_ARG(link.url));
	}
	buf_clear(&joined);
	buf_clear(&out);
}

static void
knows_what_is_relative(void **state)
{
	static const char *const whole[] = {
		"http://x", "HTTPS:\\\\x", "mailto:x", "tel:1", "x:y", "cid:x",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(whole); i++)
		if (link_is_relative(span_of(whole[i])))
			fail_msg("%s", whole[i]);
	assert_true(link_leads(SPAN("www.x.example")));
	assert_true(link_leads(SPAN("https:x")));
	assert_false(link_leads(SPAN("x")));
}

static void
reads_links(void **state)
{
	struct link link;
	struct buf out;

	(void)state;
	buf_init(&out, LINK_READ_MAX);
	for (size_t i = 0; i < COUNT(reads); i++) {
		bool leads = link_read(span_of(reads[i].written), &out,
		    &link);

		if (leads != (reads[i].url != NULL))
			fail_msg("%s: %d", reads[i].written, leads);
		if (leads && (!span_equal(link.url, span_of(reads[i].url)) ||
		    !span_equal(link.host, span_of(reads[i].host))))
			fail_msg("%s: %.*s, %.*s", reads[i].written,
			    SPAN_ARG(link.url), SPAN_ARG(link.host));
	}
	buf_clear(&out);
}

static void
tells_what_hides(void **state)
{
	struct link link;
	struct buf out;

	(void)state;
	buf_init(&out, LINK_READ_MAX);
	assert_true(link_read(SPAN("http://a@b.example/"), &out, &link));
	assert_true(link.hides);
	assert_true(span_equal(link.scheme, SPAN("http")));
	assert_true(link_read(SPAN("http://b.example/a@"), &out, &link));
	assert_false(link.hides);
	buf_clear(&out);
}

/* Each URL and a blank. */
static void
note(void *context, const struct link *link)
{
	buf_addf(context, "%.*s ", SPAN_ARG(link->url));
}

static const struct {
	const char *written, *urls;
} walks[] = {
	{ "http://a.example/x?y=z", "http://a.example/x?y=z " },
	{ "x.html", "" },
	{ "https://www.google.com/url?q=https://evil.example/x&sa=D",
	    "https://www.google.com/url?q=https://evil.example/x&sa=D "
	    "https://evil.example/x " },
	{ "https://eur01.safelinks.protection.outlook.com/?url=http%3A%2F%2F"
	    "evil.example%2Fx%3Fy%3D1&data=05%7C01&reserved=0",
	    "https://eur01.safelinks.protection.outlook.com/?url=http%3A%2F"
	    "%2Fevil.example%2Fx%3Fy%3D1&data=05%7C01&reserved=0 "
	    "http://evil.example/x?y=1 " },
	/* Proofpoint, in its three forms. */
	{ "https://urldefense.proofpoint.com/v1/url?u=http://evil.example/"
	    "&k=a%3D%3D", "https://urldefense.proofpoint.com/v1/url?u="
	    "http://evil.example/&k=a%3D%3D http://evil.example/ " },
	{ "https://urldefense.proofpoint.com/v2/url?u=http-3A__evil.example"
	    "_x-5Fy&d=Dw&c=x", "https://urldefense.proofpoint.com/v2/url?u="
	    "http-3A__evil.example_x-5Fy&d=Dw&c=x "
	    "http://evil.example/x_y " },
	{ "https://urldefense.com/v3/__https://evil.example/x*y**Az__;Kz8_"
	    "Kg!!Abc!d$", "https://urldefense.com/v3/__https://evil.example"
	    "/x*y**Az__;Kz8_Kg!!Abc!d$ https://evil.example/x+y??z " },
	{ "https://urldefense.com/v3/__http:/evil.example/__;!!x$",
	    "https://urldefense.com/v3/__http:/evil.example/__;!!x$ "
	    "http://evil.example/ " },
	/* Any parameter, any part of a path. */
	{ "http://a.example/?x=1;y&U=%68ttp%3a%2f%2fEvil.example",
	    "http://a.example/?x=1;y&U=http%3A%2F%2FEvil.example "
	    "http://evil.example/ " },
	{ "http://a.example/?http://evil.example/?b=c",
	    "http://a.example/?http://evil.example/?b=c "
	    "http://evil.example/?b=c " },
	{ "http://a.example/?u=www.evil.example&v=//b.example",
	    "http://a.example/?u=www.evil.example&v=//b.example "
	    "http://www.evil.example/ http://b.example/ " },
	{ "http://a.example/?u=%252f%252fevil.example",
	    "http://a.example/?u=%252f%252fevil.example" " " },
	{ "http://a.example/?u=http%253A%252F%252Fevil.example",
	    "http://a.example/?u=http%253A%252F%252Fevil.example "
	    "http://evil.example/ " },
	{ "http://a.example/web/2020/http://evil.example/x?y=1",
	    "http://a.example/web/2020/http://evil.example/x?y=1 "
	    "http://evil.example/x?y=1 " },
	{ "https://secure-web.example/1abc/https%3A%2F%2Fevil.example%2Fx",
	    "https://secure-web.example/1abc/https%3A%2F%2Fevil.example%2Fx "
	    "https://evil.example/x " },
	{ "http://a.example/#/go?to=http://evil.example",
	    "http://a.example/#/go?to=http://evil.example "
	    "http://evil.example/ " },
	{ "http://a.example/?u=aHR0cHM6Ly9ldmlsLmV4YW1wbGUv%3D",
	    "http://a.example/?u=aHR0cHM6Ly9ldmlsLmV4YW1wbGUv%3D "
	    "https://evil.example/ " },
	{ "http://bing.example/ck/a?u=a1aHR0cDovL2V2aWwuZXhhbXBsZQ&ntb=1",
	    "http://bing.example/ck/a?u=a1aHR0cDovL2V2aWwuZXhhbXBsZQ&ntb=1 "
	    "http://evil.example/ " },
	{ "http://a.example/c/aHR0cDovL2V2aWwuZXhhbXBsZQ/x",
	    "http://a.example/c/aHR0cDovL2V2aWwuZXhhbXBsZQ/x "
	    "http://evil.example/ " },
	/* Services that need no scheme. */
	{ "https://www.google.co.uk/amp/s/evil.example/x",
	    "https://www.google.co.uk/amp/s/evil.example/x "
	    "https://evil.example/x " },
	{ "https://evil-example.cdn.ampproject.org/c/evil.example/x",
	    "https://evil-example.cdn.ampproject.org/c/evil.example/x "
	    "http://evil.example/x " },
	{ "https://www-my--evil-example.translate.goog/x?_x_tr_sl=a",
	    "https://www-my--evil-example.translate.goog/x?_x_tr_sl=a "
	    "https://www.my-evil.example/x?_x_tr_sl=a " },
	{ "javascript:open('http://evil.example/x')",
	    "javascript:open('http://evil.example/x') "
	    "http://evil.example/x " },
	/* Nested. */
	{ "http://a.example/?u=http://b.example/?u=http%3A//c.example/",
	    "http://a.example/?u=http://b.example/?u=http%3A//c.example/ "
	    "http://b.example/?u=http://c.example/ http://c.example/ " },
	{ "mailto:a@b.example?body=http://c.example",
	    "mailto:a@b.example?body=http://c.example " },
};

static void
walks_to_targets(void **state)
{
	struct buf urls;
	struct link_sink sink = { note, &urls };

	(void)state;
	buf_init(&urls, 100000);
	for (size_t i = 0; i < COUNT(walks); i++) {
		buf_reset(&urls);
		assert_true(link_walk(span_of(walks[i].written), &sink));
		if (strcmp(buf_string(&urls), walks[i].urls) != 0)
			fail_msg("%s: %s", walks[i].written,
			    buf_string(&urls));
	}
	buf_clear(&urls);
}

static void
tally(void *context, const struct link *link)
{
	size_t *seen = context;

	seen[0]++;
	if (link->depth > seen[1])
		seen[1] = link->depth;
	if (link->url.n > seen[2])
		seen[2] = link->url.n;
}

static void
stops_somewhere(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	for (size_t n = LINK_DEPTH - 1; n <= LINK_DEPTH + 1; n++) {
		size_t seen[3] = { 0 };
		struct link_sink sink = { tally, seen };

		buf_reset(&text);
		for (size_t i = 0; i <= n; i++)
			buf_addf(&text, "http://a%zu.example/", i);
		assert_true(link_walk(buf_span(&text), &sink));
		assert_int_equal(seen[1], n < LINK_DEPTH ? n : LINK_DEPTH);
	}
	for (size_t n = LINK_TARGETS - 1; n <= LINK_TARGETS + 1; n++) {
		size_t seen[3] = { 0 };
		struct link_sink sink = { tally, seen };

		buf_reset(&text);
		buf_add(&text, SPAN("http://a.example/?"));
		for (size_t i = 0; i < n; i++)
			buf_addf(&text, "&u=http://b%zu.example/", i);
		assert_true(link_walk(buf_span(&text), &sink));
		assert_int_equal(seen[0], 1 + (n < LINK_TARGETS ? n :
		    LINK_TARGETS));
	}
	for (size_t n = LINK_MAX - 1; n <= LINK_MAX + 1; n++) {
		size_t seen[3] = { 0 };
		struct link_sink sink = { tally, seen };

		buf_reset(&text);
		buf_add(&text, SPAN("http://a.example/"));
		while (text.n < n)
			buf_addc(&text, 'x');
		assert_true(link_walk(buf_span(&text), &sink));
		assert_int_equal(seen[2], n < LINK_MAX ? n : LINK_MAX);
	}
	buf_clear(&text);
}

static const struct {
	const char *text, *links;
} finds[] = {
	{ "", "" }, { "nothing here: http:/ or www. or mailto:", "" },
	{ "see http://a.example/x, or (https://b.example/y).",
	    "http://a.example/x https://b.example/y " },
	{ "hxxp://a.example/x. HXXPS://b hxxp:c hxx://d",
	    "hxxp://a.example/x HXXPS://b " },
	{ "www.a.example WWW.B.example ftp.c.example xwww.d.example",
	    "www.a.example WWW.B.example ftp.c.example " },
	{ "<HTTP://a.example/>\"ftp://b.example\"'http://c.example'",
	    "HTTP://a.example/ ftp://b.example http://c.example " },
	{ "http://a.example/w_(x) (http://a.example/w_(x)) [http://b.c]",
	    "http://a.example/w_(x) http://a.example/w_(x) http://b.c " },
	{ "http://a.example/?x=y!? http://b.example/...",
	    "http://a.example/?x=y http://b.example/ " },
	{ "mailto:a@b.example, http:\\\\c.example\\x",
	    "mailto:a@b.example http:\\\\c.example\\x " },
	{ "http://a.example:80/x;y http://[::1]/ http://1/",
	    "http://a.example:80/x;y http://[::1]/ http://1/ " },
	{ "http://b\u00fccher.example/\u00fc\u00a0x",
	    "http://b\u00fccher.example/\u00fc " },
	{ "\u201chttp://a.example\u201d \u00abhttp://b.example\u00bb "
	    "\uff08http://c.example\uff09",
	    "http://a.example http://b.example http://c.example " },
	{ "\u89c1http://a.example\u3002\u8c22 http://evil\u3002example",
	    "http://a.example http://evil\u3002example " },
	{ "http://a.example\u8c22\u8c22 http://b.example/\u8c22",
	    "http://a.example\u8c22\u8c22 http://a.example "
	    "http://b.example/\u8c22 " },
	{ "*http://a.example/* _http://b.example/_ http://c.example/a_b",
	    "http://a.example/ http://b.example/ http://c.example/a_b " },
	{ "xhttp://a.example -http://b.example http://... http://)",
	    "http://b.example " },
	{ "http://a.example/x\x01y http://b.example/\xff\xfe z",
	    "http://a.example/x http://b.example/\xff\xfe " },
	{ "http://a.example/)))]]} http://b.example/(((x",
	    "http://a.example/ http://b.example/(((x " },
};

static void
finds_links(void **state)
{
	struct buf links;

	(void)state;
	buf_init(&links, 10000);
	for (size_t i = 0; i < COUNT(finds); i++) {
		struct link_finder finder;
		struct span written;

		buf_reset(&links);
		link_find_init(&finder, span_of(finds[i].text));
		while (link_find(&finder, &written))
			buf_addf(&links, "%.*s ", SPAN_ARG(written));
		if (strcmp(buf_string(&links), finds[i].links) != 0)
			fail_msg("%s: %s", finds[i].text, buf_string(&links));
	}
	buf_clear(&links);
}

/* What would take minutes if something were read again and again. */
static void
takes_linear_time(void **state)
{
	static const char *const parts[] = {
		"http://a.b)", "www.a ", "http://", "http://a.b/))", "h",
		"w\u3002", "?http%3A", "../", "%2e%2E/", "&u=http%25", "/http%",
		"/aHR0c", "\xff", "http:/a/", "@", "%", "?//.",
	};
	size_t size = 1 << 20, seen[3] = { 0 };
	struct link_sink sink = { tally, seen };
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < COUNT(parts); i++) {
		size_t part = strlen(parts[i]);
		struct link_finder finder;
		struct span written;

		for (size_t n = 0; n < size; n++)
			text[n] = parts[i][n % part];
		link_find_init(&finder, span_make(text, size));
		while (link_find(&finder, &written))
			seen[0]++;
		memcpy(text, "http://a/x", 10);
		for (size_t n = 0; n < 20; n++)
			assert_true(link_walk(span_make(text, size), &sink));
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_links),
		cmocka_unit_test(joins_links),
		cmocka_unit_test(knows_what_is_relative),
		cmocka_unit_test(tells_what_hides),
		cmocka_unit_test(walks_to_targets),
		cmocka_unit_test(stops_somewhere),
		cmocka_unit_test(finds_links),
		cmocka_unit_test(takes_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
