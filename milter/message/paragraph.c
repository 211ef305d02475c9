/* paragraph - text in paragraphs.  See paragraph.h. */
#include "message/paragraph.h"

#include "base/utf8.h"
#include "message/plain_class.h"

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
	paragraph->bare = NULL;
	paragraph->beside = paragraph->slid = false;
}

void
paragraph_use_bare(struct paragraph *paragraph, struct paragraph *bare)
{
	paragraph->bare = bare;
}

/* The length of the character that begins so; the text is valid UTF-8. */
static size_t
length(char first)
{
	unsigned char c = (unsigned char)first;

	return c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
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
	paragraph->slid = true;
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

static bool
is_unseen(struct span c)
{
	size_t n;

	return c.n > 1 &&
	    (plain_class_at(c, 0, &n)->flags & PLAIN_IGNORABLE) != 0;
}

/* Up to here they are the same. */
static void
go_beside(struct paragraph *paragraph)
{
	struct paragraph *bare = paragraph->bare;

	memcpy(bare->text, paragraph->text, paragraph->n);
	bare->n = paragraph->n;
	bare->space = paragraph->space;
	paragraph->beside = true;
	paragraph->slid = false;
}

/*
 * The bare one never has more text, so that no window of it is full before
 * one of the other was.
 */
static void
put_both(struct paragraph *paragraph, struct span c)
{
	bool unseen = paragraph->bare != NULL && is_unseen(c);

	if (unseen && !paragraph->beside)
		go_beside(paragraph);
	put(paragraph, c);
	if (paragraph->bare != NULL && paragraph->beside && !unseen)
		put(paragraph->bare, c);
}

void
paragraph_space(struct paragraph *paragraph)
{
	paragraph->space = true;
	if (paragraph->beside)
		paragraph->bare->space = true;
}

static void
take(struct paragraph *paragraph, struct span c)
{
	if (utf8_space(c) > 0)
		paragraph_space(paragraph);
	else if (utf8_control(c) == 0)
		put_both(paragraph, c);
}

/* How many bytes are printable ASCII. */
static size_t
plain_run(struct span text)
{
	size_t n = 0;

	while (n < text.n && text.p[n] > ' ' && text.p[n] < 0x7f)
		n++;
	return n;
}

/* As put() of each of them. */
static void
put_run(struct paragraph *paragraph, struct span run)
{
	while (run.n > 0) {
		struct span some;

		put(paragraph, span_head(run, 1));
		run = span_skip(run, 1);
		some = span_head(run, PARAGRAPH_MAX - paragraph->n);
		memcpy(paragraph->text + paragraph->n, some.p, some.n);
		paragraph->n += some.n;
		run = span_skip(run, some.n);
	}
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
		size_t n = plain_run(text);

		if (n > 0) {
			put_run(paragraph, span_head(text, n));
			if (paragraph->beside)
				put_run(paragraph->bare, span_head(text, n));
			text = span_skip(text, n);
			continue;
		}
		n = length(text.p[0]);
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

static void
give_rest(struct paragraph *paragraph)
{
	if (paragraph->n > 0)
		paragraph->window(paragraph->context,
		    span_make(paragraph->text, paragraph->n));
	paragraph->n = 0;
}

/* In one window alone the bare text is for its reader to make. */
void
paragraph_break(struct paragraph *paragraph)
{
	give_rest(paragraph);
	if (paragraph->beside && paragraph->slid)
		give_rest(paragraph->bare);
	paragraph->cut = 0;
	paragraph->space = paragraph->line = false;
	paragraph->beside = paragraph->slid = false;
}
