/* reading - how mail programs show a part.  See reading.h. */
#include "message/reading.h"

#include "base/region.h"
#include "message/file_name.h"

/* Of memory, for the names of one part. */
#define NAMES_MAX	((size_t)4 << 20)

static const struct {
	struct span type;
	enum reading reading;
} types[] = {
	{ SPAN_INIT("text/html"), READING_HTML },
	{ SPAN_INIT("application/xhtml+xml"), READING_HTML },
	/* Alternatives that Gmail and Apple Mail show. */
	{ SPAN_INIT("text/x-amp-html"), READING_HTML },
	{ SPAN_INIT("text/watch-html"), READING_HTML },
	{ SPAN_INIT("text/enriched"), READING_ENRICHED },
	{ SPAN_INIT("text/richtext"), READING_ENRICHED },
};

static const struct {
	struct span end;
	enum reading reading;
} names[] = {
	{ SPAN_INIT(".html"), READING_HTML },
	{ SPAN_INIT(".htm"), READING_HTML },
	{ SPAN_INIT(".shtml"), READING_HTML },
	{ SPAN_INIT(".xhtml"), READING_HTML },
	{ SPAN_INIT(".xht"), READING_HTML },
	{ SPAN_INIT(".eml"), READING_MESSAGE },
	{ SPAN_INIT(".txt"), READING_PLAIN },
	{ SPAN_INIT(".text"), READING_PLAIN },
	{ SPAN_INIT(".asc"), READING_PLAIN },
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* A type that only says that there is something. */
static bool
says_nothing(struct span type)
{
	static const struct span nothings[] = {
		SPAN_INIT("application/octet-stream"),
		SPAN_INIT("application/octetstream"),
		SPAN_INIT("application/x-octet-stream"),
		SPAN_INIT("binary/octet-stream"),
		SPAN_INIT("application/binary"),
		SPAN_INIT("application/download"),
		SPAN_INIT("application/x-download"),
		SPAN_INIT("application/force-download"),
		SPAN_INIT("application/x-force-download"),
		SPAN_INIT("application/unknown"),
		SPAN_INIT("application/x-unknown"),
		SPAN_INIT("application/x-unknown-content-type"),
		SPAN_INIT("unknown/unknown"),
	};

	for (size_t i = 0; i < COUNT(nothings); i++)
		if (span_equal(type, nothings[i]))
			return true;
	return false;
}

static bool
ends_in(struct span name, struct span end)
{
	return name.n >= end.n &&
	    span_caseequal(span_skip(name, name.n - end.n), end);
}

static enum reading
of_name(struct span name)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (ends_in(name, names[i].end))
			return names[i].reading;
	return READING_NONE;
}

/* Of several names, the first that says something. */
static enum reading
of_names(const struct part *part, bool *failed)
{
	enum reading reading = READING_NONE;
	struct part_words words;
	struct region region;

	if (part->content_type.n + part->disposition.n == 0)
		return READING_NONE;
	region_init(&region, NAMES_MAX);
	if (!part_words(part->content_type, part->disposition, part->again,
	    &region, &words))
		*failed = true;
	for (size_t i = 0; i < words.names.n && reading == READING_NONE; i++)
		reading = of_name(words.names.list[i]);
	region_clear(&region);
	return reading;
}

/* What has none, or none that is one, is read as text/plain. */
static bool
has_type(const struct part *part)
{
	return !span_equal(part->type, SPAN("text/plain")) ||
	    span_casehas(part->content_type, SPAN("text/plain"));
}

enum reading
reading_of(const struct part *part, bool *failed)
{
	enum reading reading = READING_NONE;

	for (size_t i = 0; i < COUNT(types); i++)
		if (span_equal(part->type, types[i].type))
			return types[i].reading;
	if (!part->outside && (says_nothing(part->type) || !has_type(part)))
		reading = of_names(part, failed);
	return reading == READING_NONE && part_is_text(part) ? READING_PLAIN :
	    reading;
}
