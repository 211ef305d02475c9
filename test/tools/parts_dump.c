/*
 * parts_dump - the parts of messages and their text, for tests.
 *
 * Standard input holds messages, each behind a line with its size and the
 * size of the chunks that its body is to come in.  For each part there is a
 * line with the numbers of the parts around it and its own ("*": outside of
 * the parts), its type, its size and its bytes in hexadecimal; for each
 * paragraph of its text one with "-", or "+" where it is hidden, and that in
 * hexadecimal.  "? " stands before what is ambiguous.  A line with "." ends a
 * message.
 */
#include <stdio.h>
#include <stdlib.h>

#include "message/bodyparts.h"
#include "message/text.h"

struct dump {
	struct text *text;
	struct buf bytes, paragraphs;
};

static void
add_hex(struct buf *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		buf_addf(out, "%02x", (unsigned char)bytes.p[i]);
}

static void
print_number(const struct part *part)
{
	if (part->outer != NULL) {
		print_number(part->outer);
		putchar('.');
	}
	if (part->outside)
		putchar('*');
	else
		printf("%llu", (unsigned long long)part->number);
}

static void
paragraph(void *context, struct span text, bool hidden)
{
	struct dump *dump = context;

	buf_addf(&dump->paragraphs, hidden ? "+ " : "- ");
	add_hex(&dump->paragraphs, text);
	buf_addc(&dump->paragraphs, '\n');
}

static bool
begins(void *context, const struct part *part)
{
	struct dump *dump = context;

	buf_reset(&dump->bytes);
	buf_reset(&dump->paragraphs);
	if (part->reading != READING_NONE)
		text_begins(dump->text, part);
	return true;
}

static void
data(void *context, const struct part *part, struct span bytes)
{
	struct dump *dump = context;

	buf_add(&dump->bytes, bytes);
	if (part->reading != READING_NONE)
		text_data(dump->text, bytes);
}

static void
ends(void *context, const struct part *part)
{
	struct dump *dump = context;

	if (part->reading != READING_NONE)
		text_ends(dump->text);
	print_number(part);
	printf(" %.*s %zu ", SPAN_ARG(part->type), dump->bytes.n);
	for (size_t i = 0; i < dump->bytes.n; i++)
		printf("%02x", (unsigned char)dump->bytes.p[i]);
	printf("\n%s", buf_string(&dump->paragraphs));
}

static void
told_ambiguity(void *context, const struct part *part, const char *what)
{
	(void)context;
	(void)part;
	printf("? %s\n", what);
}

static struct span
take_line(struct span *rest)
{
	size_t lf = span_find(*rest, '\n');
	struct span line = span_head(*rest, lf);

	if (lf < rest->n && span_ends(line, SPAN("\r")))
		line.n--;
	*rest = span_skip(*rest, lf + 1);
	return line;
}

/* The header as a mail server would hand it on; *rest is left at the body. */
static void
header(struct bodyparts *parts, struct span *rest)
{
	struct span ahead;
	struct field field;
	struct buf text;

	buf_init(&text, SIZE_MAX / 4);
	while (ahead = *rest, field_parse(take_line(&ahead), &field)) {
		buf_reset(&text);
		buf_add(&text, take_line(rest));
		while (rest->n > 0 && ascii_blank(rest->p[0])) {
			buf_addc(&text, '\n');
			buf_add(&text, take_line(rest));
		}
		if (field_parse(buf_span(&text), &field))
			bodyparts_field(parts, &field);
	}
	ahead = *rest;
	if (take_line(&ahead).n == 0)
		*rest = ahead;
	buf_clear(&text);
}

static bool
dump_message(struct dump *dump, struct span rest, size_t chunk)
{
	const struct bodyparts_limits limits = { 2048, 102400, 100, 2048 };
	const struct bodyparts_sink sink = {
		begins, data, ends, dump, NULL, NULL, told_ambiguity };
	struct bodyparts *parts = bodyparts_new(&limits, &sink);
	bool failed;

	if (parts == NULL)
		return false;
	header(parts, &rest);
	for (; rest.n > 0; rest = span_skip(rest, chunk))
		bodyparts_body(parts, span_head(rest, chunk));
	bodyparts_end(parts);
	failed = bodyparts_failed(parts) || text_failed(dump->text);
	bodyparts_free(&parts);
	puts(".");
	return !failed;
}

int
main(void)
{
	struct dump dump;
	const struct text_sink sink = {
		.paragraph = paragraph, .context = &dump };
	char line[64];
	bool fine = true;

	dump.text = text_new(&sink);
	buf_init(&dump.bytes, SIZE_MAX / 4);
	buf_init(&dump.paragraphs, SIZE_MAX / 4);
	while (dump.text != NULL && fine &&
	    fgets(line, sizeof(line), stdin) != NULL) {
		char *end, *message;
		size_t n = strtoull(line, &end, 10);
		size_t chunk = strtoull(end, NULL, 10);

		message = malloc(n + 1);
		fine = message != NULL && chunk > 0 &&
		    fread(message, 1, n, stdin) == n &&
		    dump_message(&dump, span_make(message, n), chunk);
		free(message);
	}
	buf_clear(&dump.bytes);
	buf_clear(&dump.paragraphs);
	text_free(&dump.text);
	return fine ? 0 : 2;
}
