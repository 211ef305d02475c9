/* html_tree_end - end tags: which open elements they end.  See html_tree.c. */
#include "message/html_stack.h"

static void
end_in(struct html *html, enum html_element element, unsigned scopes,
    enum html_element scope, bool keep)
{
	size_t i = html_stack_find(html, element, html->tag.hash, scopes,
	    scope);

	if (i != 0)
		html_stack_pop(html, i, keep);
}

/* What is neither formatting nor special ends what lies inside of it. */
static void
end_other(struct html *html)
{
	end_in(html, html->tag.element, EL_SPECIAL, ELEMENT_OTHER, true);
}

static void
end_formatting(struct html *html)
{
	size_t i = html_stack_find(html, html->tag.element, 0, EL_MARKER,
	    ELEMENT_OTHER);

	if (i != 0)
		html_stack_remove(html, i);
}

/* Any heading ends any other. */
static void
end_heading(struct html *html)
{
	for (size_t i = html->depth; i-- > 1;) {
		const struct html_open *open = &html->open[i];

		if (html_stack_flag(open, EL_HEADING)) {
			html_stack_pop(html, i, true);
			return;
		}
		if (html_stack_flag(open, EL_SCOPE))
			return;
	}
}

/* Inside of <svg> and <math>; false where the tag is for HTML. */
static bool
end_foreign(struct html *html)
{
	if (!html_top(html)->foreign)
		return false;
	for (size_t i = html->depth; i-- > 1 && html->open[i].foreign;)
		if (html->open[i].hash == html->tag.hash) {
			html_stack_pop(html, i, false);
			return true;
		}
	return false;
}

/* </p> without one is an empty one, </br> is one. */
static void
end_p(struct html *html)
{
	size_t i = html_stack_find(html, ELEMENT_P, 0, EL_SCOPE,
	    ELEMENT_BUTTON);

	if (i != 0)
		html_stack_pop(html, i, true);
	else
		html_out_paragraph(html, html->none);
}

static void
end_form(struct html *html)
{
	size_t i = html_stack_find(html, ELEMENT_FORM, 0, EL_SCOPE,
	    ELEMENT_OTHER);

	if (i != 0)
		html_stack_cut(html, i);
}

static void
end_special(struct html *html)
{
	enum html_element element = html->tag.element;

	switch (element) {
	case ELEMENT_LI:
		end_in(html, element, EL_SCOPE, html->count[ELEMENT_OL] > 0 ?
		    ELEMENT_OL : ELEMENT_UL, true);
		break;
	case ELEMENT_TABLE:
	case ELEMENT_TBODY:
	case ELEMENT_TFOOT:
	case ELEMENT_THEAD:
	case ELEMENT_TR:
	case ELEMENT_TD:
	case ELEMENT_TH:
	case ELEMENT_CAPTION:
	case ELEMENT_COLGROUP:
		end_in(html, element, 0, element != ELEMENT_TABLE ?
		    ELEMENT_TABLE : ELEMENT_TEMPLATE, false);
		break;
	case ELEMENT_TEMPLATE:
		end_in(html, element, 0, ELEMENT_OTHER, false);
		break;
	case ELEMENT_APPLET:
	case ELEMENT_MARQUEE:
	case ELEMENT_OBJECT:
		end_in(html, element, EL_SCOPE, ELEMENT_OTHER, false);
		break;
	default:
		end_in(html, element, EL_SCOPE, ELEMENT_OTHER, true);
	}
}

void
html_tree_end(struct html *html)
{
	enum html_element element = html->tag.element;

	if (element == ELEMENT_P || element == ELEMENT_BR)
		while (html_tree_foreign(html))
			html_stack_pop(html, html->depth - 1, false);
	if (end_foreign(html))
		return;
	switch (element) {
	case ELEMENT_P:
		end_p(html);
		return;
	case ELEMENT_BR:
		html_out_line(html);
		return;
	case ELEMENT_HTML:
	case ELEMENT_BODY:
	case ELEMENT_HEAD:
		return;
	case ELEMENT_H1:
	case ELEMENT_H2:
	case ELEMENT_H3:
	case ELEMENT_H4:
	case ELEMENT_H5:
	case ELEMENT_H6:
		end_heading(html);
		return;
	case ELEMENT_FORM:
		end_form(html);
		return;
	case ELEMENT_NOSCRIPT:
		end_other(html);
		return;
	default:
		break;
	}
	if ((html_element_flags(element) & EL_FORMAT) != 0)
		end_formatting(html);
	else if ((html_element_flags(element) & EL_SPECIAL) != 0)
		end_special(html);
	else
		end_other(html);
}
