/*
 * span - bytes that belong to somebody else: a pointer and a length.
 *
 * Mail may hold NUL, so nothing here looks for one.  Comparison without case
 * is that of ASCII, as SMTP and RFC 5322 have it.  An empty span may have a
 * null pointer.
 */
#ifndef POSTERN_BASE_SPAN_H
#define POSTERN_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *p;
	size_t n;
};

/* A string literal as a span. */
#define SPAN(literal) ((struct span){ "" literal, sizeof(literal) - 1 })

/* The same where C asks for a constant: in the initializer of a table. */
#define SPAN_INIT(literal) { "" literal, sizeof(literal) - 1 }

/* For printf's "%.*s". */
#define SPAN_ARG(s) ((int)(s).n), ((s).p != NULL ? (s).p : "")

static inline struct span
span_make(const char *p, size_t n)
{
	return (struct span){ p, n };
}

/* A C string as a span; NULL is empty. */
static inline struct span
span_of(const char *string)
{
	return (struct span){ string, string != NULL ? strlen(string) : 0 };
}

static inline bool
span_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* What follows the first n bytes; n past the end leaves nothing. */
static inline struct span
span_skip(struct span s, size_t n)
{
	if (n > s.n)
		n = s.n;
	return (struct span){ s.n > 0 ? s.p + n : s.p, s.n - n };
}

/* The first n bytes, or all where there are fewer. */
static inline struct span
span_head(struct span s, size_t n)
{
	return (struct span){ s.p, n < s.n ? n : s.n };
}

static inline int
ascii_lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static inline bool
ascii_blank(int c)
{
	return c == ' ' || c == '\t';
}

/* What C's isspace() takes in its own locale. */
static inline bool
ascii_space(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool
ascii_digit(int c)
{
	return c >= '0' && c <= '9';
}

static inline bool
ascii_alnum(int c)
{
	return ascii_digit(c) || (ascii_lower(c) >= 'a' &&
	    ascii_lower(c) <= 'z');
}

/* What the hexadecimal digit is worth; -1: it is none. */
static inline int
ascii_hex(int c)
{
	if (ascii_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What the letter of base64 is worth (RFC 4648); -1: it is none. */
static inline int
ascii_base64(int c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Equal but for the case of ASCII letters. */
bool span_caseequal(struct span a, struct span b);
bool span_starts(struct span s, struct span with);
bool span_casestarts(struct span s, struct span with);
bool span_ends(struct span s, struct span with);
/* Does it stand anywhere in s?  For short ones. */
bool span_casehas(struct span s, struct span what);

/* The offset of the first (last) c, or s.n where there is none. */
size_t span_find(struct span s, char c);
size_t span_rfind(struct span s, char c);

/* Without the white space (as ascii_space has it) at both ends. */
struct span span_trim(struct span s);

/*
 * Takes the first word, up to a blank or tab, from the front of *rest and
 * leaves *rest at the first byte after the blanks that follow it.
 */
struct span span_word(struct span *rest);

/* True where all bytes, and at least one, are digits. */
bool span_digits(struct span s);

#endif
