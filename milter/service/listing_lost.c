/* listing_lost - names in a zip that libarchive loses.  See listing_lost.h. */
#include "service/listing_lost.h"

#include <string.h>

#include "base/printable.h"
#include "service/little.h"

/* The name is said to be UTF-8: a flag. */
#define SAYS_UTF8	0x0800

/* Where things stand in a header of the directory (APPNOTE.TXT, 4.3.12). */
enum { FLAGS = 8, SIZE = 24, NAME_LENGTH = 28, NAME = 46 };

static bool
is_tail(struct span zip, size_t at)
{
	return at < zip.n && ((unsigned char)zip.p[at] & 0xc0) == 0x80;
}

/* They begin one behind the other, and may end anywhere. */
static bool
is_utf8(struct lost_names *names, size_t begin, size_t end)
{
	size_t n = 1;

	if (begin == end)
		return true;
	if (names->good > begin && is_tail(names->zip, begin))
		return false;
	if (names->good < begin)
		names->good = begin;
	while (names->good < end && n > 0) {
		n = utf8_char(span_skip(names->zip, names->good));
		names->good += n;
	}
	return names->good == end ||
	    (names->good > end && !is_tail(names->zip, end));
}

static struct span
take_name(struct lost_names *names, size_t begin, size_t end)
{
	size_t from = begin;

	if (begin < names->behind && end - begin > LOST_WITHIN_MAX)
		from = end - LOST_WITHIN_MAX;
	if (end > names->behind)
		names->behind = end;
	return span_head(span_skip(names->zip, from), end - from);
}

bool
listing_lost_next(struct lost_names *names, struct lost_name *lost_r)
{
	struct span zip = names->zip;
	const char *found;

	while ((found = memmem(zip.p + names->at, zip.n - names->at,
	    "PK\1\2", 4)) != NULL) {
		struct span rest = span_skip(zip, (size_t)(found - zip.p));
		size_t begin = zip.n - rest.n + NAME, end;

		names->at = zip.n - rest.n + 4;
		if (rest.n < NAME)
			break;
		end = begin + little_number(rest.p + NAME_LENGTH, 2);
		if (end > zip.n)
			end = zip.n;
		if ((little_number(rest.p + FLAGS, 2) & SAYS_UTF8) == 0 ||
		    is_utf8(names, begin, end))
			continue;
		*lost_r = (struct lost_name){
			.name = take_name(names, begin, end),
			.size = little_number(rest.p + SIZE, 4),
		};
		return true;
	}
	names->at = zip.n;
	return false;
}
