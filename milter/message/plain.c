/* plain - a paragraph in plain letters.  See plain.h. */
#include "message/plain.h"

#include <stdlib.h>
#include <uninorm.h>

#include "message/plain_class.h"

void
plain_init(struct plain *plain, unsigned how, size_t max)
{
	*plain = (struct plain){ .how = how };
	buf_init(&plain->work[0], max);
	buf_init(&plain->work[1], max);
}

void
plain_clear(struct plain *plain)
{
	buf_clear(&plain->work[0]);
	buf_clear(&plain->work[1]);
}

/* Blanks that only this parted are one, and none is left at the end. */
static void
drop_invisible(struct span text, struct buf *out)
{
	size_t kept = 0, n;

	for (size_t at = plain_ascii(text, 0); at < text.n;
	    at = plain_ascii(text, at)) {
		const struct plain_class *class = plain_class_at(text, at, &n);

		if ((class->flags & PLAIN_IGNORABLE) != 0) {
			buf_add(out, span_make(text.p + kept, at - kept));
			kept = at + n;
			if (kept < text.n && text.p[kept] == ' ' &&
			    (out->n == 0 || out->p[out->n - 1] == ' '))
				kept++;
		}
		at += n;
	}
	buf_add(out, span_skip(text, kept));
	if (kept == text.n && out->n > 0 && out->p[out->n - 1] == ' ')
		out->n--;
}

/* False without memory. */
static bool
normalize(struct span run, struct buf *out)
{
	uint8_t small[256];
	size_t n = sizeof(small);
	uint8_t *to = u8_normalize(UNINORM_NFKC, (const uint8_t *)run.p, run.n,
	    small, &n);

	if (to == NULL)
		return false;
	buf_add(out, span_make((const char *)to, n));
	if (to != small)
		free(to);
	return true;
}

/* The end of the characters from `at` on that may change. */
static size_t
changing(struct span text, size_t at)
{
	size_t n;

	while (at < text.n && (unsigned char)text.p[at] >= 0x80 &&
	    (plain_class_at(text, at, &n)->flags & PLAIN_CHANGES) != 0)
		at += n;
	return at;
}

/*
 * Only what may change is given to the library, with the character before
 * it, to which marks are added.  What it begins with and what comes after it
 * are such that nothing else depends on them.
 */
static bool
compose(struct span text, struct buf *out)
{
	size_t done = 0, before = 0;

	for (size_t at = 0; at < text.n;) {
		size_t end, n, ascii = plain_ascii(text, at);
		uint32_t c;

		if (ascii > at)
			before = ascii - 1;
		at = ascii;
		end = changing(text, at);
		if (end > at) {
			buf_add(out, span_make(text.p + done, before - done));
			if (!normalize(span_make(text.p + before,
			    end - before), out))
				return false;
			done = before = at = end;
		} else if (at < text.n) {
			n = plain_character(text, at, &c);
			before = c == UINT32_MAX ? at + n : at;
			at += n;
		}
	}
	buf_add(out, span_skip(text, done));
	return true;
}

/* The flags of all characters together, and PLAIN_BY_WORD for Cyrillic. */
static unsigned
flags_in(struct span text)
{
	unsigned flags = 0;
	size_t n;

	for (size_t at = plain_ascii(text, 0); at < text.n;
	    at = plain_ascii(text, at + n)) {
		const struct plain_class *class = plain_class_at(text, at, &n);

		flags |= class->flags & (PLAIN_IGNORABLE | PLAIN_CHANGES);
		if (class->to[0] != '\0' || plain_kind(class) == PLAIN_CYRILLIC)
			flags |= PLAIN_BY_WORD;
	}
	return flags;
}

/* The buffer that the text does not lie in. */
static struct buf *
other_work(struct plain *plain, struct span text)
{
	struct buf *other = &plain->work[text.p == plain->work[0].p];

	buf_reset(other);
	return other;
}

/* One step; the text becomes its result. */
static void
take(struct plain *plain, struct span *text, const struct buf *out)
{
	plain->failed |= out->cut;
	*text = buf_span(out);
}

static void
compose_step(struct plain *plain, struct span *text)
{
	struct buf *out = other_work(plain, *text);

	plain->failed |= !compose(*text, out);
	take(plain, text, out);
}

struct span
plain_fold(struct plain *plain, struct span text)
{
	struct span got = text;
	unsigned flags = 0;
	struct buf *out;

	plain->failed = false;
	if (plain_ascii(text, 0) < text.n)
		flags = flags_in(text);
	if ((plain->how & PLAIN_ZERO_WIDTH) != 0 &&
	    (flags & PLAIN_IGNORABLE) != 0) {
		out = other_work(plain, got);
		drop_invisible(got, out);
		take(plain, &got, out);
	}
	if ((plain->how & PLAIN_NFKC) != 0 && (flags & PLAIN_CHANGES) != 0)
		compose_step(plain, &got);
	if ((plain->how & PLAIN_CONFUSABLE) != 0 &&
	    (flags & (PLAIN_BY_WORD | PLAIN_CHANGES)) != 0) {
		out = other_work(plain, got);
		plain_fold_letters(got, out);
		take(plain, &got, out);
		/* A letter that is Latin now may take its marks. */
		if ((plain->how & PLAIN_NFKC) != 0)
			compose_step(plain, &got);
	}
	return span_equal(got, text) ? text : got;
}

struct span
plain_join(struct plain *plain, struct span text)
{
	struct buf *out;

	plain->failed = false;
	/* A letter of two bytes hides the pattern. */
	if (!plain_may_be_spaced(text) && plain_ascii(text, 0) == text.n)
		return text;
	out = other_work(plain, text);
	plain_join_letters(text, out);
	plain->failed = out->cut;
	return out->n == text.n ? text : buf_span(out);
}
