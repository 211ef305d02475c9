/*
 * retype - what the message says of its body, where that is another one now.
 *
 * The fields of its own header that are about the body give way to others.
 * This is done when all of the header is there and rules have changed it: such
 * changes lie in lists that are in order, from top to bottom (insertions) and
 * from bottom to top (changes), and what is done here must fit in.
 */
#include "session/state.h"

static const struct span about_body[] = {
	SPAN_INIT("Content-Type"), SPAN_INIT("Content-Transfer-Encoding"),
	SPAN_INIT("Content-Disposition"), SPAN_INIT("Content-Description"),
	SPAN_INIT("Content-ID"), SPAN_INIT("Content-Location"),
	SPAN_INIT("Content-MD5"), SPAN_INIT("Content-Language"),
};

#define ABOUT_BODY	(sizeof(about_body) / sizeof(about_body[0]))

/* Its place in the list, or that behind the last. */
static size_t
which(struct span name)
{
	size_t i = 0;

	while (i < ABOUT_BODY && !span_caseequal(name, about_body[i]))
		i++;
	return i;
}

bool
retype_is_about_body(struct span name)
{
	return which(name) < ABOUT_BODY;
}

/*
 * The deletion of the field at that position, among the other changes; `at` is
 * where to look on for it, and then for one above it.
 */
static void
delete_field(struct session *s, struct change ***at, unsigned position,
    unsigned nth)
{
	struct change *change;

	while (**at != NULL && (**at)->position > position)
		*at = &(**at)->next;
	change = **at;
	if (change == NULL || change->position != position) {
		change = region_alloc(&s->t->region, sizeof(*change));
		if (change == NULL)
			return;
		change->next = **at;
		**at = change;
	}
	change->position = position;
	change->nth = nth;
	change->deleted = true;
	change->field = (struct field){
		.name = s->t->names.list[position - 1]
	};
}

/* Those that rules put in would be about the old body, too. */
static void
drop_insertions(struct session *s)
{
	struct insertion **at = &s->t->insertions;

	while (*at != NULL)
		if (retype_is_about_body((*at)->field.name))
			*at = (*at)->next;
		else
			at = &(*at)->next;
	s->t->last_insertion = at;
}

static void
insert(struct session *s, unsigned position, const struct field *field)
{
	struct insertion **at = &s->t->insertions, *new;

	while (*at != NULL && (*at)->position <= position)
		at = &(*at)->next;
	if ((new = region_alloc(&s->t->region, sizeof(*new))) == NULL)
		return;
	new->position = position;
	new->field = *field;
	new->next = *at;
	*at = new;
	if (new->next == NULL)
		s->t->last_insertion = &new->next;
}

void
retype(struct session *s, const struct field *fields, size_t n)
{
	const struct field_names *names = &s->t->names;
	struct change **at = &s->t->newest_change;
	unsigned left[ABOUT_BODY + 1] = { 0 }, first = 1;

	for (size_t i = 0; i < names->n; i++)
		left[which(names->list[i])]++;
	for (unsigned i = (unsigned)names->n; i > 0; i--) {
		size_t k = which(names->list[i - 1]);

		if (k == ABOUT_BODY)
			continue;
		first = i;
		delete_field(s, &at, i, left[k]--);
	}
	drop_insertions(s);
	for (size_t i = 0; i < n; i++)
		insert(s, first, &fields[i]);
}
