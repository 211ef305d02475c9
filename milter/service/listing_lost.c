/* listing_lost - names in a zip that libarchive loses.  See listing_lost.h. */
#include "service/listing_lost.h"

#include <string.h>

#include "base/printable.h"

/* The name is said to be UTF-8: a flag. */
#define SAYS_UTF8	0x0800

/* Where things stand in a header of the directory (APPNOTE.TXT, 4.3.12). */
enum { FLAGS = 8, SIZE = 24, NAME_LENGTH = 28, NAME = 46 };

static uint32_t
number(const char *at, unsigned size)
{
	uint32_t value = 0;

	for (unsigned i = size; i-- > 0;)
		value = value << 8 | (unsigned char)at[i];
	return value;
}

bool
listing_lost_next(struct span zip, size_t *at, struct lost_name *lost_r)
{
	while (*at < zip.n) {
		struct span rest = span_skip(zip, *at);
		const char *found = memmem(rest.p, rest.n, "PK\1\2", 4);
		struct span name;

		if (found == NULL)
			break;
		rest = span_skip(rest, (size_t)(found - rest.p));
		if (rest.n < NAME)
			break;
		name = span_head(span_skip(rest, NAME),
		    number(rest.p + NAME_LENGTH, 2));
		*at = (size_t)(name.p - zip.p) + name.n;
		if ((number(rest.p + FLAGS, 2) & SAYS_UTF8) == 0 ||
		    utf8_valid(name))
			continue;
		*lost_r = (struct lost_name){
			.name = name, .size = number(rest.p + SIZE, 4),
		};
		return true;
	}
	*at = zip.n;
	return false;
}
