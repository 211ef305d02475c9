/*
 * fold - keys as postmap(1) and Postfix's lookups fold them: by Unicode's full
 * case folding, where they are UTF-8.
 */
#ifndef POSTERN_TABLE_FOLD_H
#define POSTERN_TABLE_FOLD_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

bool fold_is_ascii(struct span key);

/* NULL where key is no UTF-8 (or memory is out); else to be freed. */
char *fold_unicode(struct span key, size_t *n_r);

/* Adds the folded key to out; false where it is no UTF-8, or out is cut. */
bool fold_key(struct span key, struct buf *out);

#endif
