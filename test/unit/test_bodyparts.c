/*
 * The parts of a message as its reader sees them.  A part is written as its
 * numbers, its type, begin-body-end and its decoded bytes; "*" for a number:
 * outside of the parts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "message/bodyparts.h"

#define S(literal)	{ "" literal, sizeof(literal) - 1 }
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const struct bodyparts_limits usual = { 2048, 50000, 100, 2048 };
static const struct bodyparts_limits small = { 16, 40, 2, 8 };

struct seen {
	struct buf text, told;
	uint64_t count;
	unsigned open;
	bool refuse;
};

static void
show_number(struct buf *out, const struct part *part)
{
	if (part->outer != NULL) {
		show_number(out, part->outer);
		buf_addc(out, '.');
	}
	if (part->outside)
		buf_addc(out, '*');
	else
		buf_addf(out, "%d", (int)part->number);
}

static bool
begins(void *context, const struct part *part)
{
	struct seen *seen = context;

	if (seen->open++ > 0)
		fail_msg("in a part: %s", buf_string(&seen->text));
	if (!part->outside)
		assert_int_equal(part->count, ++seen->count);
	show_number(&seen->text, part);
	buf_addc(&seen->text, ' ');
	buf_add(&seen->text, part->type);
	buf_addf(&seen->text, "%s {", part->in_encoded ? "!" : "");
	return !seen->refuse;
}

static void
data(void *context, const struct part *part, struct span bytes)
{
	struct seen *seen = context;

	(void)part;
	assert_int_equal(seen->open, 1);
	assert_false(seen->refuse);
	assert_true(bytes.n > 0);
	buf_add(&seen->text, bytes);
}

static void
ends(void *context, const struct part *part)
{
	struct seen *seen = context;

	assert_int_equal(seen->open--, 1);
	buf_addf(&seen->text, "} %d-%d-%d|", (int)part->begin,
	    (int)part->body, (int)part->end);
}

static void
told_field(void *context, const struct part_field *at)
{
	struct seen *seen = context;

	buf_add(&seen->told, at->field.name);
	buf_addc(&seen->told, ':');
	buf_add(&seen->told, at->field.value);
	if (at->in_encoded)
		buf_add(&seen->told, SPAN(" !|"));
	else
		buf_addf(&seen->told, " %d+%d%s|", (int)at->offset,
		    (int)at->length, at->ended ? "" : "~");
}

static void
told_ambiguity(void *context, const struct part *part, const char *what)
{
	struct seen *seen = context;

	show_number(&seen->told, part);
	buf_addf(&seen->told, " %s|", what);
}

static void
run(const struct bodyparts_limits *limits, struct span header,
    struct span body, size_t chunk, struct seen *seen)
{
	struct bodyparts_sink sink = { begins, data, ends, seen, NULL,
	    told_field, told_ambiguity };
	struct bodyparts *parts = bodyparts_new(limits, &sink);
	struct field field;

	assert_non_null(parts);
	seen->count = 0;
	buf_reset(&seen->text);
	buf_reset(&seen->told);
	while (header.n > 0) {
		size_t end = span_find(header, '\n');

		assert_true(field_parse(span_head(header, end), &field));
		bodyparts_field(parts, &field);
		header = span_skip(header, end + 1);
	}
	for (; body.n > 0; body = span_skip(body, chunk)) {
		/* A copy of its own, so that a look past it is found. */
		struct span piece = span_head(body, chunk);
		char *copy = malloc(piece.n);

		assert_non_null(copy);
		memcpy(copy, piece.p, piece.n);
		bodyparts_body(parts, span_make(copy, piece.n));
		free(copy);
	}
	bodyparts_end(parts);
	bodyparts_end(parts);
	bodyparts_body(parts, SPAN("after the end\n"));
	assert_false(bodyparts_failed(parts));
	assert_int_equal(seen->open, 0);
	bodyparts_free(&parts);
	assert_null(parts);
}

struct message {
	const char *name;
	struct span header, body;
	const char *want;
};

static void
check(const struct bodyparts_limits *limits, const struct message *list,
    size_t n, bool refuse)
{
	struct seen seen = { .refuse = refuse };

	buf_init(&seen.text, 1 << 20);
	buf_init(&seen.told, 1 << 20);
	for (size_t i = 0; i < n; i++)
		for (size_t chunk = 1; chunk <= list[i].body.n + 1; chunk++) {
			run(limits, list[i].header, list[i].body, chunk,
			    &seen);
			if (!span_equal(buf_span(&seen.text),
			    span_of(list[i].want)))
				fail_msg("%s by %zu:\n%s\nwant\n%s",
				    list[i].name, chunk,
				    buf_string(&seen.text), list[i].want);
		}
	buf_clear(&seen.text);
	buf_clear(&seen.told);
}

#define MIXED	S("Content-Type: multipart/mixed; boundary=b\n")
#define MESSAGE	S("Content-Type: message/rfc822\n")

static const struct message messages[] = {
	{ "nothing", S(""), S(""), "0 text/plain {} 0-0-0|" },
	{ "text", S("Subject: x\n"), S("a\r\nb\n"),
	  "0 text/plain {a\r\nb\n} 0-0-5|" },
	{ "no line end", S(""), S("a\nb"), "0 text/plain {a\nb} 0-0-3|" },
	{ "a type", S("Content-Type: TEXT/HTML; charset=x\n"), S("a"),
	  "0 text/html {a} 0-0-1|" },
	{ "the first of two", S("Content-Type: text/html\n"
	  "Content-Type: image/png\nContent-Transfer-Encoding: 8bit\n"
	  "Content-Transfer-Encoding: base64\n"), S("QQ==\n"),
	  "0 text/html {QQ==\n} 0-0-5|" },
	{ "no type", S("Content-Type: text\n"), S("a"),
	  "0 text/plain {a} 0-0-1|" },
	{ "base64", S("content-transfer-encoding: Base64\n"),
	  S("QU\r\nJD\r\n"), "0 text/plain {ABC} 0-0-8|" },
	{ "quoted-printable",
	  S("Content-Transfer-Encoding: quoted-printable\n"),
	  S("a=\r\n=3D\r\nb=\r\n"), "0 text/plain {a=\r\nb} 0-0-13|" },
	{ "parts", MIXED, S("\n--b\n\na\n--b\nContent-Type: text/x\n\n"
	  "b\n\n--b--\n"),
	  "0.1 text/plain {a} 5-6-8|0.2 text/x {b\n} 12-34-37|" },
	{ "CRLF", MIXED, S("--b\r\n\r\na\r\n--b--\r\n"),
	  "0.1 text/plain {a} 5-7-10|" },
	{ "around the parts", MIXED, S("\np\n\n--b\n\na\n--b--\n\ne\n"),
	  "0.* text/plain {p\n} 0-0-4|0.1 text/plain {a} 8-9-11|"
	  "0.* text/plain {e\n} 17-17-20|" },
	{ "no end", MIXED, S("--b\n\na\n"), "0.1 text/plain {a\n} 4-5-7|" },
	{ "no boundary", MIXED, S("a\n"), "0.* text/plain {a\n} 0-0-2|" },
	{ "no boundary's name", S("Content-Type: multipart/mixed\n"),
	  S("--b\n\na\n"), "0 multipart/mixed {--b\n\na\n} 0-0-7|" },
	{ "parts without a header's end", MIXED,
	  S("--b\nContent-Type: a/b\n--b\nx\n--b\n--b--"),
	  "0.1 a/b {} 4-22-22|0.2 text/plain {x} 26-26-28|"
	  "0.3 text/plain {} 32-32-32|" },
	{ "what only begins as a boundary", MIXED,
	  S("--b\n\na\n--bc\n--\n-- b\n --b\n--b-\n--b--x\n--b \t\n\nb\n"
	  "--b-- \n"),
	  "0.1 text/plain {a\n--bc\n--\n-- b\n --b\n--b-\n--b--x} 4-5-37|"
	  "0.2 text/plain {b} 43-44-46|" },
	{ "a part behind the end", MIXED, S("--b--\n--b\n\na\n"),
	  "0.1 text/plain {a\n} 10-11-13|" },
	{ "a boundary in pieces",
	  S("Content-Type: multipart/x; boundary*1=\"c\";"
	  " boundary*0*=us-ascii''%62\n"),
	  S("--bc\n\na\n--bc--\n"), "0.1 text/plain {a} 5-6-8|" },
	{ "blanks around a boundary's name",
	  S("Content-Type: multipart/x; boundary=\" b \"\n"),
	  S("-- b\n\na\n"), "0.1 text/plain {a\n} 5-6-8|" },
	{ "a boundary without the quotes that it needs",
	  S("Content-Type: multipart/x; boundary=--=_a/b:?c; x=y\n"),
	  S("----\n----=_a/b:?c\n\na\n----=_a/b:?c--\n"),
	  "0.* text/plain {----} 0-0-5|0.1 text/plain {a} 18-19-21|" },
	{ "one that begins so",
	  S("Content-Type: multipart/x; boundary==a (a comment)\n"),
	  S("--=a\n\na\n"), "0.1 text/plain {a\n} 5-6-8|" },
	{ "one without a semicolon before it",
	  S("Content-Type: multipart/x charset=\"x\" boundary=b\n"),
	  S("--b\n\na\n"), "0.1 text/plain {a\n} 4-5-7|" },
	{ "two boundaries", S("Content-Type: multipart/x; boundary=b; "
	  "boundary=c\n"), S("--b\n\na\n--c\n"),
	  "0.1 text/plain {a\n--c\n} 4-5-11|" },
	{ "nested", MIXED, S("--b\nContent-Type: multipart/alternative; "
	  "boundary=c\n\n--c\n\na\n--c\n\nb\n--c--\n--b\n\nd\n--b--\n"),
	  "0.1.1 text/plain {a} 57-58-60|0.1.2 text/plain {b} 64-65-67|"
	  "0.2 text/plain {d} 77-78-80|" },
	{ "the outer boundary ends the inner parts", MIXED,
	  S("--b\nContent-Type: multipart/x; boundary=c\n\n--c\n\na\n--b\n"
	  "\nb\n--c\n"),
	  "0.1.1 text/plain {a} 47-48-50|0.2 text/plain {b\n--c\n} 54-55-61|" },
	{ "the same boundary", MIXED,
	  S("--b\nContent-Type: multipart/x; boundary=b\n\n--b\n\na\n"),
	  "0.2 text/plain {a\n} 47-48-50|" },
	{ "a message", MESSAGE,
	  S("Subject: x\nContent-Type: a/b\n\nx\n"),
	  "0.1 a/b {x\n} 0-30-32|" },
	{ "a message without a header", MESSAGE, S("\nx\n"),
	  "0.1 text/plain {x\n} 0-1-3|" },
	{ "a message of text alone", MESSAGE, S("x\n"),
	  "0.1 text/plain {x\n} 0-0-2|" },
	{ "one of several that make a message",
	  S("Content-Type: message/partial; number=1\n"),
	  S("Content-Type: a/b\n\nx\n"), "0.1 a/b {x\n} 0-19-21|" },
	{ "an encoded message", S("Content-Type: message/rfc822\n"
	  "Content-Transfer-Encoding: base64\n"),
	  S("Q29udGVudC1UeXBlOiBhL2IKCg==\r\neHg=\r\n"),
	  "0.1 a/b! {xx} 0-0-36|" },
	{ "one that is not encoded", S("Content-Type: message/rfc822\n"
	  "Content-Transfer-Encoding: base64\n"),
	  S("Content-Type: a/b\n\nx\n"), "0.1 a/b {x\n} 0-19-21|" },
	{ "not encoded, without a header", S("Content-Type: message/rfc822\n"
	  "Content-Transfer-Encoding: base64\n"),
	  S("\n\na text\n"), "0.1 text/plain {a text\n} 2-2-9|" },
	{ "an encoded message among parts", MIXED,
	  S("--b\nContent-Type: message/rfc822\n"
	  "Content-Transfer-Encoding: quoted-printable\n\n"
	  "Content-Type:=20multipart/x;=20boundary=3Dc\n\n--c\n\na=\n\n"
	  "--b\n\nb\n--b--\n"),
	  "0.1.1.1 text/plain! {a} 127-128-132|"
	  "0.2 text/plain {b} 136-137-139|" },
	{ "digest", S("Content-Type: multipart/digest; boundary=b\n"),
	  S("p\n--b\n\nContent-Type: a/b\n\nx\n--b\n"
	  "Content-Type: text/plain\n\ny\n--b--\n"),
	  "0.* text/plain {p} 0-0-2|0.1.1 a/b {x} 7-26-28|"
	  "0.2 text/plain {y} 32-58-60|" },
	{ "folded", MIXED, S("--b\nContent-Type:\n a/b;\n\tx=y\n"
	  "Content-Transfer-Encoding:\r\n base64\n\nQQ==\n--b--\n"),
	  "0.1 a/b {A} 4-66-71|" },
	{ "a header that begins in the middle of a field", MIXED,
	  S("--b\n x\n\t \nContent-Type: a/b\n\ny\n"),
	  "0.1 a/b {y\n} 4-29-31|" },
	{ "a header behind a line of a mailbox", MESSAGE,
	  S("From a@b Thu\n>From c\nContent-Type: a/b\n\ny\n"),
	  "0.1 a/b {y\n} 0-40-42|" },
	{ "a header with a line that is none", MIXED,
	  S("--b\nContent-Type: a/b\nx\nContent-Type: c/d\n\n"),
	  "0.1 a/b {x\nContent-Type: c/d\n\n} 4-22-43|" },
};

static void
parts_are_found(void **state)
{
	(void)state;
	check(&usual, messages, COUNT(messages), false);
}

/* Lines of 16 bytes, fields of 40, two levels, boundaries of 8. */
static const struct message limited[] = {
	{ "long lines", MIXED,
	  S("--b\n\n0123456789012345678901234567890123\n--b\n\nx"),
	  "0.1 text/plain {0123456789012345678901234567890123} 4-5-40|"
	  "0.2 text/plain {x} 44-45-46|" },
	{ "a long line that continues no field", MIXED,
	  S("--b\n 123456789012345A: b\nC: d\n\nx"),
	  "0.1 text/plain {x} 4-31-32|" },
	{ "a boundary in mid-line", MIXED,
	  S("--b\n\n0123456789012345--b\nx"),
	  "0.1 text/plain {0123456789012345--b\nx} 4-5-26|" },
	{ "a boundary with many blanks", MIXED,
	  S("--b                             \n\nx\n"),
	  "0.1 text/plain {x\n} 33-34-36|" },
	{ "a boundary of 8",
	  S("Content-Type: multipart/x; boundary=12345678\n"),
	  S("--12345678\n\nx\n--123456789\n--12345678--\n"),
	  "0.1 text/plain {x\n--123456789} 11-12-26|" },
	{ "a boundary of 9",
	  S("Content-Type: multipart/x; boundary=123456789\n"),
	  S("--123456780\n\nx\n"), "0.1 text/plain {x\n} 12-13-15|" },
	{ "two levels", MIXED,
	  S("--b\nContent-Type: multipart/x; boundary=c\n\n"
	  "--c\nContent-Type: multipart/x; boundary=d\n\n--d\n\na\n"),
	  "0.1.1.1 text/plain {a\n} 90-91-93|" },
	{ "three levels", MIXED,
	  S("--b\nContent-Type: multipart/x; boundary=c\n\n"
	  "--c\nContent-Type: multipart/x; boundary=d\n\n"
	  "--d\nContent-Type: multipart/y; boundary=e\n\n--e\n\na\n"),
	  "0.1.1.1 multipart/y {--e\n\na\n} 90-129-136|" },
};

static void
limits_bound_what_is_kept(void **state)
{
	(void)state;
	check(&small, limited, COUNT(limited), false);
}

static void
what_is_not_wanted_is_not_decoded(void **state)
{
	static const struct message list[] = {
		{ "parts", MIXED, S("p\n--b\nContent-Type: a/b\n\nx\n--b--\n"),
		  "0.* text/plain {} 0-0-2|0.1 a/b {} 6-25-27|" },
	};

	(void)state;
	check(&usual, list, COUNT(list), true);
}

/* However deep messages are encoded, the machines around are bounded. */
static void
encoded_messages_are_bounded(void **state)
{
	static const char field[] = "Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n";
	struct seen seen = { .refuse = false };
	struct buf body;

	(void)state;
	buf_init(&seen.text, 1 << 20);
	buf_init(&body, 1 << 20);
	for (int i = 0; i < BODYPARTS_ENCODED_MAX + 3; i++)
		buf_add(&body, span_of(field));
	run(&usual, span_make(NULL, 0), buf_span(&body), 100, &seen);
	assert_int_equal(seen.count, 1);
	buf_reset(&body);
	for (int i = 0; i < BODYPARTS_ENCODED_MAX + 3; i++)
		buf_add(&body, span_of(field));
	run(&usual, (struct span)MESSAGE, buf_span(&body), 1, &seen);
	assert_int_equal(seen.count, 1);
	assert_true(memmem(seen.text.p, seen.text.n, "message/rfc822! {", 17)
	    != NULL);
	buf_clear(&body);
	buf_clear(&seen.text);
	buf_clear(&seen.told);
}

static void
parameters_are_found(void **state)
{
	struct part part = {
		.content_type = S(" text/plain; CharSet=\"utf-8\"; "
		    "format=flowed"),
	};
	struct buf value;

	(void)state;
	buf_init(&value, 100);
	assert_true(part_parameter(&part, SPAN("charset"), &value));
	assert_true(span_equal(buf_span(&value), SPAN("utf-8")));
	assert_true(part_parameter(&part, SPAN("format"), &value));
	assert_true(span_equal(buf_span(&value), SPAN("flowed")));
	assert_false(part_parameter(&part, SPAN("delsp"), &value));
	assert_int_equal(value.n, 0);
	part.content_type = span_make(NULL, 0);
	assert_false(part_parameter(&part, SPAN("charset"), &value));
	buf_clear(&value);
}

/* What is told of headers: fields with their raw bytes, and ambiguities. */
static const struct message headers[] = {
	{ "not the message's own", S("Subject: x\n"), S("X: y\n\na\n"), "" },
	{ "a part's", MIXED, S("--b\r\nX: a\r\n b\r\nY: c\r\n\r\nZ: d\r\n"),
	  "X: a\n b 5+10|Y: c 15+6|" },
	{ "a header that ends with the message", MIXED, S("--b\nX: a"),
	  "X: a 4+4~|" },
	{ "what continues nothing", MIXED, S("--b\n x\nFrom y\nX: a\n\n"),
	  "X: a 14+5|" },
	{ "a message's", MESSAGE, S("X: a\n\nY: b\n"), "X: a 0+5|" },
	{ "an encoded one's", S("Content-Type: message/rfc822\n"
	  "Content-Transfer-Encoding: base64\n"), S("WDogYQoKYgo=\n"),
	  "X: a !|" },
	{ "types", S("Content-Type: text/plain\nContent-Type: text/plain\n"
	  "Content-Type: text/html\n"), S("a"),
	  "0 two Content-Type fields that differ|" },
	{ "an empty type before", S("Content-Type:\n"
	  "Content-Type: text/html\n"), S("a"),
	  "0 two Content-Type fields that differ|" },
	{ "dispositions, in a part", MIXED, S("--b\n"
	  "Content-Disposition: inline\nContent-Disposition: attachment\n\n"),
	  "Content-Disposition: inline 4+28|"
	  "Content-Disposition: attachment 32+32|"
	  "0.1 two Content-Disposition fields that differ|" },
	{ "encodings", S("Content-Transfer-Encoding: 7bit\n"
	  "Content-Transfer-Encoding: base64\n"), S("a"),
	  "0 two Content-Transfer-Encoding fields that differ|" },
	{ "an empty one before", S("Content-Transfer-Encoding:\n"
	  "Content-Transfer-Encoding: base64\n"), S("a"),
	  "0 two Content-Transfer-Encoding fields that differ|" },
	{ "one that does nothing before", S("Content-Transfer-Encoding: 7bit\n"
	  "Content-Transfer-Encoding: 8bit\n"), S("a"), "" },
	{ "a comment", S("Content-Transfer-Encoding: base64 (x)\n"), S("a"),
	  "0 a Content-Transfer-Encoding with more than a name|" },
	{ "quotes", S("Content-Transfer-Encoding: \"quoted-printable\"\n"),
	  S("a"), "0 a Content-Transfer-Encoding with more than a name|" },
	{ "something before", S("Content-Transfer-Encoding: x base64\n"),
	  S("a"), "0 a Content-Transfer-Encoding with more than a name|" },
	{ "only blanks", S("Content-Transfer-Encoding:\tBASE64 \n"), S("a"),
	  "" },
	{ "an unknown one", S("Content-Transfer-Encoding: 7-bit (x)\n"),
	  S("a"), "" },
	{ "boundaries", S("Content-Type: multipart/x; boundary=a;"
	  " boundary=b\n"), S("a"),
	  "0 a boundary that can be read in two ways|" },
	{ "the same twice", S("Content-Type: multipart/x; boundary=a;"
	  " Boundary=\"a\"\n"), S("a"), "" },
	{ "in both ways", S("Content-Type: multipart/x; boundary=a;"
	  " boundary*=utf-8''b\n"), S("a"),
	  "0 a boundary that can be read in two ways|" },
	{ "blanks without quotes", S("Content-Type: multipart/x;"
	  " boundary=a b\n"), S("a"),
	  "0 a boundary that can be read in two ways|" },
	{ "blanks in quotes", S("Content-Type: multipart/x;"
	  " boundary=\"a  b\"\n"), S("a"), "" },
	{ "none", S("Content-Type: multipart/x; boundary\n"), S("a"),
	  "0 a multipart without a boundary|" },
	{ "a comment for one", S("Content-Type: multipart/x; boundary=(b)\n"),
	  S("--(b)\n"), "0 a multipart without a boundary|" },
	{ "that of another", MIXED, S("--b\nContent-Type: multipart/x;"
	  " boundary=b\n\n"), "Content-Type: multipart/x; boundary=b 4+38|"
	  "0.1 a boundary that a part around it has, too|" },
	{ "an encoded multipart", S("Content-Type: multipart/x; boundary=a\n"
	  "Content-Transfer-Encoding: base64\n"), S("a"),
	  "0 a multipart that is encoded|" },
	{ "character sets", S("Content-Type: text/plain; charset=utf-8;"
	  " charset=utf-7\n"), S("a"),
	  "0 a charset that can be read in two ways|" },
	{ "the same in another case", S("Content-Type: text/html;"
	  " charset=utf-8; charset=UTF-8\n"), S("a"), "" },
	{ "no text", S("Content-Type: image/x; charset=a; charset=b\n"),
	  S("a"), "" },
};

static void
headers_are_told_of(void **state)
{
	struct seen seen = { .refuse = false };

	(void)state;
	buf_init(&seen.text, 1 << 20);
	buf_init(&seen.told, 1 << 20);
	for (size_t i = 0; i < COUNT(headers); i++)
		for (size_t chunk = 1; chunk <= headers[i].body.n; chunk++) {
			run(&usual, headers[i].header, headers[i].body, chunk,
			    &seen);
			if (!span_equal(buf_span(&seen.told),
			    span_of(headers[i].want)))
				fail_msg("%s by %zu:\n%s\nwant\n%s",
				    headers[i].name, chunk,
				    buf_string(&seen.told), headers[i].want);
		}
	buf_clear(&seen.text);
	buf_clear(&seen.told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_found),
		cmocka_unit_test(limits_bound_what_is_kept),
		cmocka_unit_test(what_is_not_wanted_is_not_decoded),
		cmocka_unit_test(encoded_messages_are_bounded),
		cmocka_unit_test(parameters_are_found),
		cmocka_unit_test(headers_are_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
