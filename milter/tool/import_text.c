/* import_text - comments and quoted texts.  See import_state.h. */
#include "tool/import_state.h"

#include <stdarg.h>

#include "base/printable.h"

#define COLUMNS		79
/* A value may be long; what is longer than this nobody reads. */
#define COMMENT_MAX	4000

/* Words, a line break before each that would pass the last column. */
static void
wrap(struct buf *out, const char *begin, struct span text)
{
	size_t width = strlen(begin) + (begin[0] == '\t' ? 7 : 0), at = 0;
	struct span word;

	while ((word = span_word(&text)).n > 0 || text.n > 0) {
		if (at > 0 && at + 1 + word.n > COLUMNS) {
			buf_addc(out, '\n');
			at = 0;
		}
		if (at == 0) {
			buf_addf(out, "%s", begin);
			at = width;
		} else {
			buf_addc(out, ' ');
			at++;
		}
		buf_add(out, word);
		at += word.n;
	}
	buf_addc(out, '\n');
}

void
import_comment(struct buf *out, const char *begin, const char *format, ...)
{
	struct buf raw, text;
	va_list args;

	buf_init(&raw, COMMENT_MAX);
	buf_init(&text, COMMENT_MAX);
	va_start(args, format);
	buf_addv(&raw, format, args);
	va_end(args);
	printable_add(&text, buf_span(&raw), COMMENT_MAX);
	wrap(out, begin, buf_span(&text));
	buf_clear(&raw);
	buf_clear(&text);
}

void
import_fault(struct buf *out, const char *begin,
    const struct complaint *fault)
{
	/* It was tried under a name that means nothing afterwards. */
	if (span_starts(span_of(fault->file), SPAN(IMPORT_TRIED_AS)))
		import_comment(out, begin, "%s", fault->text);
	else if (fault->line > 0)
		import_comment(out, begin, "%s:%u: %s", fault->file,
		    fault->line, fault->text);
	else
		import_comment(out, begin, "%s: %s", fault->file,
		    fault->text);
}

void
import_quote(struct buf *out, struct span text)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '"' || c == '\\')
			buf_addc(out, '\\');
		if (c < ' ' || c == 0x7f)
			buf_addf(out, "\\x%02x", c);
		else
			buf_addc(out, (char)c);
	}
	buf_addc(out, '"');
}
