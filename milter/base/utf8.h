/*
 * utf8 - characters in bytes: RFC 3629 and nothing beside it.
 *
 * Overlong forms, surrogates and what lies above U+10FFFF are no characters.
 */
#ifndef POSTERN_BASE_UTF8_H
#define POSTERN_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/* What stands for bytes that say nothing, and its bytes. */
#define UTF8_REPLACEMENT	0xfffdU
#define UTF8_FFFD		SPAN("\xef\xbf\xbd")

enum utf8 {
	UTF8_CUT = -1,	/* s ends inside what may become a character */
	UTF8_BAD = 0,	/* *n_r bytes of s belong to none: at least one */
	UTF8_GOOD = 1	/* *code_r, in *n_r bytes */
};

/*
 * The character at the front of s, which is not empty.  Bad bytes are counted
 * as Unicode recommends: the longest begin of a character is one of them.
 */
enum utf8 utf8_next(struct span s, uint32_t *code_r, size_t *n_r);

/* Adds all of the character or nothing; U+FFFD for what is none. */
bool utf8_add(struct buf *out, uint32_t code);

/* Adds s with U+FFFD for what is bad, or cut. */
bool utf8_add_valid(struct buf *out, struct span s);

/* Is there nothing bad in s, and nothing cut? */
bool utf8_is_valid(struct span s);

/*
 * The length of the white space, Unicode's included, at the front of s; 0:
 * there is none.
 */
size_t utf8_space(struct span s);

/* The same of a control character, U+0080 to U+009F included. */
size_t utf8_control(struct span s);

/* As many bytes of s, at most n, as are whole characters. */
size_t utf8_fit(struct span s, size_t n);

#endif
