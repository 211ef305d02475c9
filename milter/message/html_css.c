/* html_css - declarations of styles, while they stream.  See html_css.h. */
#include "message/html_css.h"

#include "message/html_entity.h"

/* No value that we understand is longer, but for URLs. */
#define VALUE_MAX	4096

enum { NORMAL, SLASH, COMMENT, STAR, STRING, ESCAPE, HEX, END_ESCAPE };

static bool
blank(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static uint16_t
byte(const struct css_scan *scan, char c)
{
	bool quoted = scan->depth > 0 || scan->quote != '\0';

	return (uint16_t)((unsigned char)c | (quoted ? CSS_QUOTED : 0));
}

/* A bracket deeper than we count closes nothing, so that all is quoted. */
static void
open_bracket(struct css_scan *scan, char closer)
{
	if (scan->depth < sizeof(scan->closers))
		scan->closers[scan->depth++] = closer;
}

static size_t
normal(struct css_scan *scan, char c, uint16_t *out)
{
	switch (c) {
	case '/':
		scan->state = SLASH;
		return 0;
	case '\\':
		scan->state = ESCAPE;
		return 0;
	case '"':
	case '\'':
		scan->quote = c;
		scan->state = STRING;
		break;
	case '(':
		out[0] = byte(scan, c);
		open_bracket(scan, ')');
		return 1;
	case '[':
		open_bracket(scan, ']');
		break;
	case ')':
	case ']':
	case '}':
		if (scan->depth > 0 && scan->closers[scan->depth - 1] == c) {
			scan->depth--;
			out[0] = (uint16_t)((unsigned char)c | CSS_QUOTED);
			return 1;
		}
		break;
	default:
		break;
	}
	out[0] = byte(scan, c);
	return 1;
}

static size_t
end_escape(struct css_scan *scan, uint16_t *out)
{
	char text[4];
	size_t n = html_entity_number(scan->code >= 0x80 && scan->code <= 0x9f
	    ? 0xfffd : scan->code, text);

	for (size_t i = 0; i < n; i++)
		out[i] = (uint16_t)((unsigned char)text[i] | CSS_QUOTED);
	scan->state = scan->quote != '\0' ? STRING : NORMAL;
	return n;
}

static size_t
escape(struct css_scan *scan, char c, uint16_t *out)
{
	size_t n;

	if (scan->state == ESCAPE) {
		if (ascii_hex(c) < 0) {
			scan->state = scan->quote != '\0' ? STRING : NORMAL;
			out[0] = (uint16_t)((unsigned char)c | CSS_QUOTED);
			return c == '\n' ? 0 : 1;
		}
		scan->code = (uint32_t)ascii_hex(c);
		scan->digits = 1;
		scan->state = HEX;
		return 0;
	}
	if (scan->digits < 6 && ascii_hex(c) >= 0) {
		scan->code = scan->code * 16 + (uint32_t)ascii_hex(c);
		scan->digits++;
		return 0;
	}
	n = end_escape(scan, out);
	return blank(c) ? n : n + css_scan(scan, c, out + n);
}

size_t
css_scan(struct css_scan *scan, char c, uint16_t *out)
{
	switch (scan->state) {
	case NORMAL:
		return normal(scan, c, out);
	case SLASH:
		if (c == '*') {
			scan->state = COMMENT;
			return 0;
		}
		scan->state = NORMAL;
		out[0] = byte(scan, '/');
		return 1 + normal(scan, c, out + 1);
	case COMMENT:
		if (c == '*')
			scan->state = STAR;
		return 0;
	case STAR:
		if (c == '/') {
			scan->state = NORMAL;
			out[0] = byte(scan, ' ');
			return 1;
		}
		scan->state = c == '*' ? STAR : COMMENT;
		return 0;
	case STRING:
		if (c == '\\') {
			scan->state = ESCAPE;
			return 0;
		}
		out[0] = byte(scan, c);
		if (c == scan->quote || c == '\n') {
			scan->quote = '\0';
			scan->state = NORMAL;
		}
		return 1;
	default:
		return escape(scan, c, out);
	}
}

void
css_begin(struct css *css, struct html_style *to, uint32_t weight)
{
	css->scan = (struct css_scan){ 0 };
	css->value = false;
	css->name_n = 0;
	css->text.max = VALUE_MAX;
	buf_reset(&css->text);
	css->to = to;
	css->weight = weight;
}

static struct span
unquoted(struct span url)
{
	char quote = url.n > 0 ? url.p[0] : '\0';

	if (quote != '"' && quote != '\'')
		return url;
	url = span_skip(url, 1);
	return span_head(url, span_find(url, quote));
}

/* The end is that of its string, where it is one, else the bracket. */
static size_t
url_end(struct span value)
{
	size_t n = 0;
	char quote;

	while (n < value.n && blank(value.p[n]))
		n++;
	quote = n < value.n ? value.p[n] : '\0';
	if (quote == '"' || quote == '\'')
		n += 1 + span_find(span_skip(value, n + 1), quote);
	return n + span_find(span_skip(value, n), ')');
}

/* More in one value would take more than linear time, and are not seen. */
#define SETS_MAX	8

/* image-set('a' 1x, 'b' 2x): strings are URLs there, as well. */
static void
find_set(struct css *css, struct span value, bool cut)
{
	size_t n = 0;

	while (n < value.n && value.p[n] != ')') {
		char quote = value.p[n++];
		struct span rest = span_skip(value, n);
		size_t end = span_find(rest, quote);

		if (quote == '(') {
			n += url_end(rest) + 1;
		} else if (quote == '"' || quote == '\'') {
			if (end > 0)
				css->url(css->context, span_head(rest, end),
				    cut && end >= rest.n);
			n += end + 1;
		}
	}
}

void
css_find_urls(struct css *css, struct span value, bool cut)
{
	unsigned sets = 0;

	while (css->url != NULL && value.n >= 4) {
		size_t paren = span_find(value, '('), end;
		struct span before = span_head(value, paren), url;

		if (paren >= value.n)
			return;
		value = span_skip(value, paren + 1);
		/* What it has of url() comes as that. */
		if (before.n >= 9 && span_caseequal(span_skip(before,
		    before.n - 9), SPAN("image-set")) && sets++ < SETS_MAX)
			find_set(css, value, cut);
		if (before.n < 3 || !span_caseequal(span_skip(before,
		    before.n - 3), SPAN("url")))
			continue;
		end = url_end(value);
		url = unquoted(span_trim(span_head(value, end)));
		if (url.n > 0)
			css->url(css->context, url, cut && end >= value.n);
		value = span_skip(value, end);
	}
}

void
css_find_import(struct css *css, struct span rule)
{
	struct span url = span_trim(span_skip(rule, 7));

	if (!span_casestarts(rule, SPAN("@import")) || css->url == NULL)
		return;
	if (span_starts(url, SPAN("\"")) || span_starts(url, SPAN("'")))
		css->url(css->context, unquoted(url), false);
	else
		css_find_urls(css, url, false);
}

static void
end_declaration(struct css *css)
{
	struct span name = span_trim(span_make(css->name, css->name_n));
	struct span value = buf_span(&css->text);

	if (css->value)
		css_find_urls(css, value, css->text.cut);
	if (css->value && css->text.cut)
		css->to->odd = true;
	else if (css->value && css->name_n < sizeof(css->name))
		css_declare(css, name, value);
	css->value = false;
	css->name_n = 0;
	buf_reset(&css->text);
}

/* True where it is the brace that closes. */
static bool
take(struct css *css, unsigned c, bool closes)
{
	if (c == ';') {
		end_declaration(css);
		return false;
	}
	if (c == '}' && closes) {
		end_declaration(css);
		return true;
	}
	if (css->value) {
		/* Blanks and comments must not make it too long. */
		if (!blank((int)c) || css->text.n == 0 ||
		    !blank(css->text.p[css->text.n - 1]))
			buf_addc(&css->text, (char)c);
	} else if (c == ':') {
		css->value = true;
	} else if (css->name_n < sizeof(css->name) && (css->name_n > 0 ||
	    !blank((int)c))) {
		/* At its size it is no name that we know. */
		css->name[css->name_n++] = (char)ascii_lower((int)(c & 0xff));
	}
	return false;
}

/* How many bytes stand for nothing but themselves, in names as in values. */
static size_t
plain(struct span bytes, bool value)
{
	size_t i;

	for (i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		if (c < 0x80 && !ascii_alnum(c) && c != '-' && (!value ||
		    (c != '.' && c != '#' && c != ',' && c != '%')))
			break;
	}
	return i;
}

static size_t
take_plain(struct css *css, struct span bytes)
{
	size_t n = plain(bytes, css->value);

	if (css->value)
		buf_add(&css->text, span_head(bytes, n));
	else
		for (size_t i = 0; i < n && css->name_n < sizeof(css->name);
		    i++)
			css->name[css->name_n++] = (char)ascii_lower(
			    (unsigned char)bytes.p[i]);
	return n;
}

size_t
css_feed(struct css *css, struct span bytes, bool closes, bool *closed_r)
{
	uint16_t out[6];
	size_t i = 0, n;

	*closed_r = false;
	while (i < bytes.n) {
		if (css->scan.state == NORMAL) {
			i += take_plain(css, span_skip(bytes, i));
			if (i == bytes.n)
				break;
		}
		/* An opening brace is a bracket here. */
		n = css_scan(&css->scan, bytes.p[i], out);
		if (n > 0 && out[n - 1] == '{' && css->scan.state == NORMAL)
			open_bracket(&css->scan, '}');
		i++;
		for (size_t k = 0; k < n; k++)
			*closed_r |= take(css, out[k], closes);
		if (*closed_r)
			break;
	}
	return i;
}

void
css_end(struct css *css)
{
	uint16_t out[6];
	size_t n = 0;

	if (css->scan.state == HEX)
		n = end_escape(&css->scan, out);
	else if (css->scan.state == SLASH)
		out[n++] = byte(&css->scan, '/');
	for (size_t k = 0; k < n; k++)
		take(css, out[k], false);
	end_declaration(css);
}

void
css_clear(struct css *css)
{
	buf_clear(&css->text);
}
