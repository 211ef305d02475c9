/* braces - "{ text }" in the name of a table.  See braces.h. */
#include "table/braces.h"

/* The length of the braced text at the front, or 0 where it has no end. */
static size_t
balanced(struct span text)
{
	size_t depth = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '{')
			depth++;
		else if (text.p[i] == '}' && --depth == 0)
			return i + 1;
	}
	return 0;
}

bool
braces_strip(struct span text, struct span *inner_r, const char **why_r)
{
	size_t n;

	if (text.n == 0 || text.p[0] != '{') {
		*why_r = "does not begin with \"{\"";
		return false;
	}
	if ((n = balanced(text)) == 0) {
		*why_r = "has no closing \"}\"";
		return false;
	}
	if (span_trim(span_skip(text, n)).n > 0) {
		*why_r = "goes on after the closing \"}\"";
		return false;
	}
	*inner_r = span_trim(span_make(text.p + 1, n - 2));
	return true;
}

static bool
parts_words(char c)
{
	return c == ',' || ascii_space(c);
}

bool
braces_word(struct span *rest, struct span *word_r)
{
	size_t depth = 0, n = 0;

	while (rest->n > 0 && parts_words(rest->p[0]))
		*rest = span_skip(*rest, 1);
	for (; n < rest->n; n++) {
		char c = rest->p[n];

		if (c == '{')
			depth++;
		else if (c == '}' && depth > 0)
			depth--;
		else if (depth == 0 && parts_words(c))
			break;
	}
	*word_r = span_head(*rest, n);
	*rest = span_skip(*rest, n);
	return n > 0;
}
