/*
 * idn_browser - a domain name as browsers look it up, IDNA 2008 or not.  See
 * idn.h.
 *
 * They map it (TR46: case and compatibility, nontransitional) and write labels
 * in Punycode, whatever is in them: snowmen, hyphens at their ends.
 */
#include <stdlib.h>
#include <unicase.h>

#include "base/printable.h"
#include "message/idn.h"
#include "message/plain_class.h"
#include "message/punycode.h"

/* The full stop of East Asia; NFKC makes that of half width one, too. */
#define WIDE_STOP	SPAN("\343\200\202")

static void
add_folded(struct span run, struct buf *out)
{
	size_t n = 0;
	uint8_t *to;

	if (run.n == 0)
		return;
	to = u8_casefold((const uint8_t *)run.p, run.n, NULL, UNINORM_NFKC,
	    NULL, &n);
	if (to == NULL)
		out->failed = true;
	else
		buf_add(out, span_make((const char *)to, n));
	free(to);
}

/* A sharp s and a final sigma are letters of their own. */
static void
map_name(struct span name, struct buf *out)
{
	size_t begin = 0, n;

	for (size_t at = 0; at < name.n; at += n) {
		const struct plain_class *class = plain_class_at(name, at, &n);
		struct span one = span_make(name.p + at, n);
		bool kept = span_equal(one, SPAN("\303\237")) ||
		    span_equal(one, SPAN("\317\202"));

		if (!kept && (class->flags & PLAIN_IGNORABLE) == 0)
			continue;
		add_folded(span_make(name.p + begin, at - begin), out);
		if (kept)
			buf_add(out, one);
		begin = at + n;
	}
	add_folded(span_skip(name, begin), out);
}

static size_t
label_length(struct span name)
{
	size_t n = 0;

	while (n < name.n && name.p[n] != '.' &&
	    !span_starts(span_skip(name, n), WIDE_STOP))
		n++;
	return n;
}

static void
add_label(struct span label, struct buf *out)
{
	size_t before = out->n;

	if (plain_ascii(label, 0) == label.n) {
		buf_add(out, label);
		return;
	}
	buf_add(out, SPAN("xn--"));
	if (!punycode_add(label, out)) {
		out->n = before;
		buf_add(out, label);
	}
}

bool
idn_browser(struct span domain, struct buf *out)
{
	struct buf mapped;
	struct span rest;
	bool good;

	if (domain.n == 0 || !utf8_valid(domain))
		return false;
	/* NFKC makes 18 characters of one, of three bytes, at the most. */
	buf_init(&mapped, 18 * domain.n);
	map_name(domain, &mapped);
	good = !mapped.failed && !mapped.cut;
	for (rest = buf_span(&mapped); good && rest.n > 0;) {
		size_t n = label_length(rest);

		add_label(span_head(rest, n), out);
		if (n < rest.n)
			buf_addc(out, '.');
		rest = span_skip(rest, n == rest.n ? n :
		    rest.p[n] == '.' ? n + 1 : n + WIDE_STOP.n);
	}
	out->failed |= mapped.failed;
	buf_clear(&mapped);
	return good && !out->cut;
}
