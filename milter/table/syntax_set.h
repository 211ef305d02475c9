/*
 * syntax_set - escapes and classes of a pattern, for syntax.c.
 */
#ifndef POSTERN_TABLE_SYNTAX_SET_H
#define POSTERN_TABLE_SYNTAX_SET_H

#include "table/syntax.h"

/*
 * \d, \x41, \. and so on at the front of text: how long it is, and the byte or
 * the set that it stands for.  0 for all else.
 */
size_t syntax_escape(struct span text, uint32_t options, struct byteset *set_r,
    bool *literal_r, unsigned char *byte_r);

/* "[...]" at the front of text: how long it is, or 0. */
size_t syntax_class(struct span text, uint32_t options,
    struct byteset *set_r);

/* With the option, each letter brings its other case. */
void syntax_fold(struct byteset *set, uint32_t options);

#endif
