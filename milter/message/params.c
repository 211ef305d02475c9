/*
 * params - parameters as readers show them.  See params.h.
 *
 * The field is cut into pieces (params_piece.h); those of one parameter are
 * brought together by sorting, and the parameters put back into the order of
 * their first pieces.
 */
#include "message/params.h"

#include <stdlib.h>

#include "message/charset.h"
#include "message/params_piece.h"
#include "message/words.h"

bool
params_has(struct span name)
{
	return span_caseequal(name, SPAN("Content-Type")) ||
	    span_caseequal(name, SPAN("Content-Disposition"));
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
		difference = params_compare_names(a->name, b->name);
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
	bool percent = false, good = true;

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
		good = words_decode(buf_span(&bytes), out);
	words_squeeze(out, 0);
	good &= !bytes.cut && !out->cut;
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
	    params_compare_names(p->name, p[n].name) == 0) {
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

bool
params_parse(struct span value, struct region *region,
    struct params *params_r)
{
	struct pieces pieces;

	*params_r = (struct params){ 0 };
	params_r->type = decoded(params_take_type(&value), region);
	if (!params_pieces(value, region, &pieces))
		return false;
	qsort(pieces.list, pieces.n, sizeof(*pieces.list), compare_pieces);
	return join_all(&pieces, region, params_r) && !region->failed;
}

const struct param *
params_next(const struct params *params, struct span name, size_t *at)
{
	while (*at < 2 * params->n) {
		bool extended = *at < params->n;
		const struct param *param = &params->list[*at -
		    (extended ? 0 : params->n)];

		++*at;
		if (param->extended == extended && param->name.n > 0 &&
		    span_caseequal(param->name, name))
			return param;
	}
	return NULL;
}

const struct param *
params_find(const struct params *params, struct span name, size_t nth)
{
	const struct param *param;
	size_t at = 0;

	do {
		param = params_next(params, name, &at);
	} while (param != NULL && nth-- > 0);
	return param;
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
