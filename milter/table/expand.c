/* expand - the groups of a pattern in the result of its rule. */
#include "table/expand.h"

enum piece_kind { PIECE_TEXT, PIECE_GROUP, PIECE_OPEN };

struct piece {
	enum piece_kind kind;
	struct span text;	/* the words themselves, or the group's name */
	struct span whole;	/* as it is written */
};

/* The length of what follows a "$(" up to its ")", or rest.n + 1. */
static size_t
enclosed(struct span rest, char open, char close)
{
	size_t depth = 1;

	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] == open)
			depth++;
		else if (rest.p[i] == close && --depth == 0)
			return i;
	}
	return rest.n + 1;
}

static struct piece
group_piece(struct span rest)
{
	struct span name = span_skip(rest, 1);
	struct piece piece = { .kind = PIECE_GROUP };
	size_t n = 0;

	if (name.n > 0 && (name.p[0] == '{' || name.p[0] == '(')) {
		char open = name.p[0];

		name = span_skip(name, 1);
		n = enclosed(name, open, open == '{' ? '}' : ')');
		if (n > name.n)
			piece.kind = PIECE_OPEN;
		piece.whole = span_head(rest, n + 3);
	} else {
		while (n < name.n && (ascii_alnum(name.p[n]) ||
		    name.p[n] == '_'))
			n++;
		piece.whole = span_head(rest, n + 1);
	}
	piece.text = span_head(name, n);
	return piece;
}

/* Takes one piece: words without a dollar, a "$$", or a group. */
static bool
next_piece(struct span *rest, struct piece *piece_r)
{
	size_t n = span_find(*rest, '$');

	if (rest->n == 0)
		return false;
	if (n > 0) {
		*piece_r = (struct piece){ .text = span_head(*rest, n) };
		piece_r->whole = piece_r->text;
	} else if (rest->n > 1 && rest->p[1] == '$') {
		*piece_r = (struct piece){ .text = span_head(*rest, 1) };
		piece_r->whole = span_head(*rest, 2);
	} else {
		*piece_r = group_piece(*rest);
	}
	*rest = span_skip(*rest, piece_r->whole.n);
	return true;
}

/* PCRE2 has no more groups; larger numbers need not be told apart. */
#define GROUP_MAX	65535

static unsigned
group_number(struct span digits)
{
	unsigned number = 0;

	for (size_t i = 0; i < digits.n && number <= GROUP_MAX; i++)
		number = number * 10 + (unsigned)(digits.p[i] - '0');
	return number;
}

static bool
check_group(const struct piece *piece, struct buf *why)
{
	const char *wrong = NULL;

	if (piece->kind == PIECE_OPEN)
		wrong = "has no end (write ${1}, and $$ for a dollar sign)";
	else if (piece->text.n == 0)
		wrong = "names no group (write $1, and $$ for a dollar sign)";
	else if (!span_digits(piece->text))
		wrong = "is not a group (write $1, or ${1} before letters, "
		    "and $$ for a dollar sign)";
	else if (group_number(piece->text) == 0)
		wrong = "is not a group (groups are numbered from $1)";
	else if (group_number(piece->text) > GROUP_MAX)
		wrong = "is not a group (no pattern has so many)";
	if (wrong != NULL)
		buf_addf(why, "\"%.*s\" %s", SPAN_ARG(piece->whole), wrong);
	return wrong == NULL;
}

bool
expand_check(struct span text, unsigned *highest_r, struct buf *why)
{
	struct piece piece;

	*highest_r = 0;
	while (next_piece(&text, &piece)) {
		unsigned number;

		if (piece.kind == PIECE_TEXT)
			continue;
		if (!check_group(&piece, why))
			return false;
		if ((number = group_number(piece.text)) > *highest_r)
			*highest_r = number;
	}
	return true;
}

size_t
expand_dollars(char *text, size_t n)
{
	struct span rest = { text, n };
	struct piece piece;
	size_t used = 0;

	while (next_piece(&rest, &piece)) {
		memmove(text + used, piece.text.p, piece.text.n);
		used += piece.text.n;
	}
	return used;
}

/* PCRE2_UNSET is larger than any offset. */
static struct span
group_text(struct span subject, const size_t *pair)
{
	size_t from = pair[0], to = pair[1];

	if (from > to || to > subject.n)
		return span_make(NULL, 0);
	return span_make(subject.p + from, to - from);
}

void
expand(struct span text, struct span subject, const size_t *ends,
    size_t pairs, struct buf *out)
{
	struct piece piece;

	while (next_piece(&text, &piece)) {
		size_t number;

		if (piece.kind == PIECE_TEXT) {
			buf_add(out, piece.text);
			continue;
		}
		number = group_number(piece.text);
		if (number < pairs)
			buf_add(out, group_text(subject, ends + 2 * number));
	}
}
