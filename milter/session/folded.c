/*
 * folded - a text as it is read, and in plain letters.
 *
 * Folding only adds: what a table finds in the text as it stands is found
 * whatever `fold` is, so honest text in any script never loses a rule to it.
 */
#include "session/state.h"

/* Of a text in plain letters; fields are the longest. */
#define FORM_MAX	((size_t)PLAIN_GROWTH * FIELD_MAX)

static void
add_form(struct session *s, struct folded *forms, struct span form)
{
	if (s->t->plain.failed)
		fail_message(s, "out of memory");
	else if (form.p != forms->list[forms->n - 1].p)
		forms->list[forms->n++] = form;
}

void
folded_of(struct session *s, struct span text, struct folded *forms_r)
{
	struct plain *plain = &s->t->plain;
	unsigned how = s->policy->conf.fold;

	*forms_r = (struct folded){ .list = { text }, .n = 1 };
	if (how == 0)
		return;
	if (plain->how == 0)
		plain_init(plain, how, FORM_MAX);
	add_form(s, forms_r, plain_fold(plain, text));
	if ((how & PLAIN_CONFUSABLE) != 0)
		add_form(s, forms_r, plain_join(plain,
		    forms_r->list[forms_r->n - 1]));
}
