/*
 * html_entity - character references, as the HTML tokenizer reads them.
 *
 * No state; any thread may call it.
 */
#ifndef POSTERN_MESSAGE_HTML_ENTITY_H
#define POSTERN_MESSAGE_HTML_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* No name is longer, its semicolon included. */
#define HTML_ENTITY_NAME	32

/*
 * The longest name that `word` (what stands behind the &) begins with: its
 * length, or 0, and what it stands for.
 */
size_t html_entity_find(struct span word, struct span *text_r);

/*
 * The UTF-8, at most 4 bytes, of a number; numbers of no character and those
 * that mean windows-1252 are mapped as HTML has it.  Returns its length.
 */
size_t html_entity_number(uint32_t number, char utf8_r[4]);

#endif
