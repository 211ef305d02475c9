/* link_find - the links of a plain text.  See link.h. */
#include "message/link.h"

#include <stdint.h>

#include "base/printable.h"

/* How what a program makes a link of begins. */
static const struct start {
	struct span text;
	bool slashes;		/* two must follow */
} starts[] = {
	{ SPAN_INIT("http:"), true }, { SPAN_INIT("https:"), true },
	{ SPAN_INIT("ftp:"), true }, { SPAN_INIT("mailto:"), false },
	/* Not for programs: a reader is told to write it out. */
	{ SPAN_INIT("hxxp:"), true }, { SPAN_INIT("hxxps:"), true },
	{ SPAN_INIT("www."), false }, { SPAN_INIT("ftp."), false },
};

void
link_find_init(struct link_finder *finder, struct span text)
{
	*finder = (struct link_finder){ .text = text };
}

static bool
slash(char c)
{
	return c == '/' || c == '\\';
}

/* A byte that a host may begin with. */
static bool
begins_host(struct span text)
{
	unsigned char c = text.n > 0 ? (unsigned char)text.p[0] : 0;

	return c >= 0x80 || ascii_alnum(c) || c == '[' || c == '%' ||
	    c == '_' || c == '@';
}

/* The bytes before the host, or 0 where no link begins. */
static size_t
start_length(struct span text)
{
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		size_t n = starts[i].text.n;

		if (!span_casestarts(text, starts[i].text))
			continue;
		if (starts[i].slashes) {
			if (text.n - n < 2 || !slash(text.p[n]) ||
			    !slash(text.p[n + 1]))
				continue;
			for (n += 2; n < text.n && slash(text.p[n]); n++)
				;
		}
		if (begins_host(span_skip(text, n)))
			return n;
	}
	return 0;
}

/* The next place where one may begin: not inside of a word. */
static size_t
next_start(struct span text, size_t at)
{
	for (; at < text.n; at++) {
		char c = (char)(text.p[at] | 0x20);

		if ((c == 'h' || c == 'w' || c == 'f' || c == 'm') &&
		    (at == 0 || !ascii_alnum((unsigned char)text.p[at - 1])))
			return at;
	}
	return at;
}

/* White space, quotes and brackets of other scripts, and their commas. */
static bool
ends_link(uint32_t c)
{
	return c == 0x85 || c == 0xa0 || c == 0xab || c == 0xbb ||
	    c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	    (c >= 0x2018 && c <= 0x201f) || (c >= 0x2026 && c <= 0x202f) ||
	    c == 0x2039 || c == 0x203a || c == 0x205f || c == 0x3000 ||
	    c == 0x3001 || (c >= 0x3008 && c <= 0x3011) ||
	    (c >= 0x3014 && c <= 0x301f) || c == 0xff01 || c == 0xff08 ||
	    c == 0xff09 || c == 0xff0c || c == 0xff1a || c == 0xff1b ||
	    c == 0xff1f;
}

/* The full stops of East Asia, which browsers take for dots in a host. */
static bool
is_wide_stop(uint32_t c)
{
	return c == 0x3002 || c == 0xff0e || c == 0xff61;
}

/* The character of three bytes or fewer that text begins with, or 0. */
static uint32_t
wide_character(struct span text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text.p;

	if (n == 2)
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	if (n == 3)
		return (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 |
		    (p[2] & 0x3fu);
	return 0;
}

/* What is known of a link while its end is looked for. */
struct extent {
	size_t host;		/* the first byte of the host */
	bool in_host, dot;	/* still in it; it had a dot */
	size_t foreign;		/* where another script follows ASCII, or 0 */
};

/* The bytes of the character at `at`, 0 where the link ends before it. */
static size_t
wide_step(struct span text, size_t at, struct extent *extent)
{
	size_t n = utf8_char(span_skip(text, at));
	uint32_t c = wide_character(span_skip(text, at), n);
	bool ascii = at > extent->host &&
	    ascii_alnum((unsigned char)text.p[at - 1]);

	if (n == 0)
		return 1;
	if (ends_link(c))
		return 0;
	if (is_wide_stop(c)) {
		if (!extent->in_host || extent->dot)
			return 0;
		extent->dot = true;
		return n;
	}
	/* From the radicals of Han on: no letters of a European host. */
	if (extent->in_host && extent->dot && ascii && c >= 0x2e80 &&
	    extent->foreign == 0)
		extent->foreign = at;
	return n;
}

static size_t
step(struct span text, size_t at, struct extent *extent)
{
	unsigned char c = (unsigned char)text.p[at];

	if (c >= 0x80)
		return wide_step(text, at, extent);
	if (c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == '"')
		return 0;
	if (slash((char)c) || c == '?' || c == '#')
		extent->in_host = false;
	if (c == '.')
		extent->dot = true;
	return 1;
}

static size_t
count(struct span text, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == c;
	return n;
}

/*
 * Without punctuation at the end, and brackets that it did not open.  What
 * stands `before` it may set it off: *this* or _this_.
 */
static struct span
trim(struct span link, size_t least, char before)
{
	static const char open[] = "([{", close[] = ")]}";
	size_t spare[3];

	for (size_t i = 0; i < 3; i++) {
		size_t opened = count(link, open[i]);
		size_t closed = count(link, close[i]);

		spare[i] = closed > opened ? closed - opened : 0;
	}
	for (; link.n > least; link.n--) {
		char c = link.p[link.n - 1];
		const char *bracket = c != '\0' ? strchr(close, c) : NULL;

		if (c == '\0')
			break;
		if (bracket != NULL && spare[bracket - close]-- == 0)
			break;
		if (bracket == NULL && strchr(".,;:!?'|`", c) == NULL &&
		    (c != before || strchr("*_~", c) == NULL))
			break;
	}
	return link;
}

/* The link at `at`, whose host begins `start` bytes later. */
static struct span
read_link(struct link_finder *finder, size_t at, size_t start)
{
	struct extent extent = { .host = at + start, .in_host = true };
	struct span text = finder->text;
	char before = at > 0 ? text.p[at - 1] : '\0';
	size_t end = extent.host, n;

	while (end < text.n && (n = step(text, end, &extent)) > 0)
		end += n;
	if (extent.foreign > 0)
		finder->shorter = trim(span_make(text.p + at,
		    extent.foreign - at), start, before);
	finder->at = end;
	return trim(span_make(text.p + at, end - at), start, before);
}

bool
link_find(struct link_finder *finder, struct span *written_r)
{
	struct span text = finder->text;

	if (finder->shorter.n > 0) {
		*written_r = finder->shorter;
		finder->shorter.n = 0;
		return true;
	}
	while ((finder->at = next_start(text, finder->at)) < text.n) {
		size_t at = finder->at;
		size_t start = start_length(span_skip(text, at));

		if (start == 0) {
			finder->at++;
			continue;
		}
		*written_r = read_link(finder, at, start);
		if (written_r->n > start)
			return true;
		finder->shorter.n = 0;
	}
	return false;
}
