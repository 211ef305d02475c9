/*
 * The MIME machine: any way of cutting the body gives the same events.
 *
 *	LIMITS CUT		(two letters)
 *	the message
 */
#include "base/buf.h"
#include "fuzz.h"
#include "message/mime.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define EVENTS_MAX	((size_t)32 << 20)

static const struct mime_limits limits[] = {
	{ 2048, 50000, 100, 2048 },
	{ 8, 10, 1, 3 },
	{ 64, 100, 3, 70 },
	{ 1, 1, 0, 0 },
};

struct seen {
	struct buf events;
	const struct mime_limits *limits;
	uint64_t end;		/* of the raw bytes that were named */
	unsigned nesting, boundary;
};

static bool
see(void *context, const struct mime_event *event)
{
	struct seen *seen = context;

	MUST(event->offset == seen->end);
	seen->end += event->length;
	seen->nesting += event->kind == MIME_NESTING;
	seen->boundary += event->kind == MIME_BOUNDARY;
	if (event->kind == MIME_BOUNDARY)
		MUST(event->size > seen->limits->boundary_length);
	if (event->kind == MIME_LINE)
		MUST(event->text.n <= seen->limits->line_length);
	if (event->kind == MIME_FIELD) {
		struct field field;

		MUST(field_parse(event->text, &field));
		MUST(event->size >= event->text.n);
		MUST(event->text.n <= seen->limits->header_size +
		    seen->limits->line_length + 1);
	}
	buf_addf(&seen->events, "%d %d %zu %zu %zu %zu %d %d ",
	    (int)event->kind,
	    event->kind == MIME_FIELD ? (int)event->list : 0,
	    (size_t)event->size,
	    event->kind == MIME_LINE ? (size_t)event->segment : 0,
	    (size_t)event->offset, (size_t)event->length,
	    event->first, event->ended);
	buf_add(&seen->events, event->text);
	buf_addc(&seen->events, '\n');
	return true;
}

/* The lines of a field: the first and those that begin with a blank. */
static struct span
take_field(struct span *rest)
{
	struct span whole = *rest;
	size_t n;

	do {
		n = fuzz_line(rest).n;
	} while (rest->n > 0 && ascii_blank(rest->p[0]));
	n += (size_t)(rest->p - whole.p) - n;
	if (n > 0 && whole.p[n - 1] == '\n')
		n--;
	return span_head(whole, n);
}

static struct span
feed_header(struct mime *mime, struct span message)
{
	struct field field;

	while (message.n > 0 && field_parse(message, &field)) {
		struct span text = fuzz_copy(take_field(&message));

		if (field_parse(text, &field))
			mime_field(mime, &field);
		fuzz_free(text);
	}
	if (span_starts(message, SPAN("\n")))
		message = span_skip(message, 1);
	return message;
}

static void
run(const struct mime_limits *with, struct span message, size_t cut,
    struct seen *seen)
{
	struct mime_sink sink = { see, seen };
	struct mime *mime = mime_new(with, &sink);
	uint32_t dice = (uint32_t)cut;
	size_t size;

	MUST(mime != NULL);
	*seen = (struct seen){ .limits = with };
	buf_init(&seen->events, EVENTS_MAX);
	message = feed_header(mime, message);
	size = message.n;
	while (message.n > 0) {
		size_t n = message.n;
		struct span piece;

		if (cut > 0) {
			dice = dice * 1664525 + 1013904223;
			n = 1 + (dice >> 16) % cut;
		}
		piece = fuzz_copy(span_head(message, n));
		mime_body(mime, piece);
		message = span_skip(message, piece.n);
		fuzz_free(piece);
	}
	mime_end(mime);
	MUST(!mime_failed(mime));
	MUST(seen->end == size);
	MUST(seen->nesting <= 1 && seen->boundary <= 1);
	mime_free(&mime);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t cuts[] = { 1, 2, 3, 7, 20, 300, 4000 };
	struct span rest = span_make((const char *)data, size);
	const struct mime_limits *with = &limits[fuzz_choice(&rest,
	    COUNT(limits))];
	size_t cut = cuts[fuzz_choice(&rest, COUNT(cuts))];
	struct seen whole, pieces;

	fuzz_line(&rest);
	run(with, rest, 0, &whole);
	run(with, rest, cut, &pieces);
	MUST(span_equal(buf_span(&whole.events), buf_span(&pieces.events)));
	buf_clear(&whole.events);
	buf_clear(&pieces.events);
	return 0;
}
