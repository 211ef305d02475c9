/*
 * punycode - a label of a domain name in ASCII, as RFC 3492 has it.
 *
 * libidn2 does this, too, but only for labels that IDNA 2008 allows; browsers
 * go to others as well, and domains with emoji in their names exist.
 */
#ifndef POSTERN_MESSAGE_PUNYCODE_H
#define POSTERN_MESSAGE_PUNYCODE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Labels of more characters are no labels: RFC 1035 has 63 bytes. */
#define PUNYCODE_MAX	63

/*
 * Adds what the characters, in UTF-8, are behind "xn--"; false, and nothing is
 * added, where they are none, or too many.
 */
bool punycode_add(struct span label, struct buf *out);

#endif
