/* file_name - what an attachment is called.  See file_name.h. */
#include "message/file_name.h"

#include <stdint.h>

#include "base/shorten.h"
#include "base/utf8.h"
#include "message/params.h"

/* Names that are longer lose their middle before they are looked at. */
#define RAW_MAX		((size_t)16 * 1024)
#define WORD_MAX	64

/* Fields taken apart; each is of PART_VALUE_MAX bytes at most. */
#define PARSED_MAX	((size_t)16 << 20)

/* Not seen, or what turns the direction: Unicode's Cf, and separators. */
static bool
is_hidden(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad },
		{ 0x34f, 0x34f }, { 0x61c, 0x61c }, { 0x115f, 0x1160 },
		{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff9, 0xfffb },
		{ 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static struct span
trim_end(struct span name)
{
	while (name.n > 0 && (name.p[name.n - 1] == ' ' ||
	    name.p[name.n - 1] == '.'))
		name.n--;
	return name;
}

void
file_name_add(struct buf *out, struct span name)
{
	struct buf raw, shown;
	struct span rest;
	uint32_t code;
	size_t n;

	buf_init(&raw, RAW_MAX);
	buf_init(&shown, RAW_MAX * 8);
	shorten_add(&raw, trim_end(name), RAW_MAX);
	for (rest = buf_span(&raw); rest.n > 0; rest = span_skip(rest, n)) {
		if (utf8_next(rest, &code, &n) != UTF8_GOOD)
			buf_add(&shown, UTF8_FFFD);
		else if (is_hidden(code))
			buf_addf(&shown, "<U+%04X>", (unsigned)code);
		else
			buf_add(&shown, span_head(rest, n));
	}
	shorten_add(out, buf_span(&shown), FILE_NAME_MAX);
	buf_clear(&raw);
	buf_clear(&shown);
}

static bool
is_new(const struct file_names *names, struct span name)
{
	for (size_t i = 0; i < names->n; i++)
		if (span_equal(names->list[i], name))
			return false;
	return true;
}

static void
add_names(struct file_names *names, const struct params *params,
    struct span parameter, struct region *region)
{
	const struct param *param;
	size_t at = 0;
	bool unseen;

	while (!names->more &&
	    (param = params_next(params, parameter, &at)) != NULL) {
		struct buf name;

		buf_init(&name, FILE_NAME_MAX);
		file_name_add(&name, param->value);
		unseen = is_new(names, buf_span(&name));
		names->more = unseen && names->n == FILE_NAMES_MAX;
		if (unseen && !names->more)
			names->list[names->n++] = region_copy(region,
			    buf_span(&name));
		buf_clear(&name);
	}
}

/* In small letters; what no word has is "?". */
static struct span
word(struct span text, struct region *region)
{
	char copy[WORD_MAX];
	size_t n;

	for (n = 0; n < text.n && n < WORD_MAX; n++)
		copy[n] = text.p[n] > ' ' && text.p[n] <= '~' ?
		    (char)ascii_lower((unsigned char)text.p[n]) : '?';
	return region_copy(region, span_make(copy, n));
}

bool
part_words(struct span content_type, struct span disposition,
    struct span again, struct region *region, struct part_words *words_r)
{
	struct params type, how, more;
	const struct param *charset;
	struct region parsed;

	*words_r = (struct part_words){ .names.n = 0 };
	region_init(&parsed, PARSED_MAX);
	if (!params_parse(content_type, &parsed, &type) ||
	    !params_parse(disposition, &parsed, &how) ||
	    !params_parse(again, &parsed, &more)) {
		region_clear(&parsed);
		return false;
	}
	add_names(&words_r->names, &how, SPAN("filename"), region);
	add_names(&words_r->names, &type, SPAN("name"), region);
	/* Some programs go by these. */
	add_names(&words_r->names, &how, SPAN("name"), region);
	add_names(&words_r->names, &type, SPAN("filename"), region);
	add_names(&words_r->names, &more, SPAN("filename"), region);
	add_names(&words_r->names, &more, SPAN("name"), region);
	charset = params_find(&type, SPAN("charset"), 0);
	if (charset != NULL)
		words_r->charset = word(charset->value, region);
	words_r->disposition = word(how.type, region);
	region_clear(&parsed);
	return !region->failed;
}
