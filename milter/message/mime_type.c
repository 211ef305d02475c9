/* mime_type - what a Content-Type field says.  See mime_type.h. */
#include "message/mime_type.h"

/* A token is one of these, or the special or control byte that it is. */
enum { TOKEN_END = -1, TOKEN_WORD = 256, TOKEN_QUOTED = 257 };

struct token {
	int type;
	struct span text;	/* without the quotes, but with the escapes */
};

/* What stands between two semicolons matters up to its third token. */
#define ITEM_TOKENS	3

struct item {
	struct token token[ITEM_TOKENS];
	unsigned n;
};

/*
 * The next byte, or -1 at the end.  To Postfix, which keeps lines as C
 * strings, a line of a field ends at a NUL.
 */
static int
next(struct span *s)
{
	if (s->n > 0 && s->p[0] == '\0')
		*s = span_skip(*s, span_find(*s, '\n'));
	if (s->n == 0)
		return -1;
	*s = span_skip(*s, 1);
	return (unsigned char)s->p[-1];
}

static bool
folding(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* RFC 2045's tspecials, and the control characters. */
static bool
special(int c)
{
	return c < ' ' || c == 0x7f || strchr("()<>@,;:\\\"/[]?=", c) != NULL;
}

static void
skip_comment(struct span *rest)
{
	size_t level = 1;
	int c;

	while (level > 0 && (c = next(rest)) != -1) {
		if (c == '(')
			level++;
		else if (c == ')')
			level--;
		else if (c == '\\')
			next(rest);
	}
}

/* Up to the closing quote, or to the end where there is none. */
static struct span
quoted(struct span *rest)
{
	const char *begin = rest->p;
	int c;

	while ((c = next(rest)) != -1) {
		if (c == '"')
			return span_make(begin, (size_t)(rest->p - 1 - begin));
		if (c == '\\')
			next(rest);
	}
	return span_make(begin, (size_t)(rest->p - begin));
}

static struct span
word(struct span *rest)
{
	const char *begin = rest->p - 1;

	while (rest->n > 0 && rest->p[0] != ' ' &&
	    !special((unsigned char)rest->p[0]))
		*rest = span_skip(*rest, 1);
	return span_make(begin, (size_t)(rest->p - begin));
}

static struct token
read_token(struct span *rest)
{
	int c;

	for (;;) {
		c = next(rest);
		if (c == '(')
			skip_comment(rest);
		else if (c == -1 || !folding(c))
			break;
	}
	if (c == -1)
		return (struct token){ TOKEN_END, { NULL, 0 } };
	if (c == '"')
		return (struct token){ TOKEN_QUOTED, quoted(rest) };
	if (special(c))
		return (struct token){ c, span_make(rest->p - 1, 1) };
	return (struct token){ TOKEN_WORD, word(rest) };
}

/*
 * Reads up to a semicolon or the end; false at the end, if nothing came
 * before it.
 */
static bool
read_item(struct span *rest, struct item *item_r)
{
	item_r->n = 0;
	for (;;) {
		struct token token = read_token(rest);

		if (token.type == ';')
			return true;
		if (token.type == TOKEN_END)
			return item_r->n > 0;
		if (item_r->n < ITEM_TOKENS)
			item_r->token[item_r->n++] = token;
	}
}

static bool
is_word(const struct token *token, struct span text)
{
	return token->type == TOKEN_WORD && span_caseequal(token->text, text);
}

static bool
subtype_is(const struct item *item, struct span text)
{
	return item->n == ITEM_TOKENS && item->token[1].type == '/' &&
	    is_word(&item->token[2], text);
}

enum content
mime_type_parse(struct span value, struct span *rest_r)
{
	struct item item;

	*rest_r = value;
	if (!read_item(rest_r, &item) || item.n == 0 ||
	    is_word(&item.token[0], SPAN("text")))
		return CONTENT_PLAIN;
	if (is_word(&item.token[0], SPAN("multipart")))
		return subtype_is(&item, SPAN("digest")) ?
		    CONTENT_DIGEST : CONTENT_MULTIPART;
	if (!is_word(&item.token[0], SPAN("message")))
		return CONTENT_UNKNOWN;
	return subtype_is(&item, SPAN("rfc822")) ||
	    subtype_is(&item, SPAN("global")) ?
	    CONTENT_MESSAGE : CONTENT_PLAIN;
}

/* Without escapes; a line end goes, and the blanks before it, not after. */
static void
unquote(struct span text, struct buf *out)
{
	int c;

	while ((c = next(&text)) != -1) {
		if (c == '\n') {
			while (out->n > 0 && folding(out->p[out->n - 1]))
				out->n--;
			continue;
		}
		if (c == '\\' && (c = next(&text)) == -1)
			return;
		buf_addc(out, (char)c);
	}
}

/* The value behind the next name=; NULL: there is none. */
static const struct token *
find_value(struct span *rest, struct span name, struct item *item)
{
	while (read_item(rest, item))
		if (item->n == ITEM_TOKENS && item->token[1].type == '=' &&
		    is_word(&item->token[0], name))
			return &item->token[2];
	return NULL;
}

bool
mime_type_parameter(struct span *rest, struct span name, struct buf *value)
{
	struct item item;
	const struct token *token = find_value(rest, name, &item);

	if (token == NULL)
		return false;
	if (token->type == TOKEN_QUOTED)
		unquote(token->text, value);
	else
		buf_add(value, token->text);
	return true;
}

bool
mime_type_read_parameter(struct span rest, struct span name,
    struct buf *value)
{
	struct item item;
	const struct token *token = find_value(&rest, name, &item);
	struct span text;
	size_t n = 0;

	if (token == NULL)
		return false;
	if (token->type == TOKEN_QUOTED) {
		unquote(token->text, value);
		return true;
	}
	text = span_make(token->text.p,
	    (size_t)(rest.p + rest.n - token->text.p));
	while (n < text.n && !folding((unsigned char)text.p[n]) &&
	    text.p[n] != ';' && text.p[n] != '(' && text.p[n] != '"')
		n++;
	buf_add(value, span_head(text, n));
	return true;
}

bool
mime_type_boundary(struct span *rest, struct buf *boundary)
{
	return mime_type_parameter(rest, SPAN("boundary"), boundary);
}

static void
add_lower(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		buf_addc(out, (char)ascii_lower(text.p[i]));
}

bool
mime_type_name(struct span value, struct buf *name, struct span *rest_r)
{
	struct item item;

	*rest_r = value;
	if (!read_item(rest_r, &item) || item.n < ITEM_TOKENS ||
	    item.token[0].type != TOKEN_WORD || item.token[1].type != '/' ||
	    item.token[2].type != TOKEN_WORD)
		return false;
	add_lower(name, item.token[0].text);
	buf_addc(name, '/');
	add_lower(name, item.token[2].text);
	return true;
}
