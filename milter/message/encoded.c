/* encoded - the value of a header field in ASCII.  See encoded.h. */
#include "message/encoded.h"

#include "base/printable.h"
#include "base/region.h"
#include "message/params.h"

/* Of memory, for parameters. */
#define PARAMETERS_MAX	((size_t)4 << 20)

/* RFC 2047: 75 for a word, of which 12 are not its text. */
#define WORD_BYTES	45
/* A longer parameter is in pieces. */
#define PIECE_MAX	60

static bool
is_ascii(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return false;
	return true;
}

static bool
named(struct span name, const struct span *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_caseequal(name, list[i]))
			return true;
	return false;
}

#define NAMED(name, list)	named(name, list, sizeof(list) / sizeof(*list))

/* Without Resent- before them. */
static const struct span of_addresses[] = {
	SPAN_INIT("From"), SPAN_INIT("Sender"), SPAN_INIT("Reply-To"),
	SPAN_INIT("To"), SPAN_INIT("Cc"), SPAN_INIT("Bcc"),
	SPAN_INIT("Errors-To"), SPAN_INIT("Disposition-Notification-To"),
	SPAN_INIT("Return-Receipt-To"), SPAN_INIT("Mail-Followup-To"),
};

static const struct span of_tokens[] = {
	SPAN_INIT("Date"), SPAN_INIT("Message-ID"), SPAN_INIT("In-Reply-To"),
	SPAN_INIT("References"), SPAN_INIT("Return-Path"),
	SPAN_INIT("Received"), SPAN_INIT("MIME-Version"),
	SPAN_INIT("Content-Transfer-Encoding"), SPAN_INIT("Content-ID"),
	SPAN_INIT("Delivered-To"), SPAN_INIT("Authentication-Results"),
	SPAN_INIT("DKIM-Signature"), SPAN_INIT("List-ID"),
	SPAN_INIT("List-Unsubscribe"), SPAN_INIT("List-Post"),
};

/* As much as fits a word, and ends with a whole character. */
static size_t
word_length(struct span text)
{
	size_t n = 0, next;

	while (n < text.n) {
		next = utf8_char(span_skip(text, n));
		if (next == 0 || next > WORD_BYTES - n)
			break;
		n += next;
	}
	return n > 0 ? n : text.n;
}

static void
add_base64(struct span text, struct buf *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < text.n; i += 3) {
		unsigned bits = 0;

		for (size_t k = i; k < i + 3; k++)
			bits = bits << 8 | (k < text.n ?
			    (unsigned char)text.p[k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_addc(out, k > text.n - i ? '=' :
			    letters[bits >> (18 - 6 * k) & 63]);
	}
}

static void
add_words(struct span text, struct buf *out)
{
	while (text.n > 0) {
		size_t n = word_length(text);

		buf_add(out, SPAN("=?utf-8?B?"));
		add_base64(span_head(text, n), out);
		buf_add(out, SPAN("?="));
		text = span_skip(text, n);
		/* The white space between two words is not shown. */
		if (text.n > 0)
			buf_add(out, SPAN("\n "));
	}
}

static bool
ends_word(char c)
{
	return ascii_space((unsigned char)c);
}

/* From the first word that is not ASCII to the last, with what is between. */
static void
add_text(struct span text, struct buf *out)
{
	size_t begin = 0, end;

	while (begin < text.n && (unsigned char)text.p[begin] < 0x80)
		begin++;
	for (end = text.n; end > begin &&
	    (unsigned char)text.p[end - 1] < 0x80;)
		end--;
	while (begin > 0 && !ends_word(text.p[begin - 1]))
		begin--;
	while (end < text.n && !ends_word(text.p[end]))
		end++;
	buf_add(out, span_head(text, begin));
	add_words(span_head(span_skip(text, begin), end - begin), out);
	buf_add(out, span_skip(text, end));
}

/* Behind the '"' or ')' that ends what text begins with, or its end. */
static size_t
enclosed_length(struct span text, char last)
{
	size_t i = 1;

	while (i < text.n && text.p[i] != last)
		i += text.p[i] == '\\' ? 2 : 1;
	return i < text.n ? i + 1 : text.n;
}

/* A name: words and quoted strings, up to what is none. */
static size_t
phrase_length(struct span text)
{
	size_t i = 0;

	while (i < text.n && strchr("<(,;:", text.p[i]) == NULL)
		i += text.p[i] == '"' ?
		    enclosed_length(span_skip(text, i), '"') : 1;
	return i;
}

/* Without quotes and escapes, as words of its own. */
static void
add_phrase(struct span text, struct buf *out)
{
	struct span words = span_trim(text);
	struct buf plain;

	buf_init(&plain, text.n + 1);
	for (size_t i = 0; i < words.n; i++) {
		if (words.p[i] == '\\' && i + 1 < words.n)
			i++;
		else if (words.p[i] == '"')
			continue;
		buf_addc(&plain, words.p[i]);
	}
	if (text.n > 0 && ends_word(text.p[0]))
		buf_addc(out, ' ');
	add_words(buf_span(&plain), out);
	out->failed |= plain.failed;
	buf_clear(&plain);
}

static bool
add_address_part(struct span *text, struct buf *out)
{
	char c = text->p[0], last = c == '<' ? '>' : ')';
	size_t n = strchr(",;:", c) != NULL ? 1 : c == '<' || c == '(' ?
	    enclosed_length(*text, last) : phrase_length(*text);
	struct span part = span_head(*text, n);

	*text = span_skip(*text, n);
	if (is_ascii(part)) {
		buf_add(out, part);
	} else if (c == '(') {
		buf_addc(out, '(');
		part = span_skip(part, 1);
		add_phrase(span_head(part, part.n - span_ends(part,
		    SPAN(")"))), out);
		buf_addc(out, ')');
	} else if (text->n > 0 && strchr("<:", text->p[0]) != NULL) {
		add_phrase(part, out);
		buf_addc(out, ' ');
	} else {
		return false;
	}
	return true;
}

static bool
add_addresses(struct span text, struct buf *out, const char **why_r)
{
	while (text.n > 0)
		if (!add_address_part(&text, out)) {
			*why_r = "an address is ASCII without SMTPUTF8";
			return false;
		}
	return true;
}

static void
add_percent(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (ascii_alnum(c) || strchr("-._~", c) != NULL)
			buf_addc(out, text.p[i]);
		else
			buf_addf(out, "%%%02X", c);
	}
}

/* Pieces may be cut anywhere: their bytes are joined first. */
static void
add_extended(const struct param *param, struct buf *out)
{
	struct span rest = param->value;
	unsigned piece = 0;

	if (rest.n <= PIECE_MAX) {
		buf_addf(out, "%.*s*=utf-8''", SPAN_ARG(param->name));
		add_percent(rest, out);
		return;
	}
	for (; rest.n > 0; rest = span_skip(rest, PIECE_MAX)) {
		buf_addf(out, "%s%.*s*%u*=%s", piece > 0 ? ";\n " : "",
		    SPAN_ARG(param->name), piece, piece > 0 ? "" : "utf-8''");
		add_percent(span_head(rest, PIECE_MAX), out);
		piece++;
	}
}

static bool
add_parameters(const struct params *params, struct buf *out,
    const char **why_r)
{
	*why_r = "only the values of its parameters can be other than ASCII";
	if (!is_ascii(params->type))
		return false;
	buf_addc(out, ' ');
	buf_add(out, params->type);
	for (size_t i = 0; i < params->n; i++) {
		const struct param *param = &params->list[i];
		const struct params one = { .list = param, .n = 1 };

		if (!is_ascii(param->name) ||
		    (param->name.n == 0 && !is_ascii(param->value)))
			return false;
		buf_add(out, SPAN(";\n "));
		if (is_ascii(param->value)) {
			params_write(&one, out);
			continue;
		}
		/* Each piece has it. */
		if (param->name.n > PIECE_MAX) {
			*why_r = "the name of a parameter is too long";
			return false;
		}
		add_extended(param, out);
	}
	return true;
}

static bool
add_type(struct span value, struct buf *out, const char **why_r)
{
	struct region region;
	struct params params;
	bool done = false;

	region_init(&region, PARAMETERS_MAX);
	if (!params_parse(value, &region, &params))
		out->failed = true;
	else
		done = add_parameters(&params, out, why_r);
	region_clear(&region);
	return done;
}

bool
encoded_value(const struct field *field, struct buf *out, const char **why_r)
{
	struct span name = field->name;

	if (span_casestarts(name, SPAN("Resent-")))
		name = span_skip(name, sizeof("Resent-") - 1);
	if (is_ascii(field->value)) {
		buf_add(out, field->value);
		return true;
	}
	if (!utf8_valid(field->value)) {
		*why_r = "the text is no UTF-8";
		return false;
	}
	if (NAMED(name, of_tokens)) {
		*why_r = "this field can be ASCII only";
		return false;
	}
	if (params_has(name))
		return add_type(field->value, out, why_r);
	if (NAMED(name, of_addresses))
		return add_addresses(field->value, out, why_r);
	add_text(field->value, out);
	return true;
}
