/*
 * params_piece - the pieces that the value of Content-Type or
 * Content-Disposition is made of, name=value as they stand; for params.c
 * alone.
 *
 * A piece borrows from the value.  Comments are gone, and so are the quotes
 * around a value; escapes, percent signs and encoded words are still there.
 * What is no parameter is a piece, too.
 */
#ifndef POSTERN_MESSAGE_PARAMS_PIECE_H
#define POSTERN_MESSAGE_PARAMS_PIECE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/region.h"
#include "base/span.h"

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

/* What is before the first parameter; empty where that comes at once. */
struct span params_take_type(struct span *value);

/*
 * The rest, as far as PARAMS_MAX goes; what lies behind that is one piece
 * without a name.  False without memory.
 */
bool params_pieces(struct span value, struct region *region,
    struct pieces *pieces_r);

/* As strcmp(), but for the case of ASCII. */
int params_compare_names(struct span a, struct span b);

#endif
