/*
 * nesting - IF and ENDIF, as pattern tables have them.
 */
#ifndef POSTERN_TABLE_NESTING_H
#define POSTERN_TABLE_NESTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* The statements that are open, innermost last. */
struct nesting {
	size_t *open;
	size_t depth, room;
};

void nesting_clear(struct nesting *nesting);

/* False without memory. */
bool nesting_push(struct nesting *nesting, size_t statement);

/* False where none is open. */
bool nesting_pop(struct nesting *nesting, size_t *statement_r);

/* The keyword in any case, with no letter or digit behind it. */
bool nesting_word(struct span text, struct span word);

/* What follows the white space at the front. */
struct span nesting_skip_space(struct span text);

#endif
