/* html_link - the links of a tag, and the texts of its attributes. */
#include "message/html_token.h"

static const struct {
	enum html_attribute attribute;
	enum html_link link;
} kinds[] = {
	{ ATTRIBUTE_XLINK_HREF, HTML_STYLESHEET },
	{ ATTRIBUTE_ACTION, HTML_ACTION },
	{ ATTRIBUTE_FORMACTION, HTML_ACTION },
	{ ATTRIBUTE_SRC, HTML_SRC },
	{ ATTRIBUTE_LOWSRC, HTML_SRC },
	{ ATTRIBUTE_DYNSRC, HTML_SRC },
	{ ATTRIBUTE_POSTER, HTML_SRC },
	{ ATTRIBUTE_DATA, HTML_SRC },
	{ ATTRIBUTE_BACKGROUND, HTML_BACKGROUND },
	{ ATTRIBUTE_CITE, HTML_CITE },
	{ ATTRIBUTE_LONGDESC, HTML_CITE },
	{ ATTRIBUTE_PING, HTML_CITE },
	{ ATTRIBUTE_PROFILE, HTML_CITE },
	{ ATTRIBUTE_CODEBASE, HTML_CITE },
};

#define BIT(attribute)	((uint64_t)1 << ATTRIBUTE_##attribute)

/* Most tags have none of these. */
#define LINKS	(BIT(XLINK_HREF) | BIT(ACTION) | BIT(FORMACTION) | BIT(SRC) | \
		 BIT(LOWSRC) | BIT(DYNSRC) | BIT(POSTER) | BIT(DATA) | \
		 BIT(BACKGROUND) | BIT(CITE) | BIT(LONGDESC) | BIT(PING) | \
		 BIT(PROFILE) | BIT(CODEBASE) | BIT(HREF) | BIT(SRCSET) | \
		 BIT(IMAGESRCSET) | BIT(CONTENT))
#define TEXTS	(BIT(ALT) | BIT(VALUE) | BIT(PLACEHOLDER))

struct span
html_url_clean(char *p, size_t n)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++)
		if (p[i] != '\t' && p[i] != '\n' && p[i] != '\r')
			p[to++] = p[i];
	while (to > 0 && (unsigned char)p[to - 1] <= ' ')
		to--;
	n = 0;
	while (n < to && (unsigned char)p[n] <= ' ')
		n++;
	return span_make(p + n, to - n);
}

static struct span
url_of(struct html *html, enum html_attribute attribute)
{
	struct html_value *value = &html->tag.values[attribute];

	if (value->n == 0)
		return SPAN("");
	return html_url_clean(html->tag.text.p + value->at, value->n);
}

static bool
is_cut(const struct html *html, enum html_attribute attribute)
{
	return html->tag.values[attribute].cut;
}

/* "url descriptor, url": a URL ends at white space, or in commas. */
static void
srcset(struct html *html, enum html_attribute attribute, bool hidden)
{
	struct span rest = html_value(html, attribute);

	while (rest.n > 0) {
		size_t n = 0, depth = 0;
		struct span url;

		if (html_blank(rest.p[0]) || rest.p[0] == ',') {
			rest = span_skip(rest, 1);
			continue;
		}
		while (n < rest.n && !html_blank(rest.p[n]))
			n++;
		url = span_head(rest, n);
		rest = span_skip(rest, n);
		if (url.p[url.n - 1] != ',')
			for (n = 0; n < rest.n; n++) {
				if (rest.p[n] == ',' && depth == 0)
					break;
				depth += rest.p[n] == '(';
				depth -= rest.p[n] == ')' && depth > 0;
			}
		else
			n = 0;
		rest = span_skip(rest, n);
		while (url.n > 0 && url.p[url.n - 1] == ',')
			url.n--;
		html_out_link(html, HTML_SRCSET, hidden, url,
		    is_cut(html, attribute) && rest.n == 0);
	}
}

/* "5; url=...", with all that browsers let pass. */
static void
refresh(struct html *html)
{
	struct html_value *value = &html->tag.values[ATTRIBUTE_CONTENT];
	struct span rest = html_skip_blanks(html_value(html,
	    ATTRIBUTE_CONTENT));
	struct span word;

	while (rest.n > 0 && (ascii_digit(rest.p[0]) || rest.p[0] == '.'))
		rest = span_skip(rest, 1);
	rest = html_skip_blanks(rest);
	if (rest.n > 0 && (rest.p[0] == ';' || rest.p[0] == ','))
		rest = html_skip_blanks(span_skip(rest, 1));
	if (span_casestarts(rest, SPAN("url"))) {
		word = html_skip_blanks(span_skip(rest, 3));
		if (word.n > 0 && word.p[0] == '=')
			rest = html_skip_blanks(span_skip(word, 1));
	}
	if (rest.n > 0 && (rest.p[0] == '"' || rest.p[0] == '\'')) {
		char quote = rest.p[0];

		rest = span_skip(rest, 1);
		rest = span_head(rest, span_find(rest, quote));
	}
	if (rest.n > 0)
		html_out_link(html, HTML_REFRESH, false, html_url_clean(
		    html->tag.text.p + (rest.p - html->tag.text.p), rest.n),
		    value->cut);
}

static void
href(struct html *html, enum html_attribute attribute, bool hidden)
{
	bool cut = is_cut(html, attribute);
	struct span url = url_of(html, attribute);

	switch (html->tag.element) {
	case ELEMENT_A:
		html_out_anchor(html, hidden, url, cut);
		break;
	case ELEMENT_AREA:
		html_out_link(html, HTML_HREF, hidden, url, cut);
		break;
	case ELEMENT_BASE:
		html_out_link(html, HTML_BASE, hidden, url, cut);
		break;
	default:
		html_out_link(html, HTML_STYLESHEET, hidden, url, cut);
	}
}

void
html_link_tag(struct html *html, bool hidden)
{
	if ((html->tag.seen & LINKS) == 0)
		return;
	if (html_has(html, ATTRIBUTE_HREF))
		href(html, ATTRIBUTE_HREF, hidden);
	else if (html_has(html, ATTRIBUTE_XLINK_HREF) &&
	    html->tag.element == ELEMENT_A)
		href(html, ATTRIBUTE_XLINK_HREF, hidden);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		enum html_attribute attribute = kinds[i].attribute;

		if (html_has(html, attribute) &&
		    (attribute != ATTRIBUTE_XLINK_HREF ||
		    html->tag.element != ELEMENT_A))
			html_out_link(html, kinds[i].link, hidden,
			    url_of(html, attribute), is_cut(html, attribute));
	}
	srcset(html, ATTRIBUTE_SRCSET, hidden);
	srcset(html, ATTRIBUTE_IMAGESRCSET, hidden);
	if (html->tag.element == ELEMENT_META && span_caseequal(
	    html_value(html, ATTRIBUTE_HTTP_EQUIV), SPAN("refresh")))
		refresh(html);
}

/* Inputs whose value is not there for the reader. */
static bool
is_silent(struct span type)
{
	static const struct span types[] = {
		SPAN_INIT("hidden"), SPAN_INIT("password"),
		SPAN_INIT("checkbox"), SPAN_INIT("radio"), SPAN_INIT("file"),
		SPAN_INIT("image"), SPAN_INIT("range"), SPAN_INIT("color"),
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_caseequal(types[i], type))
			return true;
	return false;
}

static void
aside(struct html *html, enum html_attribute attribute, bool hidden)
{
	if (html_has(html, attribute))
		html_out_aside(html, hidden, html_value(html, attribute),
		    is_cut(html, attribute));
}

/* An image of one pixel is there to be fetched, not to be seen. */
static bool
is_tiny(struct span size)
{
	size = span_trim(size);
	return size.n > 0 && (size.p[0] == '0' || size.p[0] == '1') &&
	    (size.n == 1 || !ascii_digit(size.p[1]));
}

void
html_link_texts(struct html *html, bool hidden)
{
	struct span type;

	if ((html->tag.seen & TEXTS) == 0)
		return;
	type = html_value(html, ATTRIBUTE_TYPE);
	switch (html->tag.element) {
	case ELEMENT_IMG:
	case ELEMENT_IMAGE:
		hidden = hidden ||
		    is_tiny(html_value(html, ATTRIBUTE_WIDTH)) ||
		    is_tiny(html_value(html, ATTRIBUTE_HEIGHT));
		aside(html, ATTRIBUTE_ALT, hidden);
		break;
	case ELEMENT_AREA:
		aside(html, ATTRIBUTE_ALT, hidden);
		break;
	case ELEMENT_INPUT:
		if (span_caseequal(type, SPAN("image")))
			aside(html, ATTRIBUTE_ALT, hidden);
		if (is_silent(type))
			break;
		aside(html, ATTRIBUTE_VALUE, hidden);
		if (html_value(html, ATTRIBUTE_VALUE).n == 0)
			aside(html, ATTRIBUTE_PLACEHOLDER, hidden);
		break;
	case ELEMENT_TEXTAREA:
		aside(html, ATTRIBUTE_PLACEHOLDER, hidden);
		break;
	default:
		break;
	}
}
