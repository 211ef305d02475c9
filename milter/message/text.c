/* text - the text of a part as its reader sees it.  See text.h. */
#include "message/text.h"

#include <stdlib.h>

#include "message/charset.h"
#include "message/enriched.h"
#include "message/flow.h"
#include "message/html.h"
#include "message/relative.h"

/* Bytes that are converted at a time. */
#define PIECE		4096
#define UTF8_MAX	((size_t)3 * (PIECE + CHARSET_HELD))

/* Where browsers look for a character set in HTML that has none else. */
#define HEAD_MAX	1024

struct text {
	struct text_sink sink;
	bool failed;
	struct charset *charset;	/* NULL: not known before HEAD_MAX */
	struct buf head, utf8;
	bool is_enriched;
	struct enriched enriched;
	struct buf plain;		/* what was */
	struct flow flow;
	struct html *html;		/* NULL: plain text */
	struct relative relative;	/* its links */
	struct paragraph shown, hidden, within, aside;
	struct paragraph bare[4];	/* of these, where they are asked for */
};

static void
shown(void *context, struct span window)
{
	struct text *text = context;

	text->sink.paragraph(text->sink.context, window, false);
}

static void
hidden(void *context, struct span window)
{
	struct text *text = context;

	text->sink.paragraph(text->sink.context, window, true);
}

static void
begin(struct text *text, struct paragraph *paragraph,
    struct paragraph *bare, bool is_hidden)
{
	paragraph_init(paragraph, is_hidden ? hidden : shown, text);
	if (!text->sink.bare)
		return;
	paragraph_init(bare, is_hidden ? hidden : shown, text);
	paragraph_use_bare(paragraph, bare);
}

/* A paragraph that stands beside the others, and does not part them. */
static void
aside(struct text *text, const struct html_event *event)
{
	begin(text, &text->aside, &text->bare[3], event->hidden);
	paragraph_add(&text->aside, event->text);
	paragraph_break(&text->aside);
}

static void
on_html(void *context, const struct html_event *event)
{
	struct text *text = context;
	struct paragraph *paragraph = event->within ? &text->within :
	    event->hidden ? &text->hidden : &text->shown;

	switch (event->kind) {
	case HTML_TEXT:
		paragraph_add(paragraph, event->text);
		break;
	case HTML_PARAGRAPH:
		paragraph_break(paragraph);
		break;
	case HTML_ASIDE:
		aside(text, event);
		break;
	case HTML_LINK:
		if (text->sink.link != NULL)
			relative_link(&text->relative, event);
		text->failed |= text->relative.failed;
		break;
	}
}

struct text *
text_new(const struct text_sink *sink)
{
	const struct relative_sink links = { sink->link, sink->context };
	struct text *text = malloc(sizeof(*text));

	if (text == NULL)
		return NULL;
	text->sink = *sink;
	text->failed = false;
	text->charset = NULL;
	text->html = NULL;
	relative_init(&text->relative, &links);
	buf_init(&text->head, HEAD_MAX);
	buf_init(&text->utf8, UTF8_MAX);
	buf_init(&text->plain, UTF8_MAX + 1 + ENRICHED_COMMAND_MAX);
	return text;
}

void
text_free(struct text **text)
{
	if (*text == NULL)
		return;
	charset_close(&(*text)->charset);
	html_free(&(*text)->html);
	relative_clear(&(*text)->relative);
	buf_clear(&(*text)->head);
	buf_clear(&(*text)->utf8);
	buf_clear(&(*text)->plain);
	free(*text);
	*text = NULL;
}

static bool
says(struct text *text, const struct part *part, struct span name,
    struct span value)
{
	struct buf found;
	bool is;

	buf_init(&found, PART_VALUE_MAX);
	is = part_parameter(part, name, &found) &&
	    span_caseequal(buf_span(&found), value);
	text->failed |= found.failed;
	buf_clear(&found);
	return is;
}

static void
open_charset(struct text *text, struct span name)
{
	text->charset = charset_open(name);
	text->failed |= text->charset == NULL;
}

static void
begin_html(struct text *text, const struct part *part)
{
	const struct html_sink sink = { on_html, text };

	relative_begins(&text->relative, part);
	text->html = html_new(&sink);
	text->failed |= text->html == NULL;
}

void
text_begins(struct text *text, const struct part *part)
{
	struct buf name;
	bool named;

	charset_close(&text->charset);
	html_free(&text->html);
	buf_reset(&text->head);
	begin(text, &text->shown, &text->bare[0], false);
	begin(text, &text->hidden, &text->bare[1], true);
	begin(text, &text->within, &text->bare[2], true);
	flow_init(&text->flow, &text->shown,
	    says(text, part, SPAN("format"), SPAN("flowed")),
	    says(text, part, SPAN("delsp"), SPAN("yes")));
	buf_init(&name, PART_VALUE_MAX);
	named = part_parameter(part, SPAN("charset"), &name);
	text->failed |= name.failed;
	text->is_enriched = part->reading == READING_ENRICHED;
	enriched_init(&text->enriched);
	if (part->reading == READING_HTML)
		begin_html(text, part);
	if (named || text->html == NULL)
		open_charset(text, buf_span(&name));
	buf_clear(&name);
}

static void
give_plain(struct text *text)
{
	text->failed |= text->plain.cut;
	flow_add(&text->flow, buf_span(&text->plain));
	buf_reset(&text->plain);
}

static void
give(struct text *text)
{
	text->failed |= text->utf8.cut;
	if (text->html != NULL) {
		html_feed(text->html, buf_span(&text->utf8));
		text->failed |= html_failed(text->html);
	} else if (text->is_enriched) {
		enriched_feed(&text->enriched, buf_span(&text->utf8),
		    &text->plain);
		give_plain(text);
	} else {
		flow_add(&text->flow, buf_span(&text->utf8));
	}
	buf_reset(&text->utf8);
}

static void
convert(struct text *text, struct span bytes)
{
	for (; bytes.n > 0 && !text->failed;
	    bytes = span_skip(bytes, PIECE)) {
		charset_feed(text->charset, span_head(bytes, PIECE),
		    &text->utf8);
		give(text);
	}
}

/* The name behind "charset=", in whichever of the two ways to say it. */
static struct span
name_in(struct span head)
{
	static const struct span key = SPAN_INIT("charset");
	size_t n = 0;

	while (head.n > 0 && !span_casestarts(head, key))
		head = span_skip(head, 1);
	head = span_trim(span_skip(head, key.n));
	if (!span_starts(head, SPAN("=")))
		return SPAN("");
	head = span_trim(span_skip(head, 1));
	if (head.n > 0 && (head.p[0] == '"' || head.p[0] == '\''))
		head = span_trim(span_skip(head, 1));
	while (n < head.n && (ascii_alnum((unsigned char)head.p[n]) ||
	    strchr("-_:.", head.p[n]) != NULL) && head.p[n] != '\0')
		n++;
	return span_head(head, n);
}

/* Up to the next tag, so that the time is linear. */
static struct span
tag_at(struct span head)
{
	head = span_skip(head, 1);
	head = span_head(head, span_find(head, '<'));
	return span_head(head, span_find(head, '>'));
}

/*
 * HTML may name its character set itself.  It cannot be UTF-16 if its name
 * could be read.
 */
static void
settle_charset(struct text *text)
{
	struct span head = buf_span(&text->head);
	struct span name = SPAN("");

	for (; head.n > 0; head = span_skip(head, 1))
		if (span_casestarts(head, SPAN("<meta")) &&
		    (name = name_in(tag_at(head))).n > 0)
			break;
	open_charset(text, span_casestarts(name, SPAN("utf-16")) ?
	    SPAN("utf-8") : name);
	convert(text, buf_span(&text->head));
}

void
text_data(struct text *text, struct span bytes)
{
	struct span head;

	if (text->failed)
		return;
	if (text->charset == NULL) {
		head = span_head(bytes, HEAD_MAX - text->head.n);
		buf_add(&text->head, head);
		text->failed |= text->head.cut;
		bytes = span_skip(bytes, head.n);
		if (text->head.n < HEAD_MAX)
			return;
		settle_charset(text);
	}
	convert(text, bytes);
}

void
text_ends(struct text *text)
{
	if (text->charset == NULL && !text->failed)
		settle_charset(text);
	if (text->failed)
		return;
	charset_end(text->charset, &text->utf8);
	give(text);
	if (text->html != NULL) {
		html_end(text->html);
		text->failed |= html_failed(text->html);
	}
	enriched_end(&text->enriched, &text->plain);
	give_plain(text);
	flow_end(&text->flow);
	paragraph_break(&text->hidden);
	paragraph_break(&text->within);
}

bool
text_failed(const struct text *text)
{
	return text->failed;
}
