/*
 * html_selector - what a selector of CSS selects, as far as html_sheet.h says
 * that it is understood.
 */
#ifndef POSTERN_MESSAGE_HTML_SELECTOR_H
#define POSTERN_MESSAGE_HTML_SELECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define SHEET_NAMES_MAX		4	/* of one selector */

struct selector {
	/* The names that an element must have; none of them: any element. */
	uint32_t names[SHEET_NAMES_MAX];
	size_t n;
	unsigned weight;	/* its specificity, less than 0x1000 */
	bool maybe;		/* there are conditions beside */
	bool beside;		/* it is not the element itself */
	/* Browsers may not know it, and then leave out all of the rule. */
	bool odd;
};

void selector_read(struct span text, struct selector *selector_r);

/* A name's hash: of a class '.', of an id '#', of a tag ' '. */
uint32_t selector_name(char kind, struct span name);

#endif
