/*
 * html_dump [-c CHUNK] [-n TIMES] [-q] FILE... - what the HTML machine says of
 * pages, for tests.
 *
 * One line per event.  T is text, P the end of a paragraph, A a text that
 * stands alone, in capitals where they show and in small letters where they
 * are hidden; L is a link (l: of a hidden element) with its kind, its URL and
 * its visible text, each in quotes.  A backslash stands before n, t, r and
 * before itself.  Text that came in pieces is one line.
 *
 * Between two files stands a line "---".  -q prints nothing, -n feeds each
 * file so often: for measuring.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "message/html.h"

struct dump {
	bool quiet;
	int open;		/* the kind of text that the line holds */
	size_t bytes;
};

static void
print(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		switch (text.p[i]) {
		case '\n': fputs("\\n", stdout); break;
		case '\r': fputs("\\r", stdout); break;
		case '\t': fputs("\\t", stdout); break;
		case '\\': fputs("\\\\", stdout); break;
		default: putchar(text.p[i]);
		}
	}
}

static void
close_line(struct dump *dump)
{
	if (dump->open != 0)
		putchar('\n');
	dump->open = 0;
}

static void
sink(void *context, const struct html_event *event)
{
	struct dump *dump = context;
	int kind = "TPAL"[event->kind] + (event->hidden ? 'a' - 'A' : 0);

	if (event->within)
		kind = "oqbl"[event->kind];
	dump->bytes += event->text.n;
	if (dump->quiet)
		return;
	if (event->kind != HTML_TEXT || kind != dump->open) {
		close_line(dump);
		putchar(kind);
		if (event->kind != HTML_PARAGRAPH)
			putchar(' ');
	}
	if (event->kind == HTML_LINK) {
		printf("%s '", html_link_name(event->link));
		print(event->url);
		fputs("' '", stdout);
	}
	print(event->text);
	if (event->kind == HTML_LINK)
		putchar('\'');
	if (event->kind == HTML_TEXT)
		dump->open = kind;
	else
		fputs(event->cut ? " cut\n" : "\n", stdout);
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

static bool
dump_page(struct span page, size_t chunk, struct dump *dump)
{
	struct html_sink to = { sink, dump };
	struct html *html = html_new(&to);
	bool good;

	if (html == NULL)
		return false;
	for (; page.n > 0; page = span_skip(page, chunk))
		html_feed(html, span_head(page, chunk));
	html_end(html);
	close_line(dump);
	good = !html_failed(html);
	html_free(&html);
	return good;
}

int
main(int argc, char **argv)
{
	struct dump dump = { false, 0, 0 };
	size_t chunk = 65535, times = 1;
	struct buf page;
	int c;

	while ((c = getopt(argc, argv, "c:n:q")) != -1) {
		switch (c) {
		case 'c': chunk = (size_t)strtoull(optarg, NULL, 10); break;
		case 'n': times = (size_t)strtoull(optarg, NULL, 10); break;
		case 'q': dump.quiet = true; break;
		default: return 2;
		}
	}
	if (chunk == 0)
		return 2;
	buf_init(&page, SIZE_MAX / 4);
	for (int i = optind; i < argc; i++) {
		buf_reset(&page);
		read_file(argv[i], &page);
		for (size_t n = 0; n < times; n++)
			if (!dump_page(buf_span(&page), chunk, &dump))
				return 2;
		if (!dump.quiet && i + 1 < argc)
			puts("---");
	}
	buf_clear(&page);
	return 0;
}
