/*
 * Transfer encodings undone: every input is fed in chunks of all sizes, and
 * cut short at every byte.  Beside Python they stand in
 * test/differential/test_decode.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "message/decode.h"

#define S(literal)	{ "" literal, sizeof(literal) - 1 }
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

struct sample {
	const char *name;
	struct span in, want;
};

/* Also that no call adds more than the header allows. */
static void
decode_all(enum encoding encoding, struct span in, size_t chunk,
    struct buf *out)
{
	struct decode decode;
	size_t before = 0;

	buf_reset(out);
	decode_init(&decode, encoding);
	for (; in.n > 0; in = span_skip(in, chunk)) {
		/* A copy of its own, so that a look past it is found. */
		struct span piece = span_head(in, chunk);
		char *copy = malloc(piece.n);

		assert_non_null(copy);
		memcpy(copy, piece.p, piece.n);
		before = out->n;
		decode_feed(&decode, span_make(copy, piece.n), out);
		assert_true(out->n - before <= piece.n + DECODE_HELD);
		free(copy);
	}
	before = out->n;
	decode_end(&decode, out);
	assert_true(out->n - before <= DECODE_HELD);
}

static void
check(enum encoding encoding, const struct sample *list, size_t n)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < n; i++) {
		for (size_t chunk = 1; chunk <= list[i].in.n + 1; chunk++) {
			decode_all(encoding, list[i].in, chunk, &out);
			if (!span_equal(buf_span(&out), list[i].want))
				fail_msg("%s by %zu: \"%.*s\", not \"%.*s\"",
				    list[i].name, chunk,
				    SPAN_ARG(buf_span(&out)),
				    SPAN_ARG(list[i].want));
		}
		for (size_t cut = 0; cut < list[i].in.n; cut++)
			decode_all(encoding, span_head(list[i].in, cut), 7,
			    &out);
	}
	buf_clear(&out);
}

static const struct sample base64[] = {
	{ "nothing", S(""), S("") },
	{ "one byte", S("QQ=="), S("A") },
	{ "two bytes", S("QUI="), S("AB") },
	{ "three bytes", S("QUJD"), S("ABC") },
	{ "all values", S("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	  "0123456789+/"),
	  S("\x00\x10\x83\x10\x51\x87\x20\x92\x8b\x30\xd3\x8f\x41\x14\x93\x51"
	  "\x55\x97\x61\x96\x9b\x71\xd7\x9f\x82\x18\xa3\x92\x59\xa7\xa2\x9a"
	  "\xab\xb2\xdb\xaf\xc3\x1c\xb3\xd3\x5d\xb7\xe3\x9e\xbb\xf3\xdf\xbf")
	},
	{ "lines", S("QU\r\nJD\nRE\r\nVG\r\n"), S("ABCDEF") },
	{ "junk", S("Q!U-J_D.\x80\xff\0 R*EVG"), S("ABCDEF") },
	{ "no padding", S("QUJDRA"), S("ABCD") },
	{ "half of the padding", S("QUJDRA="), S("ABCD") },
	{ "a character alone", S("QUJDR"), S("ABC") },
	{ "too much padding", S("QUJDRA======"), S("ABCD") },
	{ "padding and nothing", S("===="), S("") },
	{ "padding in the middle", S("QQ==QUI=QUJD"), S("AABABC") },
	{ "padding cut by a line", S("QQ=\r\n=QUI="), S("AAB") },
	{ "padding where none can be", S("=Q=UJD"), S("ABC") },
	{ "half of the padding in the middle", S("QU=JD"), S("ABC") },
	{ "bits behind the end", S("QR=="), S("A") },
};

static const struct sample quoted[] = {
	{ "nothing", S(""), S("") },
	{ "plain", S("a b\r\nc\n"), S("a b\r\nc\n") },
	{ "codes", S("=41=3D=c3=A9=00"), S("A=\xc3\xa9\0") },
	{ "small letters", S("=3d=e9=E9"), S("=\xe9\xe9") },
	{ "soft line breaks", S("a=\r\nb=\nc"), S("abc") },
	{ "with blanks", S("a= \t\r\nb=  \nc"), S("abc") },
	{ "blanks and no line end", S("a= \tb"), S("a= \tb") },
	{ "CR and no LF", S("a=\rb= \r=41"), S("a=\rb= \rA") },
	{ "two CR", S("a=\r\r\nb"), S("a=\r\r\nb") },
	{ "no code", S("=XY=4G=G4"), S("=XY=4G=G4") },
	{ "two equals", S("==41==="), S("=A==") },
	{ "a code cut by a line", S("=4\r\n1=4=\r\n1"), S("=4\r\n1=41") },
	{ "ends in half a code", S("a=4"), S("a=4") },
	{ "ends in an equals", S("a="), S("a") },
	{ "ends in a soft break", S("a= \r"), S("a") },
	{ "eight bits", S("\xc3\xa9\xff"), S("\xc3\xa9\xff") },
	{ "only codes", S("=61=62=63=0D=0A"), S("abc\r\n") },
	{ "a blank before a line end", S("a \r\nb\t\n"), S("a \r\nb\t\n") },
};

static const struct sample uuencode[] = {
	{ "nothing", S(""), S("") },
	{ "a file", S("begin 644 x\n#0V%T\n`\nend\n"), S("Cat") },
	{ "CRLF", S("begin 644 x\r\n#0V%T\r\n`\r\nend\r\n"), S("Cat") },
	{ "blanks for zeros", S("begin 644 x\n#   !\n \nend\n"),
	  S("\0\0\1") },
	{ "a line of two", S("begin 644 x\n\"0V$@\n`\nend\n"), S("Ca") },
	{ "more than the length", S("begin 644 x\n!0V%T\n`\nend\n"), S("C") },
	{ "less than the length", S("begin 644 x\nM0V%T\n#0V%T\nend\n"),
	  S("CatCat") },
	{ "no end", S("begin 644 x\n#0V%T\n"), S("Cat") },
	{ "in mid-line", S("begin 644 x\n#0V%"), S("Ca") },
	{ "text around", S("hello\nbegin 644 x\n#0V%T\n`\nend\nbye\n"),
	  S("hello\nCatbye\n") },
	{ "two", S("begin 644 x\n#0V%T\nend\nbegin 755 y\n#0V%T\nend\n"),
	  S("CatCat") },
	{ "what begins as one", S("beg\nbegin\nbegin x\nbegin 6\n#0V%T\n"),
	  S("beg\nbegin\nbegin x\nCat") },
	{ "cut", S("x\nbegi"), S("x\nbegi") },
};

static void
base64_is_decoded(void **state)
{
	(void)state;
	check(ENCODING_BASE64, base64, COUNT(base64));
}

static void
quoted_printable_is_decoded(void **state)
{
	(void)state;
	check(ENCODING_QUOTED_PRINTABLE, quoted, COUNT(quoted));
}

static void
uuencode_is_decoded(void **state)
{
	(void)state;
	check(ENCODING_UUENCODE, uuencode, COUNT(uuencode));
}

static void
others_are_left_alone(void **state)
{
	static const struct sample none[] = {
		{ "text", S("=41 QQ==\r\n\0\xff"), S("=41 QQ==\r\n\0\xff") },
	};

	(void)state;
	check(ENCODING_NONE, none, COUNT(none));
}

/* The blanks behind "=" that are held back are bounded; a line end ends any. */
static void
blanks_are_held_to_a_bound(void **state)
{
	static const size_t blanks[] = {
		DECODE_HELD - 3, DECODE_HELD - 2, DECODE_HELD - 1, DECODE_HELD,
		5000
	};
	struct buf in, out;

	(void)state;
	buf_init(&in, 1 << 20);
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < 2 * COUNT(blanks); i++) {
		size_t many = blanks[i / 2], most = DECODE_HELD - 2;
		bool soft = i % 2 == 0;

		for (size_t chunk = 1; chunk < 9000; chunk = chunk * 3 + 1) {
			buf_reset(&in);
			buf_addc(&in, '=');
			for (size_t k = 0; k < many; k++)
				buf_addc(&in, ' ');
			buf_add(&in, soft ? SPAN("\r\nx") : SPAN("x"));
			decode_all(ENCODING_QUOTED_PRINTABLE, buf_span(&in),
			    chunk, &out);
			assert_int_equal(out.n, soft ? 1 :
			    2 + (many < most ? many : most));
		}
	}
	buf_clear(&in);
	buf_clear(&out);
}

static void
encodings_have_names(void **state)
{
	static const struct {
		struct span value;
		enum encoding want;
	} names[] = {
		{ S("base64"), ENCODING_BASE64 },
		{ S(" BASE64 "), ENCODING_BASE64 },
		{ S("(a) base64 (b)"), ENCODING_BASE64 },
		{ S("base64;x"), ENCODING_BASE64 },
		{ S("\"base64\""), ENCODING_BASE64 },
		{ S("\n base64"), ENCODING_BASE64 },
		{ S("Quoted-Printable"), ENCODING_QUOTED_PRINTABLE },
		{ S("x-uuencode"), ENCODING_UUENCODE },
		{ S("UUE"), ENCODING_UUENCODE },
		{ S("base6"), ENCODING_NONE }, { S("base644"), ENCODING_NONE },
		{ S("7bit"), ENCODING_NONE }, { S(""), ENCODING_NONE },
		{ S("(base64"), ENCODING_NONE },
		{ S("((a) b)(c\\))base64"), ENCODING_BASE64 },
		{ S("(a\\"), ENCODING_NONE },
		{ S("(a) )base64"), ENCODING_NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		if (encoding_parse(names[i].value) != names[i].want)
			fail_msg("\"%.*s\"", SPAN_ARG(names[i].value));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_is_decoded),
		cmocka_unit_test(quoted_printable_is_decoded),
		cmocka_unit_test(uuencode_is_decoded),
		cmocka_unit_test(others_are_left_alone),
		cmocka_unit_test(blanks_are_held_to_a_bound),
		cmocka_unit_test(encodings_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
