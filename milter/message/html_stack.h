/*
 * html_stack - the stack of open elements; see html_state.h.
 *
 * An index of 0, the page, which is never closed, says: none.  What begins
 * and ends with an element, a paragraph say, is told on the way.
 */
#ifndef POSTERN_MESSAGE_HTML_STACK_H
#define POSTERN_MESSAGE_HTML_STACK_H

#include "message/html_state.h"

/* Those of <svg> and <math> are none of HTML's. */
static inline bool
html_stack_is(const struct html_open *open, enum html_element element)
{
	return open->element == element && !open->foreign;
}

static inline bool
html_stack_flag(const struct html_open *open, unsigned flag)
{
	return (open->kind & flag) != 0;
}

/* The innermost is a table or a row: text does not belong there. */
bool html_stack_in_rows(const struct html *html);
/* What text and most elements that come now are inside of. */
const struct html_open *html_stack_outer(const struct html *html);

/* What the begin or the end of such an element means for the text. */
void html_stack_border(struct html *html, const struct html_open *open);

/* False without memory. */
bool html_stack_init(struct html *html, const struct html_open *page);
/* After a change of what is open: where text stands now. */
void html_stack_refresh(struct html *html);
/* Before the look of what is to be pushed is known. */
void html_stack_make_room(struct html *html);
void html_stack_push(struct html *html, const struct html_open *open);

/* All from i on; with `keep` formatting elements above it go on. */
void html_stack_pop(struct html *html, size_t i, bool keep);

/* This one alone, and what is above it and neither special nor formatting. */
void html_stack_remove(struct html *html, size_t i);

/* This one alone. */
void html_stack_cut(struct html *html, size_t i);

/*
 * The innermost element of this kind (and hash, of unknown kinds), unless one
 * with one of these flags, or of the kind `scope`, lies inside of it.
 */
size_t html_stack_find(const struct html *html, enum html_element element,
    uint32_t hash, unsigned scopes, enum html_element scope);

#endif
