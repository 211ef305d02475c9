/* logical - the logical lines of a table.  See logical.h. */
#include "table/logical.h"

/* Takes the next physical line, without its LF. */
static struct span
take_line(struct logical *lines)
{
	struct span rest = { lines->p + lines->at, lines->n - lines->at };
	struct span line = span_head(rest, span_find(rest, '\n'));

	lines->at += line.n < rest.n ? line.n + 1 : line.n;
	lines->line++;
	return line;
}

static struct span
trim_left(struct span s)
{
	while (s.n > 0 && ascii_space(s.p[0]))
		s = span_skip(s, 1);
	return s;
}

static bool
ignored(struct span line)
{
	line = trim_left(line);
	return line.n == 0 || line.p[0] == '#';
}

/* The next physical line neither continues nor can be skipped over. */
static bool
at_new_line(const struct logical *lines)
{
	char c = lines->p[lines->at];

	return c != '#' && !ascii_space(c);
}

static struct span
finish(struct span text, bool *nul_r)
{
	size_t end = span_find(text, '\0');

	*nul_r = end < text.n;
	while (end > 0 && ascii_space(text.p[end - 1]))
		end--;
	return span_head(text, end);
}

/* Skips what is nothing; false where the rest of the text is. */
static bool
take_first(struct logical *lines, struct span *line_r)
{
	while (lines->at < lines->n) {
		*line_r = take_line(lines);
		if (!ignored(*line_r))
			return true;
	}
	return false;
}

bool
logical_next(struct logical *lines, struct logical_line *line_r)
{
	struct span line;
	char *text;
	size_t n;

	*line_r = (struct logical_line){ .line = 0 };
	if (!take_first(lines, &line))
		return false;
	text = lines->p + (line.p - lines->p);
	n = line.n;
	line_r->line = lines->line;
	line_r->indented = ascii_space(line.p[0]);
	while (lines->at < lines->n && !at_new_line(lines)) {
		line = take_line(lines);
		if (ignored(line))
			continue;
		if (line_r->suspect == 0 && lines->suspects != NULL &&
		    lines->suspects(trim_left(line)))
			line_r->suspect = lines->line;
		memmove(text + n, line.p, line.n);
		n += line.n;
	}
	line_r->text = finish(span_make(text, n), &line_r->nul);
	return true;
}
