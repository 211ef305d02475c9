/* html_stack - the open elements, and what begins and ends with them. */
#include <stdlib.h>

#include "message/html_stack.h"

#define ANY		(~0u)

/* Formatting elements that go on behind a block that ended; no more. */
#define KEEP_MAX	16

static bool
is_rows(const struct html_open *open)
{
	return html_stack_is(open, ELEMENT_TABLE) ||
	    html_stack_flag(open, EL_ROW);
}

bool
html_stack_in_rows(const struct html *html)
{
	return html->depth > 1 && is_rows(&html->open[html->depth - 1]);
}

const struct html_open *
html_stack_outer(const struct html *html)
{
	size_t i = html->depth - 1;

	/* What stands between rows is put in front of the table. */
	while (i > 0 && is_rows(&html->open[i])) {
		bool table = html_stack_is(&html->open[i], ELEMENT_TABLE);

		i--;
		if (table)
			break;
	}
	return &html->open[i];
}

void
html_stack_refresh(struct html *html)
{
	const struct html_open *open = html_stack_outer(html);

	html->hidden = open->hidden;
	html->none = (open->look.flags & LOOK_NONE) != 0;
	html->pre = (open->look.flags & LOOK_PRE) != 0;
	html->is_away = (open->look.flags & LOOK_AWAY) != 0;
}

void
html_stack_border(struct html *html, const struct html_open *open)
{
	bool none = (open->look.flags & LOOK_NONE) != 0;

	switch (open->display) {
	case DISPLAY_NONE:
		if (html_stack_flag(open, EL_BLOCK | EL_ROW | EL_CELL) ||
		    html_stack_is(open, ELEMENT_TITLE))
			html_out_paragraph(html, true);
		break;
	case DISPLAY_BLOCK:
	case DISPLAY_ROW:
		html_out_paragraph(html, none);
		break;
	case DISPLAY_CELL:
		html_out_cell(html, none);
		break;
	default:
		break;
	}
}

static bool
grow(struct html *html)
{
	size_t room = html->room == 0 ? 32 : html->room * 2;
	struct html_open *open;

	if (html->depth < html->room)
		return true;
	open = realloc(html->open, room * sizeof(*open));
	if (open == NULL) {
		html->failed = true;
		return false;
	}
	html->open = open;
	html->room = room;
	return true;
}

bool
html_stack_init(struct html *html, const struct html_open *page)
{
	if (!grow(html))
		return false;
	html->open[html->depth++] = *page;
	html->count[page->element]++;
	return true;
}

void
html_stack_make_room(struct html *html)
{
	if (html->depth == HTML_DEPTH_MAX)
		html_stack_pop(html, html->depth - 1, false);
}

void
html_stack_push(struct html *html, const struct html_open *open)
{
	bool was_away = (html_top(html)->look.flags & LOOK_AWAY) != 0;

	if (!grow(html))
		return;
	html_stack_border(html, open);
	if ((open->look.flags & LOOK_AWAY) != 0 && !was_away)
		html->away = 0;
	html->open[html->depth++] = *open;
	html->count[open->element]++;
	html_stack_refresh(html);
}

/* The element at i is gone, whatever becomes of those above. */
static void
leave(struct html *html, size_t i)
{
	struct html_open *open = &html->open[i];

	html->count[open->element]--;
	html_stack_border(html, open);
	if (open->element == ELEMENT_A)
		html_out_anchor_end(html);
}

/* Those from `from` on, which are fewer than there were, look as they are. */
static void
rebase(struct html *html, size_t from)
{
	for (size_t i = from; i < html->depth; i++) {
		struct html_open *open = &html->open[i];

		html_look_again(&html->open[i - 1].look, open);
		open->hidden = html_look_hides(html, &open->look);
	}
	html_stack_refresh(html);
}

/* Whether the element at k stays, where the one at i below it goes. */
static bool
stays(const struct html *html, size_t k, size_t i, unsigned flags)
{
	return k > i && (flags == ANY || html_stack_flag(&html->open[k],
	    flags));
}

/* The one at i goes, of those above it stay those with one of the flags. */
static void
take_out(struct html *html, size_t i, unsigned flags)
{
	size_t depth = html->depth, to = i;

	for (size_t k = depth; k-- > i;)
		if (!stays(html, k, i, flags))
			leave(html, k);
	for (size_t k = i; k < depth; k++)
		if (stays(html, k, i, flags))
			html->open[to++] = html->open[k];
	html->depth = to;
	if (to > i)
		rebase(html, i);
	else
		html_stack_refresh(html);
}

void
html_stack_pop(struct html *html, size_t i, bool keep)
{
	take_out(html, i, keep ? EL_FORMAT : 0);
	/* Without end the same few would be carried on and on. */
	if (html->depth - i > KEEP_MAX)
		take_out(html, i + KEEP_MAX, 0);
}

void
html_stack_remove(struct html *html, size_t i)
{
	take_out(html, i, EL_SPECIAL | EL_FORMAT);
}

void
html_stack_cut(struct html *html, size_t i)
{
	take_out(html, i, ANY);
}

size_t
html_stack_find(const struct html *html, enum html_element element,
    uint32_t hash, unsigned scopes, enum html_element scope)
{
	if (html->count[element] == 0)
		return 0;
	for (size_t i = html->depth; i-- > 1;) {
		const struct html_open *open = &html->open[i];

		if (html_stack_is(open, element) &&
		    (element != ELEMENT_OTHER || open->hash == hash))
			return i;
		if (html_stack_flag(open, scopes) ||
		    (scope != ELEMENT_OTHER && html_stack_is(open, scope)))
			return 0;
	}
	return 0;
}
