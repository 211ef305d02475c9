/*
 * mime_dump [-l LINE_LENGTH] [-h HEADER_SIZE] [-n NESTING] [-b BOUNDARY]
 *     [-c CHUNK] FILE - what the MIME machine says of a message, for tests.
 *
 * One line per event: kind, list, segment, offset, length, first, ended, size
 * and the text in hexadecimal.  Kinds: P (a field of the message's own
 * header), F (a field), L (a line), N (nesting).
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "message/mime.h"

static void
print(char kind, const struct mime_event *event)
{
	static const char lists[] = "pmn";

	printf("%c %c %llu %llu %llu %d %d %llu ", kind, lists[event->list],
	    (unsigned long long)event->segment,
	    (unsigned long long)event->offset,
	    (unsigned long long)event->length, event->first, event->ended,
	    (unsigned long long)event->size);
	for (size_t i = 0; i < event->text.n; i++)
		printf("%02x", (unsigned char)event->text.p[i]);
	putchar('\n');
}

static bool
sink(void *context, const struct mime_event *event)
{
	(void)context;
	print("FLNB"[event->kind], event);
	return true;
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

/*
 * The header as a mail server would hand it to a milter, cut as Postfix cuts
 * it; *rest is left at the body.
 */
static void
header(struct mime *mime, struct span *rest, size_t size)
{
	struct span line, ahead;
	struct field field;
	struct buf text;

	buf_init(&text, SIZE_MAX / 4);
	while (ahead = *rest, field_parse(take_line(&ahead), &field)) {
		struct mime_event event = { 0 };

		*rest = ahead;
		buf_reset(&text);
		buf_add(&text, field.name);
		buf_add(&text, SPAN(":"));
		buf_add(&text, field.value);
		while (rest->n > 0 && ascii_blank(rest->p[0])) {
			line = take_line(rest);
			if (text.n >= size)
				continue;
			buf_add(&text, SPAN("\n"));
			buf_add(&text, line);
		}
		event.text = buf_span(&text);
		event.size = text.n;
		if (!field_parse(event.text, &field))
			break;
		event.list = mime_primary_list(field.name);
		print('P', &event);
		mime_field(mime, &field);
	}
	ahead = *rest;
	line = take_line(&ahead);
	if (line.n == 0)
		*rest = ahead;
	buf_clear(&text);
}

static void
read_file(const char *name, struct buf *out)
{
	char block[65536];
	size_t n;
	FILE *file = fopen(name, "r");

	if (file == NULL) {
		perror(name);
		exit(2);
	}
	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(out, span_make(block, n));
	fclose(file);
}

int
main(int argc, char **argv)
{
	struct mime_limits limits = { 2048, 102400, 100, 2048 };
	struct mime_sink to = { sink, NULL };
	size_t chunk = 65535;
	struct mime *mime;
	struct buf message;
	struct span rest;
	int c;

	while ((c = getopt(argc, argv, "l:h:n:b:c:")) != -1) {
		size_t n = (size_t)strtoull(optarg != NULL ? optarg : "0",
		    NULL, 10);

		switch (c) {
		case 'l': limits.line_length = n; break;
		case 'h': limits.header_size = n; break;
		case 'n': limits.nesting = (unsigned)n; break;
		case 'b': limits.boundary_length = n; break;
		case 'c': chunk = n; break;
		default: return 2;
		}
	}
	if (optind != argc - 1 || chunk == 0)
		return 2;
	buf_init(&message, SIZE_MAX / 4);
	read_file(argv[optind], &message);
	rest = buf_span(&message);
	if ((mime = mime_new(&limits, &to)) == NULL)
		return 2;
	header(mime, &rest, limits.header_size);
	for (; rest.n > 0; rest = span_skip(rest, chunk))
		mime_body(mime, span_head(rest, chunk));
	mime_end(mime);
	c = mime_failed(mime) ? 2 : 0;
	mime_free(&mime);
	buf_clear(&message);
	return c;
}
