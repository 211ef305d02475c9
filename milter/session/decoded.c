/*
 * decoded - what a reader sees of a message, as keys for tables.
 */
#include "session/state.h"

#include "message/readable.h"
#include "policy/idn.h"

struct span
decoded_field(struct session *s, const struct field *field)
{
	struct buf *key = &s->t->decoded, text;
	bool done;

	buf_init(&text, readable_room(field));
	done = readable_field(field, &text);
	buf_reset(key);
	/* An address may be added to each of its kind. */
	key->max = 2 * text.n + (size_t)IDN_NAMES * 4 * IDN_MAX;
	done = done && idn_beside(buf_span(&text), key);
	buf_clear(&text);
	if (done)
		return buf_span(key);
	s->t->region.failed = true;
	return SPAN("");
}
