/* paragraph - text in paragraphs.  See paragraph.h. */
#include "message/paragraph.h"

/* How far from its place an end between words is looked for. */
#define WORD_MAX	256

void
paragraph_init(struct paragraph *paragraph,
    void (*window)(void *context, struct span text), void *context)
{
	paragraph->window = window;
	paragraph->context = context;
	paragraph->space = paragraph->line = false;
	paragraph->n = paragraph->cut = 0;
}

/* The length of the character that begins so; the text is valid UTF-8. */
static size_t
length(char first)
{
	unsigned char c = (unsigned char)first;

	return c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* Unicode's White_Space beyond ASCII. */
static bool
is_wide_space(struct span c)
{
	static const char *const spaces[] = {
		"\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\xa8",
		"\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
	};

	/* U+2000 to U+200A */
	if (c.n == 3 && memcmp(c.p, "\xe2\x80", 2) == 0 &&
	    (unsigned char)c.p[2] <= 0x8a)
		return true;
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (span_equal(c, span_of(spaces[i])))
			return true;
	return false;
}

/* Where the last space in [from, to) is; `to` where there is none. */
static size_t
last_space(const struct paragraph *paragraph, size_t from, size_t to)
{
	for (size_t i = to; i > from; i--)
		if (paragraph->text[i - 1] == ' ')
			return i - 1;
	return to;
}

/* Room is made for more: a window is given out, its end is kept. */
static void
slide(struct paragraph *paragraph)
{
	size_t end = last_space(paragraph, paragraph->n - WORD_MAX,
	    paragraph->n);
	size_t keep = end - PARAGRAPH_OVERLAP;
	size_t space = last_space(paragraph, keep - WORD_MAX, keep);

	paragraph->window(paragraph->context, span_make(paragraph->text,
	    end));
	if (space < keep)
		keep = space + 1;
	while (((unsigned char)paragraph->text[keep] & 0xc0) == 0x80)
		keep--;
	memmove(paragraph->text, paragraph->text + keep,
	    paragraph->n - keep);
	paragraph->n -= keep;
}

/* One character. */
static void
put(struct paragraph *paragraph, struct span c)
{
	size_t space = paragraph->space && paragraph->n > 0;

	if (c.n + space > PARAGRAPH_MAX - paragraph->n)
		slide(paragraph);
	if (space)
		paragraph->text[paragraph->n++] = ' ';
	memcpy(paragraph->text + paragraph->n, c.p, c.n);
	paragraph->n += c.n;
	paragraph->space = false;
	paragraph->line = true;
}

void
paragraph_space(struct paragraph *paragraph)
{
	paragraph->space = true;
}

static void
take(struct paragraph *paragraph, struct span c)
{
	if (c.n == 1 ? ascii_space((unsigned char)c.p[0]) : is_wide_space(c))
		paragraph->space = true;
	else
		put(paragraph, c);
}

/* The rest of a character that was cut; what is left of the text. */
static struct span
complete(struct paragraph *paragraph, struct span text)
{
	size_t n = length(paragraph->character[0]);
	struct span rest = span_head(text, n - paragraph->cut);

	memcpy(paragraph->character + paragraph->cut, rest.p, rest.n);
	paragraph->cut += rest.n;
	if (paragraph->cut == n) {
		paragraph->cut = 0;
		take(paragraph, span_make(paragraph->character, n));
	}
	return span_skip(text, rest.n);
}

void
paragraph_add(struct paragraph *paragraph, struct span text)
{
	if (paragraph->cut > 0 && text.n > 0)
		text = complete(paragraph, text);
	while (text.n > 0) {
		size_t n = length(text.p[0]);

		if (n > text.n) {
			memcpy(paragraph->character, text.p, text.n);
			paragraph->cut = text.n;
			return;
		}
		take(paragraph, span_head(text, n));
		text = span_skip(text, n);
	}
}

void
paragraph_soft_line(struct paragraph *paragraph)
{
	if (!paragraph->line)
		paragraph_break(paragraph);
	paragraph->line = false;
}

void
paragraph_line(struct paragraph *paragraph)
{
	paragraph_space(paragraph);
	paragraph_soft_line(paragraph);
}

void
paragraph_break(struct paragraph *paragraph)
{
	if (paragraph->n > 0)
		paragraph->window(paragraph->context,
		    span_make(paragraph->text, paragraph->n));
	paragraph->n = paragraph->cut = 0;
	paragraph->space = paragraph->line = false;
}
