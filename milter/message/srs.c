/* srs - the sender behind a rewritten address.  See srs.h. */
#include "message/srs.h"

#include "message/address.h"

static bool
is_separator(struct span s)
{
	return s.n > 0 && (s.p[0] == '=' || s.p[0] == '+' || s.p[0] == '-');
}

/* Takes "TEXT=" from the front; false where there is none, or no text. */
static bool
take(struct span *rest, struct span *text_r)
{
	size_t n = span_find(*rest, '=');

	if (n == 0 || n == rest->n)
		return false;
	*text_r = span_head(*rest, n);
	*rest = span_skip(*rest, n + 1);
	return true;
}

/* What may stand behind an '@': names, literals, and 8-bit bytes. */
static bool
is_domain(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c < 0x80 && !ascii_alnum(c) &&
		    (c == '\0' || strchr(".-_[]:", c) == NULL))
			return false;
	}
	return text.n > 0;
}

/* One forwarder's work undone. */
static bool
unwrap(struct span local, struct span *local_r, struct span *domain_r)
{
	bool first = span_casestarts(local, SPAN("SRS0"));
	struct span rest = span_skip(local, 4), hash, host, time, domain;

	if ((!first && !span_casestarts(local, SPAN("SRS1"))) ||
	    !is_separator(rest))
		return false;
	rest = span_skip(rest, 1);
	if (!first) {
		if (!take(&rest, &hash) || !take(&rest, &host) ||
		    !is_separator(rest))
			return false;
		rest = span_skip(rest, 1);
	}
	if (!take(&rest, &hash) || !take(&rest, &time) ||
	    !take(&rest, &domain) || !is_domain(domain) || rest.n == 0)
		return false;
	*local_r = rest;
	*domain_r = domain;
	return true;
}

bool
srs_unwrap(struct span address, struct buf *out)
{
	struct span local, domain;
	int rounds = 0;

	if (!address_split(address, &local, &domain))
		return false;
	while (rounds < SRS_MAX && unwrap(local, &local, &domain))
		rounds++;
	if (rounds == 0)
		return false;
	buf_add(out, local);
	buf_addc(out, '@');
	buf_add(out, domain);
	return true;
}
