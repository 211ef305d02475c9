/*
 * A header field as its reader sees it: words, parameters, domains.
 *
 *	NAME			(of the field)
 *	the value
 */
#include "base/utf8.h"
#include "fuzz.h"
#include "message/idn.h"
#include "message/params.h"
#include "message/readable.h"
#include "message/words.h"

#define MEMORY	((size_t)8 << 20)

/* One line, of valid UTF-8, without control characters. */
static void
must_be_a_line(struct span text)
{
	uint32_t code = 0;
	size_t n;

	for (; text.n > 0; text = span_skip(text, n)) {
		MUST(utf8_next(text, &code, &n) == UTF8_GOOD);
		MUST(code >= ' ' && (code < 0x7f || code > 0xa0));
	}
}

static void
see_field(const struct field *field)
{
	struct buf text, again, beside;

	buf_init(&text, readable_room(field));
	MUST(readable_field(field, &text));
	must_be_a_line(span_skip(buf_span(&text), field->name.n));
	buf_init(&beside, 2 * text.n + (size_t)IDN_NAMES * 4 * IDN_MAX);
	MUST(idn_beside(buf_span(&text), &beside));
	MUST(beside.n >= text.n);
	/* What is squeezed stays so. */
	buf_init(&again, text.n);
	MUST(buf_add(&again, buf_span(&text)));
	words_squeeze(&again, 0);
	MUST(again.n == text.n ||
	    (again.n + 1 == text.n && text.p[again.n] == ' '));
	buf_clear(&text);
	buf_clear(&beside);
	buf_clear(&again);
}

static void
see_params(struct span value)
{
	struct params params;
	struct region region;
	size_t named = 0, found = 0;

	region_init(&region, MEMORY);
	MUST(params_parse(value, &region, &params));
	must_be_a_line(params.type);
	MUST(params.n <= PARAMS_MAX + 1);
	for (size_t i = 0; i < params.n; i++) {
		must_be_a_line(params.list[i].name);
		must_be_a_line(params.list[i].value);
		named += span_caseequal(params.list[i].name, SPAN("name"));
	}
	while (params_find(&params, SPAN("name"), found) != NULL)
		found++;
	MUST(found == named);
	region_clear(&region);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_make((const char *)data, size);
	struct field field = { .name = fuzz_line(&rest) };

	/* Names come from where they have been looked at. */
	for (size_t i = 0; i < field.name.n; i++)
		if (field.name.p[i] <= ' ' || field.name.p[i] == 0x7f ||
		    field.name.p[i] == '=')
			return 0;
	field.value = fuzz_copy(rest);
	see_field(&field);
	see_params(field.value);
	fuzz_free(field.value);
	return 0;
}
