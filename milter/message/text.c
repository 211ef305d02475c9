/* text - the text of a part as its reader sees it.  See text.h. */
#include "message/text.h"

#include <stdlib.h>

#include "message/charset.h"
#include "message/flow.h"

/* Bytes that are converted at a time. */
#define PIECE	4096

struct text {
	struct text_sink sink;
	bool failed;
	struct charset *charset;
	struct buf utf8;
	struct flow flow;
	struct paragraph paragraph;
};

static void
window(void *context, struct span window)
{
	struct text *text = context;

	text->sink.paragraph(text->sink.context, window);
}

struct text *
text_new(const struct text_sink *sink)
{
	struct text *text = calloc(1, sizeof(*text));

	if (text == NULL)
		return NULL;
	text->sink = *sink;
	buf_init(&text->utf8, 3 * (PIECE + CHARSET_HELD));
	return text;
}

void
text_free(struct text **text)
{
	if (*text == NULL)
		return;
	charset_close(&(*text)->charset);
	buf_clear(&(*text)->utf8);
	free(*text);
	*text = NULL;
}

static bool
says(const struct part *part, struct span name, struct span value)
{
	struct buf found;
	bool is;

	buf_init(&found, PART_VALUE_MAX);
	is = part_parameter(part, name, &found) &&
	    span_caseequal(buf_span(&found), value);
	buf_clear(&found);
	return is;
}

static struct charset *
open_charset(const struct part *part)
{
	struct charset *charset;
	struct buf name;

	buf_init(&name, PART_VALUE_MAX);
	part_parameter(part, SPAN("charset"), &name);
	charset = charset_open(buf_span(&name));
	buf_clear(&name);
	return charset;
}

void
text_begins(struct text *text, const struct part *part)
{
	charset_close(&text->charset);
	text->charset = open_charset(part);
	text->failed |= text->charset == NULL;
	paragraph_init(&text->paragraph, window, text);
	flow_init(&text->flow, &text->paragraph,
	    says(part, SPAN("format"), SPAN("flowed")),
	    says(part, SPAN("delsp"), SPAN("yes")));
}

static void
give(struct text *text)
{
	text->failed |= text->utf8.cut;
	flow_add(&text->flow, buf_span(&text->utf8));
	buf_reset(&text->utf8);
}

void
text_data(struct text *text, struct span bytes)
{
	for (; bytes.n > 0 && !text->failed;
	    bytes = span_skip(bytes, PIECE)) {
		charset_feed(text->charset, span_head(bytes, PIECE),
		    &text->utf8);
		give(text);
	}
}

void
text_ends(struct text *text)
{
	if (text->failed)
		return;
	charset_end(text->charset, &text->utf8);
	give(text);
	flow_end(&text->flow);
}

bool
text_failed(const struct text *text)
{
	return text->failed;
}
