/*
 * edits - changes of the message's own header and of its recipients.
 *
 * They are remembered by place while the header streams, and become the
 * milter's calls at the end, in an order in which every index is right
 * whether or not the MTA goes on counting a field that was deleted (Sendmail
 * does, Postfix does not): insertions from the bottom to the top, then
 * changes from the bottom to the top, each counting the fields of its name
 * that were inserted above it.
 */
#include "session/state.h"

#include <search.h>
#include <stdlib.h>
#include <strings.h>

#include "message/address.h"

struct name_count {
	struct span name;
	unsigned n;
};

static void
keep_node(void *node)
{
	(void)node;		/* the region frees it */
}

void
edits_clear(struct transaction *t)
{
	tdestroy(t->names.tree, keep_node);
	free(t->names.list);
	t->names = (struct field_names){ .list = NULL };
}

void
edits_see_field(struct session *s, struct span name)
{
	struct field_names *names = &s->t->names;

	if (names->n == names->room) {
		size_t room = names->room > 0 ? names->room * 2 : 32;
		struct span *list = realloc(names->list,
		    room * sizeof(*list));

		if (list == NULL) {
			s->t->region.failed = true;
			return;
		}
		names->list = list;
		names->room = room;
	}
	names->list[names->n++] = region_copy(&s->t->region, name);
}

static int
compare_names(const void *a, const void *b)
{
	const struct name_count *x = a, *y = b;

	if (x->name.n != y->name.n)
		return x->name.n < y->name.n ? -1 : 1;
	return strncasecmp(x->name.p, y->name.p, x->name.n);
}

/* Which one of its name the last field is.  Names are counted when asked. */
static unsigned
nth_of_its_name(struct session *s)
{
	struct field_names *names = &s->t->names;
	unsigned nth = 0;

	for (; names->counted < names->n; names->counted++) {
		struct name_count *count = region_alloc(&s->t->region,
		    sizeof(*count));
		struct name_count **found;

		if (count == NULL)
			return 0;
		count->name = names->list[names->counted];
		found = tsearch(count, &names->tree, compare_names);
		if (found == NULL) {
			s->t->region.failed = true;
			return 0;
		}
		nth = ++(*found)->n;
	}
	return nth;
}

static struct field
copy_field(struct session *s, const struct field *field)
{
	return (struct field){
		.name = region_copy(&s->t->region, field->name),
		.value = region_copy(&s->t->region, field->value),
	};
}

void
edit_insert(struct session *s, const struct field *field)
{
	struct insertion *insertion = region_alloc(&s->t->region,
	    sizeof(*insertion));

	if (insertion == NULL)
		return;
	insertion->position = (unsigned)s->t->names.n;
	insertion->field = copy_field(s, field);
	*s->t->last_insertion = insertion;
	s->t->last_insertion = &insertion->next;
}

/* The change of the last field, which may have been changed before. */
static struct change *
last_change(struct session *s)
{
	unsigned position = (unsigned)s->t->names.n;
	struct change *change = s->t->newest_change;

	if (change != NULL && change->position == position)
		return change;
	if ((change = region_alloc(&s->t->region, sizeof(*change))) == NULL)
		return NULL;
	change->position = position;
	change->nth = nth_of_its_name(s);
	change->next = s->t->newest_change;
	s->t->newest_change = change;
	return change;
}

/*
 * To the mail server, a change to an empty value would say: delete it.  So
 * that is a new field in the place of the old one, as is another name.
 */
void
edit_change(struct session *s, struct span name, const struct field *to)
{
	bool renamed = to != NULL && (to->value.n == 0 ||
	    !span_caseequal(name, to->name));
	struct change *change = last_change(s);

	if (change == NULL)
		return;
	change->deleted = to == NULL || renamed;
	change->field = !change->deleted ? copy_field(s, to) :
	    (struct field){ .name = region_copy(&s->t->region, name) };
	/* A mail server takes some fields away: they do not come in so. */
	if (renamed && !field_is_dropped(to->name))
		edit_insert(s, to);
}

static void
append(struct session *s, struct text_item ***last, struct span text)
{
	struct text_item *item = region_alloc(&s->t->region, sizeof(*item));

	if (item == NULL)
		return;
	item->text = region_copy(&s->t->region, text);
	**last = item;
	*last = &item->next;
}

void
edit_prepend_top(struct session *s, struct span text)
{
	append(s, &s->t->last_prepend, text);
}

/*
 * As the mail server reads it: it takes the first of several addresses, so
 * that a part of a message in a result could name another recipient than the
 * rule does.  All before the last '@' is the local part, with quotes where it
 * needs them; a source route is none of it.
 */
static struct span
recipient_path(struct session *s, struct span address)
{
	struct buf plain, path;
	struct span copy;

	buf_init(&plain, address.n + 1);
	buf_init(&path, 2 * address.n + 3);
	if (span_starts(address, SPAN("@")))
		address = address_of_path(address);
	for (size_t i = 0; i < address.n; i++)
		buf_addc(&plain, (unsigned char)address.p[i] < ' ' ||
		    address.p[i] == 0x7f ? ' ' : address.p[i]);
	address_external(buf_span(&plain), &path);
	if (plain.cut || path.cut)
		s->t->region.failed = true;
	copy = region_copy(&s->t->region, buf_span(&path));
	buf_clear(&plain);
	buf_clear(&path);
	return copy;
}

void
edit_redirect(struct session *s, struct span address)
{
	s->t->redirect = recipient_path(s, address);
}

/* The same address twice would get the mail twice. */
void
edit_bcc(struct session *s, struct span address)
{
	address = recipient_path(s, address);
	for (struct text_item *bcc = s->t->bcc; bcc != NULL; bcc = bcc->next)
		if (span_equal(bcc->text, address))
			return;
	append(s, &s->t->last_bcc, address);
}

/* All insertions from top to bottom: what access maps put on top is first. */
static struct insertion *
all_insertions(struct session *s, size_t *n_r)
{
	struct insertion *all;
	size_t n = 0;

	for (struct text_item *i = s->t->prepends; i != NULL; i = i->next)
		n++;
	for (struct insertion *i = s->t->insertions; i != NULL; i = i->next)
		n++;
	*n_r = 0;
	if (n == 0 || (all = region_alloc(&s->event, n * sizeof(*all))) == NULL)
		return NULL;
	for (struct text_item *i = s->t->prepends; i != NULL; i = i->next) {
		all[*n_r].position = 1;
		*n_r += field_parse(i->text, &all[*n_r].field);
	}
	for (struct insertion *i = s->t->insertions; i != NULL; i = i->next)
		all[(*n_r)++] = *i;
	return all;
}

static void
add_edit(struct session *s, const struct edit *edit)
{
	if (s->edits != NULL)
		s->edits[s->outcome.nedits++] = *edit;
}

static void
finish_header(struct session *s, const struct insertion *all, size_t n)
{
	for (size_t i = n; i > 0; i--)
		add_edit(s, &(struct edit){
			.kind = EDIT_INSHEADER, .index = all[i - 1].position,
			.name = all[i - 1].field.name,
			.value = all[i - 1].field.value,
		});
	/* The newest change is the lowest field. */
	for (struct change *c = s->t->newest_change; c != NULL; c = c->next) {
		unsigned nth = c->nth;

		for (size_t i = 0; i < n; i++)
			nth += all[i].position <= c->position &&
			    span_caseequal(all[i].field.name, c->field.name);
		add_edit(s, &(struct edit){
			.kind = c->deleted ? EDIT_DELHEADER : EDIT_CHGHEADER,
			.index = nth, .name = c->field.name,
			.value = c->field.value,
		});
	}
}

/* REDIRECT is for all recipients, those of BCC included (qmgr does it so). */
static void
finish_recipients(struct session *s)
{
	struct transaction *t = s->t;

	if (t->redirect.n > 0) {
		for (struct recipient *r = t->recipients; r; r = r->next)
			add_edit(s, &(struct edit){
				.kind = EDIT_DELRCPT, .address = r->path,
			});
		add_edit(s, &(struct edit){
			.kind = EDIT_ADDRCPT, .address = t->redirect,
		});
		return;
	}
	for (struct text_item *bcc = t->bcc; bcc != NULL; bcc = bcc->next)
		add_edit(s, &(struct edit){
			.kind = EDIT_ADDRCPT, .address = bcc->text,
			.silent = true,
		});
}

static size_t
most_edits(const struct transaction *t, size_t insertions)
{
	size_t n = insertions + t->nrecipients + 3;

	for (struct change *c = t->newest_change; c != NULL; c = c->next)
		n++;
	for (struct text_item *bcc = t->bcc; bcc != NULL; bcc = bcc->next)
		n++;
	return n;
}

void
edits_finish(struct session *s)
{
	size_t n;
	struct insertion *all = all_insertions(s, &n);

	rewrite_finish(s);
	s->edits = region_alloc(&s->event,
	    most_edits(s->t, n) * sizeof(*s->edits));
	if (s->event.failed) {
		/* An edit less than was asked for is no answer. */
		s->t->region.failed = true;
		return;
	}
	finish_header(s, all, n);
	finish_recipients(s);
	if (s->t->splices.n > 0)
		add_edit(s, &(struct edit){ .kind = EDIT_REPLACEBODY });
	if (s->t->hold)
		add_edit(s, &(struct edit){
			.kind = EDIT_QUARANTINE, .reason = s->t->hold_reason,
		});
	s->outcome.edits = s->edits;
}
