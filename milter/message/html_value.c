/* html_value - the values of properties.  See html_value.h. */
#include "message/html_value.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Sizes in px of fonts; relative ones are in em. */
static const struct css_word sizes[] = {
	{ SPAN_INIT("xx-small"), CSS_LENGTH(9 * 64, CSS_PX) },
	{ SPAN_INIT("x-small"), CSS_LENGTH(10 * 64, CSS_PX) },
	{ SPAN_INIT("small"), CSS_LENGTH(13 * 64, CSS_PX) },
	{ SPAN_INIT("medium"), CSS_LENGTH(16 * 64, CSS_PX) },
	{ SPAN_INIT("large"), CSS_LENGTH(18 * 64, CSS_PX) },
	{ SPAN_INIT("x-large"), CSS_LENGTH(24 * 64, CSS_PX) },
	{ SPAN_INIT("xx-large"), CSS_LENGTH(32 * 64, CSS_PX) },
	{ SPAN_INIT("xxx-large"), CSS_LENGTH(48 * 64, CSS_PX) },
	{ SPAN_INIT("smaller"), CSS_LENGTH(853, CSS_EM) },
	{ SPAN_INIT("larger"), CSS_LENGTH(1229, CSS_EM) },
	{ SPAN_INIT("initial"), CSS_LENGTH(16 * 64, CSS_PX) },
	{ SPAN_INIT("inherit"), CSS_INHERIT },
	{ SPAN_INIT("unset"), CSS_INHERIT },
};

bool
css_find_word(const struct css_word *words, size_t n, struct span text,
    int32_t *value_r)
{
	for (size_t i = 0; i < n; i++)
		if (span_caseequal(words[i].text, text)) {
			*value_r = words[i].value;
			return true;
		}
	return false;
}

bool
css_read_length(struct span text, int32_t *value_r)
{
	if (css_length(text, value_r))
		return true;
	/* Of functions, var() and calc() too, nobody knows. */
	*value_r = CSS_LENGTH(0, CSS_UNKNOWN);
	return span_find(text, '(') < text.n ||
	    span_caseequal(text, SPAN("auto")) ||
	    span_caseequal(text, SPAN("none")) ||
	    span_caseequal(text, SPAN("inherit")) ||
	    span_caseequal(text, SPAN("initial")) ||
	    span_caseequal(text, SPAN("unset"));
}

/* Unlike other lengths the size of a font is not negative. */
bool
css_read_size(struct span text, int32_t *value_r)
{
	if (css_find_word(sizes, COUNT(sizes), text, value_r))
		return true;
	return css_read_length(text, value_r) && CSS_NUMBER(*value_r) >= 0 &&
	    !span_caseequal(text, SPAN("auto")) &&
	    !span_caseequal(text, SPAN("none"));
}

/* Takes the next word; blanks inside of brackets do not part it. */
struct span
css_next_part(struct span *rest)
{
	struct span part;
	size_t i;
	int depth = 0;

	*rest = span_trim(*rest);
	for (i = 0; i < rest->n; i++) {
		char c = rest->p[i];

		if (depth == 0 && ascii_space((unsigned char)c))
			break;
		depth += (c == '(') - (c == ')' && depth > 0);
	}
	part = span_head(*rest, i);
	*rest = span_skip(*rest, i);
	return part;
}

/* "italic bold 0/1.2 serif": the size is what a slash or the family follows. */
bool
css_read_font(struct span text, int32_t *value_r)
{
	while (text.n > 0) {
		struct span part = css_next_part(&text);

		part = span_head(part, span_find(part, '/'));
		if (span_trim(text).n == 0)
			return css_find_word(sizes, COUNT(sizes), part,
			    value_r) &&
			    *value_r == CSS_INHERIT;
		if (css_read_size(part, value_r) && *value_r != CSS_INHERIT)
			return true;
	}
	return false;
}

bool
css_read_opacity(struct span text, int32_t *value_r)
{
	if (!css_number(&text, value_r))
		return false;
	if (span_equal(text, SPAN("%")))
		*value_r /= 100;
	else if (text.n > 0)
		return false;
	*value_r = *value_r < 0 ? 0 : *value_r > 1000 ? 1000 : *value_r;
	return true;
}

bool
css_read_colour(struct span text, int32_t *value_r)
{
	if (css_colour(text, value_r))
		return true;
	*value_r = CSS_INHERIT;
	if (span_caseequal(text, SPAN("inherit")) ||
	    span_caseequal(text, SPAN("unset")))
		return true;
	*value_r = CSS_MIXED;
	return span_caseequal(text, SPAN("initial")) ||
	    span_casestarts(text, SPAN("var("));
}

/* Whether one of the lengths is more than a little, or may be. */
bool
css_is_far(struct span text, int limit)
{
	int32_t length;

	while (span_trim(text).n > 0) {
		struct span part = css_next_part(&text);

		if (!css_length(part, &length)) {
			if (span_find(part, '(') < part.n)
				return true;
			continue;
		}
		if (CSS_UNIT(length) != CSS_PX ? CSS_NUMBER(length) != 0 :
		    CSS_NUMBER(length) > limit * 64 ||
		    CSS_NUMBER(length) < -limit * 64)
			return true;
	}
	return false;
}
