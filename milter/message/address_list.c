/*
 * address_list - the addresses of a From or To field.  See address.h.
 *
 * The field falls into regions at the marks "<>,:;" that stand bare: not in a
 * quoted string, comment or domain literal.  The mark before and the mark
 * behind it say what a region is: the name of somebody or of a group, a
 * route, or words that hold an address.
 *
 * A quote, comment or domain literal that is opened and never closed is
 * ordinary text, so that it does not hide what follows; each kind is looked
 * for in vain at most once, which keeps the cost linear.
 */
#include "message/address.h"

static int
byte(const struct address_reader *r, size_t at)
{
	return at < r->value.n ? (unsigned char)r->value.p[at] : -1;
}

/* The offset behind the closing byte, or `at` where there is none. */
static size_t
skip_to(const struct address_reader *r, size_t at, char close, size_t *last)
{
	for (size_t i = at + 1; at < *last && i < r->value.n; i++) {
		if (r->value.p[i] == close)
			return i + 1;
		if (r->value.p[i] == '\\')
			i++;
	}
	if (at < *last)
		*last = at;
	return at;
}

/* As skip_to(), but comments nest. */
static size_t
skip_comment(struct address_reader *r, size_t at)
{
	size_t level = 0;

	for (size_t i = at; at < r->last_comment && i < r->value.n; i++) {
		if (r->value.p[i] == '(')
			level++;
		else if (r->value.p[i] == ')' && --level == 0)
			return i + 1;
		else if (r->value.p[i] == '\\')
			i++;
	}
	if (at < r->last_comment)
		r->last_comment = at;
	return at;
}

/*
 * "=?charset?encoding?text?=" (RFC 2047): careless programs leave commas and
 * the like in the text.
 */
static size_t
skip_encoded_word(const struct address_reader *r, size_t at)
{
	unsigned marks = 0;
	size_t i = at + 2;

	if (byte(r, at + 1) != '?')
		return at;
	for (; i < r->value.n && !ascii_space(byte(r, i)); i++)
		if (byte(r, i) == '?' && ++marks == 3)
			return byte(r, i + 1) == '=' ? i + 2 : at;
	return at;
}

/* Behind white space, or a comment, or `at` where neither stands there. */
static size_t
skip_blank(struct address_reader *r, size_t at)
{
	if (ascii_space(byte(r, at)))
		return at + 1;
	return byte(r, at) == '(' ? skip_comment(r, at) : at;
}

/* Behind what belongs together: a quoted string, a byte, ... */
static size_t
skip_element(struct address_reader *r, size_t at)
{
	size_t end = at;

	switch (byte(r, at)) {
	case '"':
		end = skip_to(r, at, '"', &r->last_quote);
		break;
	case '[':
		end = skip_to(r, at, ']', &r->last_literal);
		break;
	case '=':
		end = skip_encoded_word(r, at);
		break;
	case '\\':
		end = at + 2 < r->value.n ? at + 2 : r->value.n;
		break;
	default:
		break;
	}
	return end > at ? end : at + 1;
}

/* A '>' means something only behind its '<'. */
static bool
is_mark(const struct address_reader *r, size_t at)
{
	int b = byte(r, at);

	return b == '<' || b == ',' || b == ':' || b == ';' ||
	    (b == '>' && r->in_angle);
}

static size_t
find_mark(struct address_reader *r, size_t at)
{
	while (at < r->value.n && !is_mark(r, at)) {
		size_t end = skip_blank(r, at);

		at = end > at ? end : skip_element(r, at);
	}
	return at;
}

/* A source route: "<@a,@b:c@d>". */
static bool
route_here(const struct address_reader *r, size_t at)
{
	while (ascii_space(byte(r, at)))
		at++;
	return byte(r, at) == '@' || byte(r, at) == ',';
}

/* Goes past the mark, or the end, that the region before it stops at. */
static void
pass_mark(struct address_reader *r, size_t at)
{
	switch (byte(r, at)) {
	case '<':
		r->in_angle = r->had_angle = true;
		r->in_route = route_here(r, at + 1);
		break;
	case '>':
		r->in_angle = r->in_route = false;
		break;
	case ':':
		/* The words before it were the name of a group. */
		if (!r->in_angle)
			r->had_angle = false;
		r->in_route = false;
		break;
	case ',':
		if (r->in_route && route_here(r, at + 1))
			break;
		/* FALLTHROUGH */
	default:
		/* ';' ends a group; some programs separate with it. */
		r->in_angle = r->in_route = r->had_angle = false;
	}
	r->at = at < r->value.n ? at + 1 : at;
}

/* Blanks, comments and stray '>' to the end? */
static bool
is_blank(struct address_reader *r, size_t at, size_t end)
{
	while (at < end) {
		size_t next = byte(r, at) == '>' ? at + 1 : skip_blank(r, at);

		if (next == at)
			return false;
		at = next;
	}
	return true;
}

/* The next region that holds an address: r->word to r->end. */
static bool
next_region(struct address_reader *r)
{
	while (r->at < r->value.n) {
		bool angle = r->in_angle, route = r->in_route;
		bool named = r->had_angle;
		size_t from = r->at, end = find_mark(r, from);
		int mark = byte(r, end);

		pass_mark(r, end);
		if (angle ? route || mark == ':' :
		    named || mark == ':' || mark == '<')
			continue;
		if (is_blank(r, from, end))
			continue;
		r->word = from;
		r->end = end;
		return true;
	}
	return false;
}

/* Without line ends, and without any blank in a domain literal. */
static void
add_element(const struct address_reader *r, size_t at, size_t end,
    struct buf *out)
{
	bool literal = byte(r, at) == '[';

	for (; at < end; at++)
		if (r->value.p[at] != '\r' && r->value.p[at] != '\n' &&
		    !(literal && ascii_space(byte(r, at))))
			buf_addc(out, r->value.p[at]);
}

static bool
joins(int b)
{
	return b == '.' || b == '@';
}

/*
 * A word: blanks end it unless a '.' or '@' stands beside them, as the
 * obsolete syntax has it.  True where it has an '@'.
 */
static bool
read_word(struct address_reader *r, struct buf *out)
{
	bool gap = false, has_at = false;
	int before = -1;

	buf_reset(out);
	while (r->word < r->end) {
		int b = byte(r, r->word);
		size_t end = b == '>' ? r->word + 1 : skip_blank(r, r->word);

		if (end > r->word) {
			gap = true;
			r->word = end;
			continue;
		}
		if (before >= 0 && gap && !joins(before) && !joins(b))
			break;
		end = skip_element(r, r->word);
		add_element(r, r->word, end, out);
		has_at = has_at || b == '@';
		before = b;
		gap = false;
		r->word = end;
	}
	return has_at;
}

void
address_begin(struct address_reader *reader, struct span value)
{
	*reader = (struct address_reader){
		.value = value, .last_quote = value.n,
		.last_comment = value.n, .last_literal = value.n,
	};
}

bool
address_next(struct address_reader *reader, struct buf *address)
{
	for (;;) {
		bool first = false;

		if (is_blank(reader, reader->word, reader->end)) {
			if (!next_region(reader))
				return false;
			first = true;
		}
		if (read_word(reader, address))
			return true;
		/* Else a name without an address, if more words follow. */
		if (first && is_blank(reader, reader->word, reader->end))
			return true;
	}
}

size_t
address_count(struct span value)
{
	struct address_reader reader;
	size_t n = 0;

	address_begin(&reader, value);
	while (next_region(&reader))
		n++;
	return n;
}
