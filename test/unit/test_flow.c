/*
 * Plain text becomes paragraphs, which are written with "|" behind each; and
 * long ones become windows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "message/flow.h"

#define S(literal)	{ "" literal, sizeof(literal) - 1 }
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

struct seen {
	struct buf text;
};

static void
window(void *context, struct span text)
{
	struct seen *seen = context;

	assert_true(text.n > 0 && text.n <= PARAGRAPH_MAX);
	assert_true(text.p[0] != ' ' && text.p[text.n - 1] != ' ');
	buf_add(&seen->text, text);
	buf_addc(&seen->text, '|');
}

static void
run(struct span text, size_t chunk, bool flowed, bool delsp,
    struct seen *seen)
{
	struct paragraph paragraph;
	struct flow flow;

	buf_reset(&seen->text);
	paragraph_init(&paragraph, window, seen);
	flow_init(&flow, &paragraph, flowed, delsp);
	for (; text.n > 0; text = span_skip(text, chunk))
		flow_add(&flow, span_head(text, chunk));
	flow_end(&flow);
	flow_end(&flow);
}

struct sample {
	struct span text;
	const char *want;
};

static void
check(const struct sample *list, size_t n, bool flowed, bool delsp)
{
	struct seen seen;

	buf_init(&seen.text, 1 << 20);
	for (size_t i = 0; i < n; i++)
		for (size_t chunk = 1; chunk <= list[i].text.n + 1; chunk++) {
			run(list[i].text, chunk, flowed, delsp, &seen);
			if (!span_equal(buf_span(&seen.text),
			    span_of(list[i].want)))
				fail_msg("\"%.*s\" by %zu: \"%s\", not \"%s\"",
				    SPAN_ARG(list[i].text), chunk,
				    buf_string(&seen.text), list[i].want);
		}
	buf_clear(&seen.text);
}

static const struct sample plain[] = {
	{ S(""), "" },
	{ S(" \r\n\t\n"), "" },
	{ S("a"), "a|" },
	{ S("a\n"), "a|" },
	{ S("buy our\r\nnew pills\r\n\r\nbye\r\n"), "buy our new pills|bye|" },
	{ S("  a \t  b\v\fc \n  d  \n"), "a b c d|" },
	{ S("a\n \t\r\nb\n\n\n\nc"), "a|b|c|" },
	{ S("\n\na\n"), "a|" },
	{ S("a\rb\n\r\nc"), "a b|c|" },
	{ S("> a\n> b\n\n> c"), "> a > b|> c|" },
	{ S("a\xc2\xa0\xe2\x80\x83" "b\xe3\x80\x80\nc"), "a b c|" },
	{ S("a\n\xc2\xa0\nb"), "a|b|" },
	{ S("\xe2\x80\x8b\xe2\x80\x8e\xc2\xa1\xe3\x80\x81"),
	  "\xe2\x80\x8b\xe2\x80\x8e\xc2\xa1\xe3\x80\x81|" },
	{ S("-- \nme"), "-- me|" },
};

static const struct sample flowed_text[] = {
	{ S(""), "" },
	{ S("buy our \r\nnew pills\r\nbye \n\nx"), "buy our new pills bye|x|" },
	{ S("a  \n b"), "a b|" },
	{ S("> a \n> b\n>\n> c\n"), "a b|c|" },
	{ S("> a \n>> b\nc"), "a|b|c|" },
	{ S(">> a\n> > b"), "a|> b|" },
	{ S("a\n >b"), "a >b|" },
	{ S(">\n>a"), "a|" },
	{ S("a \n-- \nme"), "a --|me|" },
	{ S("a\n-- x\nme"), "a -- x me|" },
	{ S("a\n--\nme"), "a -- me|" },
	{ S("a\r b"), "a b|" },
	{ S("\xc3\xa9 \n\xc3\xa9"), "\xc3\xa9 \xc3\xa9|" },
};

static const struct sample delsp_text[] = {
	{ S("vi \r\nag \nra\r\nand \n more"), "viagra andmore|" },
	{ S("two  \r\nwords"), "two words|" },
	{ S("one \ttab \n.\n"), "one tab.|" },
	{ S("> vi \n> agra"), "viagra|" },
	{ S("vi \n\nagra"), "vi|agra|" },
	{ S("a\n-- \nb"), "a --|b|" },
	{ S("a \r \nb"), "a b|" },
	{ S(" \n \na"), "a|" },
};

static void
lines_are_joined(void **state)
{
	(void)state;
	check(plain, COUNT(plain), false, false);
	check(flowed_text, COUNT(flowed_text), true, false);
	check(delsp_text, COUNT(delsp_text), true, true);
}

static void
fill(struct buf *text, const char *what, size_t n)
{
	buf_reset(text);
	while (text->n + strlen(what) <= n)
		buf_add(text, span_of(what));
	while (text->n < n)
		buf_addc(text, 'x');
}

static size_t
count(const struct buf *text, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < text->n; i++)
		n += text->p[i] == c;
	return n;
}

static void
a_window_holds_so_much(void **state)
{
	struct seen seen;
	struct buf text;

	(void)state;
	buf_init(&seen.text, 1 << 20);
	buf_init(&text, 1 << 20);
	for (size_t n = PARAGRAPH_MAX - 1; n <= PARAGRAPH_MAX + 1; n++) {
		fill(&text, "abcdefg ", n - 1);
		buf_addc(&text, 'x');
		run(buf_span(&text), 100, false, false, &seen);
		assert_int_equal(count(&seen.text, '|'),
		    n > PARAGRAPH_MAX ? 2 : 1);
	}
	buf_clear(&text);
	buf_clear(&seen.text);
}

/* Whatever is as long as the overlap is in one window, wherever it stands. */
static void
windows_overlap(void **state)
{
	static const char *const fillings[] = {
		"abcdefg ", "x", "\xc3\xa9", "\xe2\x82\xac",
		"a\xf0\x9f\x98\x80",
	};
	struct seen seen;
	struct buf text, phrase;

	(void)state;
	buf_init(&seen.text, 1 << 20);
	buf_init(&text, 1 << 20);
	buf_init(&phrase, PARAGRAPH_OVERLAP);
	fill(&phrase, "0123456789 ", PARAGRAPH_OVERLAP - 1);
	buf_addc(&phrase, '!');
	for (size_t i = 0; i < COUNT(fillings); i++)
		for (size_t at = 5000; at < 9500; at += 7) {
			fill(&text, fillings[i], at);
			buf_add(&text, buf_span(&phrase));
			for (size_t k = 0; k < 5000; k++)
				buf_add(&text, span_of(fillings[i]));
			run(buf_span(&text), 4096, false, false, &seen);
			if (memmem(seen.text.p, seen.text.n, phrase.p,
			    phrase.n) == NULL)
				fail_msg("\"%s\" at %zu", fillings[i], at);
		}
	buf_clear(&phrase);
	buf_clear(&text);
	buf_clear(&seen.text);
}

/* In words no window cuts one, and each advances. */
static void
windows_end_between_words(void **state)
{
	struct seen seen;
	struct buf text;
	struct span rest;

	(void)state;
	buf_init(&seen.text, 1 << 20);
	buf_init(&text, 1 << 20);
	fill(&text, "<abc\xc3\xa9> ", 100000);
	run(buf_span(&text), 1000, false, false, &seen);
	rest = buf_span(&seen.text);
	assert_true(count(&seen.text, '|') < 18);
	while (rest.n > 0) {
		size_t n = span_find(rest, '|');

		assert_int_equal(rest.p[0], '<');
		assert_true(rest.p[n - 1] == '>' || rest.n == n + 1);
		rest = span_skip(rest, n + 1);
	}
	buf_clear(&text);
	buf_clear(&seen.text);
}

/* A byte more each time, so that every window's end is in every place. */
static void
windows_cut_no_character(void **state)
{
	struct seen seen;
	struct buf text;

	(void)state;
	buf_init(&seen.text, 1 << 20);
	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < 16; i++) {
		struct span rest;

		fill(&text, "x", i);
		for (size_t k = 0; k < 8000; k++)
			buf_add(&text, SPAN("\xe2\x82\xac"));
		run(buf_span(&text), 999, false, false, &seen);
		rest = buf_span(&seen.text);
		for (; rest.n > 0; rest = span_skip(rest, rest.p[0] == '|' ||
		    rest.p[0] == 'x' ? 1 : 3))
			assert_true(rest.p[0] == '|' || rest.p[0] == 'x' ||
			    span_starts(rest, SPAN("\xe2\x82\xac")));
	}
	buf_clear(&text);
	buf_clear(&seen.text);
}

/* Does the last window have it? */
static bool
last_has(const struct buf *text, char c)
{
	size_t n = text->n - 1;

	while (n > 0 && text->p[n - 1] != '|' && text->p[n - 1] != c)
		n--;
	return n > 0 && text->p[n - 1] == c;
}

/* A mebibyte of what nobody sees is between two letters, or little of it. */
static void
what_nobody_sees_parts_nothing(void **state)
{
	static const size_t many[] = { 1, 400, 3000, 350000 };
	struct paragraph paragraph, bare;
	struct seen seen, without;
	struct buf text;

	(void)state;
	buf_init(&seen.text, 1 << 22);
	buf_init(&without.text, 1 << 20);
	buf_init(&text, 1 << 22);
	for (size_t i = 0; i < COUNT(many); i++)
		for (size_t before = 0; before < 20000; before += 1999) {
			bool found;

			fill(&text, "abcdefg ", before);
			buf_addc(&text, '<');
			for (size_t k = 0; k < many[i]; k++)
				buf_add(&text, SPAN("\u200b"));
			buf_add(&text, SPAN("> \u00ad end"));
			buf_reset(&seen.text);
			buf_reset(&without.text);
			paragraph_init(&paragraph, window, &seen);
			paragraph_init(&bare, window, &without);
			paragraph_use_bare(&paragraph, &bare);
			for (struct span rest = buf_span(&text); rest.n > 0;
			    rest = span_skip(rest, 1001))
				paragraph_add(&paragraph,
				    span_head(rest, 1001));
			paragraph_break(&paragraph);
			found = without.text.n > 0 && memmem(without.text.p,
			    without.text.n, "<> end|", 7) != NULL;
			assert_true(found || last_has(&seen.text, '<'));
			assert_true(found || many[i] < 3000);
			assert_true(without.text.n < before * 5 / 4 + 100);
		}
	buf_clear(&text);
	buf_clear(&without.text);
	buf_clear(&seen.text);
}

/* Each paragraph stands for itself. */
static void
a_paragraph_without_it_has_no_other(void **state)
{
	struct paragraph paragraph, bare;
	struct seen seen, without;
	struct buf text;

	(void)state;
	buf_init(&seen.text, 1 << 20);
	buf_init(&without.text, 1 << 20);
	buf_init(&text, 1 << 20);
	fill(&text, "\u20ac ", 20000);
	paragraph_init(&paragraph, window, &seen);
	paragraph_init(&bare, window, &without);
	paragraph_use_bare(&paragraph, &bare);
	for (int i = 0; i < 3; i++) {
		paragraph_add(&paragraph, buf_span(&text));
		paragraph_break(&paragraph);
		assert_int_equal(without.text.n, 0);
		paragraph_add(&paragraph, SPAN("a\u200bb"));
		paragraph_break(&paragraph);
		assert_int_equal(without.text.n, 0);
	}
	buf_clear(&text);
	buf_clear(&without.text);
	buf_clear(&seen.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_joined),
		cmocka_unit_test(a_window_holds_so_much),
		cmocka_unit_test(windows_overlap),
		cmocka_unit_test(windows_end_between_words),
		cmocka_unit_test(windows_cut_no_character),
		cmocka_unit_test(what_nobody_sees_parts_nothing),
		cmocka_unit_test(a_paragraph_without_it_has_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
