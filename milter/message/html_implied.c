/*
 * html_implied - which open elements end where another begins.  See
 * html_tree.c.
 */
#include "message/html_stack.h"

static void
end_p(struct html *html)
{
	size_t p = html_stack_find(html, ELEMENT_P, 0, EL_SCOPE,
	    ELEMENT_BUTTON);

	if (p != 0)
		html_stack_pop(html, p, true);
}

/* <li>, or <dd> and <dt>: the last one ends, unless a block is in between. */
static void
end_item(struct html *html, enum html_element one, enum html_element other)
{
	if (html->count[one] + html->count[other] == 0)
		return;
	for (size_t i = html->depth; i-- > 1;) {
		const struct html_open *open = &html->open[i];

		if (html_stack_is(open, one) || html_stack_is(open, other)) {
			html_stack_pop(html, i, true);
			return;
		}
		if (html_stack_flag(open, EL_SPECIAL) &&
		    !html_stack_is(open, ELEMENT_ADDRESS) &&
		    !html_stack_is(open, ELEMENT_DIV) &&
		    !html_stack_is(open, ELEMENT_P))
			return;
	}
}

/* Rows and cells end all up to what may hold them; false outside of tables. */
static bool
enter_row(struct html *html, enum html_element element)
{
	unsigned above = 0;
	size_t i = html_stack_find(html, ELEMENT_TABLE, 0, 0,
	    ELEMENT_TEMPLATE);

	if (i == 0)
		return html->count[ELEMENT_TEMPLATE] > 0;
	if (element == ELEMENT_TD || element == ELEMENT_TH)
		above = 2;
	else if (element == ELEMENT_TR)
		above = 1;
	/* From the table up: a group, a row. */
	while (above > 0 && i + 1 < html->depth &&
	    html_stack_flag(&html->open[i + 1], EL_ROW)) {
		bool row = html_stack_is(&html->open[i + 1], ELEMENT_TR);

		if (row && above == 1)
			break;
		above = row ? 0 : above;
		i++;
	}
	if (i + 1 < html->depth)
		html_stack_pop(html, i + 1, false);
	return true;
}

static void
end_kind(struct html *html, enum html_element element, unsigned scopes,
    bool keep)
{
	size_t i = html_stack_find(html, element, 0, scopes, ELEMENT_OTHER);

	if (i != 0)
		html_stack_pop(html, i, keep);
}

/* What the tag ends; false where it is ignored. */
bool
html_tree_implied(struct html *html, enum html_element element)
{
	unsigned flags = html_element_flags(element);
	size_t i;

	if ((flags & EL_ENDS_P) != 0 &&
	    (element != ELEMENT_TABLE || html->standards))
		end_p(html);
	switch (element) {
	case ELEMENT_LI:
		end_item(html, ELEMENT_LI, ELEMENT_LI);
		break;
	case ELEMENT_DD:
	case ELEMENT_DT:
		end_item(html, ELEMENT_DD, ELEMENT_DT);
		break;
	case ELEMENT_H1:
	case ELEMENT_H2:
	case ELEMENT_H3:
	case ELEMENT_H4:
	case ELEMENT_H5:
	case ELEMENT_H6:
		if (html_stack_flag(html_top(html), EL_HEADING))
			html_stack_pop(html, html->depth - 1, true);
		break;
	case ELEMENT_A:
	case ELEMENT_NOBR:
		i = html_stack_find(html, element, 0, EL_MARKER,
		    ELEMENT_OTHER);
		if (i != 0)
			html_stack_remove(html, i);
		break;
	case ELEMENT_BUTTON:
		end_kind(html, element, EL_SCOPE, true);
		break;
	case ELEMENT_FORM:
		return html->count[element] == 0 ||
		    html->count[ELEMENT_TEMPLATE] > 0;
	case ELEMENT_OPTION:
	case ELEMENT_OPTGROUP:
		if (html_stack_is(html_top(html), ELEMENT_OPTION))
			html_stack_pop(html, html->depth - 1, true);
		break;
	case ELEMENT_INPUT:
	case ELEMENT_KEYGEN:
	case ELEMENT_TEXTAREA:
		end_kind(html, ELEMENT_SELECT, EL_SCOPE, true);
		break;
	case ELEMENT_SELECT:
		i = html_stack_find(html, element, 0, EL_SCOPE,
		    ELEMENT_OTHER);
		if (i != 0)
			html_stack_pop(html, i, true);
		return i == 0;
	case ELEMENT_TABLE:
		if (html_stack_in_rows(html))
			end_kind(html, element, 0, false);
		break;
	case ELEMENT_CAPTION:
	case ELEMENT_COL:
	case ELEMENT_COLGROUP:
	case ELEMENT_TBODY:
	case ELEMENT_TD:
	case ELEMENT_TFOOT:
	case ELEMENT_TH:
	case ELEMENT_THEAD:
	case ELEMENT_TR:
		return enter_row(html, element);
	default:
		break;
	}
	return true;
}
