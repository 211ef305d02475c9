/*
 * The text of the parts of a message: from the raw body to paragraphs, in
 * chunks of every size.  "|" stands behind each paragraph, "~" before a hidden
 * one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message/bodyparts.h"
#include "message/text.h"

#define S(literal)	{ "" literal, sizeof(literal) - 1 }
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

struct seen {
	struct text *text;
	struct buf paragraphs;
};

static void
paragraph(void *context, struct span text, bool hidden)
{
	struct seen *seen = context;

	if (hidden)
		buf_addc(&seen->paragraphs, '~');
	buf_add(&seen->paragraphs, text);
	buf_addc(&seen->paragraphs, '|');
}

static void
see_link(void *context, const struct html_event *link)
{
	struct seen *seen = context;

	buf_addf(&seen->paragraphs, "[%.*s %.*s]", SPAN_ARG(link->url),
	    SPAN_ARG(link->text));
}

static bool
begins(void *context, const struct part *part)
{
	struct seen *seen = context;

	if (part->reading == READING_NONE)
		return false;
	text_begins(seen->text, part);
	return true;
}

static void
data(void *context, const struct part *part, struct span bytes)
{
	struct seen *seen = context;

	(void)part;
	text_data(seen->text, bytes);
}

static void
ends(void *context, const struct part *part)
{
	struct seen *seen = context;

	if (part->reading != READING_NONE)
		text_ends(seen->text);
}

static void
run(struct span type, struct span encoding, struct span body, size_t chunk,
    struct seen *seen)
{
	static const struct bodyparts_limits limits = {
		2048, 50000, 100, 2048
	};
	struct bodyparts_sink sink = {
		begins, data, ends, seen, NULL, NULL,
		NULL };
	struct bodyparts *parts = bodyparts_new(&limits, &sink);

	assert_non_null(parts);
	buf_reset(&seen->paragraphs);
	bodyparts_field(parts, &(struct field){ SPAN("Content-Type"), type });
	bodyparts_field(parts, &(struct field){
	    SPAN("Content-Transfer-Encoding"), encoding });
	for (; body.n > 0; body = span_skip(body, chunk))
		bodyparts_body(parts, span_head(body, chunk));
	bodyparts_end(parts);
	bodyparts_free(&parts);
	assert_false(text_failed(seen->text));
}

static const struct {
	struct span type, encoding, body;
	const char *want;
} texts[] = {
	{ S("text/plain"), S(""), S("a\nb\n\nc\n"), "a b|c|" },
	{ S("text/plain; charset=iso-8859-1"), S("quoted-printable"),
	  S("caf=E9=\r\n =E9\r\n\r\n=\r\n"), "caf\xc3\xa9 \xc3\xa9|" },
	{ S("text/plain; charset=utf-16be"), S("base64"),
	  S("AGEAC\ngBiAAoACgBj\n"), "a b|c|" },
	{ S("text/plain; charset=utf-7"), S("7bit"), S("a+AOkA6Q-b"),
	  "a\xc3\xa9\xc3\xa9" "b|" },
	{ S("text/plain; charset=us-ascii"), S(""), S("\x80\xc3\xa9"),
	  "\xe2\x82\xac\xc3\xa9|" },
	{ S("text/plain; charset=\"x\\\"y\""), S(""), S("\xff"),
	  "\xc3\xbf|" },
	{ S("text/plain; FORMAT=Flowed; DelSp=YES"), S(""), S("a \nb"),
	  "ab|" },
	{ S("text/plain; format=fixed; delsp=yes"), S(""), S("a \nb"),
	  "a b|" },
	{ S("multipart/x; boundary=b"), S(""),
	  S("p\n--b\nContent-Type: text/plain; charset=utf-7\n\n+AOk-\n--b\n"
	  "Content-Type: text/plain; format=flowed\n\n> a \n> b\n--b\n"
	  "Content-Type: image/png\n\nc\n--b\n"
	  "Content-Type: message/delivery-status\n\nd\n--b--\ne"),
	  "p|\xc3\xa9|a b|d|e|" },
	{ S("text/html"), S(""), S("<p>a<!-- x -->b\nc</p>d<br>e &eacute;"
	  "<b hidden>no</b>f<img alt='g'>"),
	  "ab c|g|~no|d e \xc3\xa9" "f|" },
	{ S("text/html; charset=koi8-r"), S(""),
	  S("<meta charset=iso-8859-1>\xc1"), "\xd0\xb0|" },
	{ S("text/html"), S("8bit"),
	  S("<META http-equiv=x content='text/html; CHARSET = koi8-r'>\xc1"),
	  "\xd0\xb0|" },
	{ S("text/html"), S(""), S("charset=koi8-r<meta charset=\"iso-8859-7\">"
	  "<meta charset=koi8-r>\xc1"), "charset=koi8-r\xce\x91|" },
	{ S("text/html"), S(""), S("<meta charset=utf-16>\xc3\xa9"),
	  "\xc3\xa9|" },
	{ S("text/html"), S(""), S("<meta name=x>\xe9"), "\xc3\xa9|" },
	{ S("application/xhtml+xml"), S(""), S("<p/>a"), "a|" },
	{ S("text/x-amp-html"), S(""), S("a<b>b"), "ab|" },
	{ S("text/watch-html"), S(""), S("a<b>b"), "ab|" },
	{ S("text/plain"), S(""), S("<p>a"), "<p>a|" },
	{ S("text/html"), S(""), S("<p>a<a href=//b>c</a>"), "[//b c]ac|" },
	{ S("multipart/x"), S(""), S("a"), "a|" },
	{ S("message/partial"), S(""), S("a"), "a|" },
	{ S("message/x"), S("base64"), S("YQ=="), "a|" },
	{ S("text/plain; charset=utf-8"), S(""), S("\0a\0b\x01 \x08 c\x7f"
	  "\xc2\x80" "d\xc2\x9f" "e\x1f\n\x1b\nf"), "ab cde|f|" },
	{ S("text/html"), S(""), S("a&#1;b\x08<b\0>c"), "abc|" },
	{ S("application/octet-stream"), S(""), S("a"), "" },
};

static void
texts_are_decoded(void **state)
{
	struct seen seen;
	struct text_sink sink = {
		paragraph, see_link, &seen, false };

	(void)state;
	buf_init(&seen.paragraphs, 1 << 20);
	seen.text = text_new(&sink);
	assert_non_null(seen.text);
	for (size_t i = 0; i < COUNT(texts); i++)
		for (size_t chunk = 1; chunk <= texts[i].body.n; chunk++) {
			run(texts[i].type, texts[i].encoding, texts[i].body,
			    chunk, &seen);
			if (!span_equal(buf_span(&seen.paragraphs),
			    span_of(texts[i].want)))
				fail_msg("%zu by %zu: \"%s\", not \"%s\"", i,
				    chunk, buf_string(&seen.paragraphs),
				    texts[i].want);
		}
	text_free(&seen.text);
	assert_null(seen.text);
	buf_clear(&seen.paragraphs);
}

/* What is longer than what is converted at a time. */
static void
long_texts_are_whole(void **state)
{
	struct seen seen;
	struct text_sink sink = {
		paragraph, see_link, &seen, false };
	struct buf body;

	(void)state;
	buf_init(&seen.paragraphs, 1 << 20);
	buf_init(&body, 1 << 20);
	while (body.n < 100000)
		buf_add(&body, SPAN("\xe9\n\n"));
	seen.text = text_new(&sink);
	assert_non_null(seen.text);
	run((struct span)S("text/plain; charset=iso-8859-1"),
	    (struct span)S(""), buf_span(&body), 65535, &seen);
	assert_int_equal(seen.paragraphs.n, body.n);
	text_free(&seen.text);
	buf_clear(&body);
	buf_clear(&seen.paragraphs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_decoded),
		cmocka_unit_test(long_texts_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
