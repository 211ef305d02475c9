/* Tests of message/html: what shows, what is hidden, links; in any chunks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "message/html.h"
#include "message/html_names.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define S(literal)	SPAN_INIT(literal)

/*
 * What comes out: text as it is, '|' where a paragraph ends, hidden things in
 * braces, [a text that stands alone], <kind URL=visible text>, '+' where it
 * was cut.
 */
static void
see(void *context, const struct html_event *event)
{
	struct buf *seen = context;

	/* Pieces of one run of hidden text are joined. */
	if (event->hidden && seen->n > 0 && seen->p[seen->n - 1] == '}' &&
	    event->kind <= HTML_PARAGRAPH)
		seen->n--;
	else if (event->hidden)
		buf_addc(seen, '{');
	switch (event->kind) {
	case HTML_TEXT:
		assert_true(event->text.n > 0);
		buf_add(seen, event->text);
		break;
	case HTML_PARAGRAPH:
		buf_addc(seen, '|');
		break;
	case HTML_ASIDE:
		buf_addf(seen, "[%.*s%s]", SPAN_ARG(event->text),
		    event->cut ? "+" : "");
		break;
	case HTML_LINK:
		buf_addf(seen, "<%s %.*s=%.*s%s>",
		    html_link_name(event->link), SPAN_ARG(event->url),
		    SPAN_ARG(event->text), event->cut ? "+" : "");
		assert_true(event->url.n > 0 || event->link == HTML_HREF);
	}
	if (event->hidden)
		buf_addc(seen, '}');
}

static void
run(struct span page, size_t chunk, struct buf *seen)
{
	struct html_sink sink = { see, seen };
	struct html *html = html_new(&sink);

	assert_non_null(html);
	buf_reset(seen);
	for (; page.n > 0; page = span_skip(page, chunk)) {
		/* In memory of its own, so that a look past it is found. */
		size_t n = chunk < page.n ? chunk : page.n;
		char *copy = malloc(n);

		assert_non_null(copy);
		memcpy(copy, page.p, n);
		html_feed(html, span_make(copy, n));
		free(copy);
	}
	html_end(html);
	assert_false(html_failed(html));
	html_free(&html);
	assert_null(html);
}

struct html_case {
	struct span page, want;
};

static void
try_all(const struct html_case *cases, size_t n)
{
	struct buf seen;
	int wrong = 0;

	buf_init(&seen, 1 << 24);
	for (size_t i = 0; i < n; i++) {
		struct span page = cases[i].page;

		for (size_t chunk = page.n + 1; chunk > 0; chunk--) {
			run(page, chunk, &seen);
			if (span_equal(buf_span(&seen), cases[i].want))
				continue;
			print_error("%.*s\nby %zu: %s\nwant %.*s\n",
			    SPAN_ARG(page), chunk, buf_string(&seen),
			    SPAN_ARG(cases[i].want));
			wrong++;
			break;
		}
	}
	buf_clear(&seen);
	assert_int_equal(wrong, 0);
}

#define TRY(cases)	try_all(cases, COUNT(cases))

static void
tags_leave_no_gap(void **state)
{
	static const struct html_case cases[] = {
		{ S(""), S("") },
		{ S("text"), S("text|") },
		{ S("V<b>i</b>a<!-- x -->g<i></i>ra"), S("Viagra|") },
		{ S("V<x-y a=b>i</x-y>a</nothing>gra"), S("Viagra|") },
		{ S("V<!>i<?php x ?>a<!doctype x>g</ x>r</>a"), S("Viagra|") },
		{ S("V<!-->i<!--->a<!-- - -- --!>g<!--->-->ra"),
		  S("Viag-->ra|") },
		{ S("a<!--[if mso]>hidden<![endif]-->b"), S("a{hidden|}b|") },
		{ S("a<![if !mso]>b<![endif]>c"), S("abc|") },
		{ S("a<![CDATA[b]]>c"), S("ac|") },
		{ S("a<![CDATA[b>c"), S("ac|") },
		{ S("a < b <3 <"), S("a < b <3 <|") },
		{ S("a<"), S("a<|") }, { S("a</"), S("a</|") },
		{ S("a<b"), S("a|") }, { S("a<b c"), S("a|") },
		{ S("a<b c='>"), S("a|") }, { S("a<!--b"), S("a|") },
		{ S("a<b title=\">\">c"), S("ac|") },
		{ S("a<b title='\"'>c</b x='>'>d"), S("acd|") },
		{ S("a<b title=\"x\"y/ =z / >c"), S("ac|") },
		{ S("a<!-- <!-- b --> c -->d"), S("a c -->d|") },
		{ S("a\0b<b\0>c</b\0>"), S("abc|") },
		{ S("a<br\n\t/\f>b"), S("a\nb|") },
		{ S("a<wbr>b"), S("ab|") },
		{ S("\303\251\xff"), S("\303\251\xff|") },
	};

	(void)state;
	TRY(cases);
}

static void
entities_are_decoded(void **state)
{
	static const struct html_case cases[] = {
		{ S("&amp;&lt;&gt;&quot;&apos;"), S("&<>\"'|") },
		{ S("&AMP&LT;&notit;&notin;&notin"),
		  S("&<\302\254it;\342\210\211\302\254in|") },
		{ S("a&nbsp;b&nbspc"), S("a\302\240b\302\240c|") },
		{ S("&CounterClockwiseContourIntegral;"),
		  S("\342\210\263|") },
		{ S("&CounterClockwiseContourIntegralx;"),
		  S("&CounterClockwiseContourIntegralx;|") },
		{ S("&NotEqualTilde;"), S("\342\211\202\314\270|") },
		{ S("&xyz; & &; &1; &"), S("&xyz; & &; &1; &|") },
		{ S("&#65;&#x42;&#X43 &#68x"), S("ABC Dx|") },
		{ S("&#;&#x;&#xg;&#"), S("&#;&#x;&#xg;&#|") },
		{ S("&#x"), S("&#x|") }, { S("&#65"), S("A|") },
		{ S("&am"), S("&am|") }, { S("&amp"), S("&|") },
		{ S("&#128;&#x99;&#129;"),
		  S("\342\202\254\342\204\242\302\201|") },
		{ S("&#0;&#xd800;&#x110000;&#99999999999999;"),
		  S("\357\277\275\357\277\275\357\277\275\357\277\275|") },
		{ S("&#x1f600;&#0000000000065;"), S("\360\237\230\200A|") },
		{ S("<a href='?a&amp=1&copy=2&copy;3&lt4&lt'>"),
		  S("<href ?a&amp=1&copy=2\302\2513&lt4<=>") },
		{ S("<a href=?a&amp>x&am<b>p;</b>"),
		  S("x&amp;<href ?a&=x&amp;>|") },
	};

	(void)state;
	TRY(cases);
}

static void
paragraphs_end(void **state)
{
	static const struct html_case cases[] = {
		{ S("a<p>b</p>c<div>d</div>e"), S("a|b|c|d|e|") },
		{ S("<p><div></div>\n<p>a\n b"), S("a\n b|") },
		{ S("a<br>b<br>\n<br/>c<br><i></i><br>"),
		  S("a\nb\n\n|c\n|") },
		{ S("a</p>b</br>c"), S("a|b\nc|") },
		{ S("<ul><li>a<li>b</ul>c"), S("a|b|c|") },
		{ S("<table><tr><td>a<td>b<tr><th>c</th></table>d"),
		  S("a\t\tb\t|c\t|d|") },
		{ S("a<hr>b<h1>c</h2>d"), S("a|b|c|d|") },
		{ S("a<span style='display:block'>b</span>c"), S("a|b|c|") },
		{ S("a<div style='display:inline'>b</div>c"), S("abc|") },
		{ S("a<span>b</span>c"), S("abc|") },
		{ S("<pre>a\nb\n\nc</pre>d\n\ne"), S("a\nb\n|c|d\n\ne|") },
		{ S("<p style='white-space: pre-line'>a\n\nb"), S("a\n|b|") },
		{ S("<dl><dt>a<dd>b<dt>c</dl>"), S("a|b|c|") },
		{ S("<option>a<option>b"), S("a|b|") },
	};

	(void)state;
	TRY(cases);
}

static void
some_text_is_no_markup(void **state)
{
	static const struct html_case cases[] = {
		{ S("a<script>b</scrip>c</script >d"), S("ad|") },
		{ S("a<script>b<!--<script>c</script>d--></script>e"),
		  S("ae|") },
		{ S("a<script><!--<script></script>b-->c</script>e"),
		  S("ae|") },
		{ S("a<script><!-- <script>b</script>c</script>d"), S("ad|") },
		{ S("a<script><!--></script>d"), S("ad|") },
		{ S("a<script><!--<script>-->b</script>d"), S("ad|") },
		{ S("a<script>b"), S("a|") },
		{ S("a<style>b</style>c<style></sty</style/>d"), S("acd|") },
		{ S("<title>a<b>&amp;</title>c"), S("{a<b>&|}c|") },
		{ S("<title>a</titles></title>c"), S("{a</titles>|}c|") },
		{ S("a<textarea>b<i>&lt;</textarea>c"), S("ab<i><c|") },
		{ S("a<xmp>b<i>&lt;</i></xmp>c"), S("a|b<i>&lt;</i>|c|") },
		{ S("a<iframe>b</iframe>c<noscript>d</noscript>"),
		  S("acd|") },
		{ S("a<plaintext>b</plaintext><i>"),
		  S("a|b</plaintext><i>|") },
		{ S("<svg><style><p>a"), S("a|") },
		{ S("<svg><![CDATA[a<b]]>]]]></svg>c"), S("a<b]]]>c|") },
		{ S("<svg><![CDATA[a]]]]"), S("a]]]]|") },
		{ S("<svg><title><script>a</script>b"), S("{b|}") },
		{ S("<template>a</template>b"), S("{a}b{|}|") },
	};

	(void)state;
	TRY(cases);
}

/* What only Outlook shows is a page of its own, and hides nothing here. */
static void
conditional_comments_are_hidden(void **state)
{
	static const struct html_case cases[] = {
		{ S("a<!--[if mso]><p>b</p><p>c<![endif]-->d"),
		  S("a{b|c|}d|") },
		{ S("<!--[if mso]><div style='display:none'><![endif]-->a"),
		  S("a|") },
		{ S("<div hidden><!--[if mso]></div>b<![endif]-->a</div>c"),
		  S("{b|a|}c|") },
		{ S("<!--[if mso]>a<b hidden>b</b>c-->d"), S("{ac|}d|") },
		{ S("<!--[if mso]>a<!-- b- --c<![endif] -- --->d"),
		  S("{a|}d|") },
		{ S("<!--[if mso]>a-b --c --!d-e ----><i>f</i>"),
		  S("{a-b --c --!d-e --|}f|") },
		{ S("<b hidden>a<!--[if mso]>b<![endif]-->c</b>"),
		  S("{ab|c|}") },
		{ S("<!--[if !mso]><!-->a<!--<![endif]-->b"), S("ab|") },
		{ S("<!--[if !mso]>-->a<!--<![endif]-->b"), S("ab|") },
		{ S("<!-- [if mso]>a<![endif]-->b"), S("b|") },
		{ S("<!--[if mso]>a<!--[if x]>b<![endif]-->c"),
		  S("{a|}c|") },
		{ S("<!--[if mso]><a href=x>y</a><![endif]-->b"),
		  S("{y}{<href x=y>|}b|") },
		{ S("<!--[if mso]>a&amp"), S("{a&|}") },
		{ S("<!--["), S("") },
	};

	(void)state;
	TRY(cases);
}

static void
hidden_text_is_told_apart(void **state)
{
#define HIDES(style) { S("a<b style=\"" style "\">b</b>c"), S("a{b}c{|}|") }
#define HIDES_BLOCK(style) \
	{ S("a<div style=\"" style "\">b</div>c"), S("a|{b|}c|") }
#define SHOWS(style) { S("a<b style=\"" style "\">b</b>c"), S("abc|") }
#define SHOWS_BLOCK(style) \
	{ S("a<div style=\"" style "\">b</div>c"), S("a|b|c|") }
	static const struct html_case cases[] = {
		HIDES("display:none"), HIDES("DISPLAY : None ! important"),
		HIDES("x:y;display:none;"), HIDES("d\\69splay:n\\00006fne"),
		HIDES("/**/display/**/:/*;*/none"),
		HIDES("display:block;display:none"),
		HIDES("display:none;display:no&#110;se"),
		HIDES("display:none !important;display:block"),
		HIDES("a:';';display:none"), HIDES("a:u(;);display:none"),
		HIDES("visibility:hidden"), HIDES("visibility: collapse"),
		HIDES("opacity:0"), HIDES("opacity:.01"), HIDES("opacity:0%"),
		HIDES("font-size:0"), HIDES("font-size:0px"),
		HIDES("font-size:1px"), HIDES("font-size:1pt"),
		HIDES("font-size:.1em"), HIDES("font-size:1%"),
		HIDES("font:0/0 a"), HIDES("font:bold 1px arial"),
		HIDES("color:white"), HIDES("color:#fff"),
		HIDES("color:#fefefe"), HIDES("color:rgb(255, 255,255)"),
		HIDES("color:rgb(100% 100% 100% / 1)"),
		HIDES("color:transparent"), HIDES("color:rgba(0,0,0,0)"),
		HIDES("color:red;background:red"),
		HIDES("background-color:#000"),
		HIDES("position:absolute;left:-9999px"),
		HIDES("position:absolute; top:-5000em; top:-300em"
		    ";top:-9000px"),
		HIDES("display:inline-block;width:0;overflow:hidden"),
		{ S("a<b hidden>b</b>c"), S("a{b}c{|}|") },
		{ S("a<font color=white>b</font>c"), S("a{b}c{|}|") },
		{ S("a<font color=FFFFFF>b</font>c"), S("a{b}c{|}|") },
		{ S("<body bgcolor=red><font color='#f00'>a</font>b"),
		  S("{a}b{|}|") },
		{ S("<body text=white>a<font color=red>b"), S("{a}b{|}|") },
		{ S("<table><tr><td bgcolor=black>a"), S("{a|}") },
		HIDES_BLOCK("height:0;overflow:hidden"),
		HIDES_BLOCK("max-height:0px; overflow : hidden"),
		HIDES_BLOCK("overflow:hidden;width:1px"),
		SHOWS("display:inline"), SHOWS("display:nonsense"),
		SHOWS("dis/**/play:none"), SHOWS("display:none;display:inline"),
		SHOWS("display:none none"), SHOWS("'display:none"),
		SHOWS("x:(display:none"), SHOWS("display none"),
		SHOWS("font-size:2px"), SHOWS("font-size:1"),
		SHOWS("font-size:-1px"), SHOWS("font:0"),
		SHOWS("opacity:.5"), SHOWS("opacity:0x"),
		SHOWS("color:#eee"), SHOWS("color:#ff"),
		SHOWS("color:white;background:black"),
		SHOWS("color:white;background:linear-gradient(x)"),
		SHOWS("color:white;text-shadow:0 0 black"),
		SHOWS("height:0;overflow:hidden"),
		SHOWS("position:absolute;left:-9999px;padding-left:9999px"),
		SHOWS("position:absolute;left:-9999px;width:20000px"),
		SHOWS("position:absolute;left:-9px"), SHOWS("left:-9999px"),
		SHOWS("opacity:0;animation:x 1s"),
		SHOWS_BLOCK("height:0;overflow:hidden;padding:20px"),
		SHOWS_BLOCK("height:0;overflow:hidden;min-height:20px"),
		SHOWS_BLOCK("height:0"), SHOWS_BLOCK("overflow:hidden"),
		/* What is inside may show again, or not. */
		{ S("<b style='visibility:hidden'>a<i style='visibility:"
		    "visible'>b"), S("{a}b{|}|") },
		{ S("<b style='font-size:0'>a<i style='font-size:9px'>b"),
		  S("{a}b{|}|") },
		{ S("<b style='color:white'>a<i style='color:red'>b"),
		  S("{a}b{|}|") },
		{ S("<b style='display:none'>a<i style='display:block'>b"),
		  S("{a|b|}") },
		{ S("<b style='opacity:0'>a<i style='opacity:1'>b"),
		  S("{ab|}") },
		{ S("<b style='color:white'>a<a href=x>b</a>"),
		  S("{a}b<href x=b>{|}|") },
		{ S("<div style='height:0;overflow:hidden'>a<p style="
		    "'position:absolute'>b"), S("{a|}b|") },
		/* Hidden words do not become one. */
		{ S("a<b hidden>b</b>c<b hidden>d</b>"), S("a{b}c{ d|}|") },
	};

	(void)state;
	TRY(cases);
}

static void
sheets_are_read(void **state)
{
#define SHEET(css, body)	S("<style>" css "</style>" body)
	static const struct html_case cases[] = {
		{ SHEET(".x{display:none}", "a<b class='y x'>b</b>c"),
		  S("a{b}c{|}|") },
		{ SHEET("#x{display:none}", "a<b id=x>b</b>c"),
		  S("a{b}c{|}|") },
		{ SHEET("b{display:none}", "a<b>b</b>c"), S("a{b}c{|}|") },
		{ SHEET("i, b.x#y{display:none}", "a<b id=y class=x>b</b>c"),
		  S("a{b}c{|}|") },
		{ SHEET("*{display:none}", "<b>b</b>c"), S("{b}c{|}|") },
		{ SHEET("b.x.z{display:none}", "a<b class=x>b</b>c"),
		  S("abc|") },
		{ SHEET("<!-- b { display:none } -->", "a<b>b</b>c"),
		  S("a{b}c{|}|") },
		{ SHEET("@charset 'x';b{display:none", "a<b>b</b>c"),
		  S("a{b}c{|}|") },
		{ SHEET("/* { */b/**/{x:'}';display:none}i{}", "a<b>b</b>c"),
		  S("a{b}c{|}|") },
		/* What comes later, is more special or important, counts. */
		{ SHEET("b{display:none}b{display:inline}", "a<b>b</b>c"),
		  S("abc|") },
		{ SHEET(".x{display:none}b{display:inline}",
		    "a<b class=x>b</b>c"), S("a{b}c{|}|") },
		{ SHEET("b{display:inline!important}.x{display:none}",
		    "a<b class=x>b</b>c"), S("abc|") },
		{ SHEET("b{display:none}", "a<b style='display:inline'>b</b>"),
		  S("ab|") },
		{ SHEET("b{display:none!important}",
		    "a<b style='display:inline'>b</b>c"), S("a{b}c{|}|") },
		/* What may count shows, and does not hide. */
		{ SHEET("i b{display:none}", "a<b>b</b>c"), S("abc|") },
		{ SHEET("b{display:none}i b{display:inline}", "a<b>b</b>c"),
		  S("abc|") },
		{ SHEET("b:hover{display:none}", "a<b>b</b>c"), S("abc|") },
		{ SHEET("b,:-x-none{display:none}", "a<b>b</b>c"), S("abc|") },
		{ SHEET("@media print{b{display:none}}", "a<b>b</b>c"),
		  S("abc|") },
		{ SHEET("@media screen{b{display:none}}", "a<b>b</b>c"),
		  S("a{b}c{|}|") },
		{ SHEET("b{display:none}@media(max-width:9px){b{display:"
		    "inline}}", "a<b>b</b>c"), S("abc|") },
		{ S("<style media=print>b{display:none}</style>a<b>b"),
		  S("ab|") },
		{ SHEET("body{background:url(u)}", "a"),
		  S("<style u=>a|") },
	};

	(void)state;
	TRY(cases);
}

/* A part of the page that browsers show must not pass for hidden. */
static void
elements_end_as_in_browsers(void **state)
{
#define NONE	" style='display:none'>"
	static const struct html_case cases[] = {
		{ S("<p" NONE "a<div>b"), S("{a|}b|") },
		{ S("<li" NONE "a<li>b"), S("{a|}b|") },
		{ S("<b" NONE "<p>a</b>b"), S("{a}b{|}|") },
		{ S("<b" NONE "<span" NONE "a</b>b"), S("{a}b{|}|") },
		{ S("<div><span" NONE "a</div>b"), S("{a|}b|") },
		{ S("<div><b" NONE "a</div>b"), S("{a|b|}") },
		{ S("<table" NONE "a<tr><td>b</table>c"), S("a{b\t|}c|") },
		{ S("<td" NONE "a"), S("a|") },
		{ S("<div" NONE "<table><tr><td></div>a</table>b"),
		  S("{a\t|b|}") },
		{ S("<select" NONE "a<input>b"), S("{a}b{|}|") },
		{ S("<x" NONE "a</y>b</x>c"), S("{ab}c{|}|") },
		{ S("<x" NONE "a<div></x>b</div>c"), S("{a|b|c|}") },
		{ S("<svg" NONE "a<g/><p>b"), S("{a|}b|") },
		{ S("<svg" NONE "a</svg>b"), S("{a}b{|}|") },
		{ S("<a href=x" NONE "a<a href=y>b"),
		  S("{a}{<href x=>}b<href y=b>{|}|") },
		{ S("<button" NONE "a<button>b"), S("{a}b{|}|") },
		{ S("<h1" NONE "a<h2>b"), S("{a|}b|") },
		{ S("<h1" NONE "a</h3>b"), S("{a|}b|") },
		{ S("<form" NONE "a<div></form>b"), S("{a|}b|") },
		{ S("<br" NONE "a<img" NONE "b"), S("ab|") },
		{ S("<noscript><p>a</noscript>b"), S("ab|") },
	};

	(void)state;
	TRY(cases);
}

static void
links_are_found(void **state)
{
	static const struct html_case cases[] = {
		{ S("<a href='http://x/'>a <b>b</b>\n c</a>d"),
		  S("a b\n c<href http://x/=a b c>d|") },
		{ S("<a href=x>a<b hidden>b</b>c<img alt=d></a>"),
		  S("a{b}c[d]<href x=ac d>{|}|") },
		{ S("<a href=' h\nt\tt\rp:x&#1; '>"), S("<href http:x=>") },
		{ S("<a href=''>a</a><a>b</a>"), S("a<href =a>b|") },
		{ S("<a href=x>a<a href=y>b"),
		  S("a<href x=a>b<href y=b>|") },
		{ S("<a href=x><div>a</div><p>b</p></a>"),
		  S("a|b|<href x=a b>") },
		{ S("<A HREF=x hReF=y>a"), S("a<href x=a>|") },
		{ S("<a href=x/>a</a>"), S("a<href x/=a>|") },
		{ S("<a href=x"), S("") },
		{ S("<img src=a srcset='b 1x, c,d 2x (,) 3,e'>"),
		  S("<src a=><srcset b=><srcset c,d=><srcset e=>") },
		{ S("<form action=a><button formaction=b>"),
		  S("<action a=><action b=>") },
		{ S("<body background=a><td background=b>"),
		  S("<background a=><background b=>") },
		{ S("<base href=a><link href=b><area href=c>"),
		  S("<base a=><link b=><href c=>") },
		{ S("<meta http-equiv=Refresh content='0; URL = \"a b\" c'>"),
		  S("<refresh a b=>") },
		{ S("<meta http-equiv=refresh content='0;a'>"),
		  S("<refresh a=>") },
		{ S("<meta http-equiv=x content='0;url=a'>"), S("") },
		{ S("<video poster=a><object data=b><q cite=c>"),
		  S("<src a=><src b=><cite c=>") },
		{ S("<svg><a xlink:href=a>x</a><use href=b>"),
		  S("x<href a=x><link b=>|") },
		{ S("<p style='background:url( \"a;b\" ) ;x:URL(c)'>"),
		  S("<style a;b=><style c=>") },
		{ S("<p style='background:url(\"a)b\"),url( c )'>"),
		  S("<style a)b=><style c=>") },
		{ S("<p style=\"x:-webkit-image-set('a' 1x,url('b') 2x,"
		    "'c' 3x),url(d)\">"),
		  S("<style a=><style c=><style b=><style d=>") },
		{ S("<p style=\"x:image-set('a\">"
		    "<p style=\"x:image-set(url(b\">"),
		  S("<style a=><style b=>") },
		{ S("<style>@import 'a;b' x;@IMPORT url(c);@font-face{x:y;"
		    "src:url(d)}@import e;.x{y:url(f)}@import'g'"),
		  S("<style a;b=><style c=><style d=><style f=>") },
		/* Pages in the page. */
		{ S("<iframe srcdoc='a&lt;a href=b&gt;c&lt;/a>d"
		    "<base href=e>' src=f>g</iframe>h"),
		  S("<href b=c><link e=>{<src f=>}h|") },
		{ S("<iframe srcdoc=\"<iframe srcdoc='<a href=b>"
		    "<iframe srcdoc=&quot;<a href=c>&quot;>'>\">"),
		  S("<href b=>") },
		{ S("<p srcdoc='<a href=b>'>"), S("") },
		{ S("<img alt='a &amp; b'><input value=c><input placeholder=d>"
		    "<input type=hidden value=e><img width=1 alt=f>"),
		  S("[a & b][c][d]{[f]}") },
	};

	(void)state;
	TRY(cases);
}

static void
repeat(struct buf *page, const char *what, size_t times)
{
	while (times-- > 0)
		buf_add(page, span_of(what));
}

/* Each limit at n, where nothing shows of it, and at n + 1. */
static void
limits_hold(void **state)
{
	struct buf page, seen, want;

	(void)state;
	buf_init(&page, 1 << 20);
	buf_init(&seen, 1 << 20);
	buf_init(&want, 1 << 20);
	for (size_t more = 0; more < 2; more++) {
		const char *plus = more ? "+" : "";

		buf_reset(&page);
		buf_add(&page, SPAN("<img src="));
		repeat(&page, "u", HTML_URL_MAX + more);
		buf_add(&page, SPAN("><a href=x>"));
		repeat(&page, "l", HTML_LABEL_MAX + more);
		buf_add(&page, SPAN("</a>"));
		run(buf_span(&page), 100, &seen);
		buf_reset(&want);
		buf_add(&want, SPAN("<src "));
		repeat(&want, "u", HTML_URL_MAX);
		buf_addf(&want, "=%s>", plus);
		repeat(&want, "l", HTML_LABEL_MAX + more);
		buf_add(&want, SPAN("<href x="));
		repeat(&want, "l", HTML_LABEL_MAX);
		buf_addf(&want, "%s>|", plus);
		assert_string_equal(buf_string(&seen), buf_string(&want));
	}
	/* What is cut ends with a whole character. */
	for (size_t before = 0; before < 4; before++) {
		buf_reset(&page);
		buf_add(&page, SPAN("<img alt='"));
		repeat(&page, "x", HTML_URL_MAX - before);
		buf_add(&page, SPAN("\360\237\230\200'>"));
		run(buf_span(&page), 100, &seen);
		buf_reset(&want);
		buf_addc(&want, '[');
		repeat(&want, "x", HTML_URL_MAX - before);
		buf_add(&want, SPAN("+]"));
		assert_string_equal(buf_string(&seen), buf_string(&want));
	}
	/* So long a text comes back to the screen. */
	for (size_t more = 0; more < 2; more++)
		for (size_t chunk = 1; chunk < 300; chunk++) {
			buf_reset(&page);
			buf_add(&page, SPAN("<b style='position:absolute;"
			    "left:-9999px'>"));
			repeat(&page, "x", 199);
			buf_add(&page, SPAN("\303\251"));
			repeat(&page, "\303\252", more);
			run(buf_span(&page), chunk, &seen);
			buf_reset(&want);
			buf_addc(&want, '{');
			repeat(&want, "x", 199);
			buf_add(&want, span_of(more ?
			    "\303\251}\303\252{|}|" : "\303\251|}"));
			assert_string_equal(buf_string(&seen),
			    buf_string(&want));
		}
	/* The innermost element is replaced: its end ends the one inside. */
	for (size_t more = 0; more < 2; more++) {
		buf_reset(&page);
		repeat(&page, "<x>", HTML_DEPTH_MAX - 3 + more);
		buf_add(&page, SPAN("<b hidden>a<i>b</i>c"));
		run(buf_span(&page), 100, &seen);
		assert_string_equal(buf_string(&seen),
		    more ? "{a}bc{|}|" : "{abc|}");
	}
	/* So what it would have shown shows. */
	buf_reset(&page);
	buf_add(&page, SPAN("<b style='color:white'>a"));
	repeat(&page, "<x>", HTML_DEPTH_MAX - 4);
	buf_add(&page, SPAN("b<b style='color:red'>c<i>d"));
	run(buf_span(&page), 100, &seen);
	assert_string_equal(buf_string(&seen), "{ab}cd{|}|");
	buf_clear(&page);
	buf_clear(&seen);
	buf_clear(&want);
}

static void
add_odd(struct buf *page)
{
	static const char *const words[] = {
		"<b>", "</b>", "<p", ">", "<!--", "-->", "--", "&amp", ";",
		"&#x4", "1", "<script>", "</script>", "<style>", ".x{", "}",
		"</style>", "display:none", " class=x", " style='", "'", "\"",
		"<a href=", "</a>", "text", " ", "\n", "<table>", "<td>",
		"</table>", "<svg>", "<![CDATA[", "]]>", "<title>", "</title>",
		"<textarea>", "</textarea", "/", "=", "<br>", "<pre>",
		"<div>", "</div>", "<img alt=", "&not", "in", "<", "</", "!",
		"\303\251", "url(", ")", "{", "\\", "<select>", "<option>",
		"<li>", "<button>", "color:#fff", "font:0/0 x", "<body ",
	};

	buf_add(page, span_of(words[(size_t)rand() % COUNT(words)]));
}

/* Any bytes, any cut: the same. */
static void
cuts_do_not_show(void **state)
{
	struct buf page, whole, cut;

	(void)state;
	srand(1);
	buf_init(&page, 1 << 16);
	buf_init(&whole, 1 << 20);
	buf_init(&cut, 1 << 20);
	for (unsigned i = 0; i < 4000; i++) {
		buf_reset(&page);
		for (int n = rand() % 40; n > 0; n--)
			add_odd(&page);
		run(buf_span(&page), page.n + 1, &whole);
		for (size_t chunk = 1; chunk < 8; chunk++) {
			run(buf_span(&page), chunk, &cut);
			if (!span_equal(buf_span(&whole), buf_span(&cut)))
				fail_msg("%u by %zu: %s\n%s\nwant\n%s", i,
				    chunk, buf_string(&page),
				    buf_string(&cut), buf_string(&whole));
		}
	}
	buf_clear(&page);
	buf_clear(&whole);
	buf_clear(&cut);
}

/* The search needs the order. */
static void
names_are_in_order(void **state)
{
	(void)state;
	for (int i = 1; i < ELEMENT_COUNT; i++) {
		struct span name = html_element_name((enum html_element)i);

		assert_int_equal(html_element_find(name), i);
	}
	assert_int_equal(html_element_find(SPAN("x")), ELEMENT_OTHER);
	assert_int_equal(html_element_find(SPAN("")), ELEMENT_OTHER);
	assert_int_equal(html_attribute_find(SPAN("style")),
	    ATTRIBUTE_STYLE);
#define X(id, name) \
	assert_int_equal(html_attribute_find(SPAN(name)), ATTRIBUTE_##id);
	HTML_ATTRIBUTES(X)
#undef X
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_leave_no_gap),
		cmocka_unit_test(entities_are_decoded),
		cmocka_unit_test(paragraphs_end),
		cmocka_unit_test(some_text_is_no_markup),
		cmocka_unit_test(conditional_comments_are_hidden),
		cmocka_unit_test(hidden_text_is_told_apart),
		cmocka_unit_test(sheets_are_read),
		cmocka_unit_test(elements_end_as_in_browsers),
		cmocka_unit_test(links_are_found),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(cuts_do_not_show),
		cmocka_unit_test(names_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
