/* html_comment - comments, CDATA and what is read like them.  See html.h. */
#include "message/html_token.h"

/* The first `wanted`, or the end. */
static const char *
look_for(const char *p, const char *end, char wanted)
{
	const char *at = memchr(p, wanted, (size_t)(end - p));

	return at != NULL ? at : end;
}

/* Behind "<!": what it is, once enough of it is there. */
static const char *
markup(struct html *html, const char *p)
{
	struct html_token *token = &html->token;
	struct span word;

	html_hold(token, *p);
	word = html_held(token);
	if (span_equal(word, SPAN("--")))
		token->state = COMMENT_START;
	else if (span_caseequal(word, SPAN("doctype"))) {
		html->standards = true;
		token->state = BOGUS;
	} else if (span_equal(word, SPAN("[CDATA[")) &&
	    html_tree_foreign(html)) {
		token->run = 0;
		token->state = CDATA;
	} else if (!span_starts(SPAN("--"), word) &&
	    !span_casestarts(SPAN("doctype"), word) &&
	    (!span_starts(SPAN("[CDATA["), word) || word.n == 7)) {
		token->state = BOGUS;
		return p;
	}
	return p + 1;
}

/* Up to the first '>', doctypes too. */
static const char *
bogus(struct html *html, const char *p, const char *end)
{
	p = look_for(p, end, '>');
	if (p == end)
		return p;
	html->token.state = DATA;
	return p + 1;
}

static const char *
cdata(struct html *html, const char *p, const char *end)
{
	struct html_token *token = &html->token;
	const char *from = p;

	p = look_for(p, end, ']');
	html_token_give(html, DATA, span_make(from, (size_t)(p - from)));
	if (p == end)
		return p;
	token->run = 1;
	token->state = CDATA_END;
	return p + 1;
}

void
html_comment_end(struct html *html)
{
	for (; html->token.run > 0; html->token.run--)
		html_token_give(html, DATA, SPAN("]"));
}

static const char *
cdata_end(struct html *html, const char *p)
{
	struct html_token *token = &html->token;

	if (*p == ']') {
		if (token->run == 2)
			html_token_give(html, DATA, SPAN("]"));
		else
			token->run++;
		return p + 1;
	}
	if (*p == '>' && token->run == 2) {
		token->state = DATA;
		return p + 1;
	}
	html_comment_end(html);
	token->state = CDATA;
	return p;
}

/* "<!-->" and "<!--->" are whole. */
static const char *
comment_start(struct html *html, const char *p)
{
	struct html_token *token = &html->token;

	if (*p == '[' && token->state == COMMENT_START)
		html_conditional_begin(html);
	if (*p == '>') {
		token->state = DATA;
		return p + 1;
	}
	if (*p != '-') {
		token->state = COMMENT;
		return p;
	}
	token->state = token->state == COMMENT_START ? COMMENT_START_DASH :
	    COMMENT_END;
	return p + 1;
}

static const char *
comment_end(struct html_token *token, const char *p)
{
	if (*p == '>') {
		token->state = DATA;
		return p + 1;
	}
	if (*p == '-') {
		if (token->state == COMMENT_BANG)
			token->state = COMMENT_DASH;
		return p + 1;
	}
	if (*p == '!' && token->state == COMMENT_END) {
		token->state = COMMENT_BANG;
		return p + 1;
	}
	token->state = COMMENT;
	return p;
}

static const char *
step(struct html *html, const char *p, const char *end)
{
	struct html_token *token = &html->token;

	switch (token->state) {
	case MARKUP:
		return markup(html, p);
	case BOGUS:
		return bogus(html, p, end);
	case CDATA:
		return cdata(html, p, end);
	case CDATA_END:
		return cdata_end(html, p);
	case COMMENT_START:
	case COMMENT_START_DASH:
		return comment_start(html, p);
	case COMMENT:
		p = look_for(p, end, '-');
		if (p == end)
			return p;
		token->state = COMMENT_DASH;
		return p + 1;
	case COMMENT_DASH:
		token->state = *p == '-' ? COMMENT_END : COMMENT;
		return *p == '-' ? p + 1 : p;
	default:
		return comment_end(token, p);
	}
}

const char *
html_comment_step(struct html *html, const char *p, const char *end)
{
	const char *next = step(html, p, end);

	html_conditional_feed(html, span_make(p, (size_t)(next - p)));
	return next;
}
