/*
 * batch - lines of the body, paragraphs of its text and links that are looked
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
	uint64_t order;		/* of all that came, from 1 */
	size_t n;
	struct record records[BATCH_LINES];	/* in the chunk */
	struct mime_event events[BATCH_LINES];
	uint64_t line_order[BATCH_LINES];

	struct buf text;
	size_t n_texts;
	struct record texts[BATCH_TEXTS];	/* in `text` */
	uint64_t text_order[BATCH_TEXTS];
	uint64_t paragraphs[BATCH_TEXTS];	/* that they are a form of */

	size_t n_links;
	struct record links[BATCH_TEXTS];	/* in `text`; behind each */
	size_t hosts[BATCH_TEXTS];		/* its host has so many bytes */
	uint64_t link_order[BATCH_TEXTS];
};

/* Without memory, or where each lookup is to be told, lines do not wait. */
void
batch_begin(struct session *s, struct span chunk)
{
	if ((s->policy->body_checks.n + s->policy->text_checks.n == 0 &&
	    !needs_links(s->policy)) ||
	    s->options.lookups == LOOKUPS_ALL || chunk.n >= GATE_TEXT_MAX)
		return;
	if ((s->batch = malloc(sizeof(*s->batch))) == NULL)
		return;
	s->batch->chunk = chunk;
	s->batch->n = s->batch->n_texts = s->batch->n_links = 0;
	s->batch->order = 0;
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
	batch->line_order[batch->n] = ++batch->order;
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
	batch->text_order[batch->n_texts++] = ++batch->order;
	buf_add(&batch->text, text);
}

void
batch_link(struct session *s, struct span key, struct span host)
{
	struct batch *batch = s->batch;

	if (batch != NULL && (batch->n_links == BATCH_TEXTS ||
	    key.n + host.n > BATCH_TEXT_MAX - batch->text.n))
		batch_flush(s);
	if (s->t->decided || s->t->passed)
		return;
	if (batch == NULL || !buf_reserve(&batch->text, key.n + host.n)) {
		batch_flush(s);
		if (!s->t->decided && !s->t->passed)
			check_link(s, &(struct asked){ .key = key }, host);
		return;
	}
	batch->links[batch->n_links] = (struct record){
		(uint32_t)batch->text.n, (uint32_t)key.n
	};
	batch->hosts[batch->n_links] = host.n;
	batch->link_order[batch->n_links++] = ++batch->order;
	buf_add(&batch->text, key);
	buf_add(&batch->text, host);
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

static void
check_key(struct session *s, const struct batch *batch, size_t i,
    struct maps_screen *screen)
{
	struct record record = batch->links[i];
	const char *key = batch->text.p + record.from;

	check_link(s, &(struct asked){
		.key = span_make(key, record.n), .screen = screen, .record = i,
	}, span_make(key + record.n, batch->hosts[i]));
}

struct screens {
	struct maps_screen lines, texts, links;
};

static uint64_t
order_of(const uint64_t *list, size_t i, size_t n)
{
	return i < n ? list[i] : UINT64_MAX;
}

/* In the order in which they came. */
static void
check_all(struct session *s, const struct batch *batch,
    struct screens *screens)
{
	size_t i = maps_screen_next(&screens->lines, 0);
	size_t k = maps_screen_next(&screens->texts, 0), l = 0;

	while (!s->t->decided && !s->t->passed) {
		uint64_t line = order_of(batch->line_order, i, batch->n);
		uint64_t text = order_of(batch->text_order, k,
		    batch->n_texts);
		uint64_t link = order_of(batch->link_order, l,
		    batch->n_links);

		if (line < text && line < link) {
			check_line(s, batch, i, &screens->lines);
			i = maps_screen_next(&screens->lines, i + 1);
		} else if (text < link) {
			check_paragraph(s, batch, k, &screens->texts);
			k = maps_screen_next(&screens->texts, k + 1);
		} else if (l < batch->n_links) {
			/* Its host is looked up, whatever the screen says. */
			check_key(s, batch, l++, &screens->links);
		} else {
			break;
		}
	}
}

static bool
make_screens(struct session *s, const struct batch *batch,
    struct screens *screens)
{
	const struct policy *policy = s->policy;
	struct span text = buf_span(&batch->text);

	*screens = (struct screens){ .lines = { .list = NULL } };
	return maps_screen(&screens->lines, &policy->body_checks,
	    batch->chunk, batch->records, batch->n, s->match) &&
	    maps_screen(&screens->texts, &policy->text_checks, text,
	    batch->texts, batch->n_texts, s->match) &&
	    maps_screen(&screens->links, &policy->link_checks, text,
	    batch->links, batch->n_links, s->match);
}

void
batch_flush(struct session *s)
{
	struct batch *batch = s->batch;
	struct screens screens;

	if (batch == NULL || batch->n + batch->n_texts + batch->n_links == 0)
		return;
	if (make_screens(s, batch, &screens))
		check_all(s, batch, &screens);
	else
		fail_message(s, "out of memory");
	maps_screen_clear(&screens.lines);
	maps_screen_clear(&screens.texts);
	maps_screen_clear(&screens.links);
	batch->n = batch->n_texts = batch->n_links = 0;
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
