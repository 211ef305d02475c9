/* lines - cut a stream into lines, and long lines into pieces.  See lines.h. */
#include "message/lines.h"

#include <assert.h>

bool
lines_init(struct lines *lines, size_t max)
{
	assert(max > 0);
	*lines = (struct lines){ .max = max, .first = true };
	buf_init(&lines->held, max + 1);
	return buf_reserve(&lines->held, max + 1);
}

void
lines_clear(struct lines *lines)
{
	buf_clear(&lines->held);
}

static void
give(struct lines *lines, struct span text, size_t raw, bool ended,
    struct line *line_r)
{
	*line_r = (struct line){ text, raw, lines->first, ended };
	lines->first = ended;
}

/* A piece from the front of bytes; false where more of them must decide. */
static bool
cut(struct lines *lines, struct span bytes, struct line *line_r)
{
	struct span window = span_head(bytes, lines->max + 1);
	size_t lf = span_find(window, '\n');
	size_t text = lf;

	if (lf < window.n && lf > 0 && bytes.p[lf - 1] == '\r')
		text--;
	if (lf < window.n && text < lines->max) {
		give(lines, span_head(bytes, text), lf + 1, true, line_r);
		return true;
	}
	/* A CR in the last place may yet turn out to be half a line end. */
	if (bytes.n > lines->max || (bytes.n == lines->max &&
	    bytes.p[bytes.n - 1] != '\r')) {
		give(lines, span_head(bytes, lines->max), lines->max, false,
		    line_r);
		return true;
	}
	return false;
}

bool
lines_next(struct lines *lines, struct span *chunk, struct line *line_r)
{
	struct span room, more;
	size_t held;

	if (lines->spent)
		buf_reset(&lines->held);
	lines->spent = false;
	held = lines->held.n;
	if (held == 0 && cut(lines, *chunk, line_r)) {
		*chunk = span_skip(*chunk, line_r->raw);
		return true;
	}
	room = span_head(*chunk, lines->max + 1 - held);
	more = span_head(room, span_find(room, '\n') + 1);
	buf_add(&lines->held, more);
	if (cut(lines, buf_span(&lines->held), line_r)) {
		/* At most one byte was too much, and it came just now. */
		*chunk = span_skip(*chunk, line_r->raw - held);
		lines->spent = true;
		return true;
	}
	*chunk = span_skip(*chunk, more.n);
	return false;
}

bool
lines_end(struct lines *lines, struct line *line_r)
{
	struct span held = buf_span(&lines->held);

	if (lines->spent || held.n == 0)
		return false;
	lines->spent = true;
	give(lines, held, held.n, false, line_r);
	return true;
}
