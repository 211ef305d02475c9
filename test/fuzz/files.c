/* files - source_read() without files, and pieces of an input.  See fuzz.h. */
#include "fuzz.h"

#include "base/source.h"

/* Of what is doubled within what is doubled, 4096 copies. */
#define REGEXP_MAX	400
#define PLUSES_MAX	12

struct fuzz_file fuzz_files[FUZZ_FILES];

/* The linker puts it in the place of source_read(). */
int __wrap_source_read(struct sources *sources, const char *path,
    struct buf *out, const char **why_r);

int
__wrap_source_read(struct sources *sources, const char *path, struct buf *out,
    const char **why_r)
{
	struct span name = span_of(path);
	size_t slash = span_rfind(name, '/');

	(void)sources;
	if (slash < name.n)
		name = span_skip(name, slash + 1);
	for (size_t i = 0; i < FUZZ_FILES; i++) {
		if (fuzz_files[i].name == NULL ||
		    !span_equal(name, span_of(fuzz_files[i].name)))
			continue;
		if (buf_add(out, fuzz_files[i].text))
			return 0;
		*why_r = "larger than what is taken here";
		return -1;
	}
	*why_r = "No such file or directory";
	return -1;
}

struct span
fuzz_until(struct span *rest, char end)
{
	struct span piece = span_head(*rest, span_find(*rest, end));

	*rest = span_skip(*rest, piece.n + 1);
	return piece;
}

struct span
fuzz_line(struct span *rest)
{
	return fuzz_until(rest, '\n');
}

size_t
fuzz_choice(struct span *rest, size_t n)
{
	unsigned char c = rest->n > 0 ? (unsigned char)rest->p[0] : 'a';

	*rest = span_skip(*rest, 1);
	return (size_t)(unsigned char)(c - 'a') % n;
}

struct span
fuzz_copy(struct span bytes)
{
	char *copy = malloc(bytes.n > 0 ? bytes.n : 1);

	MUST(copy != NULL);
	if (bytes.n > 0)
		memcpy(copy, bytes.p, bytes.n);
	return span_make(copy, bytes.n);
}

void
fuzz_free(struct span copy)
{
	free((char *)(uintptr_t)copy.p);
}

bool
fuzz_too_much_for_libc(const char *type, struct span text)
{
	size_t braces = 0, pluses = 0;

	if (!span_starts(span_of(type), SPAN("regexp")) && memmem(text.p,
	    text.n, "regexp", 6) == NULL)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		braces += text.p[i] == '{' && i + 1 < text.n &&
		    (ascii_digit(text.p[i + 1]) || text.p[i + 1] == ',');
		pluses += text.p[i] == '+' || text.p[i] == '*';
		if (text.p[i] == '\\' && i + 1 < text.n &&
		    ascii_digit(text.p[i + 1]))
			return true;
	}
	return braces > 1 || (braces > 0 && pluses > 0) ||
	    pluses > PLUSES_MAX || text.n > REGEXP_MAX;
}
