/* heading - one field of a part's header.  See heading.h. */
#include "message/heading.h"

#include "message/header.h"

void
heading_init(struct heading *heading, size_t max)
{
	*heading = (struct heading){ .offset = 0 };
	buf_init(&heading->text, max);
}

void
heading_clear(struct heading *heading)
{
	buf_clear(&heading->text);
}

static void
take_raw(struct heading *heading, const struct line *line)
{
	heading->length += line->raw;
	heading->ended = line->ended;
}

bool
heading_continues(struct heading *heading, const struct line *line)
{
	if (heading->text.n == 0 || (line->first &&
	    (line->text.n == 0 || !ascii_blank(line->text.p[0]))))
		return false;
	if (line->first)
		buf_addc(&heading->text, '\n');
	buf_add(&heading->text, line->text);
	take_raw(heading, line);
	return true;
}

static bool
is_passed_over(struct span text)
{
	return (text.n > 0 && ascii_blank(text.p[0])) ||
	    span_starts(text, SPAN("From ")) ||
	    span_starts(text, SPAN(">From "));
}

bool
heading_begins(struct heading *heading, const struct line *line,
    uint64_t offset)
{
	struct field field;

	/* Of a field the first piece would be there. */
	if (!line->first || is_passed_over(line->text))
		return true;
	if (!field_parse(line->text, &field))
		return false;
	buf_add(&heading->text, line->text);
	heading->offset = offset;
	heading->length = 0;
	take_raw(heading, line);
	return true;
}
