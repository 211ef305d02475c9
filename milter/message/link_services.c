/* link_services - services that write links in a way of their own. */
#include "message/link_parts.h"

#include "base/printable.h"

/* As URLs have it, too. */
static int
base64_value(char c)
{
	return c == '-' ? 62 : c == '_' ? 63 : ascii_base64(c);
}

void
link_add_base64(struct span text, struct buf *out)
{
	unsigned bits = 0, n = 0;

	for (size_t i = 0; i < text.n; i++) {
		int value = base64_value(text.p[i]);

		if (value < 0)
			return;
		bits = (bits << 6 | (unsigned)value) & 0xffff;
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_addc(out, (char)(bits >> n & 0xff));
		}
	}
}

size_t
link_find_text(struct span text, struct span what)
{
	const char *at = text.n > 0 ? memmem(text.p, text.n, what.p, what.n) :
	    NULL;

	return at != NULL ? (size_t)(at - text.p) : text.n;
}

struct span
link_after_host(const struct link *link)
{
	struct span rest = span_skip(link->url,
	    (size_t)(link->host.p - link->url.p) + link->host.n);

	return span_skip(rest, span_find(rest, '/'));
}

static bool
is_or_in(struct span host, struct span domain)
{
	return span_ends(host, domain) && (host.n == domain.n ||
	    host.p[host.n - domain.n - 1] == '.');
}

/* Behind /amp/ or the like stands a host, or s/ and one with https. */
static bool
add_amp(struct span text, struct buf *target)
{
	bool secure = span_starts(text, SPAN("s/"));

	buf_add(target, secure ? SPAN("https://") : SPAN("http://"));
	buf_add(target, span_skip(text, secure ? 2 : 0));
	return true;
}

/* https://www.google.com/amp/s/HOST */
static bool
google_amp(const struct link *link, struct span rest, struct buf *target)
{
	struct span amp = SPAN("/amp/");

	if (!span_starts(link->host, SPAN("www.google.")) &&
	    !span_starts(link->host, SPAN("google.")))
		return false;
	return span_starts(rest, amp) && add_amp(span_skip(rest, amp.n),
	    target);
}

/* https://HOST.cdn.ampproject.org/c/s/HOST */
static bool
amp_project(const struct link *link, struct span rest, struct buf *target)
{
	return is_or_in(link->host, SPAN("cdn.ampproject.org")) &&
	    rest.n > 3 && rest.p[2] == '/' && add_amp(span_skip(rest, 3),
	    target);
}

/* https://www-example-com.translate.goog/: "-" is ".", and "--" is "-". */
static bool
translated(const struct link *link, struct span rest, struct buf *target)
{
	struct span end = SPAN(".translate.goog"), name = link->host;

	if (!span_ends(name, end))
		return false;
	name.n -= end.n;
	buf_add(target, SPAN("https://"));
	for (size_t i = 0; i < name.n; i++) {
		bool hyphen = name.p[i] == '-';
		bool two = hyphen && i + 1 < name.n && name.p[i + 1] == '-';

		buf_addc(target, hyphen && !two ? '.' : name.p[i]);
		i += two;
	}
	return buf_add(target, rest);
}

static bool
is_defense(struct span host)
{
	return is_or_in(host, SPAN("urldefense.com")) ||
	    is_or_in(host, SPAN("urldefense.us")) ||
	    is_or_in(host, SPAN("urldefense.proofpoint.com"));
}

/* Proofpoint's second form: "-" for "%", "_" for "/". */
static bool
defense_v2(const struct link *link, struct span rest, struct buf *target)
{
	struct span begin = SPAN("/v2/url?");
	struct span query = span_skip(rest, begin.n);
	struct buf url;

	if (!is_defense(link->host) || !span_starts(rest, begin))
		return false;
	while (query.n > 0 && !span_starts(query, SPAN("u=")))
		query = span_skip(query, span_find(query, '&') + 1);
	query = span_skip(span_head(query, span_find(query, '&')), 2);
	buf_init(&url, LINK_READ_MAX);
	for (size_t i = 0; i < query.n; i++)
		buf_addc(&url, query.p[i] == '-' ? '%' :
		    query.p[i] == '_' ? '/' : query.p[i]);
	link_decode(buf_span(&url), target);
	target->cut |= url.cut;
	buf_clear(&url);
	return true;
}

/* Takes a character from the front of what was set aside. */
static void
put_back(struct span *aside, struct buf *url)
{
	size_t n = utf8_char(*aside);

	n = n > 0 ? n : 1;
	buf_add(url, span_head(*aside, n));
	*aside = span_skip(*aside, n);
}

/*
 * "*" stands for the next character of those set aside, "**A" for two of
 * them, "**B" for three.
 */
static void
add_starred(struct span text, struct span aside, struct buf *target)
{
	for (size_t i = 0; i < text.n; i++) {
		int run = 0;

		if (text.p[i] != '*' || aside.n == 0) {
			buf_addc(target, text.p[i]);
			continue;
		}
		if (text.n - i > 2 && text.p[i + 1] == '*')
			run = base64_value(text.p[i + 2]) + 1;
		i += run > 0 ? 2 : 0;
		for (; run >= 0 && aside.n > 0; run--)
			put_back(&aside, target);
	}
}

/* Proofpoint's third form: /v3/__URL__;BASE64!!...; see add_starred(). */
static bool
defense_v3(const struct link *link, struct span rest, struct buf *target)
{
	struct span begin = SPAN("/v3/__"), end = SPAN("__;");
	struct span text = span_skip(rest, begin.n), aside;
	struct buf bytes;
	size_t n = link_find_text(text, end);

	if (!is_defense(link->host) || !span_starts(rest, begin))
		return false;
	aside = span_skip(text, n + end.n);
	aside = span_head(aside, span_find(aside, '!'));
	buf_init(&bytes, LINK_READ_MAX);
	link_add_base64(aside, &bytes);
	add_starred(span_head(text, n), buf_span(&bytes), target);
	target->cut |= bytes.cut;
	buf_clear(&bytes);
	return true;
}

bool
link_service(const struct link *link, struct buf *target)
{
	static bool (*const services[])(const struct link *, struct span,
	    struct buf *) = {
		google_amp, amp_project, translated, defense_v2, defense_v3
	};
	struct span rest = link_after_host(link);

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (services[i](link, rest, target))
			return true;
	return false;
}
