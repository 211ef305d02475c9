/* html_colour - colours of CSS and of attributes.  See html_css.h. */
#include "message/html_css.h"
#include "message/html_names.h"

/* In the order of length, then of bytes. */
#define COLOURS(X) \
	X("red", 0xff0000) X("tan", 0xd2b48c) X("aqua", 0x00ffff) \
	X("blue", 0x0000ff) X("cyan", 0x00ffff) X("gold", 0xffd700) \
	X("gray", 0x808080) X("grey", 0x808080) X("lime", 0x00ff00) \
	X("navy", 0x000080) X("peru", 0xcd853f) X("pink", 0xffc0cb) \
	X("plum", 0xdda0dd) X("snow", 0xfffafa) X("teal", 0x008080) \
	X("azure", 0xf0ffff) X("beige", 0xf5f5dc) X("black", 0x000000) \
	X("brown", 0xa52a2a) X("coral", 0xff7f50) X("green", 0x008000) \
	X("ivory", 0xfffff0) X("khaki", 0xf0e68c) X("linen", 0xfaf0e6) \
	X("olive", 0x808000) X("wheat", 0xf5deb3) X("white", 0xffffff) \
	X("bisque", 0xffe4c4) X("indigo", 0x4b0082) X("maroon", 0x800000) \
	X("orange", 0xffa500) X("orchid", 0xda70d6) X("purple", 0x800080) \
	X("salmon", 0xfa8072) X("sienna", 0xa0522d) X("silver", 0xc0c0c0) \
	X("tomato", 0xff6347) X("violet", 0xee82ee) X("yellow", 0xffff00) \
	X("crimson", 0xdc143c) X("darkred", 0x8b0000) \
	X("dimgray", 0x696969) X("dimgrey", 0x696969) \
	X("fuchsia", 0xff00ff) X("hotpink", 0xff69b4) \
	X("magenta", 0xff00ff) X("oldlace", 0xfdf5e6) \
	X("skyblue", 0x87ceeb) X("thistle", 0xd8bfd8) \
	X("cornsilk", 0xfff8dc) X("darkblue", 0x00008b) \
	X("darkcyan", 0x008b8b) X("darkgray", 0xa9a9a9) \
	X("darkgrey", 0xa9a9a9) X("deeppink", 0xff1493) \
	X("honeydew", 0xf0fff0) X("lavender", 0xe6e6fa) \
	X("moccasin", 0xffe4b5) X("seagreen", 0x2e8b57) \
	X("seashell", 0xfff5ee) X("aliceblue", 0xf0f8ff) \
	X("burlywood", 0xdeb887) X("cadetblue", 0x5f9ea0) \
	X("chocolate", 0xd2691e) X("darkgreen", 0x006400) \
	X("darkkhaki", 0xbdb76b) X("firebrick", 0xb22222) \
	X("gainsboro", 0xdcdcdc) X("goldenrod", 0xdaa520) \
	X("indianred", 0xcd5c5c) X("lawngreen", 0x7cfc00) \
	X("lightblue", 0xadd8e6) X("lightcyan", 0xe0ffff) \
	X("lightgray", 0xd3d3d3) X("lightgrey", 0xd3d3d3) \
	X("lightpink", 0xffb6c1) X("limegreen", 0x32cd32) \
	X("mintcream", 0xf5fffa) X("mistyrose", 0xffe4e1) \
	X("olivedrab", 0x6b8e23) X("orangered", 0xff4500) \
	X("palegreen", 0x98fb98) X("peachpuff", 0xffdab9) \
	X("rosybrown", 0xbc8f8f) X("royalblue", 0x4169e1) \
	X("slateblue", 0x6a5acd) X("slategray", 0x708090) \
	X("slategrey", 0x708090) X("steelblue", 0x4682b4) \
	X("turquoise", 0x40e0d0) X("aquamarine", 0x7fffd4) \
	X("blueviolet", 0x8a2be2) X("chartreuse", 0x7fff00) \
	X("darkorange", 0xff8c00) X("darkorchid", 0x9932cc) \
	X("darksalmon", 0xe9967a) X("darkviolet", 0x9400d3) \
	X("dodgerblue", 0x1e90ff) X("ghostwhite", 0xf8f8ff) \
	X("lightcoral", 0xf08080) X("lightgreen", 0x90ee90) \
	X("mediumblue", 0x0000cd) X("papayawhip", 0xffefd5) \
	X("powderblue", 0xb0e0e6) X("sandybrown", 0xf4a460) \
	X("whitesmoke", 0xf5f5f5) X("darkmagenta", 0x8b008b) \
	X("deepskyblue", 0x00bfff) X("floralwhite", 0xfffaf0) \
	X("forestgreen", 0x228b22) X("greenyellow", 0xadff2f) \
	X("lightsalmon", 0xffa07a) X("lightyellow", 0xffffe0) \
	X("navajowhite", 0xffdead) X("saddlebrown", 0x8b4513) \
	X("springgreen", 0x00ff7f) X("yellowgreen", 0x9acd32) \
	X("antiquewhite", 0xfaebd7) X("darkseagreen", 0x8fbc8f) \
	X("lemonchiffon", 0xfffacd) X("lightskyblue", 0x87cefa) \
	X("mediumorchid", 0xba55d3) X("mediumpurple", 0x9370db) \
	X("midnightblue", 0x191970) X("darkgoldenrod", 0xb8860b) \
	X("darkslateblue", 0x483d8b) X("darkslategray", 0x2f4f4f) \
	X("darkslategrey", 0x2f4f4f) X("darkturquoise", 0x00ced1) \
	X("lavenderblush", 0xfff0f5) X("lightseagreen", 0x20b2aa) \
	X("palegoldenrod", 0xeee8aa) X("paleturquoise", 0xafeeee) \
	X("palevioletred", 0xdb7093) X("rebeccapurple", 0x663399) \
	X("blanchedalmond", 0xffebcd) X("cornflowerblue", 0x6495ed) \
	X("darkolivegreen", 0x556b2f) X("lightslategray", 0x778899) \
	X("lightslategrey", 0x778899) X("lightsteelblue", 0xb0c4de) \
	X("mediumseagreen", 0x3cb371) X("mediumslateblue", 0x7b68ee) \
	X("mediumturquoise", 0x48d1cc) X("mediumvioletred", 0xc71585) \
	X("mediumaquamarine", 0x66cdaa) X("mediumspringgreen", 0x00fa9a) \
	X("lightgoldenrodyellow", 0xfafad2)

static const struct span names[] = {
	SPAN_INIT(""),
#define X(name, value) SPAN_INIT(name),
	COLOURS(X)
#undef X
};

static const int32_t values[] = {
	0,
#define X(name, value) (value),
	COLOURS(X)
#undef X
};

/* The default colours of the system: what a reader has is not known. */
static const struct span system_colours[] = {
	SPAN_INIT("canvas"), SPAN_INIT("canvastext"), SPAN_INIT("linktext"),
	SPAN_INIT("buttonface"), SPAN_INIT("buttontext"), SPAN_INIT("field"),
	SPAN_INIT("fieldtext"), SPAN_INIT("graytext"), SPAN_INIT("highlight"),
	SPAN_INIT("highlighttext"), SPAN_INIT("window"),
	SPAN_INIT("windowtext"), SPAN_INIT("currentcolor"),
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static bool
by_name(struct span text, int32_t *colour_r)
{
	char lower[24];
	size_t at;

	if (text.n > sizeof(lower))
		return false;
	for (size_t i = 0; i < text.n; i++)
		lower[i] = (char)ascii_lower((unsigned char)text.p[i]);
	text = span_make(lower, text.n);
	if (span_equal(text, SPAN("transparent"))) {
		*colour_r = CSS_CLEAR;
		return true;
	}
	for (size_t i = 0; i < COUNT(system_colours); i++)
		if (span_equal(text, system_colours[i])) {
			*colour_r = CSS_MIXED;
			return true;
		}
	at = html_word_find(names, COUNT(names), text);
	*colour_r = values[at];
	return at != 0;
}

/* Alpha of 255 shows all, less than 16 as good as nothing. */
static int32_t
with_alpha(int32_t colour, int alpha)
{
	if (alpha < 16)
		return CSS_CLEAR;
	return alpha < 255 ? CSS_MIXED : colour;
}

/* Behind '#': 3, 4, 6 or 8 digits. */
static bool
by_digits(struct span text, int32_t *colour_r)
{
	size_t each = text.n <= 4 ? 1 : 2, n = text.n / each;
	int part[4] = { 0, 0, 0, 255 };

	if ((text.n != n * each) || (n != 3 && n != 4))
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (ascii_hex(text.p[i]) < 0)
			return false;
	for (size_t i = 0; i < n; i++)
		part[i] = each == 1 ? ascii_hex(text.p[i]) * 17 :
		    ascii_hex(text.p[2 * i]) * 16 +
		    ascii_hex(text.p[2 * i + 1]);
	*colour_r = with_alpha(part[0] << 16 | part[1] << 8 | part[2],
	    part[3]);
	return true;
}

/* One argument of rgb(): 0 to 255, thousandths or percent; alpha to 1. */
static bool
argument(struct span *text, bool alpha, int *part_r)
{
	int32_t n;

	while (text->n > 0 && (ascii_space((unsigned char)text->p[0]) ||
	    text->p[0] == ',' || text->p[0] == '/'))
		*text = span_skip(*text, 1);
	if (!css_number(text, &n))
		return false;
	n = n < 0 ? 0 : n > 1000000 ? 1000000 : n;
	if (text->n > 0 && text->p[0] == '%') {
		*text = span_skip(*text, 1);
		n = n * 51 / 20;
	} else if (alpha) {
		n = n > 1000 ? 255000 : n * 255;
	}
	*part_r = n > 255000 ? 255 : (n + 500) / 1000;
	return true;
}

/* rgb() and rgba(); other functions may be any colour. */
static bool
by_function(struct span text, int32_t *colour_r)
{
	size_t paren = span_find(text, '(');
	struct span name = span_head(text, paren);
	int part[4] = { 0, 0, 0, 255 };

	if (paren + 1 >= text.n || text.p[text.n - 1] != ')')
		return false;
	text = span_make(text.p + paren + 1, text.n - paren - 2);
	if (!span_caseequal(name, SPAN("rgb")) &&
	    !span_caseequal(name, SPAN("rgba"))) {
		*colour_r = CSS_MIXED;
		return span_casestarts(name, SPAN("hsl")) ||
		    span_caseequal(name, SPAN("hwb")) ||
		    span_casestarts(name, SPAN("ok")) ||
		    span_caseequal(name, SPAN("lab")) ||
		    span_caseequal(name, SPAN("lch")) ||
		    span_casestarts(name, SPAN("color")) ||
		    span_caseequal(name, SPAN("light-dark"));
	}
	for (int i = 0; i < 3; i++)
		if (!argument(&text, false, &part[i]))
			return false;
	text = span_trim(text);
	if (text.n > 0 && !argument(&text, true, &part[3]))
		return false;
	*colour_r = with_alpha(part[0] << 16 | part[1] << 8 | part[2],
	    part[3]);
	return span_trim(text).n == 0;
}

bool
css_colour(struct span text, int32_t *colour_r)
{
	text = span_trim(text);
	if (text.n > 0 && text.p[0] == '#')
		return by_digits(span_skip(text, 1), colour_r);
	return by_name(text, colour_r) || by_function(text, colour_r);
}

/*
 * The standard's "rules for parsing a legacy color value", which make a
 * colour of anything: what is no digit is a 0, and of each third of them the
 * two count that stand first behind what all three have of zeros.
 */
bool
css_legacy_colour(struct span text, int32_t *colour_r)
{
	char digits[129];
	size_t n = 0, length, from = 0, each = 2;

	text = span_trim(text);
	if (text.n == 0 || span_caseequal(text, SPAN("transparent")))
		return false;
	if (by_name(text, colour_r))
		return *colour_r <= 0xffffff;
	if (text.n == 4 && text.p[0] == '#' &&
	    by_digits(span_skip(text, 1), colour_r))
		return true;
	if (text.p[0] == '#')
		text = span_skip(text, 1);
	for (size_t i = 0; i < text.n && n < 126; i++)
		digits[n++] = ascii_hex(text.p[i]) >= 0 ? text.p[i] : '0';
	while (n == 0 || n % 3 != 0)
		digits[n++] = '0';
	length = n / 3;
	if (length > 8)
		from = length - 8;
	while (length - from > 2 && digits[from] == '0' &&
	    digits[length + from] == '0' && digits[2 * length + from] == '0')
		from++;
	if (length == 1)
		each = 1;
	*colour_r = 0;
	for (size_t part = 0; part < 3; part++) {
		const char *at = &digits[part * length + from];

		*colour_r = *colour_r << 8 | (each == 1 ? ascii_hex(at[0]) :
		    ascii_hex(at[0]) * 16 + ascii_hex(at[1]));
	}
	return true;
}
