/* ambiguity - what mail programs read in different ways.  See ambiguity.h. */
#include "message/ambiguity.h"

#include "base/region.h"
#include "message/params.h"
#include "message/words.h"

/* Of memory, for the parameters of one field; it is PART_VALUE_MAX long. */
#define PARAMETERS_MAX	((size_t)4 << 20)

bool
ambiguity_of_values(struct span first, struct span second)
{
	/* Of the first, no more is kept. */
	second = span_head(second, PART_VALUE_MAX);
	return !span_equal(span_trim(first), span_trim(second));
}

bool
ambiguity_of_encodings(struct span first, struct span second)
{
	return encoding_parse(first) != encoding_parse(second);
}

static bool
is_token(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!ascii_alnum((unsigned char)text.p[i]) && text.p[i] != '-')
			return false;
	return true;
}

bool
ambiguity_of_encoding(struct span value)
{
	if (is_token(span_trim(value)) &&
	    encoding_parse(value) != ENCODING_NONE)
		return false;
	return encoding_parse(value) != ENCODING_NONE ||
	    span_casehas(value, SPAN("base64")) ||
	    span_casehas(value, SPAN("quoted-printable"));
}

/* A character set's name is the same in any case. */
static bool
differ(const struct params *params, struct span name, struct span read)
{
	bool folds = span_equal(name, SPAN("charset"));

	for (size_t i = 0; i < params->n; i++) {
		const struct param *param = &params->list[i];

		if (param->name.n == 0 || !span_caseequal(param->name, name))
			continue;
		if (folds ? !span_caseequal(param->value, read) :
		    !span_equal(param->value, read))
			return true;
	}
	return false;
}

bool
ambiguity_of_parameter(const struct part *part, struct span name,
    struct span read, bool *failed)
{
	struct region region;
	struct params params;
	struct buf shown;
	bool found = false;

	region_init(&region, PARAMETERS_MAX);
	buf_init(&shown, PART_VALUE_MAX);
	buf_add(&shown, read);
	words_squeeze(&shown, 0);
	if (params_parse(part->content_type, &region, &params) &&
	    !shown.failed)
		found = differ(&params, name, buf_span(&shown));
	else
		*failed = true;
	buf_clear(&shown);
	region_clear(&region);
	return found;
}
