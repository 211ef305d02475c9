/*
 * link_dump read|walk|find|join - what message/link makes of each line of
 * standard input, for tests.  read: the URL, a tab and the host, or an empty
 * line.  walk: the URLs, with tabs between.  find: the links, with tabs
 * between.  join: as read, of what stands behind a base and 0x1f.
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

/* What the link is, put together with its base; or as it is. */
static struct span
join(struct span text, struct buf *base, struct buf *out)
{
	size_t n = span_find(text, '\x1f');
	struct span written = span_skip(text, n + 1);
	struct link link;

	if (link_read(span_head(text, n), base, &link) &&
	    link_is_base(&link) && link_join(link.url, written, out))
		return buf_span(out);
	return written;
}

static void
dump(const char *how, struct span text, struct buf *out)
{
	bool first = true;
	struct link_sink sink = { print_url, &first };
	struct link_finder finder;
	struct buf base, joined;
	struct span written;
	struct link link;

	buf_init(&base, LINK_READ_MAX);
	buf_init(&joined, LINK_READ_MAX + LINK_MAX);
	if (strcmp(how, "join") == 0)
		text = join(text, &base, &joined);
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
	buf_clear(&base);
	buf_clear(&joined);
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
