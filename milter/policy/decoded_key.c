/* decoded_key - what decoded_header_checks are asked for. */
#include "policy/decoded_key.h"

#include "message/idn.h"
#include "message/readable.h"

bool
decoded_key(const struct field *field, struct buf *key)
{
	struct buf text;
	bool done;

	buf_init(&text, readable_room(field));
	done = readable_field(field, &text);
	buf_reset(key);
	/* With an address as long as what is in front of its domain. */
	key->max = 2 * text.n + (size_t)IDN_NAMES * 4 * IDN_MAX;
	done = done && idn_beside(buf_span(&text), key);
	buf_clear(&text);
	return done;
}
