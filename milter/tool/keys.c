/* keys - what a message is looked up by, as postmap has it.  See keys.h. */
#include "tool/keys.h"

#include <stdlib.h>

#include "base/buf.h"
#include "message/mime.h"

/*
 * Postfix's defaults.  A field takes whole lines for as long as it is shorter
 * than its limit.
 */
#define HEADER_SIZE	((size_t)102400)
#define NESTING		100
#define BOUNDARY_LENGTH	2048

struct keys {
	enum keys_of of;
	struct keys_sink sink;
	struct mime *mime;
	bool in_body;		/* behind the message's own header */
	bool enough;
	struct buf field;	/* of that header; n is 0 while there is none */
	struct buf key;
};

static void
give(struct keys *keys, struct span key)
{
	if (!keys->enough && !keys->sink.key(keys->sink.context, key))
		keys->enough = true;
}

static struct span
before_nul(struct span line)
{
	return span_head(line, span_find(line, '\0'));
}

/* Each of the lines that text was joined from, up to its NUL. */
static void
give_lines(struct keys *keys, struct span text)
{
	buf_reset(&keys->key);
	for (;;) {
		size_t n = span_find(text, '\n');

		buf_add(&keys->key, before_nul(span_head(text, n)));
		if (n == text.n)
			break;
		buf_addc(&keys->key, '\n');
		text = span_skip(text, n + 1);
	}
	give(keys, buf_span(&keys->key));
}

static bool
mime_event(void *context, const struct mime_event *event)
{
	struct keys *keys = context;

	if (event->kind == MIME_FIELD && keys->of == KEYS_OF_HEADERS)
		give_lines(keys, event->text);
	else if (event->kind == MIME_LINE && keys->of == KEYS_OF_BODY)
		give(keys, before_nul(event->text));
	return !keys->enough;
}

struct keys *
keys_new(enum keys_of of, const struct keys_sink *sink)
{
	const struct mime_limits limits = {
		.line_length = KEYS_LINE_MAX + 2, .header_size = HEADER_SIZE,
		.nesting = NESTING, .boundary_length = BOUNDARY_LENGTH,
	};
	struct keys *keys = calloc(1, sizeof(*keys));
	struct mime_sink mime_sink = { mime_event, keys };

	if (keys == NULL)
		return NULL;
	keys->of = of;
	keys->sink = *sink;
	buf_init(&keys->field, HEADER_SIZE + KEYS_LINE_MAX + 1);
	buf_init(&keys->key, HEADER_SIZE + 2 * KEYS_LINE_MAX);
	if ((keys->mime = mime_new(&limits, &mime_sink)) == NULL)
		keys_free(&keys);
	return keys;
}

void
keys_free(struct keys **keys)
{
	if (*keys == NULL)
		return;
	mime_free(&(*keys)->mime);
	buf_clear(&(*keys)->field);
	buf_clear(&(*keys)->key);
	free(*keys);
	*keys = NULL;
}

static void
field_ends(struct keys *keys)
{
	struct span text = buf_span(&keys->field);
	struct field field;

	if (text.n == 0)
		return;
	if (field_parse(text, &field))
		mime_field(keys->mime, &field);
	if (keys->of == KEYS_OF_HEADERS)
		give(keys, text);
	buf_reset(&keys->field);
}

/* False where the line is no part of the header. */
static bool
header_takes(struct keys *keys, struct span line)
{
	struct field field;

	if (keys->field.n > 0 && line.n > 0 && ascii_blank(line.p[0])) {
		if (keys->field.n >= HEADER_SIZE)
			return true;
		buf_addc(&keys->field, '\n');
		buf_add(&keys->field, before_nul(line));
		return true;
	}
	field_ends(keys);
	if (!field_parse(line, &field))
		return false;
	buf_add(&keys->field, field.name);
	buf_addc(&keys->field, ':');
	buf_add(&keys->field, before_nul(field.value));
	return true;
}

/*
 * The machine takes CRLF for a line end.  A CR that is to stay comes twice,
 * so that it sees the line that postmap sees: one that ends in a CR.
 */
static void
body_takes(struct keys *keys, struct span line, bool has_lf)
{
	mime_body(keys->mime, line);
	if (!has_lf)
		return;
	if (span_ends(line, SPAN("\r")))
		mime_body(keys->mime, SPAN("\r"));
	mime_body(keys->mime, SPAN("\n"));
}

bool
keys_line(struct keys *keys, struct span line, bool has_lf)
{
	if (!keys->in_body && header_takes(keys, line))
		return !keys->enough;
	if (!keys->in_body) {
		/* Where no empty line ends the header, postmap adds one. */
		keys->in_body = true;
		if (keys->of == KEYS_OF_BODY)
			give(keys, SPAN(""));
		if (line.n == 0)
			return !keys->enough;
	}
	if (!keys->enough)
		body_takes(keys, line, has_lf);
	return !keys->enough;
}

bool
keys_end(struct keys *keys)
{
	field_ends(keys);
	mime_end(keys->mime);
	return !mime_failed(keys->mime) && !keys->field.cut &&
	    !keys->key.cut;
}
