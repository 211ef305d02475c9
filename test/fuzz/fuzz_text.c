/*
 * The parts of a message and their text: any way of cutting the body gives the
 * same; paragraphs are short, valid UTF-8 with single blanks.
 *
 *	LIMITS CUT		(two letters)
 *	the message
 */
#include "base/utf8.h"
#include "fuzz.h"
#include "message/bodyparts.h"
#include "message/paragraph.h"
#include "message/text.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define SEEN_MAX	((size_t)32 << 20)

static const struct bodyparts_limits limits[] = {
	{ 2048, 50000, 100, 2048 },
	{ 512, 100, 3, 70 },
	{ 512, 1, 0, 0 },
};

struct seen {
	struct text *text;
	/* Hidden text may come sooner or later beside what is shown. */
	struct buf parts, shown, hidden;
	uint64_t parts_seen, end;
	unsigned open;
};

static void
check_text(struct span text)
{
	bool blank = true;

	MUST(text.n > 0 && text.n <= PARAGRAPH_MAX);
	while (text.n > 0) {
		uint32_t code;
		size_t n;

		MUST(utf8_next(text, &code, &n) == UTF8_GOOD);
		MUST(!blank || code != ' ');
		MUST(code == ' ' || code > 0x7f ||
		    !ascii_space((int)code));
		blank = code == ' ';
		text = span_skip(text, n);
	}
	MUST(!blank);
}

static void
paragraph(void *context, struct span text, bool hidden)
{
	struct seen *seen = context;
	struct buf *out = hidden ? &seen->hidden : &seen->shown;

	check_text(text);
	buf_add(out, text);
	buf_addc(out, '\n');
}

static bool
begins(void *context, const struct part *part)
{
	struct seen *seen = context;

	MUST(seen->open++ == 0);
	MUST(part->outside || part->count == ++seen->parts_seen);
	MUST(part->outer == NULL || part->depth == part->outer->depth + 1);
	buf_addf(&seen->parts, "%u %llu %d ", part->depth,
	    (unsigned long long)part->number, part->outside);
	buf_add(&seen->parts, part->type);
	if (part->reading != READING_NONE)
		text_begins(seen->text, part);
	return true;
}

static void
data(void *context, const struct part *part, struct span bytes)
{
	struct seen *seen = context;

	MUST(seen->open == 1 && bytes.n > 0);
	buf_add(&seen->parts, bytes);
	if (part->reading != READING_NONE)
		text_data(seen->text, bytes);
}

static void
ends(void *context, const struct part *part)
{
	struct seen *seen = context;

	MUST(seen->open-- == 1);
	MUST(part->begin <= part->body && part->body <= part->end);
	MUST(seen->end <= part->end);
	seen->end = part->end;
	buf_addf(&seen->parts, " %llu %llu %llu\n",
	    (unsigned long long)part->begin, (unsigned long long)part->body,
	    (unsigned long long)part->end);
	if (part->reading != READING_NONE)
		text_ends(seen->text);
}

static void
told_field(void *context, const struct part_field *at)
{
	struct seen *seen = context;

	MUST(at->field.name.n > 0 && at->length > 0);
	buf_add(&seen->parts, at->field.name);
	buf_add(&seen->parts, at->field.value);
	buf_addf(&seen->parts, " %llu %llu %d%d\n",
	    (unsigned long long)at->offset, (unsigned long long)at->length,
	    at->ended, at->in_encoded);
}

static void
told_ambiguity(void *context, const struct part *part, const char *what)
{
	struct seen *seen = context;

	buf_addf(&seen->parts, "%u %s\n", part->depth, what);
}

static struct span
feed_header(struct bodyparts *parts, struct span message)
{
	struct field field;

	while (message.n > 0) {
		struct span line = fuzz_line(&message);

		if (!field_parse(line, &field))
			break;
		bodyparts_field(parts, &field);
	}
	return message;
}

static void
run(const struct bodyparts_limits *with, struct span message, size_t cut,
    struct seen *seen)
{
	const struct bodyparts_sink sink = { begins, data, ends, seen, NULL,
	    told_field, told_ambiguity };
	const struct text_sink text_sink = {
		.paragraph = paragraph, .context = seen, .bare = true };
	struct bodyparts *parts = bodyparts_new(with, &sink);
	size_t size;

	*seen = (struct seen){ .text = text_new(&text_sink) };
	MUST(parts != NULL && seen->text != NULL);
	buf_init(&seen->parts, SEEN_MAX);
	buf_init(&seen->shown, SEEN_MAX);
	buf_init(&seen->hidden, SEEN_MAX);
	message = feed_header(parts, message);
	size = message.n;
	for (; message.n > 0; message = span_skip(message, cut)) {
		struct span piece = fuzz_copy(span_head(message, cut));

		bodyparts_body(parts, piece);
		fuzz_free(piece);
	}
	bodyparts_end(parts);
	MUST(!bodyparts_failed(parts) && !text_failed(seen->text));
	MUST(seen->open == 0 && seen->end <= size);
	bodyparts_free(&parts);
	text_free(&seen->text);
}

static void
clear(struct seen *seen)
{
	buf_clear(&seen->parts);
	buf_clear(&seen->shown);
	buf_clear(&seen->hidden);
}

static bool
same(const struct buf *a, const struct buf *b)
{
	return span_equal(buf_span(a), buf_span(b));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data_in, size_t size)
{
	static const size_t cuts[] = { 1, 2, 3, 7, 20, 300 };
	struct span rest = span_make((const char *)data_in, size);
	const struct bodyparts_limits *with = &limits[fuzz_choice(&rest,
	    COUNT(limits))];
	size_t cut = cuts[fuzz_choice(&rest, COUNT(cuts))];
	struct seen whole, pieces;

	fuzz_line(&rest);
	run(with, rest, rest.n + 1, &whole);
	run(with, rest, cut, &pieces);
	MUST(same(&whole.parts, &pieces.parts));
	MUST(same(&whole.shown, &pieces.shown));
	MUST(same(&whole.hidden, &pieces.hidden));
	clear(&whole);
	clear(&pieces);
	return 0;
}
