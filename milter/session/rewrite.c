/*
 * rewrite - the body, kept while it streams, and the splices over it.
 *
 * Lines come in order, so the splices are sorted by where they begin.  An
 * inserted text is a splice of length 0.
 */
#include "session/state.h"

#include <stdlib.h>

void
rewrite_clear(struct transaction *t)
{
	spool_free(&t->spool);
	free(t->splices.list);
	free(t->strips.list);
	t->splices = t->strips = (struct splices){ .list = NULL };
}

void
rewrite_keep(struct session *s, struct span chunk)
{
	const struct conf *conf = &s->policy->conf;
	const char *why;

	if (!s->t->keeps || s->t->decided)
		return;
	if (s->t->spool == NULL)
		s->t->spool = spool_new(conf->spool_memory_limit,
		    conf->spool_directory);
	if (s->t->spool == NULL) {
		fail_message(s, "out of memory");
		return;
	}
	if (spool_add(s->t->spool, chunk, &why) < 0)
		fail_message(s, region_printf(&s->event, "%s: %s",
		    conf->spool_directory, why));
}

/* A line that is deleted right behind another one: whole attachments are. */
static bool
follows(const struct splice *last, uint64_t offset, uint64_t length,
    struct span text)
{
	return length > 0 && text.n == 0 && last->length > 0 &&
	    last->text.n == 0 && last->offset + last->length == offset;
}

static void
append(struct session *s, struct splices *splices,
    const struct splice *splice)
{
	if (splices->n == splices->room) {
		size_t room = splices->room > 0 ? splices->room * 2 : 16;
		struct splice *list = NULL;

		if (room > SPLICES_MAX)
			room = SPLICES_MAX;
		if (room > splices->n)
			list = realloc(splices->list, room * sizeof(*list));
		if (list == NULL) {
			s->t->region.failed = true;
			return;
		}
		splices->list = list;
		splices->room = room;
	}
	splices->list[splices->n++] = *splice;
}

/* What begins there or behind it, but for what is inserted before it. */
static bool
is_within(const struct splice *last, uint64_t offset, uint64_t length)
{
	return last->offset > offset ||
	    (last->offset == offset && last->length > 0 && length > 0);
}

static void
add_splice(struct session *s, uint64_t offset, uint64_t length,
    struct span text)
{
	struct splices *splices = &s->t->splices;

	/*
	 * A field that was cut and is then changed by a rule: the rule's.  The
	 * same for what was a line of the body to body_checks, and is part of
	 * a field to decoded_header_checks.
	 */
	while (splices->n > 0 && is_within(&splices->list[splices->n - 1],
	    offset, length))
		splices->n--;
	if (splices->n > 0 && follows(&splices->list[splices->n - 1], offset,
	    length, text)) {
		splices->list[splices->n - 1].length += length;
		return;
	}
	append(s, splices, &(struct splice){
		.offset = offset, .length = length, .text = text,
	});
}

/* The text as it goes over the wire: LF becomes CRLF. */
static struct span
wire_text(struct session *s, struct span text, bool ended)
{
	size_t lines = ended ? 1 : 0, n = 0;
	char *wire;

	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	if ((wire = region_alloc(&s->t->region, text.n + 2 * lines)) == NULL)
		return span_make(NULL, 0);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n')
			wire[n++] = '\r';
		wire[n++] = text.p[i];
	}
	if (ended) {
		wire[n++] = '\r';
		wire[n++] = '\n';
	}
	return span_make(wire, n);
}

void
rewrite_replace(struct session *s, const struct mime_event *event,
    struct span text)
{
	struct span none = { NULL, 0 };

	add_splice(s, event->offset, event->length, text.p == NULL ? none :
	    wire_text(s, text, event->ended));
}

void
rewrite_insert(struct session *s, const struct mime_event *event,
    struct span text)
{
	add_splice(s, event->offset, 0, wire_text(s, text, true));
}

void
rewrite_strip(struct session *s, uint64_t begin, uint64_t end,
    struct span text)
{
	append(s, &s->t->strips, &(struct splice){
		.offset = begin, .length = end - begin,
		.text = wire_text(s, text, false),
	});
}

static uint64_t
end_of(const struct splice *splice)
{
	return splice->offset + splice->length;
}

/* Deleted lines that are one splice may begin before a part, or end in it. */
static void
strip(struct session *s, struct splices *out, const struct splice *strip,
    struct splice **next, const struct splice *end)
{
	bool deletes = strip->text.n == 0;

	for (; *next < end; ++*next) {
		struct splice splice = **next;

		/* What is put above a field that goes away stays. */
		if (splice.offset > strip->offset ||
		    (splice.offset == strip->offset &&
		    (splice.length > 0 || !deletes)))
			break;
		if (end_of(&splice) > strip->offset)
			splice.length = strip->offset - splice.offset;
		append(s, out, &splice);
		if (end_of(*next) > end_of(strip))
			break;
	}
	append(s, out, strip);
	for (; *next < end && (*next)->offset < end_of(strip); ++*next)
		if (end_of(*next) > end_of(strip)) {
			(*next)->length = end_of(*next) - end_of(strip);
			(*next)->offset = end_of(strip);
			(*next)->text = SPAN("");
			break;
		}
}

void
rewrite_finish(struct session *s)
{
	const struct splices *strips = &s->t->strips;
	struct splices *old = &s->t->splices, all = { .list = NULL };
	struct splice *next = old->list;
	const struct splice *end = old->n > 0 ? old->list + old->n : next;

	if (strips->n == 0)
		return;
	for (size_t i = 0; i < strips->n; i++)
		strip(s, &all, &strips->list[i], &next, end);
	for (; next < end; next++)
		append(s, &all, next);
	free(old->list);
	*old = all;
}

/* As much as there is room for of what is still to come of a text. */
static size_t
give_text(struct body_reader *reader, const struct splice *splice, char *to,
    size_t size)
{
	struct span rest = span_head(span_skip(splice->text, reader->within),
	    size);

	if (rest.n > 0)
		memcpy(to, rest.p, rest.n);
	reader->within += rest.n;
	return rest.n;
}

/* The same of the old body up to `end`. */
static ssize_t
give_old(const struct session *s, struct body_reader *reader, uint64_t end,
    char *to, size_t size, const char **why_r)
{
	uint64_t left = end > reader->offset ? end - reader->offset : 0;
	size_t n = left < size ? (size_t)left : size;

	if (n > 0 && spool_read(s->t->spool, reader->offset, to, n, why_r) < 0)
		return -1;
	reader->offset += n;
	return (ssize_t)n;
}

/* The old body before a splice and the splice itself. */
static ssize_t
give_splice(const struct session *s, struct body_reader *reader,
    const struct splice *splice, char *to, size_t size, const char **why_r)
{
	ssize_t old = 0;
	size_t n;

	if (reader->within == 0)
		old = give_old(s, reader, splice->offset, to, size, why_r);
	if (old < 0)
		return -1;
	n = (size_t)old;
	if (reader->offset >= splice->offset)
		n += give_text(reader, splice, to + n, size - n);
	return (ssize_t)n;
}

static bool
splice_is_done(const struct body_reader *reader, const struct splice *splice)
{
	return reader->offset >= splice->offset &&
	    reader->within == splice->text.n;
}

ssize_t
session_new_body(const struct session *s, struct body_reader *reader,
    char *to, size_t size, const char **why_r)
{
	const struct splices *splices = &s->t->splices;
	uint64_t end = s->t->spool != NULL ? spool_size(s->t->spool) : 0;
	size_t n = 0;
	ssize_t piece;

	while (reader->splice < splices->n) {
		const struct splice *splice = &splices->list[reader->splice];

		piece = give_splice(s, reader, splice, to + n, size - n,
		    why_r);
		if (piece < 0)
			return -1;
		n += (size_t)piece;
		if (!splice_is_done(reader, splice))
			return (ssize_t)n;
		if (reader->offset < splice->offset + splice->length)
			reader->offset = splice->offset + splice->length;
		reader->splice++;
		reader->within = 0;
	}
	piece = give_old(s, reader, end, to + n, size - n, why_r);
	return piece < 0 ? -1 : (ssize_t)n + piece;
}
