/* address - mail addresses: their parts and forms.  See address.h. */
#include "message/address.h"

/* RFC 5321's specials, but for the dot. */
static bool
special(char c)
{
	return c != '\0' && strchr("()<>[]:;@\\,\"", c) != NULL;
}

/*
 * The offset of the first c that stands outside of quotes, or s.n.  A
 * backslash takes the byte behind it along.
 */
static size_t
find_bare(struct span s, char c)
{
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		if (!quoted && s.p[i] == c)
			return i;
		if (s.p[i] == '"')
			quoted = !quoted;
		else if (s.p[i] == '\\')
			i++;
	}
	return s.n;
}

/* The length of "@a,@[IPv6:::1]:" at the front of a path, or 0. */
static size_t
route(struct span path)
{
	bool literal = false;

	if (path.n == 0 || path.p[0] != '@')
		return 0;
	for (size_t i = 1; i < path.n; i++) {
		if (path.p[i] == '[')
			literal = true;
		else if (path.p[i] == ']')
			literal = false;
		else if (path.p[i] == ':' && !literal)
			return i + 1;
	}
	return 0;
}

struct span
address_of_path(struct span argument)
{
	struct span path = span_trim(argument);

	if (path.n > 0 && path.p[0] == '<') {
		path = span_skip(path, 1);
		path = span_trim(span_head(path, find_bare(path, '>')));
	}
	return span_skip(path, route(path));
}

bool
address_split(struct span address, struct span *local_r, struct span *domain_r)
{
	size_t at = span_rfind(address, '@');

	*local_r = span_head(address, at);
	*domain_r = span_skip(address, at + 1);
	return at < address.n;
}

bool
address_routed(struct span address)
{
	struct span local, domain;

	address_split(address, &local, &domain);
	return span_find(local, '@') < local.n ||
	    span_find(local, '%') < local.n || span_find(local, '!') < local.n;
}

/* Where the domain begins, its '@' included: the last outside of quotes. */
static size_t
bare_at(struct span address)
{
	size_t last = address.n, at = 0;

	/* What comes before an '@' that was found is balanced. */
	for (;;) {
		at += find_bare(span_skip(address, at), '@');
		if (at >= address.n)
			return last;
		last = at++;
	}
}

void
address_internal(struct span address, struct buf *out)
{
	size_t at = bare_at(address);

	for (size_t i = 0; i < at; i++) {
		if (address.p[i] == '"')
			continue;
		if (address.p[i] == '\\' && i + 1 < at)
			i++;
		buf_addc(out, address.p[i]);
	}
	buf_add(out, span_skip(address, at));
}

/* A sequence of atoms with single dots between them (8-bit bytes too). */
static bool
dot_string(struct span local)
{
	char before = '.';

	for (size_t i = 0; i < local.n; i++) {
		unsigned char c = (unsigned char)local.p[i];

		if (c <= ' ' || c == 0x7f || special((char)c) ||
		    (c == '.' && before == '.'))
			return false;
		before = (char)c;
	}
	return before != '.';
}

void
address_external(struct span address, struct buf *out)
{
	struct span local, domain;

	address_split(address, &local, &domain);
	/* The null sender has no local part to quote. */
	if (address.n == 0 || dot_string(local)) {
		buf_add(out, address);
		return;
	}
	buf_addc(out, '"');
	for (size_t i = 0; i < local.n; i++) {
		char c = local.p[i];

		if (c == '"' || c == '\\' || c == '\r')
			buf_addc(out, '\\');
		buf_addc(out, c);
	}
	buf_addc(out, '"');
	buf_add(out, span_skip(address, local.n));
}

static bool
reserved(struct span local, struct span delimiters)
{
	static const char *const names[] = {
		"postmaster", "mailer-daemon", "double-bounce"
	};
	struct span request = SPAN("-request");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_caseequal(local, span_of(names[i])))
			return true;
	if (span_find(delimiters, '-') == delimiters.n)
		return false;
	return span_casestarts(local, SPAN("owner-")) ||
	    (local.n > request.n && span_caseequal(
	    span_skip(local, local.n - request.n), request));
}

struct span
address_base(struct span local, struct span delimiters)
{
	size_t n = 0;

	if (reserved(local, delimiters))
		return local;
	while (n < local.n && span_find(delimiters, local.p[n]) == delimiters.n)
		n++;
	return n > 0 ? span_head(local, n) : local;
}
