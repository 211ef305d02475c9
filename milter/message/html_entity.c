/* html_entity - character references of HTML.  See html_entity.h. */
#include "message/html_entity.h"

#include "message/html_entities.h"

_Static_assert(HTML_ENTITY_NAME == HTML_ENTITY_MAX, "write it again");

static int
compare(struct span word, const struct html_entity_name *name)
{
	size_t n = word.n < name->n ? word.n : name->n;
	const char *row = html_entity_names[name->at / HTML_ENTITY_ROW];
	int order = memcmp(word.p, row + name->at % HTML_ENTITY_ROW, n);

	if (order != 0)
		return order;
	return word.n < name->n ? -1 : word.n > name->n;
}

static const struct html_entity_name *
find_exactly(struct span word)
{
	size_t first = (unsigned char)word.p[0];
	size_t low, high;

	if (first < 'A' || first > 'z')
		return NULL;
	low = html_entity_first[first - 'A'];
	high = html_entity_first[first - 'A' + 1];
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(word, &html_entities[middle]);

		if (order == 0)
			return &html_entities[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

size_t
html_entity_find(struct span word, struct span *text_r)
{
	word = span_head(word, HTML_ENTITY_NAME);
	for (; word.n > 0; word.n--) {
		const struct html_entity_name *name = find_exactly(word);

		if (name != NULL) {
			*text_r = span_of(name->text);
			return word.n;
		}
	}
	return 0;
}

/* What 0x80 to 0x9f mean; 0 where they stay what they are. */
static const uint16_t windows_1252[] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

size_t
html_entity_number(uint32_t number, char utf8_r[4])
{
	if (number == 0 || number > 0x10ffff ||
	    (number >= 0xd800 && number <= 0xdfff))
		number = 0xfffd;
	else if (number >= 0x80 && number <= 0x9f &&
	    windows_1252[number - 0x80] != 0)
		number = windows_1252[number - 0x80];
	if (number < 0x80) {
		utf8_r[0] = (char)number;
		return 1;
	}
	if (number < 0x800) {
		utf8_r[0] = (char)(0xc0 | number >> 6);
		utf8_r[1] = (char)(0x80 | (number & 0x3f));
		return 2;
	}
	if (number < 0x10000) {
		utf8_r[0] = (char)(0xe0 | number >> 12);
		utf8_r[1] = (char)(0x80 | (number >> 6 & 0x3f));
		utf8_r[2] = (char)(0x80 | (number & 0x3f));
		return 3;
	}
	utf8_r[0] = (char)(0xf0 | number >> 18);
	utf8_r[1] = (char)(0x80 | (number >> 12 & 0x3f));
	utf8_r[2] = (char)(0x80 | (number >> 6 & 0x3f));
	utf8_r[3] = (char)(0x80 | (number & 0x3f));
	return 4;
}
