/* Character sets to UTF-8, however the text is cut into chunks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <errno.h>
#include <iconv.h>

#include "base/utf8.h"
#include "message/charset.h"
#include "message/charset_names.h"
#include "message/readable.h"
#include "message/text.h"

#define S(literal)	SPAN_INIT(literal)
#define FFFD		"\xef\xbf\xbd"

/* U+2020, whose bytes are the same in both orders, eight times. */
#define WIDE8		"\x20\x20\x20\x20\x20\x20\x20\x20" \
			"\x20\x20\x20\x20\x20\x20\x20\x20"
#define WIDE8_UTF8	"\xe2\x80\xa0\xe2\x80\xa0\xe2\x80\xa0\xe2\x80\xa0" \
			"\xe2\x80\xa0\xe2\x80\xa0\xe2\x80\xa0\xe2\x80\xa0"

static const struct {
	const char *name, *charset;
	struct span in, want;
	struct span marked;	/* empty: as want */
} cases[] = {
	{ "no name, ASCII", "", S("plain"), S("plain"), S("") },
	{ "no name, UTF-8", "", S("\xe2\x82\xac"), S("\xe2\x82\xac"), S("") },
	{ "no name, one byte", "", S("caf\xe9"), S("caf\xc3\xa9"), S("") },
	{ "no name, both", "", S("\xe9 \xc3\xa9"), S("\xc3\xa9 \xc3\xa9"),
	    S("") },
	{ "no name, quotes", "", S("\x93x\x94"),
	    S("\xe2\x80\x9cx\xe2\x80\x9d"), S("") },
	{ "no such byte", "", S("\x81"), S(FFFD), S("") },
	{ "NUL", "us-ascii", S("a\0b"), S("a\0b"), S("") },
	{ "unknown name", "x-klingon", S("caf\xe9 \xc3\xa9"),
	    S("caf\xc3\xa9 \xc3\xa9"), S("caf" FFFD " \xc3\xa9") },
	{ "a lie: ASCII", "us-ascii", S("caf\xe9"), S("caf\xc3\xa9"),
	    S("caf" FFFD) },
	{ "a lie: UTF-8", "utf-8", S("caf\xe9!"), S("caf\xc3\xa9!"),
	    S("caf" FFFD "!") },
	{ "UTF-8 that ends early", "utf-8", S("\xe2\x82"),
	    S("\xc3\xa2\xe2\x80\x9a"), S(FFFD) },
	{ "overlong", "utf-8", S("\xc0\xaf"), S("\xc3\x80\xc2\xaf"),
	    S(FFFD FFFD) },
	{ "surrogates", "utf-8", S("\xed\xa0\x80"),
	    S("\xc3\xad\xc2\xa0\xe2\x82\xac"), S(FFFD FFFD FFFD) },
	{ "UTF-8 with a mark", "utf-8", S("\xef\xbb\xbf" "a"), S("a"), S("") },
	{ "a mark alone", "utf-8", S("\xef\xbb\xbf"), S(""), S("") },
	{ "half a mark", "utf-8", S("\xef\xbb"), S("\xc3\xaf\xc2\xbb"),
	    S(FFFD) },
	{ "latin1 is 1252", "ISO-8859-1", S("\xe9\x80"),
	    S("\xc3\xa9\xe2\x82\xac"), S("") },
	{ "odd spelling", "iso_8859-15:1998", S("\xa4"), S("\xe2\x82\xac"),
	    S("") },
	{ "latin2", "Latin-2", S("\xb1"), S("\xc4\x85"), S("") },
	{ "koi8-r", "koi8-r", S("\xf7\xe9"), S("\xd0\x92\xd0\x98"), S("") },
	{ "1251", "windows-1251", S("\xc2\xe8"), S("\xd0\x92\xd0\xb8"),
	    S("") },
	{ "a hole of 1251", "windows-1251", S("a\x98z"), S("a\xcb\x9cz"),
	    S("a" FFFD "z") },
	{ "shift_jis", "Shift_JIS", S("\x93\xfa\x96{"),
	    S("\xe6\x97\xa5\xe6\x9c\xac"), S("") },
	{ "euc-jp", "EUC-JP", S("\xc6\xfc"), S("\xe6\x97\xa5"), S("") },
	{ "iso-2022-jp", "iso-2022-jp", S("\33$BF|K\\\33(B!"),
	    S("\xe6\x97\xa5\xe6\x9c\xac!"), S("") },
	{ "gb2312", "gb2312", S("\xd6\xd0\xce\xc4"),
	    S("\xe4\xb8\xad\xe6\x96\x87"), S("") },
	{ "gb18030, four bytes", "gb18030", S("\x81\x30\x81\x30"),
	    S("\xc2\x80"), S("") },
	{ "big5", "big5", S("\xa4\xa4"), S("\xe4\xb8\xad"), S("") },
	{ "big5, an accent behind", "big5", S("\x88\x62"),
	    S("\xc3\x8a\xcc\x84"), S("") },
	{ "big5, none behind", "big5", S("\x88\x66"), S("\xc3\x8a"), S("") },
	{ "big5, cut", "big5", S("a\xa4"), S("a\xc2\xa4"), S("a" FFFD) },
	{ "euc-kr", "ks_c_5601-1987", S("\xc7\xd1"), S("\xed\x95\x9c"),
	    S("") },
	{ "utf-7", "utf-7", S("Hi Mom -+Jjo--!+AOk-"),
	    S("Hi Mom -\xe2\x98\xba-!\xc3\xa9"), S("") },
	{ "utf-7, 8 bit", "utf-7", S("\xe9+AOk-\xe9"),
	    S("\xc3\xa9\xc3\xa9\xc3\xa9"), S(FFFD "\xc3\xa9" FFFD) },
	{ "utf-7, plus", "utf-7", S("1+-1 + +"), S("1+1 + +"), S("") },
	{ "utf-7, a pair", "utf-7", S("+2D3eAA-x"), S("\xf0\x9f\x98\x80x"),
	    S("") },
	{ "utf-7, half a pair", "utf-7", S("+2D0AYQ-+2D0-"),
	    S(FFFD "a" FFFD), S("") },
	{ "utf-7, bits that are left", "utf-7", S("+AGEA!+AGF+A"),
	    S("a" FFFD "!a" FFFD), S("") },
	{ "utf-7, 8 bit in base64", "utf-7", S("+AGE\xe9"),
	    S("a\xc3\xa9"), S("a" FFFD) },
	{ "utf-16, big", "utf-16", S("\xfe\xff\0a\x20\xac"),
	    S("a\xe2\x82\xac"), S("") },
	{ "utf-16, little", "utf-16", S("\xff\xfe" "a\0\xac\x20"),
	    S("a\xe2\x82\xac"), S("") },
	{ "utf-16, no mark, big", "utf-16", S("\0a\0b"), S("ab"), S("") },
	{ "utf-16, no mark, little", "utf-16", S("a\0b\0"), S("ab"), S("") },
	{ "utf-16, no mark, a wide space, little", "utf-16",
	    S("\0\x20" "a\0b\0"), S("\xe2\x80\x80" "ab"), S("") },
	{ "utf-16, no mark, a wide space, big", "utf-16",
	    S("\x30\0\0a\0b"), S("\xe3\x80\x80" "ab"), S("") },
	{ "utf-16, no mark, nothing tells", "utf-16", S("\x42\x30\x44\x30"),
	    S("\xe3\x81\x82\xe3\x81\x84"), S("") },
	{ "utf-16, no mark, nothing tells in the first 64 bytes", "utf-16",
	    S(WIDE8 WIDE8 WIDE8 WIDE8 "\0a\0b"),
	    S(WIDE8_UTF8 WIDE8_UTF8 WIDE8_UTF8 WIDE8_UTF8
	    "\xe6\x84\x80\xe6\x88\x80"), S("") },
	{ "utf-16, no mark, the last of 64 bytes tell", "utf-16",
	    S(WIDE8 WIDE8 WIDE8 "\x20\x20\x20\x20\x20\x20\x20\x20"
	    "\x20\x20\x20\x20\x20\x20\0a\0b"),
	    S(WIDE8_UTF8 WIDE8_UTF8 WIDE8_UTF8 "\xe2\x80\xa0\xe2\x80\xa0"
	    "\xe2\x80\xa0\xe2\x80\xa0\xe2\x80\xa0\xe2\x80\xa0"
	    "\xe2\x80\xa0" "ab"), S("") },
	{ "utf-32, no mark", "utf-32", S("\0\0\0a"), S("a"), S("") },
	{ "utf-16be", "utf-16be", S("\xd8\x3d\xde\0"),
	    S("\xf0\x9f\x98\x80"), S("") },
	{ "utf-16le", "UTF-16LE", S("\x3d\xd8\0\xde"),
	    S("\xf0\x9f\x98\x80"), S("") },
	{ "utf-16, half a pair", "utf-16be", S("\xd8\x3d\0a\xde\0"),
	    S(FFFD "a" FFFD), S("") },
	{ "utf-16, cut in a pair", "utf-16be", S("\0a\xd8\x3d"),
	    S("a" FFFD), S("") },
	{ "utf-16, an odd byte", "utf-16be", S("\0ax"), S("a" FFFD), S("") },
	{ "utf-16, mark against the name", "utf-16be",
	    S("\xff\xfe" "a\0"), S("a"), S("") },
	{ "utf-16 that says UTF-8", "utf-8", S("\xff\xfe" "a\0b\0"), S("ab"),
	    S("") },
	{ "utf-16 that says nothing", "", S("\xfe\xff\0a"), S("a"), S("") },
	{ "utf-32", "utf-32", S("\0\0\xfe\xff\0\1\xf6\0"),
	    S("\xf0\x9f\x98\x80"), S("") },
	{ "utf-32, too large", "utf-32be", S("\0\x11\0\0\0\0\xd8\0"),
	    S(FFFD FFFD), S("") },
	{ "a name that is too long", "utf-8-and-then-a-lot-of-other-things-"
	    "that-are-no-character-set-at-all", S("a"), S("a"), S("") },
	{ "no name for iconv", "utf-8//translit", S("\xe9"), S("\xc3\xa9"),
	    S(FFFD) },
};

static void
feed(struct charset *charset, struct span in, size_t first, size_t then,
    struct buf *out)
{
	assert_non_null(charset);
	while (in.n > 0) {
		assert_true(charset_feed(charset, span_head(in, first), out));
		in = span_skip(in, first);
		first = then;
	}
	assert_true(charset_end(charset, out));
	charset_close(&charset);
	assert_null(charset);
}

static void
expect(const char *name, size_t cut, struct span got, struct span want)
{
	if (!span_equal(got, want))
		fail_msg("%s, cut at %zu: got \"%.*s\", want \"%.*s\"", name,
		    cut, SPAN_ARG(got), SPAN_ARG(want));
}

static void
converts(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span charset = span_of(cases[i].charset);
		struct span in = cases[i].in, want = cases[i].want;
		struct span marked = cases[i].marked.n > 0 ?
		    cases[i].marked : want;

		for (size_t cut = 1; cut <= in.n; cut++) {
			buf_reset(&out);
			feed(charset_open(charset), in, cut, in.n, &out);
			expect(cases[i].name, cut, buf_span(&out), want);
			buf_reset(&out);
			feed(charset_open_marked(charset), in, cut, 1, &out);
			expect(cases[i].name, cut, buf_span(&out), marked);
		}
	}
	buf_clear(&out);
}

static const char *const names[] = {
	"", "us-ascii", "utf-8", "iso-8859-1", "utf-16", "utf-16be", "utf-32",
	"utf-7", "iso-2022-jp", "iso-2022-kr", "iso-2022-cn", "gb18030",
	"big5", "euc-tw", "euc-jp", "shift_jis", "johab", "euc-kr", "tcvn",
	"cp1258", "cp1255", "koi8-r", "iso-8859-8", "ibm037",
	"viscii", "armscii-8", "georgian-ps", "hp-roman8", "macintosh",
};

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Bytes that the shifts and pairs of all these sets are made of. */
static char
random_byte(uint32_t *seed)
{
	static const char likely[] = "\33\16\17$()ABCGHIJNO+-&/=\r\n\0\xff\xfe"
	    "\xef\xbb\xbf\xd8\xdc\x81\x30\xa4\x88\x62\xa3";
	uint32_t r = next_random(seed);

	return r % 2 == 0 ? likely[r / 2 % (sizeof(likely) - 1)] :
	    (char)(r >> 4);
}

/* Valid, bounded and the same in any chunks, whatever the bytes are. */
static void
survives_anything(void **state)
{
	uint32_t seed = 1;
	struct buf whole, pieces;
	char text[1500];

	(void)state;
	print_message("seed 1\n");
	buf_init(&whole, 3 * sizeof(text));
	buf_init(&pieces, 3 * sizeof(text));
	for (size_t i = 0; i < 20 * sizeof(names) / sizeof(names[0]); i++) {
		struct span name = span_of(names[i / 20]), in;
		uint32_t code;
		size_t n;

		in = span_make(text, next_random(&seed) % sizeof(text));
		for (size_t at = 0; at < in.n; at++)
			text[at] = random_byte(&seed);
		buf_reset(&whole);
		buf_reset(&pieces);
		feed(i % 2 ? charset_open(name) : charset_open_marked(name),
		    in, sizeof(text), 1, &whole);
		feed(i % 2 ? charset_open(name) : charset_open_marked(name),
		    in, 1, 1 + next_random(&seed) % 7, &pieces);
		expect(names[i / 20], i, buf_span(&pieces), buf_span(&whole));
		for (size_t at = 0; at < whole.n; at += n)
			assert_int_equal(utf8_next(span_skip(buf_span(&whole),
			    at), &code, &n), UTF8_GOOD);
	}
	buf_clear(&whole);
	buf_clear(&pieces);
}

static void
knows_names(void **state)
{
	static const char *const known[] = { "UTF-8", "utf8", "Latin1",
	    "ks_c_5601-1987", "windows-1250", "CP 1250", "x-sjis", "gb_2312-80",
	    "csISO2022KR", "\"utf-8\"" };
	static const char *const unknown[] = { "", "-", "x-unknown",
	    "unknown-8bit", "utf-9", "iso-8859-12", "utf8 utf7", "iso88592x" };

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!charset_is_known(span_of(known[i])))
			fail_msg("%s", known[i]);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		if (charset_is_known(span_of(unknown[i])))
			fail_msg("%s", unknown[i]);
}

/* A name of the list that libc does not have would be an unknown one. */
static void
libc_has_all(void **state)
{
	struct span all = SPAN("iso88592 iso88593 iso88594 "
	    "iso88595 "
	    "iso88596 iso88597 iso88598 iso88599 iso885910 windows874 "
	    "iso885913 iso885914 iso885915 iso885916 windows1250 "
	    "windows1251 windows1253 windows1255 windows1256 "
	    "windows1257 windows1258 koi8r koi8u ibm437 ibm850 ibm852 "
	    "ibm855 ibm857 ibm860 ibm861 ibm862 ibm863 ibm864 ibm865 "
	    "ibm866 ibm869 ibm737 ibm775 ibm037 ibm500 macintosh "
	    "xmaccyrillic xmac hproman8 viscii tcvn armscii8 "
	    "georgianps shiftjis eucjp iso2022jp iso2022jp2 gb18030 "
	    "iso2022cn big5 euctw euckr iso2022kr johab");

	(void)state;
	while (all.n > 0) {
		struct span name = span_word(&all);
		const char *theirs = NULL;
		iconv_t cd;

		assert_int_equal(charset_find(name, &theirs), CHARSET_ICONV);
		cd = iconv_open("UTF-8", theirs);
		if (cd == (iconv_t)-1)
			fail_msg("%s", theirs);
		iconv_close(cd);
	}
}

static void
says_what_is_cut(void **state)
{
	struct charset *charset = charset_open(SPAN("iso-8859-1"));
	struct buf out;

	(void)state;
	buf_init(&out, 5);
	assert_true(charset_feed(charset, SPAN("\xe9"), &out));
	assert_false(charset_feed(charset, SPAN("\xe9\xe9\xe9"),
	    &out));
	assert_int_equal(out.n, 4);
	charset_close(&charset);
	buf_clear(&out);
}

/* What iconv_open(3) fails with; 0: it does not. */
static int open_fails;

/* In the place of libc's. */
iconv_t
iconv_open(const char *to, const char *from)
{
	iconv_t (*theirs)(const char *, const char *);

	if (open_fails != 0) {
		errno = open_fails;
		return (iconv_t)(intptr_t)-1;
	}
	*(void **)&theirs = dlsym(RTLD_NEXT, "iconv_open");
	assert_non_null(theirs);
	return theirs(to, from);
}

static void
nobody(void *context, struct span window, bool hidden)
{
	(void)context;
	(void)window;
	(void)hidden;
}

static bool
text_reads(void)
{
	const struct text_sink sink = { .paragraph = nobody };
	const struct part part = { .type = SPAN_INIT("text/plain"),
		.content_type = SPAN_INIT("text/plain; charset=koi8-r") };
	struct text *text = text_new(&sink);
	bool fine;

	text_begins(text, &part);
	text_data(text, SPAN("\xf7\xe9"));
	text_ends(text);
	fine = !text_failed(text);
	text_free(&text);
	return fine;
}

static bool
field_reads(struct span name, struct span value)
{
	const struct field field = { name, value };
	struct buf out;
	bool fine;

	buf_init(&out, readable_room(&field));
	fine = readable_field(&field, &out);
	buf_clear(&out);
	return fine;
}

/* A text that cannot be read for want of memory is none of another set. */
static void
memory_is_no_reading(void **state)
{
	static const int errors[] = { ENOMEM, EMFILE, ENFILE };
	struct charset *charset;

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		open_fails = errors[i];
		assert_null(charset_open(SPAN("koi8-r")));
		assert_null(charset_open_marked(SPAN("koi8-r")));
		assert_false(text_reads());
		assert_false(field_reads(SPAN("Subject"),
		    SPAN(" =?koi8-r?q?a?=")));
		assert_false(field_reads(SPAN("Content-Type"),
		    SPAN(" a/b; name==?koi8-r?q?a?=")));
		assert_false(field_reads(SPAN("Content-Type"),
		    SPAN(" a/b; name*=koi8-r''a")));
		assert_true(field_reads(SPAN("Subject"),
		    SPAN(" =?utf-8?q?a?=")));
	}
	open_fails = EINVAL;
	charset = charset_open(SPAN("koi8-r"));
	assert_non_null(charset);
	charset_close(&charset);
	open_fails = 0;
	assert_true(text_reads());
	assert_true(field_reads(SPAN("Subject"), SPAN(" =?koi8-r?q?a?=")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(converts),
		cmocka_unit_test(survives_anything),
		cmocka_unit_test(knows_names),
		cmocka_unit_test(libc_has_all),
		cmocka_unit_test(says_what_is_cut),
		cmocka_unit_test(memory_is_no_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
