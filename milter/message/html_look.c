/*
 * html_look - whether a reader sees the text of an element.  See html.h.
 *
 * Wherever something may yet show it, it shows.
 */
#include "message/html_token.h"

#define PX(n)		((n) * 64)

/* Smaller text is not read. */
#define SIZE_MIN	PX(2)

/* Colours whose parts differ by less cannot be told apart. */
#define COLOUR_MIN	16

/* Nothing nearer is surely off the screen (and see html_tree.c). */
#define AWAY_MIN	PX(2000)

static bool
is_alike(uint32_t a, uint32_t b)
{
	for (int shift = 0; shift < 24; shift += 8) {
		int difference = (int)(a >> shift & 0xff) -
		    (int)(b >> shift & 0xff);

		if (difference >= COLOUR_MIN || difference <= -COLOUR_MIN)
			return false;
	}
	return true;
}

bool
html_look_hides(const struct html *html, const struct html_look *look)
{
	if ((look->flags & (LOOK_NONE | LOOK_INVISIBLE | LOOK_CLIPPED |
	    LOOK_AWAY)) != 0)
		return true;
	if (look->opacity <= HTML_FAINT || look->size < SIZE_MIN)
		return true;
	if ((look->flags & LOOK_PAINTED) != 0)
		return false;
	if (look->colour == LOOK_CLEAR)
		return true;
	return !html->overlaps && look->colour <= 0xffffff &&
	    look->back <= 0xffffff && is_alike(look->colour, look->back);
}

static uint32_t
colour_of(int32_t value, uint32_t inherited, uint32_t clear)
{
	if (value == CSS_INHERIT)
		return inherited;
	if (value == CSS_CLEAR)
		return clear;
	return value == CSS_MIXED ? LOOK_UNKNOWN : (uint32_t)value;
}

static void
legacy_colour(const struct html *html, enum html_attribute attribute,
    uint32_t *colour)
{
	int32_t value;

	if (html_has(html, attribute) &&
	    css_legacy_colour(html_value(html, attribute), &value))
		*colour = (uint32_t)value;
}

/* <font size="+1">: any size that a reader can read. */
static void
font(const struct html *html, struct html_look *look)
{
	legacy_colour(html, ATTRIBUTE_COLOR, &look->colour);
	if (html_has(html, ATTRIBUTE_SIZE) && look->size < PX(10))
		look->size = PX(10);
}

/* What browsers' own style sheets and old attributes say. */
static void
by_element(struct html *html, struct html_open *open)
{
	struct html_look *look = &open->look;

	legacy_colour(html, ATTRIBUTE_BGCOLOR, &look->back);
	if (html_value(html, ATTRIBUTE_BACKGROUND).n > 0)
		look->back = LOOK_UNKNOWN;
	switch (open->element) {
	case ELEMENT_A:
		if (html_has(html, ATTRIBUTE_HREF))
			look->colour = html->link_colour;
		break;
	case ELEMENT_FONT:
		font(html, look);
		break;
	case ELEMENT_BODY:
		legacy_colour(html, ATTRIBUTE_TEXT, &look->colour);
		legacy_colour(html, ATTRIBUTE_LINK, &html->link_colour);
		break;
	case ELEMENT_MARK:
		look->colour = 0;
		look->back = 0xffff00;
		break;
	case ELEMENT_BUTTON:
	case ELEMENT_INPUT:
	case ELEMENT_SELECT:
	case ELEMENT_TEXTAREA:
		look->size = PX(13);
		look->flags |= LOOK_PAINTED;
		if (open->element == ELEMENT_TEXTAREA)
			look->flags |= LOOK_PRE;
		break;
	case ELEMENT_DIALOG:
		look->flags |= LOOK_PAINTED;
		if (!html_has(html, ATTRIBUTE_OPEN))
			open->display = DISPLAY_NONE;
		break;
	case ELEMENT_LISTING:
	case ELEMENT_PLAINTEXT:
	case ELEMENT_PRE:
	case ELEMENT_XMP:
		look->flags |= LOOK_PRE;
		break;
	case ELEMENT_TABLE:
		/* Without a doctype a table begins anew. */
		if (!html->standards) {
			look->size = PX(16);
			look->colour = html->open[0].look.colour;
		}
		break;
	default:
		break;
	}
	if (html_has(html, ATTRIBUTE_HIDDEN))
		open->display = DISPLAY_NONE;
}

static enum html_display
display_of(enum html_element element)
{
	unsigned flags = html_element_flags(element);

	if ((flags & EL_NONE) != 0)
		return DISPLAY_NONE;
	if ((flags & EL_CELL) != 0)
		return DISPLAY_CELL;
	if ((flags & EL_ROW) != 0 || element == ELEMENT_TABLE)
		return DISPLAY_ROW;
	return (flags & EL_BLOCK) != 0 ? DISPLAY_BLOCK : DISPLAY_INLINE;
}

static int32_t
font_size(int32_t value, int32_t inherited)
{
	int64_t n;

	if (value == CSS_INHERIT)
		return inherited;
	n = CSS_NUMBER(value);
	switch (CSS_UNIT(value)) {
	case CSS_PX:
		return (int32_t)n;
	case CSS_EM:
		n = n * inherited / 1024;
		break;
	case CSS_REM:
		n = n * PX(16) / 1024;
		break;
	default:
		return PX(16);
	}
	return n > PX(10000) ? PX(10000) : (int32_t)n;
}

/* A length that was set, in 1/64 px; false where it cannot be told. */
static bool
pixels(const struct html_style *style, enum html_property property,
    int32_t *n_r)
{
	const struct html_setting *of = &style->of[property];

	if (of->weight == 0 || of->value == CSS_INHERIT ||
	    CSS_UNIT(of->value) != CSS_PX)
		return false;
	*n_r = CSS_NUMBER(of->value);
	return true;
}

/* No more than a pixel, and nothing makes it more. */
static bool
is_flat(const struct html_style *style, enum html_property size,
    enum html_property most, enum html_property least)
{
	int32_t n;

	if (style->of[least].weight != 0 && (!pixels(style, least, &n) ||
	    n > PX(1)))
		return false;
	return (pixels(style, size, &n) && n <= PX(1)) ||
	    (pixels(style, most, &n) && n <= PX(1));
}

static int32_t
value_of(const struct html_style *style, enum html_property property)
{
	return style->of[property].weight != 0 ?
	    style->of[property].value : 0;
}

/* Overflow does not apply to what is inline, nor to tables and the page. */
static bool
is_clipped(const struct html_style *style, const struct html_open *open)
{
	return value_of(style, CSS_OVERFLOW) == 1 &&
	    value_of(style, CSS_PADDING) == 0 &&
	    (open->display == DISPLAY_BLOCK || open->display == DISPLAY_BOX) &&
	    open->element != ELEMENT_BODY && open->element != ELEMENT_HTML &&
	    open->element != ELEMENT_MARQUEE &&
	    (is_flat(style, CSS_HEIGHT, CSS_MAX_HEIGHT, CSS_MIN_HEIGHT) ||
	    is_flat(style, CSS_WIDTH, CSS_MAX_WIDTH, CSS_MIN_WIDTH));
}

/* Far to the left or above, and of a size that does not reach back. */
static bool
is_away(const struct html_style *style, const struct html_look *look)
{
	int32_t n;

	if (value_of(style, CSS_POSITION) == 0 ||
	    value_of(style, CSS_MOVES) != 0 || look->size > PX(32))
		return false;
	for (size_t i = CSS_WIDTH; i <= CSS_MIN_HEIGHT; i++)
		if (style->of[i].weight != 0 && i != CSS_MAX_WIDTH &&
		    i != CSS_MAX_HEIGHT && (!pixels(style,
		    (enum html_property)i, &n) || n > PX(64)))
			return false;
	return (pixels(style, CSS_LEFT, &n) && n <= -AWAY_MIN) ||
	    (pixels(style, CSS_TOP, &n) && n <= -AWAY_MIN);
}

static void
place(struct html *html, const struct html_style *style,
    struct html_open *open)
{
	struct html_look *look = &open->look;
	int32_t position = value_of(style, CSS_POSITION);

	/* What is placed anew leaves the box that it is in. */
	if (position == 2)
		look->flags &= (uint8_t)~LOOK_CLIPPED;
	if (position != 0 || value_of(style, CSS_MOVES) != 0)
		look->flags &= (uint8_t)~LOOK_AWAY;
	if (position != 0 && (style->of[CSS_BACK].weight != 0 ||
	    style->of[CSS_IMAGE].weight != 0))
		html->overlaps = true;
	if (is_clipped(style, open))
		look->flags |= LOOK_CLIPPED;
	if (is_away(style, look))
		look->flags |= LOOK_AWAY;
}

static void
by_style(struct html *html, const struct html_look *outer,
    const struct html_style *style, struct html_open *open)
{
	const struct html_setting *of = style->of;
	struct html_look *look = &open->look;
	int32_t display = of[CSS_DISPLAY].value;

	if (of[CSS_DISPLAY].weight != 0 && open->element != ELEMENT_TEMPLATE)
		open->display = display != CSS_INHERIT ? (uint8_t)display :
		    DISPLAY_INLINE;
	if (of[CSS_VISIBILITY].weight != 0 &&
	    of[CSS_VISIBILITY].value != CSS_INHERIT) {
		look->flags &= (uint8_t)~LOOK_INVISIBLE;
		if (of[CSS_VISIBILITY].value == 1)
			look->flags |= LOOK_INVISIBLE;
	}
	if (of[CSS_OPACITY].weight != 0)
		look->opacity = (uint16_t)(look->opacity *
		    of[CSS_OPACITY].value / 1000);
	if (of[CSS_FONT_SIZE].weight != 0)
		look->size = font_size(of[CSS_FONT_SIZE].value, outer->size);
	if (of[CSS_COLOUR].weight != 0)
		look->colour = colour_of(of[CSS_COLOUR].value, outer->colour,
		    LOOK_CLEAR);
	if (of[CSS_BACK].weight != 0)
		look->back = colour_of(of[CSS_BACK].value, outer->back,
		    outer->back);
	if (value_of(style, CSS_IMAGE) != 0)
		look->back = LOOK_UNKNOWN;
	if (value_of(style, CSS_PAINT) != 0 ||
	    value_of(style, CSS_ANIMATED) != 0)
		look->flags |= LOOK_PAINTED;
	if (of[CSS_PRE].weight != 0 && of[CSS_PRE].value != CSS_INHERIT) {
		look->flags &= (uint8_t)~LOOK_PRE;
		if (of[CSS_PRE].value == 1)
			look->flags |= LOOK_PRE;
	}
	place(html, style, open);
}

static void
names_of(const struct html *html, struct sheet_names *names)
{
	struct span class = html_value(html, ATTRIBUTE_CLASS);
	struct span id = html_value(html, ATTRIBUTE_ID);
	const size_t most = sizeof(names->of) / sizeof(names->of[0]);

	names->n = 0;
	names->cut = html->tag.name.cut ||
	    html->tag.values[ATTRIBUTE_CLASS].cut;
	names->of[names->n++] = selector_name(' ', span_make(
	    html->tag.name.p, html->tag.name.n));
	if (id.n > 0)
		names->of[names->n++] = selector_name('#', id);
	while (class.n > 0) {
		size_t n = 0;

		while (n < class.n && !html_blank(class.p[n]))
			n++;
		if (n > 0 && names->n == most) {
			names->cut = true;
			return;
		}
		if (n > 0)
			names->of[names->n++] = selector_name('.',
			    span_head(class, n));
		class = span_skip(class, n + 1);
	}
}

static void
styled(struct html *html, const struct html_look *outer,
    struct html_open *open)
{
	struct sheet_names names;
	struct html_style style = { .any = false };

	if (html_has(html, ATTRIBUTE_STYLE))
		style = html->style;
	if (html->sheet.used > 0) {
		names_of(html, &names);
		html_sheet_apply(&html->sheet, &names, &style);
	}
	if (style.odd || value_of(&style, CSS_ANIMATED) != 0)
		css_only_show(&style);
	if (style.any)
		by_style(html, outer, &style, open);
}

void
html_look(struct html *html, const struct html_look *outer,
    struct html_open *open)
{
	uint64_t seen = html->tag.seen;

	open->look = *outer;
	open->display = display_of((enum html_element)open->element);
	by_element(html, open);
	if ((seen >> ATTRIBUTE_STYLE & 1) != 0 || html->sheet.used > 0)
		styled(html, outer, open);
	if (open->display == DISPLAY_NONE)
		open->look.flags |= LOOK_NONE;
	open->own = (uint8_t)(open->look.flags & ~outer->flags);
	open->styled = seen != 0 || html->sheet.used > 0;
}

void
html_look_show(struct html_look *look)
{
	look->flags |= LOOK_PAINTED;
	look->flags &= (uint8_t)~(LOOK_INVISIBLE | LOOK_CLIPPED | LOOK_AWAY);
	if (look->size < SIZE_MIN)
		look->size = SIZE_MIN;
}

void
html_look_again(const struct html_look *outer, struct html_open *open)
{
	struct html_look was = open->look;

	open->look = *outer;
	open->look.flags |= open->own;
	if (!open->styled)
		return;
	open->look.flags |= LOOK_PAINTED;
	if (open->look.size < was.size)
		open->look.size = was.size;
	if ((was.flags & LOOK_INVISIBLE) == 0)
		open->look.flags &= (uint8_t)~LOOK_INVISIBLE;
}
