/*
 * link_dump read|walk|find - what message/link makes of each line of standard
 * input, for tests.  read: the URL, a tab and the host, or an empty line.
 * walk: the URLs, with tabs between.  find: the links, with tabs between.
 */
#include <stdio.h>
#include <stdlib.h>

#include "message/link.h"

static void
print(struct span text)
{
	fwrite(text.p, 1, text.n, stdout);
}

static void
print_url(void *context, const struct link *link)
{
	bool *first = context;

	if (!*first)
		putchar('\t');
	*first = false;
	print(link->url);
}

static void
dump(const char *how, struct span text, struct buf *out)
{
	bool first = true;
	struct link_sink sink = { print_url, &first };
	struct link_finder finder;
	struct span written;
	struct link link;

	if (strcmp(how, "walk") == 0) {
		if (!link_walk(text, &sink))
			exit(1);
	} else if (strcmp(how, "find") == 0) {
		link_find_init(&finder, text);
		for (; link_find(&finder, &written); first = false) {
			if (!first)
				putchar('\t');
			print(written);
		}
	} else if (link_read(text, out, &link)) {
		print(link.url);
		putchar('\t');
		print(link.host);
	}
	putchar('\n');
}

int
main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	struct buf out;
	ssize_t n;

	buf_init(&out, LINK_READ_MAX);
	while (argc == 2 && (n = getline(&line, &size, stdin)) > 0) {
		struct span text = span_make(line, (size_t)n);

		if (span_ends(text, SPAN("\n")))
			text.n--;
		dump(argv[1], text, &out);
	}
	buf_clear(&out);
	free(line);
	return argc != 2;
}
