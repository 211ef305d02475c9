/* html_out - the two streams of text, and the label of a link.  See html.h. */
#include "message/html_token.h"

static void
emit(struct html *html, enum html_kind kind, bool hidden, struct span text)
{
	struct html_event event = {
		.kind = kind, .hidden = hidden, .text = text
	};

	html->sink.event(html->sink.context, &event);
}

/* A blank that is not certain to be needed waits for what follows it. */
static void
add_label(struct html *html, struct span text)
{
	struct buf *label = &html->link.label;

	if (!html->link.open || label->cut)
		return;
	for (size_t i = 0; i < text.n; i++) {
		if (html_blank(text.p[i])) {
			html->link.blank = label->n > 0;
			continue;
		}
		if (html->link.blank)
			buf_addc(label, ' ');
		html->link.blank = false;
		if (!buf_addc(label, text.p[i]))
			return;
	}
}

void
html_out_text(struct html *html, bool hidden, struct span text)
{
	struct html_stream *stream = &html->streams[hidden];

	if (!hidden)
		add_label(html, text);
	if (!stream->some)
		text = html_skip_blanks(text);
	if (text.n == 0)
		return;
	/* Hidden words on both sides of one that shows are two. */
	if (hidden && stream->gap && stream->some)
		emit(html, HTML_TEXT, true, SPAN(" "));
	stream->gap = false;
	if (!hidden)
		html->streams[1].gap = true;
	if (stream->line && html_skip_blanks(text).n > 0)
		stream->line = false;
	stream->some = true;
	emit(html, HTML_TEXT, hidden, text);
}

static void
end_paragraph(struct html *html, bool hidden)
{
	struct html_stream *stream = &html->streams[hidden];

	if (stream->some)
		emit(html, HTML_PARAGRAPH, hidden, SPAN(""));
	*stream = (struct html_stream){ false, false, false };
}

static void
end_line(struct html *html, bool hidden)
{
	struct html_stream *stream = &html->streams[hidden];

	if (!stream->some)
		return;
	if (stream->line) {
		end_paragraph(html, hidden);
		return;
	}
	stream->line = true;
	emit(html, HTML_TEXT, hidden, SPAN("\n"));
}

void
html_out_line(struct html *html)
{
	end_line(html, true);
	if (html->none)
		return;
	add_label(html, SPAN(" "));
	end_line(html, false);
}

void
html_out_paragraph(struct html *html, bool none)
{
	end_paragraph(html, true);
	if (none)
		return;
	add_label(html, SPAN(" "));
	end_paragraph(html, false);
}

void
html_out_cell(struct html *html, bool none)
{
	if (html->streams[1].some)
		emit(html, HTML_TEXT, true, SPAN("\t"));
	if (none)
		return;
	add_label(html, SPAN(" "));
	if (html->streams[0].some)
		emit(html, HTML_TEXT, false, SPAN("\t"));
}

/* What was cut ends with a whole character. */
static struct span
whole(struct span text, bool cut)
{
	size_t n = text.n;

	while (cut && n > 0 && text.n - n < 3 &&
	    ((unsigned char)text.p[n - 1] & 0xc0) == 0x80)
		n--;
	/* What stands there says how many were to follow. */
	if (cut && n > 0 && (unsigned char)text.p[n - 1] >= 0xc0) {
		unsigned char c = (unsigned char)text.p[n - 1];
		size_t want = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;

		if (text.n - n < want)
			text.n = n - 1;
	}
	return text;
}

void
html_out_aside(struct html *html, bool hidden, struct span text, bool cut)
{
	struct html_event event = {
		.kind = HTML_ASIDE, .hidden = hidden, .cut = cut
	};

	event.text = text = whole(text, cut);
	if (html_skip_blanks(text).n == 0)
		return;
	if (!hidden) {
		add_label(html, SPAN(" "));
		add_label(html, text);
		add_label(html, SPAN(" "));
	}
	html->sink.event(html->sink.context, &event);
}

void
html_out_link(struct html *html, enum html_link link, bool hidden,
    struct span url, bool cut)
{
	struct html_event event = {
		.kind = HTML_LINK, .link = link, .hidden = hidden,
		.url = whole(url, cut), .text = SPAN(""), .cut = cut
	};

	if (event.url.n > 0)
		html->sink.event(html->sink.context, &event);
}

void
html_out_anchor(struct html *html, bool hidden, struct span url, bool cut)
{
	html_out_anchor_end(html);
	buf_reset(&html->link.url);
	buf_reset(&html->link.label);
	url = whole(url, cut);
	if (!buf_add(&html->link.url, url))
		html->failed = true;
	/* What is empty leads to the base. */
	html->link.open = true;
	html->link.hidden = hidden;
	html->link.cut = cut;
	html->link.blank = false;
}

void
html_out_anchor_end(struct html *html)
{
	struct html_event event = {
		.kind = HTML_LINK, .link = HTML_HREF,
		.hidden = html->link.hidden, .url = buf_span(&html->link.url),
		.text = whole(buf_span(&html->link.label),
		    html->link.label.cut),
		.cut = html->link.cut || html->link.label.cut
	};

	if (html->link.open)
		html->sink.event(html->sink.context, &event);
	html->link.open = false;
}

void
html_out_end(struct html *html)
{
	html_out_anchor_end(html);
	html_out_paragraph(html, false);
}
