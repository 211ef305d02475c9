/* readable - a header field as its reader sees it.  See readable.h. */
#include "message/readable.h"

#include "base/region.h"
#include "message/params.h"
#include "message/words.h"

/* What the parameters of a field may take, beside their text. */
#define PARAMS_MEMORY	((size_t)4 << 20)

/*
 * A byte may become a character of three, in both values of a parameter of
 * which a piece comes twice; "x=" has two quotes and two bytes behind the one
 * before it more than in the field.
 */
size_t
readable_room(const struct field *field)
{
	return 8 * (field->name.n + field->value.n) + 16;
}

static bool
add_params(const struct field *field, struct buf *out)
{
	struct params params;
	struct region region;
	bool done;

	region_init(&region, PARAMS_MEMORY + 16 * field->value.n);
	done = params_parse(field->value, &region, &params);
	if (done)
		params_write(&params, out);
	region_clear(&region);
	return done;
}

bool
readable_field(const struct field *field, struct buf *out)
{
	size_t value;
	bool done;

	/* Of the MTA's own header nobody says that names are ASCII. */
	done = words_decode(field->name, out);
	buf_add(out, SPAN(": "));
	value = out->n;
	if (params_has(field->name))
		done &= add_params(field, out);
	else
		done &= words_decode(field->value, out);
	words_squeeze(out, value);
	return done && !out->cut;
}
