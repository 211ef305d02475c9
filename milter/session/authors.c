/*
 * authors - whom the header names as author: From and Reply-To.
 *
 * Every address of the field is asked about, in its order, and the first
 * result that ends a list of access(5) ends the field.  One that is longer
 * than a map can be asked for is refused, as in the envelope: who could get
 * past the map in that way would.
 */
#include "session/state.h"

#include "message/address.h"

static bool
find_class(const struct field *field, enum access_class *class_r)
{
	if (span_caseequal(field->name, SPAN("From")))
		*class_r = ACCESS_HEADER_FROM;
	else if (span_caseequal(field->name, SPAN("Reply-To")))
		*class_r = ACCESS_REPLY_TO;
	else
		return false;
	return true;
}

/* True where that ends the field. */
static bool
ask_author(struct session *s, struct question *q, const struct buf *address)
{
	struct ruling ruling = { .reject = false };
	bool ended;

	q->subject = q->name = buf_span(address);
	if ((ended = address->cut))
		refuse_length(s, "5.1.7", &ruling);
	else
		ended = ask_access(s, q, &ruling);
	if (ruling.reject)
		refuse_message(s, &ruling.reply, ruling.rule, q->seen);
	if (s->t->discard)
		discard_message(s, s->t->discard_rule);
	return ended;
}

void
ask_authors(struct session *s, const struct field *field, struct span text)
{
	struct seen seen = { "header", text };
	struct question question = { .seen = &seen, .effects = true };
	struct address_reader reader;
	struct buf address;
	bool ended = false;

	if (!find_class(field, &question.class) ||
	    s->policy->access[question.class].n == 0 ||
	    is_exempt(s, EXEMPT_HEADER))
		return;
	buf_init(&address, ACCESS_NAME_MAX);
	address_begin(&reader, field->value);
	while (!ended && address_next(&reader, &address) && !address.failed)
		ended = ask_author(s, &question, &address);
	s->t->region.failed |= address.failed;
	buf_clear(&address);
}
