/* part - what a reader makes of a part.  See part.h. */
#include "message/part.h"

#include <inttypes.h>

#include "base/region.h"
#include "message/mime_type.h"
#include "message/params.h"

/* Of memory, for the parameters of one field that are put together. */
#define PARAMETERS_MAX	((size_t)4 << 20)

/* Of a description; of what is longer the innermost is shown, or the front. */
#define LEVELS_MAX	100
#define CHARSET_MAX	100

static void
add_number(const struct part *part, struct buf *out)
{
	uint64_t levels[LEVELS_MAX];
	size_t n = 0;

	if (part->outer == NULL)
		buf_addc(out, '1');
	for (; part->outer != NULL && n < LEVELS_MAX; part = part->outer)
		levels[n++] = part->number;
	if (part->outer != NULL)
		buf_add(out, SPAN("...."));
	while (n-- > 0) {
		buf_addf(out, "%" PRIu64, levels[n]);
		if (n > 0)
			buf_addc(out, '.');
	}
}

void
part_describe(const struct part *part, struct buf *out)
{
	static const char *const encodings[] = {
		[ENCODING_NONE] = "", [ENCODING_BASE64] = " base64",
		[ENCODING_QUOTED_PRINTABLE] = " quoted-printable",
		[ENCODING_UUENCODE] = " uuencode",
	};
	struct buf charset;

	add_number(part, out);
	buf_addc(out, ' ');
	buf_add(out, part->type);
	buf_add(out, span_of(encodings[part->encoding]));
	if (part_is_attached(part))
		buf_add(out, SPAN(" attached"));
	if (part->in_encoded)
		buf_add(out, SPAN(" encoded"));
	buf_init(&charset, CHARSET_MAX);
	if (!part->outside && part_parameter(part, SPAN("charset"), &charset)) {
		buf_add(out, SPAN(" charset="));
		buf_add(out, buf_span(&charset));
	}
	buf_clear(&charset);
}

/*
 * What is put together, or has a character set (RFC 2231), or has no semicolon
 * before it.
 */
static bool
extended_parameter(const struct part *part, struct span name,
    struct buf *value)
{
	struct region region;
	struct params params;
	const struct param *param = NULL;

	if (!span_casehas(part->content_type, name))
		return false;
	region_init(&region, PARAMETERS_MAX);
	if (params_parse(part->content_type, &region, &params))
		param = params_find(&params, name, 0);
	else
		value->failed = true;
	if (param != NULL)
		buf_add(value, param->value);
	region_clear(&region);
	return param != NULL;
}

bool
part_parameter(const struct part *part, struct span name, struct buf *value)
{
	struct span rest = part->content_type;
	struct buf type;
	bool found;

	buf_reset(value);
	buf_init(&type, PART_VALUE_MAX);
	found = mime_type_name(part->content_type, &type, &rest);
	value->failed |= type.failed;
	buf_clear(&type);
	return (found && mime_type_read_parameter(rest, name, value)) ||
	    extended_parameter(part, name, value);
}

bool
part_is_text(const struct part *part)
{
	return part->outside ||
	    span_starts(part->type, SPAN("text/")) ||
	    span_starts(part->type, SPAN("multipart/")) ||
	    span_starts(part->type, SPAN("message/")) ||
	    span_equal(part->type, SPAN("application/xhtml+xml"));
}

bool
part_is_attached(const struct part *part)
{
	struct span word = span_trim(part->disposition);

	if (part->outside)
		return false;
	return !part_is_text(part) ||
	    span_casestarts(word, SPAN("attachment"));
}
