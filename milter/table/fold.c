/* fold - keys as postmap(1) folds them.  See fold.h. */
#include "table/fold.h"

#include <stdlib.h>
#include <unicase.h>
#include <unistr.h>

bool
fold_is_ascii(struct span key)
{
	for (size_t i = 0; i < key.n; i++)
		if ((unsigned char)key.p[i] >= 0x80)
			return false;
	return true;
}

/*
 * u8_casefold() takes whatever is no UTF-8 for U+FFFD: keys that differ would
 * become one.
 */
char *
fold_unicode(struct span key, size_t *n_r)
{
	if (u8_check((const uint8_t *)key.p, key.n) != NULL)
		return NULL;
	return (char *)u8_casefold((const uint8_t *)key.p, key.n, NULL, NULL,
	    NULL, n_r);
}

bool
fold_key(struct span key, struct buf *out)
{
	char *folded;
	size_t n;

	if (fold_is_ascii(key)) {
		if (!buf_reserve(out, key.n)) {
			out->cut = true;
			return false;
		}
		for (size_t i = 0; i < key.n; i++)
			out->p[out->n++] = (char)ascii_lower(key.p[i]);
		return true;
	}
	if (u8_check((const uint8_t *)key.p, key.n) != NULL)
		return false;
	if ((folded = fold_unicode(key, &n)) == NULL) {
		out->cut = true;
		return false;
	}
	buf_add(out, span_make(folded, n));
	free(folded);
	return !out->cut;
}
