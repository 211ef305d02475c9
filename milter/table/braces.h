/*
 * braces - "{ text }" in the name of a table, as in inline:{ a=b, { c = d } }.
 */
#ifndef POSTERN_TABLE_BRACES_H
#define POSTERN_TABLE_BRACES_H

#include <stdbool.h>

#include "base/span.h"

/*
 * What stands between the braces that text begins and ends with, trimmed.
 * False, with what is missing, where it is not so.
 */
bool braces_strip(struct span text, struct span *inner_r, const char **why_r);

/* Takes the next word; commas and white space part words, not in braces. */
bool braces_word(struct span *rest, struct span *word_r);

#endif
