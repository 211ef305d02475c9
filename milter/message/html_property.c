/* html_property - what the properties of CSS mean here.  See html_css.h. */
#include "message/html_css.h"
#include "message/html_state.h"
#include "message/html_value.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Text that is moved by less stays where it is, more or less. */
#define MOVE_MIN	64

static const struct css_word displays[] = {
	{ SPAN_INIT("none"), DISPLAY_NONE },
	{ SPAN_INIT("inline"), DISPLAY_INLINE },
	{ SPAN_INIT("contents"), DISPLAY_INLINE },
	{ SPAN_INIT("ruby"), DISPLAY_INLINE },
	{ SPAN_INIT("inline-block"), DISPLAY_BOX },
	{ SPAN_INIT("inline-table"), DISPLAY_BOX },
	{ SPAN_INIT("inline-flex"), DISPLAY_BOX },
	{ SPAN_INIT("inline-grid"), DISPLAY_BOX },
	{ SPAN_INIT("block"), DISPLAY_BLOCK },
	{ SPAN_INIT("list-item"), DISPLAY_BLOCK },
	{ SPAN_INIT("table"), DISPLAY_BLOCK },
	{ SPAN_INIT("flex"), DISPLAY_BLOCK },
	{ SPAN_INIT("-webkit-box"), DISPLAY_BLOCK },
	{ SPAN_INIT("-webkit-flex"), DISPLAY_BLOCK },
	{ SPAN_INIT("grid"), DISPLAY_BLOCK },
	{ SPAN_INIT("flow-root"), DISPLAY_BLOCK },
	{ SPAN_INIT("table-caption"), DISPLAY_ROW },
	{ SPAN_INIT("table-row"), DISPLAY_ROW },
	{ SPAN_INIT("table-row-group"), DISPLAY_ROW },
	{ SPAN_INIT("table-header-group"), DISPLAY_ROW },
	{ SPAN_INIT("table-footer-group"), DISPLAY_ROW },
	{ SPAN_INIT("table-cell"), DISPLAY_CELL },
	{ SPAN_INIT("inherit"), CSS_INHERIT },
};

static const struct css_word visibilities[] = {
	{ SPAN_INIT("visible"), 0 }, { SPAN_INIT("hidden"), 1 },
	{ SPAN_INIT("collapse"), 1 }, { SPAN_INIT("inherit"), CSS_INHERIT },
	{ SPAN_INIT("initial"), 0 },
};

static const struct css_word positions[] = {
	{ SPAN_INIT("static"), 0 }, { SPAN_INIT("relative"), 1 },
	{ SPAN_INIT("sticky"), 1 }, { SPAN_INIT("absolute"), 2 },
	{ SPAN_INIT("fixed"), 2 },
};

static const struct css_word overflows[] = {
	{ SPAN_INIT("visible"), 0 }, { SPAN_INIT("hidden"), 1 },
	{ SPAN_INIT("clip"), 1 }, { SPAN_INIT("scroll"), 1 },
	{ SPAN_INIT("auto"), 1 },
};

static const struct css_word spaces[] = {
	{ SPAN_INIT("normal"), 0 }, { SPAN_INIT("nowrap"), 0 },
	{ SPAN_INIT("pre"), 1 }, { SPAN_INIT("pre-wrap"), 1 },
	{ SPAN_INIT("pre-line"), 1 }, { SPAN_INIT("break-spaces"), 1 },
	{ SPAN_INIT("inherit"), CSS_INHERIT },
};

#define FIND(words, text, value_r) \
	css_find_word(words, COUNT(words), text, value_r)

static void
set(struct css *css, enum html_property property, int32_t value)
{
	struct html_setting *of = &css->to->of[property];

	if (css->weight >= of->weight) {
		of->weight = css->weight;
		of->value = value;
		css->to->any = true;
	}
}

static bool
is_image(struct span part)
{
	return span_find(part, '(') < part.n;
}

/* A colour, an image, or both; what it does not name is as if unset. */
static void
set_background(struct css *css, struct span text)
{
	int32_t colour = CSS_CLEAR, value;
	bool image = false;

	if (span_find(text, ',') < text.n && span_find(text, '(') >= text.n)
		image = true;
	while (span_trim(text).n > 0) {
		struct span part = css_next_part(&text);

		if (css_read_colour(part, &value))
			colour = value;
		else
			image |= is_image(part);
	}
	set(css, CSS_BACK, colour);
	set(css, CSS_IMAGE, image);
}

enum reading {
	READ_DISPLAY, READ_VISIBILITY, READ_OPACITY, READ_SIZE, READ_FONT,
	READ_COLOUR, READ_BACKGROUND, READ_IMAGE, READ_POSITION, READ_LENGTH,
	READ_OVERFLOW, READ_PADDING, READ_FAR, READ_SPACE, READ_PAINT,
	READ_ANIMATED, READ_NOTHING
};

static const struct {
	struct span name;
	enum reading how;
	enum html_property property;
} properties[] = {
	{ SPAN_INIT("display"), READ_DISPLAY, CSS_DISPLAY },
	{ SPAN_INIT("visibility"), READ_VISIBILITY, CSS_VISIBILITY },
	{ SPAN_INIT("opacity"), READ_OPACITY, CSS_OPACITY },
	{ SPAN_INIT("font-size"), READ_SIZE, CSS_FONT_SIZE },
	{ SPAN_INIT("font"), READ_FONT, CSS_FONT_SIZE },
	{ SPAN_INIT("color"), READ_COLOUR, CSS_COLOUR },
	{ SPAN_INIT("background-color"), READ_COLOUR, CSS_BACK },
	{ SPAN_INIT("background"), READ_BACKGROUND, CSS_BACK },
	{ SPAN_INIT("background-image"), READ_IMAGE, CSS_IMAGE },
	{ SPAN_INIT("position"), READ_POSITION, CSS_POSITION },
	{ SPAN_INIT("left"), READ_LENGTH, CSS_LEFT },
	{ SPAN_INIT("top"), READ_LENGTH, CSS_TOP },
	{ SPAN_INIT("width"), READ_LENGTH, CSS_WIDTH },
	{ SPAN_INIT("height"), READ_LENGTH, CSS_HEIGHT },
	{ SPAN_INIT("max-width"), READ_LENGTH, CSS_MAX_WIDTH },
	{ SPAN_INIT("max-height"), READ_LENGTH, CSS_MAX_HEIGHT },
	{ SPAN_INIT("min-width"), READ_LENGTH, CSS_MIN_WIDTH },
	{ SPAN_INIT("min-height"), READ_LENGTH, CSS_MIN_HEIGHT },
	{ SPAN_INIT("overflow"), READ_OVERFLOW, CSS_OVERFLOW },
	{ SPAN_INIT("overflow-x"), READ_OVERFLOW, CSS_OVERFLOW },
	{ SPAN_INIT("overflow-y"), READ_OVERFLOW, CSS_OVERFLOW },
	{ SPAN_INIT("white-space"), READ_SPACE, CSS_PRE },
	{ SPAN_INIT("text-shadow"), READ_PAINT, CSS_PAINT },
	{ SPAN_INIT("filter"), READ_PAINT, CSS_PAINT },
	{ SPAN_INIT("mix-blend-mode"), READ_PAINT, CSS_PAINT },
	{ SPAN_INIT("background-clip"), READ_PAINT, CSS_PAINT },
	{ SPAN_INIT("-webkit-background-clip"), READ_PAINT, CSS_PAINT },
	{ SPAN_INIT("-webkit-text-fill-color"), READ_PAINT, CSS_PAINT },
	{ SPAN_INIT("-webkit-text-stroke"), READ_PAINT, CSS_PAINT },
	{ SPAN_INIT("-webkit-text-stroke-width"), READ_PAINT, CSS_PAINT },
	{ SPAN_INIT("animation"), READ_ANIMATED, CSS_ANIMATED },
	{ SPAN_INIT("animation-name"), READ_ANIMATED, CSS_ANIMATED },
	{ SPAN_INIT("-webkit-animation"), READ_ANIMATED, CSS_ANIMATED },
	{ SPAN_INIT("-webkit-animation-name"), READ_ANIMATED, CSS_ANIMATED },
	{ SPAN_INIT("font-family"), READ_NOTHING, 0 },
	{ SPAN_INIT("font-weight"), READ_NOTHING, 0 },
	{ SPAN_INIT("font-style"), READ_NOTHING, 0 },
	{ SPAN_INIT("line-height"), READ_NOTHING, 0 },
	{ SPAN_INIT("text-decoration"), READ_NOTHING, 0 },
	{ SPAN_INIT("text-transform"), READ_NOTHING, 0 },
	{ SPAN_INIT("vertical-align"), READ_NOTHING, 0 },
	{ SPAN_INIT("z-index"), READ_NOTHING, 0 },
	{ SPAN_INIT("clip"), READ_NOTHING, 0 },
	{ SPAN_INIT("word-break"), READ_NOTHING, 0 },
	{ SPAN_INIT("word-wrap"), READ_NOTHING, 0 },
	{ SPAN_INIT("outline"), READ_NOTHING, 0 },
	{ SPAN_INIT("cursor"), READ_NOTHING, 0 },
};

static void
declare_words(struct css *css, enum reading how,
    enum html_property property, struct span text)
{
	int32_t value;
	bool good;

	switch (how) {
	case READ_DISPLAY:
		good = FIND(displays, text, &value);
		break;
	case READ_VISIBILITY:
		good = FIND(visibilities, text, &value);
		break;
	case READ_POSITION:
		good = FIND(positions, text, &value);
		break;
	case READ_OVERFLOW:
		good = FIND(overflows, css_next_part(&text), &value);
		break;
	default:
		good = FIND(spaces, text, &value);
		break;
	}
	if (good)
		set(css, property, value);
}

static void
declare(struct css *css, enum reading how, enum html_property property,
    struct span text)
{
	int32_t value;

	switch (how) {
	case READ_OPACITY:
		if (css_read_opacity(text, &value))
			set(css, property, value);
		break;
	case READ_SIZE:
		if (css_read_size(text, &value))
			set(css, property, value);
		break;
	case READ_FONT:
		if (css_read_font(text, &value))
			set(css, property, value);
		break;
	case READ_COLOUR:
		if (css_read_colour(text, &value))
			set(css, property, value);
		break;
	case READ_BACKGROUND:
		set_background(css, text);
		break;
	case READ_IMAGE:
		set(css, property, is_image(text));
		break;
	case READ_LENGTH:
		if (css_read_length(text, &value))
			set(css, property, value);
		break;
	case READ_PAINT:
	case READ_ANIMATED:
		set(css, property, !span_caseequal(text, SPAN("none")));
		break;
	case READ_NOTHING:
		break;
	default:
		declare_words(css, how, property, text);
	}
}

/* What is not in the list may move text, unless all of it is small. */
static void
declare_other(struct css *css, struct span name, struct span text)
{
	bool padding = span_casestarts(name, SPAN("padding"));
	bool border = span_casestarts(name, SPAN("border"));

	if (padding || border)
		set(css, CSS_PADDING, css_is_far(text, 0) ||
		    (css->to->of[CSS_PADDING].value == 1 && name.n > 7));
	if (span_starts(name, SPAN("mso-")) ||
	    (span_casestarts(name, SPAN("text-align")) &&
	    span_caseequal(text, SPAN("left"))))
		return;
	if ((padding || border || span_casestarts(name, SPAN("margin"))) &&
	    !css_is_far(text, MOVE_MIN))
		return;
	set(css, CSS_MOVES, 1);
}

/* "!important", however it is spaced, comes off the end. */
static bool
take_important(struct span *value)
{
	size_t bang = span_rfind(*value, '!');

	if (bang >= value->n || !span_caseequal(span_trim(span_skip(*value,
	    bang + 1)), SPAN("important")))
		return false;
	*value = span_trim(span_head(*value, bang));
	return true;
}

void
css_declare(struct css *css, struct span name, struct span value)
{
	uint32_t weight = css->weight;

	value = span_trim(value);
	if (take_important(&value))
		css->weight |= CSS_IMPORTANT;
	if (value.n > 0) {
		size_t i = 0;

		/* Most differ in their first letter. */
		while (i < COUNT(properties) && (name.n == 0 ||
		    properties[i].name.p[0] != name.p[0] ||
		    !span_equal(properties[i].name, name)))
			i++;
		if (i < COUNT(properties))
			declare(css, properties[i].how,
			    properties[i].property, value);
		else
			declare_other(css, name, value);
	}
	css->weight = weight;
}

static bool
hides(enum html_property property, int32_t value)
{
	switch (property) {
	case CSS_DISPLAY:
		return value == DISPLAY_NONE;
	case CSS_VISIBILITY:
	case CSS_OVERFLOW:
		return value != 0;
	case CSS_OPACITY:
		return value <= HTML_FAINT;
	case CSS_FONT_SIZE:
		return value != CSS_INHERIT &&
		    CSS_UNIT(value) == CSS_PX && CSS_NUMBER(value) < 2 * 64;
	default:
		return false;
	}
}

void
css_only_show(struct html_style *style)
{
	for (size_t i = 0; i < CSS_PROPERTIES; i++) {
		struct html_setting *of = &style->of[i];

		if (of->weight == 0)
			continue;
		if (hides((enum html_property)i, of->value))
			of->weight = 0;
		else if (i == CSS_COLOUR || i == CSS_BACK)
			of->value = CSS_MIXED;
		else if ((i == CSS_FONT_SIZE &&
		    CSS_UNIT(of->value) != CSS_PX) ||
		    (i >= CSS_LEFT && i <= CSS_MIN_HEIGHT))
			of->value = CSS_LENGTH(0, CSS_UNKNOWN);
	}
}
