/*
 * html_names - the elements and attributes that html knows, and what browsers
 * do with each element.
 *
 * The lists are in the order of length, then of bytes, which the search needs.
 */
#ifndef POSTERN_MESSAGE_HTML_NAMES_H
#define POSTERN_MESSAGE_HTML_NAMES_H

#include <stdint.h>

#include "base/span.h"

enum {
	/* How it is displayed where no style says so; else inline. */
	EL_BLOCK = 1,
	EL_ROW = 2,
	EL_CELL = 4,
	EL_NONE = 8,
	/* Groups of the standard's tree construction. */
	EL_SPECIAL = 16,
	EL_ENDS_P = 32,		/* its start ends a <p> */
	EL_VOID = 64,		/* it has no content */
	EL_FORMAT = 128,	/* goes on behind a block that ends in it */
	EL_SCOPE = 256,		/* an end tag does not look past it */
	EL_MARKER = 512,	/* nor does formatting leave it */
	EL_BREAKOUT = 1024,	/* ends <svg> and <math> */
	EL_HEADING = 2048
};

#define HTML_ELEMENTS(X) \
	X(A, "a", EL_FORMAT) \
	X(B, "b", EL_FORMAT | EL_BREAKOUT) \
	X(I, "i", EL_FORMAT | EL_BREAKOUT) \
	X(P, "p", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_BREAKOUT) \
	X(S, "s", EL_FORMAT | EL_BREAKOUT) \
	X(U, "u", EL_FORMAT | EL_BREAKOUT) \
	X(BR, "br", EL_SPECIAL | EL_VOID | EL_BREAKOUT) \
	X(DD, "dd", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_BREAKOUT) \
	X(DL, "dl", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_BREAKOUT) \
	X(DT, "dt", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_BREAKOUT) \
	X(EM, "em", EL_FORMAT | EL_BREAKOUT) \
	X(H1, "h1", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | \
	    EL_BREAKOUT | EL_HEADING) \
	X(H2, "h2", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | \
	    EL_BREAKOUT | EL_HEADING) \
	X(H3, "h3", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | \
	    EL_BREAKOUT | EL_HEADING) \
	X(H4, "h4", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | \
	    EL_BREAKOUT | EL_HEADING) \
	X(H5, "h5", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | \
	    EL_BREAKOUT | EL_HEADING) \
	X(H6, "h6", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | \
	    EL_BREAKOUT | EL_HEADING) \
	X(HR, "hr", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_VOID | \
	    EL_BREAKOUT) \
	X(LI, "li", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_BREAKOUT) \
	X(MI, "mi", 0) \
	X(MN, "mn", 0) \
	X(MO, "mo", 0) \
	X(MS, "ms", 0) \
	X(OL, "ol", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_BREAKOUT) \
	X(RB, "rb", 0) \
	X(RP, "rp", EL_NONE) \
	X(RT, "rt", 0) \
	X(TD, "td", EL_SPECIAL | EL_SCOPE | EL_MARKER | EL_CELL) \
	X(TH, "th", EL_SPECIAL | EL_SCOPE | EL_MARKER | EL_CELL) \
	X(TR, "tr", EL_SPECIAL | EL_ROW) \
	X(TT, "tt", EL_FORMAT | EL_BREAKOUT) \
	X(UL, "ul", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_BREAKOUT) \
	X(BIG, "big", EL_FORMAT | EL_BREAKOUT) \
	X(COL, "col", EL_SPECIAL | EL_VOID) \
	X(DIR, "dir", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(DIV, "div", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_BREAKOUT) \
	X(IMG, "img", EL_SPECIAL | EL_VOID | EL_BREAKOUT) \
	X(NAV, "nav", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(PRE, "pre", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_BREAKOUT) \
	X(RTC, "rtc", 0) \
	X(SUB, "sub", EL_BREAKOUT) \
	X(SUP, "sup", EL_BREAKOUT) \
	X(SVG, "svg", 0) \
	X(VAR, "var", EL_BREAKOUT) \
	X(WBR, "wbr", EL_SPECIAL | EL_VOID) \
	X(XMP, "xmp", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(AREA, "area", EL_SPECIAL | EL_VOID) \
	X(BASE, "base", EL_SPECIAL | EL_VOID) \
	X(BODY, "body", EL_BLOCK | EL_SPECIAL | EL_BREAKOUT) \
	X(CODE, "code", EL_FORMAT | EL_BREAKOUT) \
	X(DESC, "desc", EL_NONE) \
	X(FONT, "font", EL_FORMAT) \
	X(FORM, "form", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(HEAD, "head", EL_BLOCK | EL_SPECIAL | EL_BREAKOUT) \
	X(HTML, "html", EL_BLOCK | EL_SPECIAL | EL_SCOPE) \
	X(LINK, "link", EL_SPECIAL | EL_VOID) \
	X(MAIN, "main", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(MARK, "mark", 0) \
	X(MATH, "math", 0) \
	X(MENU, "menu", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_BREAKOUT) \
	X(META, "meta", EL_SPECIAL | EL_VOID | EL_BREAKOUT) \
	X(NOBR, "nobr", EL_FORMAT | EL_BREAKOUT) \
	X(RUBY, "ruby", EL_BREAKOUT) \
	X(SPAN, "span", EL_BREAKOUT) \
	X(ASIDE, "aside", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(EMBED, "embed", EL_SPECIAL | EL_VOID | EL_BREAKOUT) \
	X(FRAME, "frame", EL_SPECIAL | EL_VOID) \
	X(IMAGE, "image", 0) \
	X(INPUT, "input", EL_SPECIAL | EL_VOID) \
	X(MTEXT, "mtext", 0) \
	X(PARAM, "param", EL_SPECIAL | EL_VOID) \
	X(SMALL, "small", EL_FORMAT | EL_BREAKOUT) \
	X(STYLE, "style", EL_SPECIAL | EL_NONE) \
	X(TABLE, "table", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_SCOPE | \
	    EL_BREAKOUT) \
	X(TBODY, "tbody", EL_SPECIAL | EL_ROW) \
	X(TFOOT, "tfoot", EL_SPECIAL | EL_ROW) \
	X(THEAD, "thead", EL_SPECIAL | EL_ROW) \
	X(TITLE, "title", EL_SPECIAL | EL_NONE) \
	X(TRACK, "track", EL_SPECIAL | EL_VOID) \
	X(APPLET, "applet", EL_SPECIAL | EL_SCOPE | EL_MARKER) \
	X(BUTTON, "button", EL_SPECIAL) \
	X(CENTER, "center", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | EL_BREAKOUT) \
	X(DIALOG, "dialog", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(FIGURE, "figure", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(FOOTER, "footer", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(HEADER, "header", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(HGROUP, "hgroup", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(IFRAME, "iframe", EL_SPECIAL | EL_NONE) \
	X(KEYGEN, "keygen", EL_SPECIAL | EL_VOID) \
	X(LEGEND, "legend", EL_BLOCK) \
	X(OBJECT, "object", EL_SPECIAL | EL_SCOPE | EL_MARKER) \
	X(OPTION, "option", EL_BLOCK) \
	X(SCRIPT, "script", EL_SPECIAL | EL_NONE) \
	X(SEARCH, "search", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(SELECT, "select", EL_SPECIAL) \
	X(SOURCE, "source", EL_SPECIAL | EL_VOID) \
	X(STRIKE, "strike", EL_FORMAT | EL_BREAKOUT) \
	X(STRONG, "strong", EL_FORMAT | EL_BREAKOUT) \
	X(ADDRESS, "address", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(ARTICLE, "article", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(BGSOUND, "bgsound", EL_SPECIAL | EL_VOID) \
	X(CAPTION, "caption", EL_BLOCK | EL_SPECIAL | EL_SCOPE | EL_MARKER) \
	X(DETAILS, "details", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(LISTING, "listing", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | \
	    EL_BREAKOUT) \
	X(MARQUEE, "marquee", EL_BLOCK | EL_SPECIAL | EL_SCOPE | EL_MARKER) \
	X(NOEMBED, "noembed", EL_SPECIAL | EL_NONE) \
	X(SECTION, "section", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(SUMMARY, "summary", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(BASEFONT, "basefont", EL_SPECIAL | EL_VOID) \
	X(COLGROUP, "colgroup", EL_SPECIAL) \
	X(DATALIST, "datalist", EL_NONE) \
	X(FIELDSET, "fieldset", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(FRAMESET, "frameset", EL_BLOCK | EL_SPECIAL) \
	X(METADATA, "metadata", EL_NONE) \
	X(NOFRAMES, "noframes", EL_SPECIAL | EL_NONE) \
	X(NOSCRIPT, "noscript", EL_SPECIAL) \
	X(OPTGROUP, "optgroup", EL_BLOCK) \
	X(TEMPLATE, "template", EL_SPECIAL | EL_SCOPE | EL_MARKER | EL_NONE) \
	X(TEXTAREA, "textarea", EL_SPECIAL) \
	X(PLAINTEXT, "plaintext", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(BLOCKQUOTE, "blockquote", EL_BLOCK | EL_SPECIAL | EL_ENDS_P | \
	    EL_BREAKOUT) \
	X(FIGCAPTION, "figcaption", EL_BLOCK | EL_SPECIAL | EL_ENDS_P) \
	X(FOREIGNOBJECT, "foreignobject", 0)

#define HTML_ATTRIBUTES(X) \
	X(ID, "id") \
	X(ALT, "alt") \
	X(SRC, "src") \
	X(CITE, "cite") \
	X(DATA, "data") \
	X(FACE, "face") \
	X(HREF, "href") \
	X(LINK, "link") \
	X(OPEN, "open") \
	X(PING, "ping") \
	X(SIZE, "size") \
	X(TEXT, "text") \
	X(TYPE, "type") \
	X(CLASS, "class") \
	X(COLOR, "color") \
	X(MEDIA, "media") \
	X(STYLE, "style") \
	X(VALUE, "value") \
	X(WIDTH, "width") \
	X(ACTION, "action") \
	X(DYNSRC, "dynsrc") \
	X(HEIGHT, "height") \
	X(HIDDEN, "hidden") \
	X(LOWSRC, "lowsrc") \
	X(POSTER, "poster") \
	X(SRCDOC, "srcdoc") \
	X(SRCSET, "srcset") \
	X(BGCOLOR, "bgcolor") \
	X(CONTENT, "content") \
	X(PROFILE, "profile") \
	X(CODEBASE, "codebase") \
	X(LONGDESC, "longdesc") \
	X(BACKGROUND, "background") \
	X(FORMACTION, "formaction") \
	X(HTTP_EQUIV, "http-equiv") \
	X(XLINK_HREF, "xlink:href") \
	X(IMAGESRCSET, "imagesrcset") \
	X(PLACEHOLDER, "placeholder")

enum html_element {
	ELEMENT_OTHER,
#define X(id, name, flags) ELEMENT_##id,
	HTML_ELEMENTS(X)
#undef X
	ELEMENT_COUNT
};

enum html_attribute {
	ATTRIBUTE_OTHER,
#define X(id, name) ATTRIBUTE_##id,
	HTML_ATTRIBUTES(X)
#undef X
	ATTRIBUTE_COUNT
};

/* Of a name in lower case; ELEMENT_OTHER where it is not known. */
enum html_element html_element_find(struct span name);
unsigned html_element_flags(enum html_element element);
struct span html_element_name(enum html_element element);

enum html_attribute html_attribute_find(struct span name);

/*
 * The place of a word in a list that is in this order: 0, which the list
 * itself does not use, where it is not there.
 */
size_t html_word_find(const struct span *words, size_t n, struct span word);

/* Of a name of any length, without case. */
uint32_t html_hash(uint32_t hash, struct span part);
#define HTML_HASH	2166136261u

#endif
