/*
 * params - parameters as readers show them.  See params.h.
 *
 * The field is cut into pieces, name=value as they stand; those of one
 * parameter are brought together by sorting, and the parameters put back into
 * the order of their first pieces.
 */
#include "message/params.h"

#include <stdlib.h>

#include "message/charset.h"
#include "message/words.h"

/* The number of a piece; larger ones are part of the name. */
#define DIGITS_MAX	6
/* A longer comment is none, so that many that nothing ends cost no time. */
#define COMMENT_MAX	256

enum form {
	FORM_TEXT,	/* no parameter */
	FORM_PLAIN,	/* name=value: one parameter each */
	FORM_PERCENT,	/* name*=value: the same */
	FORM_PIECE	/* name*N=value, name*N*=value */
};

struct piece {
	struct span name, value;
	enum form form;
	unsigned number;	/* FORM_PIECE */
	bool percent;		/* FORM_PERCENT, and name*N* */
	bool quoted;
	size_t order;		/* in the field */
};

struct pieces {
	struct piece *list;
	size_t n;
};

bool
params_has(struct span name)
{
	return span_caseequal(name, SPAN("Content-Type")) ||
	    span_caseequal(name, SPAN("Content-Disposition"));
}

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

static bool
take_pieces(struct span s, struct region *region, struct pieces *pieces_r)
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

static int
compare_names(struct span a, struct span b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		int difference = ascii_lower((unsigned char)a.p[i]) -
		    ascii_lower((unsigned char)b.p[i]);

		if (difference != 0)
			return difference;
	}
	return a.n < b.n ? -1 : a.n > b.n;
}

/* Pieces of one parameter side by side, by their numbers. */
static int
compare_pieces(const void *left, const void *right)
{
	const struct piece *a = left, *b = right;
	int difference;

	if (a->form != b->form)
		return a->form < b->form ? -1 : 1;
	if (a->form == FORM_PIECE) {
		difference = compare_names(a->name, b->name);
		if (difference != 0)
			return difference;
		if (a->number != b->number)
			return a->number < b->number ? -1 : 1;
	}
	return a->order < b->order ? -1 : a->order > b->order;
}

/* The parameter that some pieces make. */
struct joined {
	struct param param;
	size_t order;		/* of its first piece in the field */
	bool last;		/* the second value of two */
};

/* Two quotes in front of the value: charset'language'. */
static struct span
take_charset(struct span *value)
{
	size_t first = span_find(*value, '\'');
	struct span rest = span_skip(*value, first + 1);
	size_t second = span_find(rest, '\'');
	struct span charset = span_head(*value, first);

	if (first == value->n || second == rest.n)
		return SPAN("");
	*value = span_skip(rest, second + 1);
	return charset;
}

/* A byte of the value, which may be %XX; *i is left at its last. */
static char
percent_byte(struct span value, size_t *i)
{
	int high, low;

	if (value.p[*i] != '%' || value.n - *i < 3)
		return value.p[*i];
	high = ascii_hex((unsigned char)value.p[*i + 1]);
	low = ascii_hex((unsigned char)value.p[*i + 2]);
	if (high < 0 || low < 0)
		return '%';
	*i += 2;
	return (char)(high << 4 | low);
}

/* The bytes that a piece stands for: without escapes and line ends. */
static void
add_bytes(const struct piece *piece, struct span value, struct buf *bytes)
{
	for (size_t i = 0; i < value.n; i++) {
		if (piece->quoted && value.p[i] == '\\' && i + 1 < value.n)
			buf_addc(bytes, value.p[++i]);
		else if (piece->percent)
			buf_addc(bytes, percent_byte(value, &i));
		else
			buf_addc(bytes, value.p[i]);
	}
}

static void
add_in_charset(struct span charset, struct span bytes, struct buf *out)
{
	struct charset *from = charset_open_marked(charset);

	if (from == NULL) {
		out->cut = true;
		return;
	}
	charset_feed(from, bytes, out);
	charset_end(from, out);
	charset_close(&from);
}

/*
 * Of the pieces with one number the first, or the last; others are skipped.
 */
static bool
is_chosen(const struct piece *pieces, size_t n, size_t i, bool last)
{
	size_t other = last ? i + 1 : i - 1;

	if (pieces[i].form != FORM_PIECE || (last ? i + 1 == n : i == 0))
		return true;
	return pieces[other].number != pieces[i].number;
}

/*
 * The value in UTF-8.  A character set makes the bytes of all pieces one
 * text; without one, they may hold encoded words.
 */
static bool
add_value(const struct piece *pieces, size_t n, bool last, struct buf *out)
{
	struct span charset = SPAN("");
	struct buf bytes;
	bool percent = false, good;

	buf_init(&bytes, out->max);
	for (size_t i = 0; i < n; i++) {
		struct span value = pieces[i].value;

		if (!is_chosen(pieces, n, i, last))
			continue;
		if (pieces[i].percent && !percent && bytes.n == 0)
			charset = take_charset(&value);
		percent = percent || pieces[i].percent;
		add_bytes(&pieces[i], value, &bytes);
	}
	if (percent && charset.n > 0)
		add_in_charset(charset, buf_span(&bytes), out);
	else
		words_decode(buf_span(&bytes), out);
	words_squeeze(out, 0);
	good = !bytes.cut && !out->cut;
	buf_clear(&bytes);
	return good;
}

/* Text as it stands, decoded; empty without memory. */
static struct span
decoded(struct span text, struct region *region)
{
	struct span copy;
	struct buf out;

	buf_init(&out, 3 * text.n + 3);
	if (!words_decode(text, &out))
		region->failed = true;
	words_squeeze(&out, 0);
	copy = region_copy(region, buf_span(&out));
	buf_clear(&out);
	return copy;
}

static bool
join(const struct piece *pieces, size_t n, bool last, struct region *region,
    struct joined *joined)
{
	size_t length = 0;
	struct buf out;
	bool good;

	for (size_t i = 0; i < n; i++)
		length += pieces[i].value.n;
	buf_init(&out, 3 * length + 3);
	good = add_value(pieces, n, last, &out);
	joined->last = last;
	joined->order = pieces[0].order;
	for (size_t i = 1; i < n; i++)
		if (pieces[i].order < joined->order)
			joined->order = pieces[i].order;
	joined->param = (struct param){
		.name = decoded(pieces[0].name, region),
		.value = region_copy(region, buf_span(&out)),
		.extended = pieces[0].form >= FORM_PERCENT,
	};
	buf_clear(&out);
	return good && !region->failed;
}

/* How many pieces, from i on, are one parameter. */
static size_t
length_of(const struct pieces *pieces, size_t i, bool *twice_r)
{
	const struct piece *p = &pieces->list[i];
	size_t n = 1;

	*twice_r = false;
	if (p->form != FORM_PIECE)
		return 1;
	while (i + n < pieces->n && p[n].form == FORM_PIECE &&
	    compare_names(p->name, p[n].name) == 0) {
		if (p[n].number == p[n - 1].number)
			*twice_r = true;
		n++;
	}
	return n;
}

static int
compare_joined(const void *left, const void *right)
{
	const struct joined *a = left, *b = right;

	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return (int)a->last - (int)b->last;
}

static bool
join_all(const struct pieces *pieces, struct region *region,
    struct params *params)
{
	/* A piece that comes twice is half of what makes a second value. */
	struct joined *all = region_alloc(region,
	    (pieces->n + 1) * sizeof(*all));
	struct param *list = region_alloc(region,
	    (pieces->n + 1) * sizeof(*list));
	size_t n = 0, length;
	bool twice;

	if (all == NULL || list == NULL)
		return false;
	for (size_t i = 0; i < pieces->n; i += length) {
		const struct piece *first = &pieces->list[i];

		length = length_of(pieces, i, &twice);
		if (!join(first, length, false, region, &all[n++]) ||
		    (twice && !join(first, length, true, region, &all[n++])))
			return false;
	}
	qsort(all, n, sizeof(*all), compare_joined);
	for (size_t i = 0; i < n; i++)
		list[i] = all[i].param;
	params->list = list;
	params->n = n;
	return true;
}

/* What is before the first parameter; empty where that comes at once. */
static struct span
take_type(struct span *s)
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
params_parse(struct span value, struct region *region,
    struct params *params_r)
{
	struct pieces pieces;

	*params_r = (struct params){ 0 };
	params_r->type = decoded(take_type(&value), region);
	if (!take_pieces(value, region, &pieces))
		return false;
	qsort(pieces.list, pieces.n, sizeof(*pieces.list), compare_pieces);
	return join_all(&pieces, region, params_r) && !region->failed;
}

const struct param *
params_find(const struct params *params, struct span name, size_t nth)
{
	for (int extended = 1; extended >= 0; extended--)
		for (size_t i = 0; i < params->n; i++) {
			const struct param *param = &params->list[i];

			if (param->extended == (extended != 0) &&
			    param->name.n > 0 &&
			    span_caseequal(param->name, name) && nth-- == 0)
				return param;
		}
	return NULL;
}

static void
write_value(struct span value, struct buf *out)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, value.p[i]);
	}
	buf_addc(out, '"');
}

void
params_write(const struct params *params, struct buf *out)
{
	buf_add(out, params->type);
	for (size_t i = 0; i < params->n; i++) {
		const struct param *param = &params->list[i];

		if (i > 0 || params->type.n > 0)
			buf_add(out, SPAN("; "));
		if (param->name.n == 0) {
			buf_add(out, param->value);
			continue;
		}
		buf_add(out, param->name);
		buf_addc(out, '=');
		write_value(param->value, out);
	}
}
