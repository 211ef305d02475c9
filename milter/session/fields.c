/*
 * fields - header fields that wait for the end of the header.
 *
 * Nobody is answered before that, and by then the mail server has told the
 * queue ID, which the log names.  To ask a table of patterns about all fields
 * at once costs hardly more than about one.  What comes of a field is as if it
 * had not waited.
 */
#include <stdlib.h>

#include "session/state.h"

/*
 * Of a longer header what waits is looked at before its end; Postfix has no
 * queue ID for the log then.
 */
#define WAITING_MAX	((size_t)1 << 20)
#define WAITING_FIRST	32

void
fields_init(struct waiting *waiting)
{
	*waiting = (struct waiting){ .n = 0 };
	buf_init(&waiting->text, WAITING_MAX);
}

void
fields_clear(struct waiting *waiting)
{
	buf_clear(&waiting->text);
	free(waiting->list);
	fields_init(waiting);
}

static bool
make_room(struct waiting *waiting, size_t bytes)
{
	size_t room = waiting->room == 0 ? WAITING_FIRST : waiting->room * 2;
	struct waiting_field *list;

	if (!buf_reserve(&waiting->text, bytes))
		return false;
	if (waiting->n < waiting->room)
		return true;
	if (room > WAITING_MAX / sizeof(*list) ||
	    (list = realloc(waiting->list, room * sizeof(*list))) == NULL)
		return false;
	waiting->list = list;
	waiting->room = room;
	return true;
}

/* False where there is no room for it. */
static bool
add(struct waiting *waiting, const struct field *field)
{
	size_t n = field->name.n + 1 + field->value.n;

	if (!make_room(waiting, n))
		return false;
	waiting->list[waiting->n++] = (struct waiting_field){
		waiting->text.n, field->name.n, n };
	buf_add(&waiting->text, field->name);
	buf_addc(&waiting->text, ':');
	buf_add(&waiting->text, field->value);
	return true;
}

void
fields_add(struct session *s, const struct field *field)
{
	struct waiting *waiting = &s->t->waiting;

	if (add(waiting, field))
		return;
	fields_flush(s);
	if (!s->t->decided && !add(waiting, field))
		check_message_field(s, field, &(struct asked){
		    .key = field_text(s, field) });
}

static bool
same_tables(const struct maps *x, const struct maps *y)
{
	if (x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++)
		if (x->tables[i] != y->tables[i])
			return false;
	return true;
}

/*
 * Over the fields that wait, for the list of most of them; without tables
 * where each lookup is to be told, or there is no memory.
 */
static void
screen_fields(struct session *s, const struct waiting *waiting,
    struct maps_screen *screen_r)
{
	const struct maps *maps = &s->policy->header_checks[HEADER_PRIMARY];
	struct record *records;

	*screen_r = (struct maps_screen){ .n = 0 };
	if (maps->n == 0 || waiting->n < 2 || s->t->passed ||
	    is_exempt(s, EXEMPT_HEADER) ||
	    s->options.lookups == LOOKUPS_ALL)
		return;
	records = region_alloc(&s->event, waiting->n * sizeof(*records));
	if (records == NULL)
		return;
	for (size_t i = 0; i < waiting->n; i++)
		records[i] = (struct record){
			(uint32_t)waiting->list[i].from,
			(uint32_t)waiting->list[i].n };
	if (!maps_screen(screen_r, maps, buf_span(&waiting->text), records,
	    waiting->n, s->match))
		maps_screen_clear(screen_r);
}

static struct field
field_of(const struct waiting *waiting, const struct waiting_field *at)
{
	const char *p = waiting->text.p + at->from;

	return (struct field){
		.name = span_make(p, at->name),
		.value = span_make(p + at->name + 1, at->n - at->name - 1),
	};
}

void
fields_flush(struct session *s)
{
	struct waiting *waiting = &s->t->waiting;
	const struct maps *lists = s->policy->header_checks;
	bool all = same_tables(&lists[HEADER_PRIMARY], &lists[HEADER_MIME]);
	struct maps_screen screen;

	if (waiting->n == 0)
		return;
	screen_fields(s, waiting, &screen);
	for (size_t i = 0; i < waiting->n && !s->t->decided; i++) {
		struct field field = field_of(waiting, &waiting->list[i]);
		struct asked asked = { .record = i,
		    .key = span_head(span_skip(buf_span(&waiting->text),
		    waiting->list[i].from), waiting->list[i].n) };

		if (screen.n > 0 && (all ||
		    mime_primary_list(field.name) == HEADER_PRIMARY))
			asked.screen = &screen;
		check_message_field(s, &field, &asked);
	}
	maps_screen_clear(&screen);
	fields_clear(waiting);
}
