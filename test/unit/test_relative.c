/* Tests of message/relative: links of a page, and of its base. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message/relative.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static void
see(void *context, const struct html_event *link)
{
	buf_addf(context, "%s %.*s", html_link_name(link->link),
	    SPAN_ARG(link->url));
	if (link->text.n > 0)
		buf_addf(context, "=%.*s", SPAN_ARG(link->text));
	buf_addc(context, '\n');
}

static void
on_html(void *context, const struct html_event *event)
{
	if (event->kind == HTML_LINK)
		relative_link(context, event);
}

static void
run(struct relative *relative, const char *outer, const char *inner,
    struct span page)
{
	const struct html_sink sink = { on_html, relative };
	const struct part message = { .base = span_of(outer) };
	const struct part part = { .outer = &message, .base = span_of(inner) };
	struct html *html = html_new(&sink);

	assert_non_null(html);
	relative_begins(relative, &part);
	html_feed(html, page);
	html_end(html);
	html_free(&html);
	assert_false(relative->failed);
}

static const struct {
	const char *outer, *inner, *page, *want;
} cases[] = {
	{ "", "", "<a href=x>t</a><a href=http://b/>u</a>",
	    "href http://b/=u\n" },
	{ "", "", "<base href=http://e/d/><a href=x>t</a><img src=/y>",
	    "base http://e/d/\nhref http://e/d/x=t\nsrc http://e/y\n" },
	/* The base is good for what stands before it. */
	{ "", "", "<a href=x>t</a><a href=http://b/>u</a>"
	    "<base href=http://e/><a href=z>v</a>",
	    "href http://b/=u\nbase http://e/\nhref http://e/x=t\n"
	    "href http://e/z=v\n" },
	/* All count that lead anywhere, and each once. */
	{ "", "", "<base href=javascript:x><base target=y><base href=http://e/>"
	    "<a href=x>t</a><base href=http://f/><base href=HTTP://e>"
	    "<a href=y>",
	    "base javascript:x\nbase http://e/\nhref http://e/x=t\n"
	    "base http://f/\nhref http://f/x=t\nbase HTTP://e\n"
	    "href http://e/y\nhref http://f/y\n" },
	{ "", "", "<base href=http://e/><a href=''>t</a>",
	    "base http://e/\nhref http://e/=t\n" },
	/* The header's, beside that in the page. */
	{ "", "http://h/i/", "<a href=x>", "href http://h/i/x\n" },
	{ "http://h/i/", "", "<a href=x>", "href http://h/i/x\n" },
	{ "http://h/", "http://g/", "<a href=x>", "href http://g/x\n" },
	{ "http://h/", "cid:x", "<a href=x>", "href http://h/x\n" },
	{ "http://h/i", "", "<a href=x>t</a><base href=/d/><a href=y>",
	    "href http://h/x=t\nbase http://h/d/\nhref http://h/d/x=t\n"
	    "href http://h/y\nhref http://h/d/y\n" },
	/* What some take elsewhere comes both ways. */
	{ "", "", "<base href=https://e/><a href=www.b/>t</a><a href=//b/>",
	    "base https://e/\nhref www.b/=t\nhref https://e/www.b/=t\n"
	    "href //b/\nhref https://b/\n" },
	{ "", "", "<base href=https://e/><a href=https:b>",
	    "base https://e/\nhref https:b\nhref https://e/b\n" },
	{ "", "", "<a href=www.b/>t</a><base href=https://e/>",
	    "href www.b/=t\nbase https://e/\nhref https://e/www.b/=t\n" },
};

static void
links_are_made_whole(void **state)
{
	struct buf seen;
	const struct relative_sink sink = { see, &seen };
	struct relative relative;

	(void)state;
	buf_init(&seen, 1 << 16);
	relative_init(&relative, &sink);
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&seen);
		run(&relative, cases[i].outer, cases[i].inner,
		    span_of(cases[i].page));
		if (!span_equal(buf_span(&seen), span_of(cases[i].want)))
			fail_msg("%s\n%s", cases[i].page, buf_string(&seen));
	}
	relative_clear(&relative);
	buf_clear(&seen);
}

static void
count(void *context, const struct html_event *link)
{
	*(size_t *)context += link->link == HTML_SRC;
}

static void
bases_are_bounded(void **state)
{
	size_t n;
	const struct relative_sink sink = { count, &n };
	struct relative relative;
	struct buf page;

	(void)state;
	buf_init(&page, 10000);
	relative_init(&relative, &sink);
	for (size_t bases = RELATIVE_BASES_MAX - 1;
	    bases <= RELATIVE_BASES_MAX + 1; bases++) {
		buf_reset(&page);
		for (size_t i = 0; i < bases; i++)
			buf_addf(&page, "<base href=http://e%zu/>", i);
		buf_add(&page, SPAN("<img src=x>"));
		n = 0;
		run(&relative, "", "", buf_span(&page));
		assert_int_equal(n, bases <= RELATIVE_BASES_MAX ? bases :
		    RELATIVE_BASES_MAX);
	}
	relative_clear(&relative);
	buf_clear(&page);
}

/* So many wait, and no more memory is taken. */
static void
waiting_is_bounded(void **state)
{
	struct buf page;
	size_t n = 0, most = 0;
	const struct relative_sink sink = { count, &n };
	struct relative relative;

	(void)state;
	buf_init(&page, 1 << 20);
	for (size_t i = 0; i < 20000; i++)
		buf_addf(&page, "<img src=%05zu>", i);
	buf_add(&page, SPAN("<base href=http://e/>"));
	relative_init(&relative, &sink);
	run(&relative, "", "", buf_span(&page));
	most = relative.waiting.size;
	assert_true(n > 5000 && n < 20000);
	assert_true(most <= RELATIVE_WAIT_MAX);
	/* Nothing of one part is left in the next. */
	n = 0;
	run(&relative, "", "", SPAN("<base href=http://e/><img src=x>"));
	assert_int_equal(n, 1);
	relative_clear(&relative);
	buf_clear(&page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_made_whole),
		cmocka_unit_test(bases_are_bounded),
		cmocka_unit_test(waiting_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
