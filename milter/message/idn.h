/*
 * idn - the two forms of an internationalized domain name.
 *
 * The U-label is what people write, the A-label what DNS and old mail have:
 * bücher.example is xn--bcher-kva.example.  idn.c is the one place that knows
 * libidn2 (IDNA 2008, TR46 without the transitional mappings, as Postfix has
 * it).
 */
#ifndef POSTERN_MESSAGE_IDN_H
#define POSTERN_MESSAGE_IDN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Longer ones are no domain names: RFC 1035 has 255 with all lengths. */
#define IDN_MAX	253

/*
 * Adds the other form of the domain, in lower case; false, and nothing is
 * added, where it has none: only ASCII, no valid name, or a name in a form
 * that is not the one and only of its kind.
 */
bool idn_other(struct span domain, struct buf *out);

/*
 * Adds the A-labels of a domain as browsers look it up, which is more than IDNA
 * allows, where idn_other() has none.  False: it is no UTF-8, or does not fit.
 */
bool idn_browser(struct span domain, struct buf *out);

/* Of so many names in one text the other form is added. */
#define IDN_NAMES	1000

/*
 * Adds a text of one line, in UTF-8; and behind each word in it that is, or is
 * an address at, a domain in A-labels, a blank and the word with U-labels;
 * behind each address at one with U-labels, that with A-labels.  False where
 * out's bound or memory cut something.
 */
bool idn_beside(struct span text, struct buf *out);

#endif
