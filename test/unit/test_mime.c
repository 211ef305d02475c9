/*
 * The events of the MIME machine.  Beside Postfix it stands in
 * test/differential/test_mime.py; here is what postmap cannot show: pieces of
 * lines, segments, lists, offsets, limits and cuts.
 *
 * An event is written as "F" and the list's letter, or "L" and the segment,
 * then offset+length and the text; '+' before the text: not the begin of a
 * line; '~' behind it: no line end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "message/mime.h"

#define S(literal)	{ "" literal, sizeof(literal) - 1 }
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const struct mime_limits usual = { 2048, 102400, 100, 2048 };
static const struct mime_limits small = { 8, 10, 1, 3 };

struct seen {
	struct buf text;
	uint64_t end;		/* of the raw bytes that were named */
	bool gap;
	size_t events, enough;
};

static bool
see(void *context, const struct mime_event *event)
{
	static const char lists[] = "pmn";
	struct seen *seen = context;

	if (event->offset != seen->end)
		seen->gap = true;
	seen->end = event->offset + event->length;
	if (event->kind == MIME_NESTING || event->kind == MIME_BOUNDARY) {
		assert_int_equal(event->length, 0);
		buf_addf(&seen->text, "%c%d|", event->kind == MIME_NESTING ?
		    'N' : 'B', (int)(event->kind == MIME_NESTING ?
		    event->offset : event->size));
		return ++seen->events != seen->enough;
	}
	if (event->kind == MIME_FIELD)
		buf_addf(&seen->text, "F%c ", lists[event->list]);
	else
		buf_addf(&seen->text, "L%d ", (int)event->segment);
	buf_addf(&seen->text, "%d+%d ", (int)event->offset,
	    (int)event->length);
	if (event->kind == MIME_LINE && !event->first)
		buf_addc(&seen->text, '+');
	buf_add(&seen->text, event->text);
	if (event->kind == MIME_FIELD && event->size != event->text.n)
		buf_addf(&seen->text, "(of %d)", (int)event->size);
	buf_add(&seen->text, event->ended ? SPAN("|") : SPAN("~|"));
	return ++seen->events != seen->enough;
}

/* header: fields, each with a LF behind it. */
static void
run(const struct mime_limits *limits, struct span header, struct span body,
    size_t chunk, struct seen *seen)
{
	struct mime_sink sink = { see, seen };
	struct mime *mime = mime_new(limits, &sink);
	struct field field;

	assert_non_null(mime);
	seen->end = seen->events = 0;
	seen->gap = false;
	buf_reset(&seen->text);
	while (header.n > 0) {
		size_t end = span_find(header, '\n');

		assert_true(field_parse(span_head(header, end), &field));
		mime_field(mime, &field);
		header = span_skip(header, end + 1);
	}
	for (; body.n > 0; body = span_skip(body, chunk)) {
		/* A copy of its own, so that a look past it is found. */
		struct span piece = span_head(body, chunk);
		char *copy = malloc(piece.n);

		assert_non_null(copy);
		memcpy(copy, piece.p, piece.n);
		mime_body(mime, span_make(copy, piece.n));
		free(copy);
	}
	mime_end(mime);
	mime_end(mime);
	mime_body(mime, SPAN("after the end\n"));
	assert_false(mime_failed(mime));
	mime_free(&mime);
	assert_null(mime);
}

struct message {
	const char *name;
	struct span header, body;
	const char *want;
};

static void
check(const struct mime_limits *limits, const struct message *list, size_t n)
{
	static const size_t chunks[] = { 1, 2, 3, 5, 65535 };
	struct seen seen = { .enough = 0 };

	buf_init(&seen.text, 1 << 20);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < COUNT(chunks); j++) {
			run(limits, list[i].header, list[i].body, chunks[j],
			    &seen);
			if (!span_equal(buf_span(&seen.text),
			    span_of(list[i].want)))
				fail_msg("%s by %zu:\n%s\nwant\n%s",
				    list[i].name, chunks[j],
				    buf_string(&seen.text), list[i].want);
			if (seen.gap || seen.end != list[i].body.n)
				fail_msg("%s: raw bytes", list[i].name);
		}
	}
	buf_clear(&seen.text);
}

#define MIXED	S("Content-Type: multipart/mixed; boundary=b\n")
#define DIGEST	S("Content-Type: multipart/digest; boundary=b\n")

static const struct message structures[] = {
	{ "nothing", S(""), S(""), "" },
	{ "no MIME", S("Subject: x\n"), S("--b\nA: 1\n\nx\n"),
	  "L1 0+4 --b|L5 4+5 A: 1|L10 9+1 |L11 10+2 x|" },
	{ "line ends", S(""), S("a\r\nb\n\n\r\nc\rd\r\r\n\re"),
	  "L1 0+3 a|L3 3+2 b|L5 5+1 |L6 6+2 |L7 8+6 c\rd\r|L12 14+2 \re~|" },
	{ "a CR at the end", S(""), S("a\r"), "L1 0+2 a\r~|" },
	{ "a part", MIXED, S("p\n--b\nA: 1\n\nx\n--b--\ne\n"),
	  "L1 0+2 p|L3 2+4 --b|Fm 6+5 A: 1|L0 11+1 |L1 12+2 x|L0 14+6 --b--|"
	  "L6 20+2 e|" },
	{ "CRLF", MIXED, S("--b\r\nA: 1\r\n\r\nx\r\n--b--\r\n"),
	  "L1 0+5 --b|Fm 5+6 A: 1|L0 11+2 |L1 13+3 x|L0 16+7 --b--|" },
	{ "no header in a part", MIXED, S("--b\n\nx\n--b\nx\n--b--"),
	  "L1 0+4 --b|L0 4+1 |L1 5+2 x|L3 7+4 --b|L0 11+2 x|L0 13+5 --b--~|" },
	{ "a header without a body", MIXED, S("--b\nA: 1\n--b\nB: 2"),
	  "L1 0+4 --b|Fm 4+5 A: 1|L0 9+4 --b|Fm 13+4 B: 2~|" },
	{ "a boundary that is a field", MIXED, S("--b\n--b: c\n\n--b: c\n"),
	  "L1 0+4 --b|Fm 4+7 --b: c|L0 11+1 |L1 12+7 --b: c|" },
	{ "folded", MIXED, S("--b\nA :\r\n 1\r\n\t2 \n\n"),
	  "L1 0+4 --b|Fm 4+13 A:\n 1\n\t2 |L0 17+1 |" },
	{ "a fold without a field", MIXED, S("--b\n A: 1\n"),
	  "L1 0+4 --b|L0 4+6  A: 1|" },
	{ "a line that is no field", MIXED, S("--b\nA: 1\nx\nB: 2\n"),
	  "L1 0+4 --b|Fm 4+5 A: 1|L0 9+2 x|L2 11+5 B: 2|" },
	{ "junk behind boundaries", MIXED, S("--bc\nA: 1\n\n--b--x\n--b\n"),
	  "L1 0+5 --bc|Fm 5+5 A: 1|L0 10+1 |L0 11+7 --b--x|L7 18+4 --b|" },
	{ "not boundaries", MIXED, S(" --b\n-b\n--\n-- b\n--B\n"),
	  "L1 0+5  --b|L6 5+3 -b|L9 8+3 --|L12 11+5 -- b|L17 16+4 --B|" },
	{ "lists", MIXED,
	  S("--b\nContent-Type: message/rfc822\nA: 1\n\nB: 2\nContent-ID: 3\n"),
	  "L1 0+4 --b|Fm 4+29 Content-Type: message/rfc822|Fm 33+5 A: 1|"
	  "L0 38+1 |Fn 39+5 B: 2|Fm 44+14 Content-ID: 3|" },
	{ "digest", DIGEST, S("--b\n\nA: 1\n\nx\n--b\nX: 1\n\nB: 2\n"),
	  "L1 0+4 --b|L0 4+1 |Fn 5+5 A: 1|L0 10+1 |L1 11+2 x|L3 13+4 --b|"
	  "Fm 17+5 X: 1|L0 22+1 |Fn 23+5 B: 2|" },
	{ "digest of text", DIGEST,
	  S("--b\nContent-Type: text/plain\n\nA: 1\n"),
	  "L1 0+4 --b|Fm 4+25 Content-Type: text/plain|L0 29+1 |"
	  "L1 30+5 A: 1|" },
	{ "another type leaves the default", DIGEST,
	  S("--b\nContent-Type: image/png\n\nA: 1\n"),
	  "L1 0+4 --b|Fm 4+24 Content-Type: image/png|L0 28+1 |Fn 29+5 A: 1|" },
	{ "a message as the message", S("Content-Type: message/rfc822\n"),
	  S("A: 1\n\nx\n"), "Fn 0+5 A: 1|L0 5+1 |L1 6+2 x|" },
	{ "encoded messages are looked into",
	  S("Content-Type: message/rfc822\n"
	  "Content-Transfer-Encoding: base64\n"),
	  S("A: 1\n"), "Fn 0+5 A: 1|" },
	{ "message/global", S("Content-Type: message/global\n"),
	  S("A: 1\n"), "Fn 0+5 A: 1|" },
	{ "a message behind a broken header", MIXED,
	  S("--b\nContent-Type: message/rfc822\nx\nA: 1\n"),
	  "L1 0+4 --b|Fm 4+29 Content-Type: message/rfc822|L0 33+2 x|"
	  "L2 35+5 A: 1|" },
	{ "message/partial", S("Content-Type: message/partial\n"),
	  S("A: 1\n"), "L1 0+5 A: 1|" },
	{ "message/external-body", S("Content-Type: message/external-body\n"),
	  S("A: 1\n"), "L1 0+5 A: 1|" },
	{ "an outer boundary ends inner ones", MIXED,
	  S("--b\nContent-Type: multipart/x; boundary=c\n\n--c\n\n"
	  "--b\n\n--c\n"),
	  "L1 0+4 --b|Fm 4+38 Content-Type: multipart/x; boundary=c|L0 42+1 |"
	  "L1 43+4 --c|L0 47+1 |L1 48+4 --b|L0 52+1 |L1 53+4 --c|" },
	{ "the inner of two that fit", MIXED,
	  S("--b\nContent-Type: multipart/digest; boundary=bb\n\n--bb\n\nA: 1"),
	  "L1 0+4 --b|Fm 4+44 Content-Type: multipart/digest; boundary=bb|"
	  "L0 48+1 |L1 49+5 --bb|L0 54+1 |Fn 55+4 A: 1~|" },
	{ "every boundary of a field",
	  S("Content-Type: multipart/x; boundary=c; boundary=\"b\"\n"),
	  S("--c\n\n--b\n"), "L1 0+4 --c|L0 4+1 |L1 5+4 --b|" },
	{ "an empty boundary", S("Content-Type: multipart/x; boundary=\"\"\n"),
	  S("--\n--x\n\n----\n--x\nA: 1"),
	  "L1 0+3 --|L4 3+4 --x|L0 7+1 |L0 8+5 ----|L5 13+4 --x|"
	  "L9 17+4 A: 1~|" },
	{ "a boundary cut by NUL",
	  S("Content-Type: multipart/x; boundary=\"b\0c\"\n"),
	  S("--b\nA: 1\n"), "L1 0+4 --b|Fm 4+5 A: 1|" },
};

static void
structure_is_postfix(void **state)
{
	(void)state;
	check(&usual, structures, COUNT(structures));
}

static void
nul_is_a_byte(void **state)
{
	struct span body = S("a\0b\n\0\n"), want = S("L1 0+4 a\0b|L5 4+2 \0|");
	struct seen seen = { .enough = 0 };

	(void)state;
	buf_init(&seen.text, 1000);
	for (size_t chunk = 1; chunk < 8; chunk++) {
		run(&usual, SPAN(""), body, chunk, &seen);
		assert_true(span_equal(buf_span(&seen.text), want));
	}
	buf_clear(&seen.text);
}

/* line_length 8, header_size 10, nesting 1, boundary_length 3. */
static const struct message limited[] = {
	{ "line n-1", S(""), S("1234567\r\n1234567\n"),
	  "L1 0+9 1234567|L9 9+8 1234567|" },
	{ "line n", S(""), S("12345678\r\n12345678\nx\n"),
	  "L1 0+8 12345678~|L10 8+2 +|L11 10+8 12345678~|L20 18+1 +|"
	  "L21 19+2 x|" },
	{ "line n+1", S(""), S("123456789\r\nx\n"),
	  "L1 0+8 12345678~|L10 8+3 +9|L12 11+2 x|" },
	{ "a CR in place n", S(""), S("1234567\rx\n"),
	  "L1 0+8 1234567\r~|L10 8+2 +x|" },
	{ "a CR in place n, at the end", S(""), S("1234567\r"),
	  "L1 0+8 1234567\r~|" },
	{ "CRs about n", S(""), S("1234567\r\r\n"),
	  "L1 0+8 1234567\r~|L10 8+2 +|" },
	{ "line n, at the end", S(""), S("12345678"), "L1 0+8 12345678~|" },
	{ "a boundary within a line", MIXED, S("12345678--b\n--b\n"),
	  "L1 0+8 12345678~|L10 8+4 +--b|L14 12+4 --b|" },
	{ "a field in the rest of a boundary line", MIXED,
	  S("--b45678A: 1\n\n--b45678\nA: 1\n--b45678 x\n"),
	  "L1 0+8 --b45678~|Fm 8+5 A: 1|L0 13+1 |L1 14+8 --b45678~|"
	  "L0 22+1 +|L1 23+5 A: 1|L6 28+8 --b45678~|L0 36+3 + x|" },
	{ "a field in pieces", MIXED, S("--b\nA: 45678 x\n\n"),
	  "L1 0+4 --b|Fm 4+11 A: 45678 x|L0 15+1 |" },
	{ "a field of two full pieces", MIXED, S("--b\nA: 4567812345678\nx\n"),
	  "L1 0+4 --b|Fm 4+17 A: 4567812345678|L0 21+2 x|" },
	{ "header n-1 takes one more line", MIXED,
	  S("--b\nA: 4567\n \n 23\n 3\n"),
	  "L1 0+4 --b|Fm 4+17 A: 4567\n \n 23(of 16)|" },
	{ "header n takes none", MIXED, S("--b\nA: 4567\n 2\n 3\n"),
	  "L1 0+4 --b|Fm 4+14 A: 4567\n 2(of 13)|" },
	{ "header n+1 takes none", MIXED, S("--b\nA: 4567\n 23\n 3\n\nx\n"),
	  "L1 0+4 --b|Fm 4+15 A: 4567\n 23(of 14)|L0 19+1 |L1 20+2 x|" },
	{ "the rest of a line that was cut", MIXED,
	  S("--b\nA: 4567\n 2345678abcdefghij\n\n"),
	  "L1 0+4 --b|Fm 4+27 A: 4567\n 2345678(of 26)|L0 31+1 |" },
	{ "a name longer than a line", MIXED, S("--b\nSubject1: x\n"),
	  "L1 0+4 --b|L0 4+8 Subject1~|L9 12+4 +: x|" },
	{ "boundary n-1", S("Content-Type: multipart/x; boundary=bc\n"),
	  S("--b\n--bc\nA: 1\n"), "L1 0+4 --b|L5 4+5 --bc|Fm 9+5 A: 1|" },
	{ "boundary n", S("Content-Type: multipart/x; boundary=bcd\n"),
	  S("--bc\n--bcd\nA: 1\n"), "L1 0+5 --bc|L6 5+6 --bcd|Fm 11+5 A: 1|" },
	{ "boundary n+1", S("Content-Type: multipart/x; boundary=bcde\n"),
	  S("--bcd\nA: 1\n\n--bcd--\n"),
	  "B4|L1 0+6 --bcd|Fm 6+5 A: 1|L0 11+1 |L0 12+8 --bcd--|" },
	/* Postfix has room for two more than it says. */
	{ "nesting at the limit",
	  S("Content-Type: multipart/x; boundary=c; boundary=d; boundary=e\n"),
	  S("--e\nA: 1\n"), "L1 0+4 --e|Fm 4+5 A: 1|" },
	{ "nesting past the limit", S("Content-Type: multipart/x; boundary=c;"
	  "boundary=d; boundary=e; boundary=f\n"),
	  S("--f\n--e\nA: 1\n"), "N0|L1 0+4 --f|L5 4+4 --e|Fm 8+5 A: 1|" },
};

static void
limits_are_postfix(void **state)
{
	(void)state;
	check(&small, limited, COUNT(limited));
}

/* Whichever comes first, and before the field that has it. */
static void
a_long_boundary_is_said_once(void **state)
{
	static const struct mime_limits four = { 2048, 1000, 100, 4 };
	static const struct message list[] = {
		{ "in a part", MIXED, S("--b\nContent-Type: multipart/x; "
		  "boundary=1234; boundary=12345; boundary=123456\nA: 1\n"),
		  "L1 0+4 --b|B5|Fm 4+74 Content-Type: multipart/x; "
		  "boundary=1234; boundary=12345; boundary=123456|"
		  "Fm 78+5 A: 1|" },
		{ "and in the header", S("Content-Type: multipart/x; "
		  "boundary=123456\n"), S("--1234\nContent-Type: multipart/x; "
		  "boundary=12345\n"), "B6|L1 0+7 --1234|"
		  "Fm 7+42 Content-Type: multipart/x; boundary=12345|" },
		{ "no body", S("Content-Type: multipart/x; boundary=12345\n"),
		  S(""), "B5|" },
	};

	(void)state;
	check(&four, list, COUNT(list));
}

/* What was cut off is not known, as with Postfix. */
static void
a_type_can_be_cut(void **state)
{
	static const struct mime_limits limits = { 40, 20, 2, 70 };
	static const struct message list[] = {
		{ "boundary cut off", MIXED, S("--b\nContent-Type:\n"
		  " multipart/x;\n boundary=c\n\n--c\nA: 1\n"),
		  "L1 0+4 --b|Fm 4+40 Content-Type:\n multipart/x;(of 39)|"
		  "L0 44+1 |L1 45+4 --c|L5 49+5 A: 1|" },
		{ "boundary in the last line", MIXED, S("--b\nContent-Type:\n"
		  " multipart/x; boundary=c\n\n--c\nA: 1\n"),
		  "L1 0+4 --b|"
		  "Fm 4+39 Content-Type:\n multipart/x; boundary=c|"
		  "L0 43+1 |L1 44+4 --c|Fm 48+5 A: 1|" },
	};

	(void)state;
	check(&limits, list, COUNT(list));
}

/* It is said once, before the field that had it, and the rest goes on. */
static void
nesting_is_said_once(void **state)
{
	static const struct mime_limits limits = { 2048, 1000, 1, 70 };
	static const struct message list[] = {
		{ "in parts", S("Content-Type: multipart/x; boundary=c;"
		  "boundary=d; boundary=e\n"),
		  S("--e\nContent-Type: multipart/x; boundary=f\n\n"
		  "--e\nContent-Type: multipart/x; boundary=g\n\n--c--\n"),
		  "L1 0+4 --e|"
		  "N4|Fm 4+38 Content-Type: multipart/x; boundary=f|L0 42+1 |"
		  "L1 43+4 --e|Fm 47+38 Content-Type: multipart/x; boundary=g|"
		  "L0 85+1 |L0 86+6 --c--|" },
		{ "room again", S("Content-Type: multipart/x; boundary=c;"
		  "boundary=d; boundary=e\n"),
		  S("--d\nContent-Type: multipart/x; boundary=f\n\n--f\nA: 1"),
		  "L1 0+4 --d|Fm 4+38 Content-Type: multipart/x; boundary=f|"
		  "L0 42+1 |L1 43+4 --f|Fm 47+4 A: 1~|" },
	};

	(void)state;
	check(&limits, list, COUNT(list));
}

/* How a boundary may be written; what it is shows in what ends a preamble. */
static const struct {
	struct span type;
	const char *boundary;	/* NULL: there is none */
} types[] = {
	{ S(" multipart/mixed; boundary=abc"), "abc" },
	{ S("multipart/mixed;boundary=\"abc\""), "abc" },
	{ S(" MULTIPART/x; BOUNDARY=abc"), "abc" },
	{ S(" multipart; boundary=abc"), "abc" },
	{ S(" multipart/mixed; x=y; boundary=abc;z=1"), "abc" },
	{ S(" multipart/mixed; boundary=\"a b;c\""), "a b;c" },
	{ S(" multipart/mixed; boundary=\"a\\\"b\\\\\""), "a\"b\\" },
	{ S(" multipart/mixed; boundary=a:b"), "a" },
	{ S(" multipart/mixed; boundary=a b"), "a" },
	{ S(" multipart/mixed; boundary=a(c)b"), "a" },
	{ S(" multipart/mixed; boundary = (c) abc"), "abc" },
	{ S(" (c(c\\)c)) multipart (c)/mixed; (;) boundary=abc"), "abc" },
	{ S(" multipart/mixed;\n\tboundary=\n \"abc\""), "abc" },
	{ S(" multipart/mixed; boundary=\"ab \t\n c\""), "ab c" },
	{ S(" multipart/mixed; boundary=\"ab\\ \n c\""), "ab c" },
	{ S(" multipart/mixed; boundary=\"ab\\\n c\""), NULL },
	{ S(" multipart/mixed; boundary=\"abc"), "abc" },
	{ S(" multipart/mixed; boundary=\"abc\\"), "abc" },
	{ S(" multipart/mixed; boundary==x"), "=" },
	{ S(" multipart/mixed; boundary=\xc3\xa9"), "\xc3\xa9" },
	{ S(" multipart/mixed; boundary=ab\0c\n ; boundary=d"), "d" },
	{ S(" multipart/mixed; boundary="), NULL },
	{ S(" multipart/mixed; boundary"), NULL },
	{ S(" multipart/mixed; boundary abc"), NULL },
	{ S(" multipart/mixed; boundary*=abc"), NULL },
	{ S(" multipart/mixed; boundary*0=abc"), NULL },
	{ S(" multipart/mixed; \"boundary\"=abc"), NULL },
	{ S(" multipart/mixed; x boundary=abc"), NULL },
	{ S(" multipart/mixed boundary=abc"), NULL },
	{ S(" multipart/mixed; (boundary=abc"), NULL },
	{ S(" \"multipart\"/mixed; boundary=abc"), NULL },
	{ S(" text/plain; boundary=abc"), NULL },
	{ S("; boundary=abc"), NULL },
	{ S(""), NULL },
};

static bool
finds(const struct mime_limits *limits, struct span type, const char *boundary)
{
	struct field field = { SPAN("Content-Type"), type };
	struct seen seen = { .enough = 0 };
	struct mime_sink sink = { see, &seen };
	struct mime *mime = mime_new(limits, &sink);
	bool found;

	assert_non_null(mime);
	buf_init(&seen.text, 10000);
	mime_field(mime, &field);
	mime_body(mime, SPAN("--"));
	mime_body(mime, span_of(boundary));
	mime_body(mime, SPAN("\nA: 1\n"));
	mime_end(mime);
	found = strstr(buf_string(&seen.text), "|Fm ") != NULL;
	mime_free(&mime);
	buf_clear(&seen.text);
	return found;
}

static void
boundaries_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		const char *want = types[i].boundary;

		if (want == NULL) {
			if (finds(&usual, types[i].type, "abc"))
				fail_msg("%.*s", SPAN_ARG(types[i].type));
			continue;
		}
		if (!finds(&usual, types[i].type, want))
			fail_msg("%.*s: not \"%s\"", SPAN_ARG(types[i].type),
			    want);
		/* Nor is it shorter, which a prefix would be found of. */
		for (size_t n = strlen(want); n-- > 0;) {
			char part[100];

			memcpy(part, want, n);
			part[n] = '\0';
			if (finds(&usual, types[i].type, part))
				fail_msg("%.*s: \"%s\"",
				    SPAN_ARG(types[i].type), part);
		}
	}
}

static void
sink_can_have_enough(void **state)
{
	struct span header = S("Content-Type: multipart/x; boundary=b\n");
	struct span body = S("p\n--b\nA: 1\nB: 2\n\nx\n--b--\nA: 1\n");
	struct seen seen = { .enough = 0 };
	size_t all;

	(void)state;
	buf_init(&seen.text, 10000);
	run(&usual, header, body, 100, &seen);
	all = seen.events;
	assert_int_equal(all, 8);
	for (size_t enough = 1; enough <= all; enough++)
		for (size_t chunk = 1; chunk <= body.n; chunk++) {
			seen.enough = enough;
			run(&usual, header, body, chunk, &seen);
			assert_int_equal(seen.events, enough);
		}
	buf_clear(&seen.text);
}

static void
add_odd_line(struct buf *body)
{
	static const char *const words[] = {
		"--b", "--b--", "--c", "--", "A: 1", "B :", " x", "", "text",
		"Content-Type: multipart/digest; boundary=c", "\r", "-",
		"Content-Type: message/rfc822", "12345678", "1234567\r", "x\ry",
	};
	static const struct span ends[] = {
		S("\n"), S("\r\n"), S("\r\n"), S("\n"), S(""), S("\r\r\n"),
	};

	buf_add(body, span_of(words[(size_t)rand() % COUNT(words)]));
	buf_add(body, ends[(size_t)rand() % COUNT(ends)]);
}

/* Any bytes, any cut: the same events, and each byte in just one of them. */
static void
cuts_do_not_show(void **state)
{
	static const struct mime_limits limits[] = {
		{ 2048, 102400, 100, 2048 }, { 8, 40, 1, 3 }, { 1, 1, 1, 1 },
		{ 2, 1, 2, 2 }, { 40, 60, 2, 2 },
	};
	struct span header = S("Content-Type: multipart/mixed; boundary=b\n");
	struct seen whole = { .enough = 0 }, cut = { .enough = 0 };
	struct buf body;

	(void)state;
	srand(1);
	buf_init(&body, 1 << 16);
	buf_init(&whole.text, 1 << 20);
	buf_init(&cut.text, 1 << 20);
	for (unsigned i = 0; i < 3000; i++) {
		const struct mime_limits *with = &limits[i % COUNT(limits)];

		buf_reset(&body);
		for (int n = rand() % 20; n > 0; n--)
			add_odd_line(&body);
		run(with, header, buf_span(&body), body.n + 1, &whole);
		assert_false(whole.gap);
		assert_true(whole.end == body.n);
		for (size_t chunk = 1; chunk < 12; chunk++) {
			run(with, header, buf_span(&body), chunk, &cut);
			if (!span_equal(buf_span(&whole.text),
			    buf_span(&cut.text)))
				fail_msg("%u by %zu:\n%s\nwant\n%s", i, chunk,
				    buf_string(&cut.text),
				    buf_string(&whole.text));
		}
	}
	buf_clear(&body);
	buf_clear(&whole.text);
	buf_clear(&cut.text);
}

static void
primary_lists(void **state)
{
	(void)state;
	assert_int_equal(mime_primary_list(SPAN("Subject")), HEADER_PRIMARY);
	assert_int_equal(mime_primary_list(SPAN("content-type")), HEADER_MIME);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(structure_is_postfix),
		cmocka_unit_test(nul_is_a_byte),
		cmocka_unit_test(limits_are_postfix),
		cmocka_unit_test(a_long_boundary_is_said_once),
		cmocka_unit_test(a_type_can_be_cut),
		cmocka_unit_test(nesting_is_said_once),
		cmocka_unit_test(boundaries_are_read),
		cmocka_unit_test(sink_can_have_enough),
		cmocka_unit_test(cuts_do_not_show),
		cmocka_unit_test(primary_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
