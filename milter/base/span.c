/* span - bytes that belong to somebody else.  See span.h. */
#include "base/span.h"

bool
span_caseequal(struct span a, struct span b)
{
	return a.n == b.n && span_casestarts(a, b);
}

bool
span_starts(struct span s, struct span with)
{
	return span_equal(span_head(s, with.n), with);
}

bool
span_casestarts(struct span s, struct span with)
{
	if (s.n < with.n)
		return false;
	for (size_t i = 0; i < with.n; i++)
		if (ascii_lower((unsigned char)s.p[i]) !=
		    ascii_lower((unsigned char)with.p[i]))
			return false;
	return true;
}

bool
span_casehas(struct span s, struct span what)
{
	for (; s.n >= what.n; s = span_skip(s, 1))
		if (span_casestarts(s, what))
			return true;
	return false;
}

bool
span_ends(struct span s, struct span with)
{
	return s.n >= with.n && span_equal(span_skip(s, s.n - with.n), with);
}

size_t
span_find(struct span s, char c)
{
	const char *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;

	return at != NULL ? (size_t)(at - s.p) : s.n;
}

size_t
span_rfind(struct span s, char c)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == c)
			return i - 1;
	return s.n;
}

struct span
span_trim(struct span s)
{
	while (s.n > 0 && ascii_space((unsigned char)s.p[s.n - 1]))
		s.n--;
	while (s.n > 0 && ascii_space((unsigned char)s.p[0]))
		s = span_skip(s, 1);
	return s;
}

struct span
span_word(struct span *rest)
{
	size_t n = 0;
	struct span word;

	while (n < rest->n && !ascii_blank(rest->p[n]))
		n++;
	word = span_head(*rest, n);
	while (n < rest->n && ascii_blank(rest->p[n]))
		n++;
	*rest = span_skip(*rest, n);
	return word;
}

bool
span_digits(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_digit(s.p[i]))
			return false;
	return s.n > 0;
}
