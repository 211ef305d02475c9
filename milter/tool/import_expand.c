/* import_expand - what "$" stands for in main.cf.  See import_params.h. */
#include "tool/import_params.h"

#include <stdint.h>

#include "policy/unit.h"

/* A value that needs more names itself, or was made to take for ever. */
#define DEPTH_MAX	20
#define STEPS_MAX	100000

struct expansion {
	struct import_params *params;
	struct buf *out;
	unsigned depth, steps;
};

/*
 * Defaults that a table's name or one of the parameters read here may rest on;
 * those of directories are Debian's and upstream's.
 */
static const struct {
	const char *name, *value;
} defaults[] = {
	{ "config_directory", "/etc/postfix" },
	{ "meta_directory", "/etc/postfix" },
	{ "queue_directory", "/var/spool/postfix" },
	{ "data_directory", "/var/lib/postfix" },
	{ "default_database_type", "hash" },
	{ "header_checks", "" },
	{ "mime_header_checks", "$header_checks" },
	{ "nested_header_checks", "$header_checks" },
	{ "body_checks", "" },
	{ "smtpd_milters", "" },
	{ "non_smtpd_milters", "" },
	{ "smtpd_client_restrictions", "" },
	{ "smtpd_helo_restrictions", "" },
	{ "smtpd_sender_restrictions", "" },
	{ "smtpd_recipient_restrictions", "" },
	{ "smtpd_data_restrictions", "" },
	{ "smtpd_end_of_data_restrictions", "" },
	{ "myorigin", "$myhostname" },
	{ "compatibility_level", "0" },
	{ "smtpd_relay_before_recipient_restrictions",
	    "${{$compatibility_level} <level {3.6} ? {no} : {yes}}" },
};

static void expand(struct expansion *e, struct span text);

static bool
name_char(char c)
{
	return ascii_alnum((unsigned char)c) || c == '_';
}

static size_t
name_length(struct span text)
{
	size_t n = 0;

	while (n < text.n && name_char(text.p[n]))
		n++;
	return n;
}

static struct span
skip_space(struct span text)
{
	while (text.n > 0 && ascii_space((unsigned char)text.p[0]))
		text = span_skip(text, 1);
	return text;
}

/* The length of a "{...}" or "(...)" at the front, or 0 without an end. */
static size_t
enclosed(struct span text)
{
	char open = text.p[0], close = open == '{' ? '}' : ')';
	size_t depth = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == open)
			depth++;
		else if (text.p[i] == close && --depth == 0)
			return i + 1;
	}
	return 0;
}

static bool
lookup(const struct expansion *e, struct span name, struct span *value_r)
{
	const struct import_params *params = e->params;

	for (size_t i = 0; i < params->n; i++)
		if (span_equal(params->list[i].name, name)) {
			*value_r = params->list[i].value;
			return true;
		}
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		if (span_equal(span_of(defaults[i].name), name)) {
			*value_r = span_of(defaults[i].value);
			return true;
		}
	return false;
}

static void
remember_unknown(struct import_params *params, struct span name)
{
	for (size_t i = 0; i < params->nunknown; i++)
		if (span_equal(params->unknown[i], name))
			return;
	if (params->nunknown < IMPORT_UNKNOWN_MAX)
		params->unknown[params->nunknown++] =
		    region_copy(params->region, name);
}

/* A separate text, such as one side of a comparison. */
static struct span
expand_apart(struct expansion *e, struct span text)
{
	struct buf part, *out = e->out;
	struct span copy;

	buf_init(&part, IMPORT_VALUE_MAX);
	e->out = &part;
	expand(e, text);
	e->out = out;
	copy = region_copy(e->params->region, buf_span(&part));
	buf_clear(&part);
	return copy;
}

static void
expand_name(struct expansion *e, struct span name)
{
	struct span value, host;

	if (lookup(e, name, &value)) {
		expand(e, value);
		return;
	}
	/* The domain of the host, unless it was given. */
	if (span_equal(name, SPAN("mydomain")) &&
	    lookup(e, SPAN("myhostname"), &host)) {
		host = expand_apart(e, host);
		if (span_find(host, '.') < host.n) {
			buf_add(e->out, span_skip(host,
			    span_find(host, '.') + 1));
			return;
		}
	}
	remember_unknown(e->params, name);
	buf_addc(e->out, '$');
	buf_add(e->out, name);
}

/* "{text}" at the front of *rest without its braces, or all that is left. */
static struct span
take_branch(struct span *rest)
{
	struct span text = skip_space(*rest), branch = *rest;
	size_t n = text.n > 0 && text.p[0] == '{' ? enclosed(text) : 0;

	if (n > 0) {
		branch = span_trim(span_make(text.p + 1, n - 2));
		*rest = skip_space(span_skip(text, n));
	} else {
		*rest = SPAN("");
	}
	return branch;
}

/* "?{yes}:{no}", "?yes" or ":no" behind a name or a comparison. */
static void
expand_choice(struct expansion *e, bool is, struct span rest)
{
	struct span branch;

	if (rest.n > 0 && rest.p[0] == '?') {
		rest = span_skip(rest, 1);
		branch = take_branch(&rest);
		if (is)
			expand(e, branch);
	}
	if (rest.n > 0 && rest.p[0] == ':') {
		rest = span_skip(rest, 1);
		branch = take_branch(&rest);
		if (!is)
			expand(e, branch);
	}
}

static int
compare(struct span a, struct span b)
{
	uint64_t x, y;
	int order;

	if (unit_number(a, &x) && unit_number(b, &y))
		return x < y ? -1 : x > y;
	order = memcmp(a.n > 0 ? a.p : "", b.n > 0 ? b.p : "",
	    a.n < b.n ? a.n : b.n);
	return order != 0 ? order : a.n < b.n ? -1 : a.n > b.n;
}

/* Levels are numbers with points between them: 3.10 is above 3.6. */
static int
compare_levels(struct span a, struct span b)
{
	int order = 0;

	while (order == 0 && (a.n > 0 || b.n > 0)) {
		struct span x = span_head(a, span_find(a, '.'));
		struct span y = span_head(b, span_find(b, '.'));

		a = span_skip(a, x.n < a.n ? x.n + 1 : x.n);
		b = span_skip(b, y.n < b.n ? y.n + 1 : y.n);
		order = compare(x.n > 0 ? x : SPAN("0"),
		    y.n > 0 ? y : SPAN("0"));
	}
	return order;
}

/* "{a} == {b}", or "{a} ==level {b}", at the front of *rest. */
static bool
holds(struct expansion *e, struct span *rest)
{
	struct span a, b, sign;
	bool levels;
	size_t n = 0;
	int order;

	a = expand_apart(e, take_branch(rest));
	while (n < rest->n && strchr("=!<>", rest->p[n]) != NULL)
		n++;
	sign = span_head(*rest, n);
	*rest = span_skip(*rest, n);
	if ((levels = span_starts(*rest, SPAN("level"))))
		*rest = span_skip(*rest, 5);
	b = expand_apart(e, take_branch(rest));
	order = levels ? compare_levels(a, b) : compare(a, b);
	if (span_equal(sign, SPAN("==")))
		return order == 0;
	if (span_equal(sign, SPAN("!=")))
		return order != 0;
	if (n == 2 && sign.p[1] == '=' && order == 0)
		return true;
	return n > 0 && (sign.p[0] == '<' ? order < 0 : order > 0);
}

/* What stands in ${...} or $(...). */
static void
expand_enclosed(struct expansion *e, struct span text)
{
	struct span name, rest = skip_space(text), value;

	if (rest.n > 0 && rest.p[0] == '{') {
		bool is = holds(e, &rest);

		expand_choice(e, is, rest);
		return;
	}
	name = span_head(rest, name_length(rest));
	rest = skip_space(span_skip(rest, name.n));
	if (rest.n == 0) {
		expand_name(e, name);
		return;
	}
	value = lookup(e, name, &value) ? expand_apart(e, value) : SPAN("");
	expand_choice(e, value.n > 0, rest);
}

/* One "$..." at the front of text; its length. */
static size_t
expand_one(struct expansion *e, struct span text)
{
	struct span rest = span_skip(text, 1);
	size_t n;

	if (rest.n > 0 && rest.p[0] == '$') {
		buf_addc(e->out, '$');
		return 2;
	}
	if (rest.n > 0 && (rest.p[0] == '{' || rest.p[0] == '(') &&
	    (n = enclosed(rest)) > 0) {
		expand_enclosed(e, span_make(rest.p + 1, n - 2));
		return 1 + n;
	}
	if ((n = name_length(rest)) > 0)
		expand_name(e, span_head(rest, n));
	else
		buf_addc(e->out, '$');
	return 1 + n;
}

static void
expand(struct expansion *e, struct span text)
{
	if (e->depth == DEPTH_MAX)
		return;
	e->depth++;
	while (text.n > 0 && !e->out->cut && e->steps < STEPS_MAX) {
		size_t n = span_find(text, '$');

		e->steps++;
		buf_add(e->out, span_head(text, n));
		text = span_skip(text, n);
		if (text.n > 0)
			text = span_skip(text, expand_one(e, text));
	}
	e->depth--;
}

struct span
import_params_expand(struct import_params *params, struct span text)
{
	struct expansion e = { .params = params };
	struct buf out;
	struct span value;

	buf_init(&out, IMPORT_VALUE_MAX);
	e.out = &out;
	expand(&e, text);
	value = region_copy(params->region, span_trim(buf_span(&out)));
	buf_clear(&out);
	return value;
}

struct span
import_params_get(struct import_params *params, const char *name)
{
	const struct expansion e = { .params = params };
	struct span value;

	if (!lookup(&e, span_of(name), &value))
		return SPAN("");
	return import_params_expand(params, value);
}
