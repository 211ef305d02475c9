/* html_names - elements and attributes of HTML.  See html_names.h. */
#include "message/html_names.h"

static const struct span elements[] = {
	SPAN_INIT(""),
#define X(id, name, flags) SPAN_INIT(name),
	HTML_ELEMENTS(X)
#undef X
};

static const uint16_t element_flags[] = {
	0,
#define X(id, name, flags) (flags),
	HTML_ELEMENTS(X)
#undef X
};

static const struct span attributes[] = {
	SPAN_INIT(""),
#define X(id, name) SPAN_INIT(name),
	HTML_ATTRIBUTES(X)
#undef X
};

size_t
html_word_find(const struct span *words, size_t n, struct span word)
{
	size_t low = 1, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct span *at = &words[middle];
		int order = word.n != at->n ? (word.n < at->n ? -1 : 1) :
		    memcmp(word.p, at->p, word.n);

		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return 0;
}

enum html_element
html_element_find(struct span name)
{
	return (enum html_element)html_word_find(elements, ELEMENT_COUNT,
	    name);
}

unsigned
html_element_flags(enum html_element element)
{
	return element_flags[element];
}

struct span
html_element_name(enum html_element element)
{
	return elements[element];
}

enum html_attribute
html_attribute_find(struct span name)
{
	return (enum html_attribute)html_word_find(attributes,
	    ATTRIBUTE_COUNT, name);
}

uint32_t
html_hash(uint32_t hash, struct span part)
{
	for (size_t i = 0; i < part.n; i++)
		hash = (hash ^ (unsigned char)ascii_lower(
		    (unsigned char)part.p[i])) * 16777619u;
	return hash;
}
