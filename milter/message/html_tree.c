/*
 * html_tree - start tags: what they end, and whether they open an element.
 *
 * The rules are those of the standard's tree construction, with this left out:
 * elements that only frame others (<tbody>, <head>) are not made up, frames do
 * not show, and formatting elements that a table or its cell ended do not come
 * back.  See html.h.
 */
#include "message/html_stack.h"
#include "message/html_token.h"

/* Text off the screen: so many bytes, and a line counts for some of them. */
#define AWAY_MAX	200
#define AWAY_LINE	50

bool
html_tree_init(struct html *html)
{
	struct html_open page = {
		.look = { .colour = 0, .back = 0xffffff, .size = 16 * 64,
		    .opacity = 1000 },
		.element = ELEMENT_HTML, .display = DISPLAY_BLOCK
	};

	html->link_colour = 0x0000ee;
	return html_stack_init(html, &page);
}

/* Content of these is HTML again. */
static bool
is_integration(const struct html_open *open)
{
	switch (open->element) {
	case ELEMENT_FOREIGNOBJECT:
	case ELEMENT_DESC:
	case ELEMENT_TITLE:
	case ELEMENT_MI:
	case ELEMENT_MO:
	case ELEMENT_MN:
	case ELEMENT_MS:
	case ELEMENT_MTEXT:
		return true;
	default:
		return false;
	}
}

bool
html_tree_foreign(struct html *html)
{
	const struct html_open *top = html_top(html);

	return top->foreign && !is_integration(top);
}

/* Past AWAY_MAX it has been told that it shows. */
static void
away(struct html *html, size_t n)
{
	if (html->away < AWAY_MAX)
		html->away = n < AWAY_MAX - html->away ? html->away + n :
		    AWAY_MAX;
}

static void
give(struct html *html, bool hidden, struct span text)
{
	while (html->pre && text.n > 0) {
		size_t n = span_find(text, '\n');

		html_out_text(html, hidden, span_head(text, n));
		if (n == text.n)
			return;
		html_out_line(html);
		text = span_skip(text, n + 1);
	}
	html_out_text(html, hidden, text);
}

void
html_tree_text(struct html *html, struct span text)
{
	const struct html_open *open;
	struct html_look look;
	size_t n;

	if (!html->is_away) {
		give(html, html->hidden, text);
		return;
	}
	/* So much of it is off the screen; what comes then reaches it. */
	n = html->away < AWAY_MAX ? AWAY_MAX - html->away : 0;
	if (html->away <= AWAY_MAX)
		while (n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
			n++;
	give(html, true, span_head(text, n));
	away(html, text.n);
	if (text.n <= n)
		return;
	html->away = AWAY_MAX + 1;
	open = html_stack_outer(html);
	look = open->look;
	look.flags &= (uint8_t)~LOOK_AWAY;
	give(html, html_look_hides(html, &look), span_skip(text, n));
}

static void
look_at(struct html *html, struct html_open *open, bool foreign)
{
	const struct html_open *outer = html_stack_outer(html);
	unsigned kind = html_element_flags((enum html_element)open->element);

	if ((kind & (EL_ROW | EL_CELL)) != 0 ||
	    open->element == ELEMENT_CAPTION ||
	    open->element == ELEMENT_COLGROUP)
		outer = html_top(html);
	open->foreign = foreign;
	open->kind = (uint16_t)kind;
	if (foreign)
		open->kind = is_integration(open) ? EL_SCOPE | EL_SPECIAL : 0;
	open->hash = html->tag.hash;
	html_look(html, &outer->look, open);
	/* What the element that it takes the place of said is not known. */
	if (html->depth == HTML_DEPTH_MAX - 1)
		html_look_show(&open->look);
	if ((kind & EL_VOID) != 0 || open->element == ELEMENT_TABLE)
		away(html, AWAY_LINE);
	open->hidden = html_look_hides(html, &open->look);
}

static void
open_foreign(struct html *html)
{
	struct html_open open = { .element = (uint8_t)html->tag.element };

	html_stack_make_room(html);
	look_at(html, &open, true);
	/* Only these have no box there. */
	if (open.element == ELEMENT_STYLE || open.element == ELEMENT_SCRIPT) {
		open.look.flags |= LOOK_NONE;
		open.hidden = true;
	}
	html_link_tag(html, open.hidden);
	html_stack_push(html, &open);
	if (html->tag.closed)
		html_stack_pop(html, html->depth - 1, false);
}

static bool
breaks_out(const struct html *html)
{
	if (html->tag.element == ELEMENT_FONT)
		return html_has(html, ATTRIBUTE_COLOR) ||
		    html_has(html, ATTRIBUTE_FACE) ||
		    html_has(html, ATTRIBUTE_SIZE);
	return (html_element_flags(html->tag.element) & EL_BREAKOUT) != 0;
}

/* <body>, however often it comes; what it says first counts. */
static void
page(struct html *html)
{
	struct html_open open = { .element = (uint8_t)html->tag.element };

	html_link_tag(html, false);
	if (html->page_styled && html->tag.element == ELEMENT_BODY)
		return;
	html_look(html, &html->open[0].look, &open);
	html->page_styled |= html->tag.element == ELEMENT_BODY;
	open.hidden = html_look_hides(html, &open.look);
	open.element = ELEMENT_HTML;
	html->open[0] = open;
	html_stack_refresh(html);
}

static void
set_raw(struct html *html, enum html_element element)
{
	struct span type = html_value(html, ATTRIBUTE_TYPE);
	bool style = (type.n == 0 || span_caseequal(type, SPAN("text/css"))) &&
	    (!html_has(html, ATTRIBUTE_MEDIA) || html_sheet_media(
	    html_value(html, ATTRIBUTE_MEDIA)));

	switch (element) {
	case ELEMENT_TITLE:
	case ELEMENT_TEXTAREA:
		html_token_raw(html, RAW_RCDATA, element);
		break;
	case ELEMENT_STYLE:
		html_token_raw(html, style ? RAW_STYLE : RAW_DROP, element);
		break;
	case ELEMENT_SCRIPT:
		html_token_raw(html, RAW_SCRIPT, element);
		break;
	case ELEMENT_XMP:
		html_token_raw(html, RAW_TEXT, element);
		break;
	case ELEMENT_IFRAME:
	case ELEMENT_NOEMBED:
	case ELEMENT_NOFRAMES:
		html_token_raw(html, RAW_DROP, element);
		break;
	case ELEMENT_PLAINTEXT:
		html_token_raw(html, RAW_PLAIN, element);
		break;
	default:
		break;
	}
}

/* An element without content. */
static void
no_content(struct html *html, struct html_open *open)
{
	html_link_tag(html, open->hidden);
	html_link_texts(html, open->hidden);
	if (open->element == ELEMENT_BR && open->display != DISPLAY_NONE) {
		html_out_line(html);
		away(html, AWAY_LINE);
	} else {
		html_stack_border(html, open);
	}
}

void
html_tree_start(struct html *html)
{
	enum html_element element = html->tag.element;
	struct html_open open = { .element = (uint8_t)element };

	if (html_tree_foreign(html)) {
		if (!breaks_out(html)) {
			open_foreign(html);
			return;
		}
		while (html_tree_foreign(html))
			html_stack_pop(html, html->depth - 1, false);
	}
	switch (element) {
	case ELEMENT_HTML:
	case ELEMENT_BODY:
		page(html);
		return;
	case ELEMENT_HEAD:
	case ELEMENT_FRAMESET:
		html_link_tag(html, false);
		return;
	case ELEMENT_SVG:
	case ELEMENT_MATH:
		open_foreign(html);
		return;
	default:
		break;
	}
	if (!html_tree_implied(html, element)) {
		html_link_tag(html, html->hidden);
		return;
	}
	if (element == ELEMENT_IMAGE ||
	    (html_element_flags(element) & EL_VOID) != 0) {
		look_at(html, &open, false);
		no_content(html, &open);
		return;
	}
	html_stack_make_room(html);
	look_at(html, &open, false);
	html_stack_push(html, &open);
	html_link_tag(html, open.hidden);
	html_link_texts(html, open.hidden);
	set_raw(html, element);
}
