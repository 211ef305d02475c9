/*
 * batch - lines of the body, and paragraphs of its text, that are looked
 * through together.
 *
 * To ask a table of patterns about a line costs a little even where nothing
 * is found; about all lines of a chunk at once it costs hardly more.  A line
 * waits no longer than the chunk that it lies in, a paragraph no longer than
 * the one that it ends in, and what comes of it is as if it had not waited.
 */
#include <stdlib.h>

#include "session/state.h"

#define BATCH_LINES	512
#define BATCH_TEXTS	256
/* Of text; more than one paragraph, or window of one. */
#define BATCH_TEXT_MAX	((size_t)128 * 1024)

struct batch {
	struct span chunk;
	size_t n;
	struct record records[BATCH_LINES];	/* in the chunk */
	struct mime_event events[BATCH_LINES];

	struct buf text;
	size_t n_texts;
	struct record texts[BATCH_TEXTS];	/* in `text` */
	size_t lines_before[BATCH_TEXTS];	/* that wait, too */
	uint64_t paragraphs[BATCH_TEXTS];	/* that they are a form of */
};

/* Without memory, or where each lookup is to be told, lines do not wait. */
void
batch_begin(struct session *s, struct span chunk)
{
	if (s->policy->body_checks.n + s->policy->text_checks.n == 0 ||
	    s->options.lookups == LOOKUPS_ALL || chunk.n >= GATE_TEXT_MAX)
		return;
	if ((s->batch = malloc(sizeof(*s->batch))) == NULL)
		return;
	s->batch->chunk = chunk;
	s->batch->n = s->batch->n_texts = 0;
	buf_init(&s->batch->text, BATCH_TEXT_MAX);
}

/* One that began in the chunk before lies elsewhere. */
static bool
is_within(const struct batch *batch, struct span text)
{
	return (uintptr_t)text.p >= (uintptr_t)batch->chunk.p &&
	    (uintptr_t)text.p - (uintptr_t)batch->chunk.p < batch->chunk.n;
}

void
batch_line(struct session *s, const struct mime_event *event)
{
	struct batch *batch = s->batch;

	if (batch == NULL || !is_within(batch, event->text)) {
		batch_flush(s);
		if (!s->t->decided && !s->t->passed)
			check_body_line(s, event,
			    &(struct asked){ .key = event->text });
		return;
	}
	batch->events[batch->n] = *event;
	batch->records[batch->n] = (struct record){
		(uint32_t)(event->text.p - batch->chunk.p),
		(uint32_t)event->text.n,
	};
	if (++batch->n == BATCH_LINES)
		batch_flush(s);
}

/* A form of the paragraph, unless another one has been found. */
static void
check_form(struct session *s, uint64_t paragraph, const struct asked *asked)
{
	if (s->t->found_in != paragraph && check_text(s, asked))
		s->t->found_in = paragraph;
}

void
batch_text(struct session *s, struct span text)
{
	struct batch *batch = s->batch;

	if (batch != NULL && (batch->n_texts == BATCH_TEXTS ||
	    text.n > BATCH_TEXT_MAX - batch->text.n))
		batch_flush(s);
	if (s->t->decided || s->t->passed)
		return;
	if (batch == NULL || !buf_reserve(&batch->text, text.n)) {
		batch_flush(s);
		if (!s->t->decided && !s->t->passed)
			check_form(s, s->t->paragraphs,
			    &(struct asked){ .key = text });
		return;
	}
	batch->texts[batch->n_texts] = (struct record){
		(uint32_t)batch->text.n, (uint32_t)text.n
	};
	batch->paragraphs[batch->n_texts] = s->t->paragraphs;
	batch->lines_before[batch->n_texts++] = batch->n;
	buf_add(&batch->text, text);
}

static void
check_line(struct session *s, const struct batch *batch, size_t i,
    struct maps_screen *screen)
{
	check_body_line(s, &batch->events[i], &(struct asked){
		.key = batch->events[i].text, .screen = screen, .record = i,
	});
}

static void
check_paragraph(struct session *s, const struct batch *batch, size_t i,
    struct maps_screen *screen)
{
	check_form(s, batch->paragraphs[i], &(struct asked){
		.key = span_make(batch->text.p + batch->texts[i].from,
		    batch->texts[i].n),
		.screen = screen, .record = i,
	});
}

/* In the order in which they came. */
static void
check_all(struct session *s, const struct batch *batch,
    struct maps_screen *lines, struct maps_screen *texts)
{
	size_t i = maps_screen_next(lines, 0);
	size_t k = maps_screen_next(texts, 0);

	while (!s->t->decided && !s->t->passed &&
	    (i < batch->n || k < batch->n_texts)) {
		if (k >= batch->n_texts || i < batch->lines_before[k]) {
			check_line(s, batch, i, lines);
			i = maps_screen_next(lines, i + 1);
		} else {
			check_paragraph(s, batch, k, texts);
			k = maps_screen_next(texts, k + 1);
		}
	}
}

void
batch_flush(struct session *s)
{
	struct batch *batch = s->batch;
	struct maps_screen lines, texts;

	if (batch == NULL || batch->n + batch->n_texts == 0)
		return;
	texts = (struct maps_screen){ .list = NULL };
	if (!maps_screen(&lines, &s->policy->body_checks, batch->chunk,
	    batch->records, batch->n, s->match) ||
	    !maps_screen(&texts, &s->policy->text_checks,
	    buf_span(&batch->text), batch->texts, batch->n_texts, s->match))
		fail_message(s, "out of memory");
	else
		check_all(s, batch, &lines, &texts);
	maps_screen_clear(&lines);
	maps_screen_clear(&texts);
	batch->n = batch->n_texts = 0;
	buf_reset(&batch->text);
}

void
batch_end(struct session *s)
{
	if (!s->t->decided && !s->t->passed)
		batch_flush(s);
	if (s->batch != NULL)
		buf_clear(&s->batch->text);
	free(s->batch);
	s->batch = NULL;
}
