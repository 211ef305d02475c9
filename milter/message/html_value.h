/*
 * html_value - the values of properties; see html_css.h.
 *
 * Each function is false where a browser would not take the value.
 */
#ifndef POSTERN_MESSAGE_HTML_VALUE_H
#define POSTERN_MESSAGE_HTML_VALUE_H

#include "message/html_css.h"

struct css_word {
	struct span text;
	int32_t value;
};

bool css_find_word(const struct css_word *words, size_t n, struct span text,
    int32_t *value_r);

bool css_read_length(struct span text, int32_t *value_r);
bool css_read_size(struct span text, int32_t *value_r);
bool css_read_font(struct span text, int32_t *value_r);
bool css_read_opacity(struct span text, int32_t *value_r);
bool css_read_colour(struct span text, int32_t *value_r);

/* Takes the next word; blanks inside of brackets do not part it. */
struct span css_next_part(struct span *rest);

/* Whether one of the lengths is more than `limit` px, or may be. */
bool css_is_far(struct span text, int limit);

#endif
