/* notice - the text in the place of an attachment.  See notice.h. */
#include "message/notice.h"

#include <string.h>

#include "base/printable.h"

/* Of a line that goes on, its "=" included: RFC 2045, 6.7. */
#define LINE_MAX_BYTES	76

const struct field notice_fields[NOTICE_FIELDS] = {
	{ SPAN_INIT("Content-Type"), SPAN_INIT(" text/plain; charset=utf-8") },
	{ SPAN_INIT("Content-Transfer-Encoding"),
	    SPAN_INIT(" quoted-printable") },
	{ SPAN_INIT("Content-Disposition"), SPAN_INIT(" inline") },
};

static const char *const names[] = { "$", "name", "type", "reason" };

/*
 * The variable behind the dollar at the front of text, as an index, and its
 * length; a length of 0: there is none of ours.
 */
static size_t
variable(struct span text, size_t *index_r)
{
	struct span name = span_skip(text, 1);
	bool braces = span_starts(name, SPAN("{"));
	size_t n = 0;

	if (braces) {
		name = span_skip(name, 1);
		n = span_find(name, '}');
		if (n == name.n)
			return 0;
	} else if (span_starts(name, SPAN("$"))) {
		n = 1;
	} else {
		while (n < name.n && ascii_alnum((unsigned char)name.p[n]))
			n++;
	}
	name = span_head(name, n);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_equal(name, span_of(names[i]))) {
			*index_r = i;
			return n + (braces ? 3 : 1);
		}
	return 0;
}

const char *
notice_wrong(struct span setting)
{
	if (setting.n == 0 || setting.n > NOTICE_SETTING_MAX)
		return "a text of 1 to 4096 bytes (write \"$name was removed: "
		    "$reason\")";
	if (!utf8_valid(setting))
		return "a text in UTF-8";
	while (setting.n > 0) {
		size_t n = span_find(setting, '$'), i;

		setting = span_skip(setting, n);
		if (setting.n == 0)
			break;
		if ((n = variable(setting, &i)) == 0)
			return "a text in which $name, $type or $reason is "
			    "behind each dollar (write $$ for a dollar)";
		setting = span_skip(setting, n);
	}
	return NULL;
}

static void
add_word(struct buf *out, struct span word)
{
	/* A byte becomes one at most; and room for "..." is asked for. */
	printable_add(out, word, word.n + 3);
}

static void
add_variable(struct buf *out, size_t index, const struct notice_words *words)
{
	if (index == 0)
		buf_addc(out, '$');
	else
		add_word(out, index == 1 ? words->name : index == 2 ?
		    words->type : words->reason);
}

void
notice_fill(struct buf *out, struct span setting,
    const struct notice_words *words)
{
	while (setting.n > 0) {
		size_t n = 0, i;

		while (n < setting.n && setting.p[n] != '$' &&
		    setting.p[n] != '\n')
			n++;
		add_word(out, span_head(setting, n));
		setting = span_skip(setting, n);
		if (setting.n == 0)
			break;
		if (setting.p[0] == '\n') {
			buf_addc(out, '\n');
			setting = span_skip(setting, 1);
			continue;
		}
		if ((n = variable(setting, &i)) > 0)
			add_variable(out, i, words);
		setting = span_skip(setting, n > 0 ? n : 1);
	}
	/* As where a reason is missing. */
	while (out->n > 0 && ascii_blank(out->p[out->n - 1]))
		out->n--;
}

void
notice_header(struct buf *out)
{
	for (size_t i = 0; i < NOTICE_FIELDS; i++)
		buf_addf(out, "%.*s:%.*s\n", SPAN_ARG(notice_fields[i].name),
		    SPAN_ARG(notice_fields[i].value));
}

/*
 * What must not stand for itself.  At the begin of a line that is what could
 * make it a boundary, the end of a message in SMTP, or that of an mbox.
 */
static bool
must_encode(unsigned char c, bool begins, bool ends)
{
	if (c < ' ' || c > '~' || c == '=' || (c == ' ' && ends))
		return true;
	return begins && (c == '-' || c == '.' || c == 'F');
}

static void
add_line(struct buf *out, struct span line)
{
	size_t column = 0;

	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];
		bool ends = i + 1 == line.n;

		/* Room for "=XX" and for a "=" that ends the line. */
		if (column > LINE_MAX_BYTES - 4) {
			buf_add(out, SPAN("=\n"));
			column = 0;
		}
		if (must_encode(c, column == 0, ends)) {
			buf_addf(out, "=%02X", c);
			column += 3;
		} else {
			buf_addc(out, (char)c);
			column++;
		}
	}
	buf_addc(out, '\n');
}

void
notice_body(struct buf *out, struct span text)
{
	while (text.n > 0) {
		size_t n = span_find(text, '\n');

		add_line(out, span_head(text, n));
		text = span_skip(text, n + 1);
	}
}
