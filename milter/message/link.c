/* link - a URL as a browser takes it.  See link.h. */
#include "message/link.h"

#include "base/printable.h"
#include "message/link_parts.h"

/* Schemes with a host, whose slashes and backslashes are the same. */
static const struct {
	struct span name;
	unsigned port;
} special[] = {
	{ SPAN_INIT("http"), 80 }, { SPAN_INIT("https"), 443 },
	{ SPAN_INIT("ftp"), 21 }, { SPAN_INIT("ws"), 80 },
	{ SPAN_INIT("wss"), 443 },
};

#define SPECIALS	(sizeof(special) / sizeof(special[0]))

struct reading {
	struct span rest;	/* of what is written */
	struct buf *out;
	size_t scheme;		/* bytes of it */
	size_t host, host_end;	/* in `out` */
	bool special, file, hides;
	unsigned port;		/* that the scheme has by itself */
};

unsigned
link_port(struct span scheme)
{
	for (size_t i = 0; i < SPECIALS; i++)
		if (span_caseequal(scheme, special[i].name))
			return special[i].port;
	return 0;
}

/* What browsers drop before they look at it. */
void
link_clean(struct span written, struct buf *out)
{
	while (written.n > 0 && (unsigned char)written.p[0] <= ' ')
		written = span_skip(written, 1);
	while (written.n > 0 && (unsigned char)written.p[written.n - 1] <= ' ')
		written.n--;
	written = span_head(written, LINK_MAX);
	for (size_t i = 0; i < written.n; i++) {
		char c = written.p[i];

		if (c != '\t' && c != '\n' && c != '\r')
			buf_addc(out, c);
	}
}

static bool
is_slash(const struct reading *r, char c)
{
	return c == '/' || (c == '\\' && (r->special || r->file));
}

size_t
link_scheme_length(struct span text)
{
	size_t n = 0;

	while (n < text.n && (ascii_alnum((unsigned char)text.p[n]) ||
	    (n > 0 && (text.p[n] == '+' || text.p[n] == '-' ||
	    text.p[n] == '.'))))
		n++;
	return n > 0 && n < text.n && text.p[n] == ':' &&
	    !ascii_digit((unsigned char)text.p[0]) ? n : 0;
}

static bool
lacks_scheme(struct span text)
{
	return span_casestarts(text, SPAN("www.")) ||
	    span_casestarts(text, SPAN("ftp.")) ||
	    (text.n > 1 && (text.p[0] == '/' || text.p[0] == '\\') &&
	    (text.p[1] == '/' || text.p[1] == '\\'));
}

static bool
add_scheme(struct reading *r)
{
	size_t n = link_scheme_length(r->rest);
	struct span name = span_head(r->rest, n);

	if (n == 0 && !lacks_scheme(r->rest))
		return false;
	if (n > 0)
		r->rest = span_skip(r->rest, n + 1);
	else
		name = SPAN("http");
	for (size_t i = 0; i < name.n; i++)
		buf_addc(r->out, (char)ascii_lower(name.p[i]));
	r->scheme = r->out->n;
	r->port = link_port(buf_span(r->out));
	r->special = r->port > 0;
	r->file = span_equal(buf_span(r->out), SPAN("file"));
	buf_addc(r->out, ':');
	return true;
}

/* Those that mean the same with and without encoding: RFC 3986, 2.3. */
static bool
is_unreserved(int c)
{
	return ascii_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* After "%" or "%4" that encode nothing, a digit would complete them. */
static bool
dangles(const struct buf *out)
{
	return out->n > 1 && (out->p[out->n - 1] == '%' ||
	    (out->p[out->n - 2] == '%' && link_hex(out->p[out->n - 1]) >= 0));
}

/* The byte at `at`, whether it is encoded or not, and where the next is. */
static unsigned char
byte_at(struct span text, size_t *at)
{
	int byte = link_encoded(text, *at);

	if (byte < 0)
		return (unsigned char)text.p[(*at)++];
	*at += 3;
	return (unsigned char)byte;
}

/*
 * What begins with a byte that is not ASCII, at `at`: a character, or a byte
 * that stays encoded.  Controls of the terminal are none.  The next position.
 */
static size_t
add_wide(struct span text, size_t at, struct buf *out)
{
	size_t ends[4] = { 0 }, have = 0, n;
	char bytes[4];

	do {
		bytes[have] = (char)byte_at(text, &at);
		ends[have++] = at;
	} while (have < 4 && at < text.n);
	n = utf8_char(span_make(bytes, have));
	if (n == 0 || (n == 2 && (unsigned char)bytes[0] == 0xc2 &&
	    (unsigned char)bytes[1] < 0xa0)) {
		link_encode((unsigned char)bytes[0], out);
		return ends[0];
	}
	buf_add(out, span_make(bytes, n));
	return ends[n - 1];
}

static bool
is_written_encoded(unsigned char c)
{
	return c <= ' ' || c == 0x7f || c == '"' || c == '<' || c == '>';
}

static void
add_text(struct span text, struct buf *out)
{
	for (size_t at = 0; at < text.n;) {
		size_t next = at;
		unsigned char c = byte_at(text, &next);
		bool encoded = next > at + 1;

		if (c >= 0x80) {
			next = add_wide(text, at, out);
		} else if (encoded ? !is_unreserved(c) || dangles(out) :
		    is_written_encoded(c)) {
			link_encode(c, out);
		} else {
			buf_addc(out, (char)c);
		}
		at = next;
	}
}

/* Ours is left out, and so are zeros in front. */
static void
add_port(struct reading *r, struct span port)
{
	unsigned value = 0;

	if (!span_digits(port)) {
		/* Browsers refuse it; a rule may look at it. */
		buf_add(r->out, port.n > 0 ? SPAN(":") : SPAN(""));
		add_text(port, r->out);
		return;
	}
	while (port.n > 1 && port.p[0] == '0')
		port = span_skip(port, 1);
	for (size_t i = 0; i < port.n && i < 6; i++)
		value = value * 10 + (unsigned)(port.p[i] - '0');
	if (value == r->port && r->special)
		return;
	buf_addc(r->out, ':');
	buf_add(r->out, port);
}

static void
add_host(struct reading *r, struct span written)
{
	struct buf host;
	bool brackets;

	buf_init(&host, LINK_READ_MAX);
	link_host(written, &host);
	brackets = span_starts(written, SPAN("[")) &&
	    span_find(buf_span(&host), ':') < host.n;
	if (brackets)
		buf_addc(r->out, '[');
	r->host = r->out->n;
	buf_add(r->out, buf_span(&host));
	r->host_end = r->out->n;
	if (brackets)
		buf_addc(r->out, ']');
	buf_clear(&host);
}

/* The colon before the port, or the end. */
static size_t
port_at(struct span authority)
{
	size_t bracket = span_starts(authority, SPAN("[")) ?
	    span_find(authority, ']') : 0;

	return bracket + span_find(span_skip(authority, bracket), ':');
}

/* False where no host is named. */
static bool
add_authority(struct reading *r)
{
	size_t n = 0, colon, at;
	struct span authority;

	while (n < r->rest.n && !is_slash(r, r->rest.p[n]) &&
	    r->rest.p[n] != '?' && r->rest.p[n] != '#')
		n++;
	authority = span_head(r->rest, n);
	r->rest = span_skip(r->rest, n);
	at = span_rfind(authority, '@');
	r->hides = at < authority.n;
	if (r->hides)
		authority = span_skip(authority, at + 1);
	colon = port_at(authority);
	buf_add(r->out, SPAN("//"));
	add_host(r, span_head(authority, colon));
	add_port(r, span_skip(authority, colon + 1));
	return r->host_end > r->host;
}

/* Takes back what "." and ".." mean; `path` is where the path begins. */
static void
end_segment(struct buf *out, size_t path, size_t segment, bool last)
{
	struct span name = span_skip(buf_span(out), segment);
	bool up = span_equal(name, SPAN(".."));

	if (!up && !span_equal(name, SPAN(".")))
		return;
	out->n = segment - 1;
	if (up && out->n > path)
		out->n = path + span_rfind(span_skip(buf_span(out), path),
		    '/');
	if (last)
		buf_addc(out, '/');
}

static void
add_path(struct reading *r, struct span path)
{
	size_t begin = r->out->n, n;

	path = span_skip(path, 1);
	do {
		size_t segment;

		for (n = 0; n < path.n && !is_slash(r, path.p[n]); n++)
			;
		if (!buf_addc(r->out, '/'))
			return;
		segment = r->out->n;
		add_text(span_head(path, n), r->out);
		end_segment(r->out, begin, segment, n == path.n);
		if (n == path.n)
			return;
		path = span_skip(path, n + 1);
	} while (true);
}

static void
add_rest(struct reading *r)
{
	struct span path = span_head(r->rest, span_find(r->rest, '#'));

	path = span_head(path, span_find(path, '?'));
	add_path(r, path);
	add_text(span_skip(r->rest, path.n), r->out);
}

/* The domain of the first address is the host. */
static void
add_mailto(struct reading *r)
{
	size_t n = 0, at;

	while (n < r->rest.n && r->rest.p[n] != '?' && r->rest.p[n] != ',' &&
	    r->rest.p[n] != ';')
		n++;
	at = span_rfind(span_head(r->rest, n), '@');
	if (at < n) {
		add_text(span_head(r->rest, at + 1), r->out);
		add_host(r, span_make(r->rest.p + at + 1, n - at - 1));
		r->rest = span_skip(r->rest, n);
	}
	add_text(r->rest, r->out);
}

static bool
read_on(struct reading *r)
{
	struct span scheme;
	size_t slashes = 0;

	if (!add_scheme(r))
		return false;
	scheme = span_head(buf_span(r->out), r->scheme);
	if (span_equal(scheme, SPAN("cid")) || span_equal(scheme, SPAN("mid")))
		return false;
	while (slashes < r->rest.n && is_slash(r, r->rest.p[slashes]))
		slashes++;
	if (r->special || slashes == 2) {
		r->rest = span_skip(r->rest, slashes);
		if (!add_authority(r))
			return false;
		add_rest(r);
	} else if (span_equal(scheme, SPAN("mailto"))) {
		add_mailto(r);
	} else {
		add_text(r->rest, r->out);
	}
	return true;
}

bool
link_read(struct span written, struct buf *out, struct link *link_r)
{
	struct reading r = { .out = out };
	struct span all;
	struct buf text;
	bool leads;

	buf_reset(out);
	buf_init(&text, LINK_MAX);
	link_clean(written, &text);
	r.rest = buf_span(&text);
	leads = read_on(&r);
	buf_clear(&text);
	all = buf_span(out);
	*link_r = (struct link){
		.url = all,
		.scheme = span_head(all, r.scheme),
		.host = span_skip(span_head(all, r.host_end), r.host),
		.hides = r.hides,
	};
	return leads;
}
