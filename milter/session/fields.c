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
/* Of what they are decoded; the rest is asked for field by field. */
#define DECODED_MAX	((size_t)2 << 20)
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
		    .key = field_text(s, field) }, NULL);
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

/* Fields as their readers see them; what there is no room for is not here. */
struct decoded {
	struct buf text;
	struct record *records;
	size_t n;
	size_t *first;		/* record of a field, and of the one behind */
	struct maps_screen screen;
};

/* All forms of the field, or none. */
static void
decode_field(struct session *s, struct decoded *decoded,
    const struct field *field)
{
	size_t before = decoded->n;
	struct folded forms;

	if (!decoded_forms(s, field, &forms))
		return;
	for (size_t i = 0; i < forms.n; i++) {
		struct span form = forms.list[i];

		if (!buf_reserve(&decoded->text, form.n)) {
			decoded->n = before;
			return;
		}
		decoded->records[decoded->n++] = (struct record){
			(uint32_t)decoded->text.n, (uint32_t)form.n };
		buf_add(&decoded->text, form);
	}
}

/* The same as screen_fields() for the list of decoded fields. */
static void
screen_decoded(struct session *s, const struct waiting *waiting,
    struct decoded *decoded_r)
{
	*decoded_r = (struct decoded){ .n = 0 };
	buf_init(&decoded_r->text, DECODED_MAX);
	if (!has_decoded_checks(s) || waiting->n < 2 || s->t->passed ||
	    s->options.lookups == LOOKUPS_ALL)
		return;
	decoded_r->records = region_alloc(&s->event,
	    waiting->n * FORMS_MAX * sizeof(*decoded_r->records));
	decoded_r->first = region_alloc(&s->event,
	    (waiting->n + 1) * sizeof(*decoded_r->first));
	if (decoded_r->records == NULL || decoded_r->first == NULL)
		return;
	for (size_t i = 0; i < waiting->n; i++) {
		struct field field = field_of(waiting, &waiting->list[i]);

		decoded_r->first[i] = decoded_r->n;
		decode_field(s, decoded_r, &field);
	}
	decoded_r->first[waiting->n] = decoded_r->n;
	if (!maps_screen(&decoded_r->screen,
	    &s->policy->decoded_header_checks, buf_span(&decoded_r->text),
	    decoded_r->records, decoded_r->n, s->match))
		maps_screen_clear(&decoded_r->screen);
}

static void
decoded_clear(struct decoded *decoded)
{
	maps_screen_clear(&decoded->screen);
	buf_clear(&decoded->text);
}

/* NULL where it is not there. */
static const struct asked_forms *
forms_of(struct decoded *decoded, size_t field, struct asked_forms *forms)
{
	forms->n = 0;
	if (decoded->screen.n == 0)
		return NULL;
	for (size_t i = decoded->first[field]; i < decoded->first[field + 1];
	    i++)
		forms->list[forms->n++] = (struct asked){
			.key = span_make(decoded->text.p +
			    decoded->records[i].from, decoded->records[i].n),
			.screen = &decoded->screen, .record = i,
		};
	return forms->n > 0 ? forms : NULL;
}

static void
check_one(struct session *s, size_t i, struct maps_screen *screen,
    struct decoded *decoded)
{
	const struct waiting *waiting = &s->t->waiting;
	struct field field = field_of(waiting, &waiting->list[i]);
	struct asked_forms forms;

	check_message_field(s, &field, &(struct asked){
		.key = span_head(span_skip(buf_span(&waiting->text),
		    waiting->list[i].from), waiting->list[i].n),
		.screen = screen, .record = i,
	}, forms_of(decoded, i, &forms));
}

void
fields_flush(struct session *s)
{
	struct waiting *waiting = &s->t->waiting;
	const struct maps *lists = s->policy->header_checks;
	bool all = same_tables(&lists[HEADER_PRIMARY], &lists[HEADER_MIME]);
	struct maps_screen screen;
	struct decoded decoded;

	if (waiting->n == 0)
		return;
	screen_fields(s, waiting, &screen);
	screen_decoded(s, waiting, &decoded);
	for (size_t i = 0; i < waiting->n && !s->t->decided; i++) {
		struct field field = field_of(waiting, &waiting->list[i]);
		bool seen = screen.n > 0 && (all ||
		    mime_primary_list(field.name) == HEADER_PRIMARY);

		check_one(s, i, seen ? &screen : NULL, &decoded);
	}
	maps_screen_clear(&screen);
	decoded_clear(&decoded);
	fields_clear(waiting);
}
