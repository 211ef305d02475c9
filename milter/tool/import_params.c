/* import_params - the parameters of a Postfix.  See import_params.h. */
#include "tool/import_params.h"

#include "table/logical.h"

/* Those of a delivery agent begin with its name: "dovecot-lmtp_..." */
static bool
is_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_alnum((unsigned char)name.p[i]) &&
		    strchr("_-.", name.p[i]) == NULL)
			return false;
	return name.n > 0;
}

/* In "$name" only these are a part of it. */
static bool
goes_on(struct span rest)
{
	return rest.n > 0 && (ascii_alnum((unsigned char)rest.p[0]) ||
	    rest.p[0] == '_');
}

static struct import_param *
find(const struct import_params *params, struct span name)
{
	for (size_t i = 0; i < params->n; i++)
		if (span_equal(params->list[i].name, name))
			return &params->list[i];
	return NULL;
}

static const char *
add(struct import_params *params, const struct logical_line *line)
{
	size_t equals = span_find(line->text, '=');
	struct span name = span_trim(span_head(line->text, equals));
	struct import_param *param;

	if (line->indented || line->nul || equals == line->text.n ||
	    !is_name(name))
		return "not a line of postconf -n (\"name = value\")";
	if ((param = find(params, name)) == NULL) {
		if (params->n == IMPORT_PARAMS_MAX)
			return "more parameters than any Postfix has";
		param = &params->list[params->n++];
	}
	param->name = name;
	param->value = span_trim(span_skip(line->text, equals + 1));
	return NULL;
}

bool
import_params_read(struct import_params *params, struct buf *text,
    struct region *region, unsigned *line_r, const char **why_r)
{
	struct logical lines = { .p = text->p, .n = text->n };
	struct logical_line line = { .line = 0 };

	*params = (struct import_params){ .region = region };
	params->list = region_alloc(region,
	    IMPORT_PARAMS_MAX * sizeof(*params->list));
	*why_r = NULL;
	if (params->list == NULL)
		*why_r = "out of memory";
	while (*why_r == NULL && logical_next(&lines, &line))
		*why_r = add(params, &line);
	*line_r = line.line;
	if (*why_r == NULL && params->n == 0) {
		*line_r = 0;
		*why_r = "holds no parameters (write postconf -n | "
		    "postern import)";
	}
	return *why_r == NULL;
}

bool
import_params_has(const struct import_params *params, const char *name,
    struct span *raw_r)
{
	const struct import_param *param = find(params, span_of(name));

	*raw_r = param != NULL ? param->value : SPAN("");
	return param != NULL;
}

bool
import_params_yes(struct import_params *params, const char *name)
{
	return span_caseequal(import_params_get(params, name), SPAN("yes"));
}

/* Does text hold "$name", and no longer name? */
static bool
refers_to(struct span text, struct span name)
{
	for (size_t i = 0; i + name.n < text.n; i++) {
		struct span rest = span_skip(text, i + 1);

		if (text.p[i] == '$' && span_starts(rest, name) &&
		    !goes_on(span_skip(rest, name.n)))
			return true;
	}
	return false;
}

struct span
import_params_missing(const struct import_params *params, struct span text)
{
	for (size_t i = 0; i < params->nunknown; i++)
		if (refers_to(text, params->unknown[i]))
			return params->unknown[i];
	return SPAN("");
}
