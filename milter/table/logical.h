/*
 * logical - the logical lines of a table, as Postfix's readllines() has them.
 *
 * A line that begins with white space continues the one before it, verbatim.
 * Blank lines and comments are nothing, wherever they stand: a continuation
 * may follow them.  The lines are joined in the text itself, so a table that
 * keeps the text keeps everything; what was handed out stays good.
 */
#ifndef POSTERN_TABLE_LOGICAL_H
#define POSTERN_TABLE_LOGICAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct logical {
	char *p;	/* the text; p[n] can be written to as well */
	size_t n;
	size_t at;	/* what was read; begins as 0 */
	unsigned line;	/* physical lines read; begins as 0 */

	/* May be NULL; asked about each continuation, without its blanks. */
	bool (*suspects)(struct span text);
};

struct logical_line {
	struct span text;	/* ends before the first NUL; right trimmed */
	unsigned line;		/* its first physical line, counted from 1 */
	bool indented;		/* it begins with white space: no rule at all */
	bool nul;		/* a NUL, and what followed it, was left out */
	unsigned suspect;	/* the first suspected line in it, or 0 */
};

/* False at the end. */
bool logical_next(struct logical *lines, struct logical_line *line_r);

#endif
