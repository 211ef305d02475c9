/*
 * batch - lines of the body that are looked through together.
 *
 * To ask a table of patterns about a line costs a little even where nothing
 * is found; about all lines of a chunk at once it costs hardly more.  A line
 * waits no longer than the chunk that it lies in, and what comes of it is as
 * if it had not waited.
 */
#include <stdlib.h>

#include "session/state.h"

#define BATCH_LINES	512

struct batch {
	struct span chunk;
	size_t n;
	struct record records[BATCH_LINES];	/* in the chunk */
	struct mime_event events[BATCH_LINES];
};

/* Without memory, or where each lookup is to be told, lines do not wait. */
void
batch_begin(struct session *s, struct span chunk)
{
	if (s->policy->body_checks.n == 0 ||
	    s->options.lookups == LOOKUPS_ALL || chunk.n >= GATE_TEXT_MAX)
		return;
	if ((s->batch = malloc(sizeof(*s->batch))) == NULL)
		return;
	s->batch->chunk = chunk;
	s->batch->n = 0;
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

static void
check_lines(struct session *s, const struct batch *batch,
    struct maps_screen *screen)
{
	struct asked asked = { .screen = screen };
	size_t i = maps_screen_next(screen, 0);

	while (i < batch->n && !s->t->decided && !s->t->passed) {
		asked.key = batch->events[i].text;
		asked.record = i;
		check_body_line(s, &batch->events[i], &asked);
		i = maps_screen_next(screen, i + 1);
	}
}

void
batch_flush(struct session *s)
{
	struct batch *batch = s->batch;
	struct maps_screen screen;

	if (batch == NULL || batch->n == 0)
		return;
	if (!maps_screen(&screen, &s->policy->body_checks, batch->chunk,
	    batch->records, batch->n, s->match))
		fail_message(s, "out of memory");
	else
		check_lines(s, batch, &screen);
	maps_screen_clear(&screen);
	batch->n = 0;
}

void
batch_end(struct session *s)
{
	if (!s->t->decided && !s->t->passed)
		batch_flush(s);
	free(s->batch);
	s->batch = NULL;
}
