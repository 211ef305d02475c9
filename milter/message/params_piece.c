/* params_piece - a field, cut into pieces.  See params_piece.h. */
#include "message/params_piece.h"

#include "message/params.h"

/* The number of a piece; larger ones are part of the name. */
#define DIGITS_MAX	6
/* A longer comment is none, so that many that nothing ends cost no time. */
#define COMMENT_MAX	256

static struct span
skip_space(struct span s)
{
	size_t n = 0;

	while (n < s.n && ascii_space((unsigned char)s.p[n]))
		n++;
	return span_skip(s, n);
}

/* Behind the comment that s begins with; where it does not end, behind "(". */
static struct span
skip_comment(struct span s)
{
	size_t level = 0;

	for (size_t i = 0; i < s.n && i < COMMENT_MAX; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(')
			level++;
		else if (s.p[i] == ')' && --level == 0)
			return span_skip(s, i + 1);
	}
	return span_skip(s, 1);
}

static struct span
skip_gap(struct span s)
{
	for (;;) {
		s = skip_space(s);
		if (s.n == 0 || s.p[0] != '(')
			return s;
		s = skip_comment(s);
	}
}

/* The quoted string that s begins with, escapes and all. */
static struct span
take_quoted(struct span *s)
{
	struct span inside = span_skip(*s, 1);

	for (size_t i = 0; i < inside.n; i++) {
		if (inside.p[i] == '"') {
			*s = span_skip(inside, i + 1);
			return span_head(inside, i);
		}
		if (inside.p[i] == '\\')
			i++;
	}
	*s = span_skip(inside, inside.n);
	return inside;
}

static bool
ends_name(unsigned char c)
{
	return ascii_space(c) || strchr("=;\"(),<>@", c) != NULL;
}

/* A name and its '=', at the front of *s; *s stays where there is none. */
static bool
take_name(struct span *s, struct span *name_r)
{
	struct span rest = *s;
	size_t n = 0;

	while (n < rest.n && !ends_name((unsigned char)rest.p[n]))
		n++;
	rest = skip_gap(span_skip(rest, n));
	if (n == 0 || rest.n == 0 || rest.p[0] != '=')
		return false;
	*name_r = span_head(*s, n);
	*s = skip_gap(span_skip(rest, 1));
	return true;
}

/*
 * "name*12*" becomes a name and the rest.  What only looks so is a name of
 * its own.
 */
static void
split_name(struct piece *piece)
{
	struct span name = piece->name;
	size_t star;

	piece->form = FORM_PLAIN;
	if (span_ends(name, SPAN("*"))) {
		name.n--;
		piece->form = FORM_PERCENT;
		piece->percent = true;
	}
	star = span_rfind(name, '*');
	if (star < name.n && span_digits(span_skip(name, star + 1)) &&
	    name.n - star - 1 <= DIGITS_MAX) {
		for (size_t i = star + 1; i < name.n; i++)
			piece->number = piece->number * 10 +
			    (unsigned)(name.p[i] - '0');
		name.n = star;
		piece->form = FORM_PIECE;
	}
	piece->name = name;
}

/* Without a comment at the end, which "report (1).txt" has not. */
static struct span
cut_comment(struct span text)
{
	size_t begin = span_rfind(text, '(');

	if (span_ends(text, SPAN(")")) && begin > 0 && begin < text.n &&
	    ascii_space((unsigned char)text.p[begin - 1]))
		return span_trim(span_head(text, begin));
	return text;
}

/* Up to a semicolon; quotes within hide one, as they do in mail readers. */
static struct span
take_text(struct span *s)
{
	struct span all = *s;

	while (s->n > 0 && s->p[0] != ';') {
		if (s->p[0] == '"')
			take_quoted(s);
		else
			*s = span_skip(*s, 1);
	}
	return span_trim(span_head(all, all.n - s->n));
}

/* The next piece of *s; what is between semicolons may hold several. */
static bool
take_piece(struct span *s, struct piece *piece_r)
{
	*piece_r = (struct piece){ .form = FORM_TEXT };
	do {
		while (s->n > 0 && s->p[0] == ';')
			*s = span_skip(*s, 1);
		*s = skip_gap(*s);
	} while (s->n > 0 && s->p[0] == ';');
	if (s->n == 0)
		return false;
	if (!take_name(s, &piece_r->name)) {
		piece_r->value = take_text(s);
		return true;
	}
	split_name(piece_r);
	piece_r->quoted = s->n > 0 && s->p[0] == '"';
	piece_r->value = piece_r->quoted ? take_quoted(s) :
	    cut_comment(take_text(s));
	return true;
}

struct span
params_take_type(struct span *s)
{
	struct span rest = skip_gap(*s), name, type;
	size_t n = 0;

	*s = rest;
	if (take_name(&rest, &name))
		return SPAN("");
	rest = *s;
	while (n < rest.n && rest.p[n] != ';' && rest.p[n] != '(' &&
	    rest.p[n] != '"' && !ascii_space((unsigned char)rest.p[n]))
		n++;
	type = span_head(rest, n);
	*s = span_skip(rest, n);
	return type;
}

bool
params_pieces(struct span s, struct region *region, struct pieces *pieces_r)
{
	struct piece piece;
	struct span rest = s;
	size_t n = 0;

	while (n < PARAMS_MAX && take_piece(&rest, &piece))
		n++;
	pieces_r->list = region_alloc(region, (n + 1) * sizeof(piece));
	if (pieces_r->list == NULL)
		return false;
	pieces_r->n = n;
	for (size_t i = 0; i < n; i++) {
		take_piece(&s, &pieces_r->list[i]);
		pieces_r->list[i].order = i;
	}
	if (n == PARAMS_MAX && take_piece(&rest, &piece))
		pieces_r->list[pieces_r->n++] = (struct piece){
			.value = span_trim(s), .order = n
		};
	return true;
}

int
params_compare_names(struct span a, struct span b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		int difference = ascii_lower((unsigned char)a.p[i]) -
		    ascii_lower((unsigned char)b.p[i]);

		if (difference != 0)
			return difference;
	}
	return a.n < b.n ? -1 : a.n > b.n;
}
