/*
 * enclosed - a file that is a message, and what its reader sees on opening it.
 *
 * Many programs attach mail as application/octet-stream with a name that ends
 * in ".eml".  It is an attachment like others; its text, and its fields, are
 * looked at beside that.  What is attached to it is not, and neither is another
 * such file in it.
 */
#include "session/state.h"

static bool
on_begins(void *context, const struct part *part)
{
	struct session *s = context;

	if (part->too_deep)
		views_too_deep(s);
	return views_text_begins(s, part);
}

static void
on_data(void *context, const struct part *part, struct span bytes)
{
	struct session *s = context;

	views_text_data(s, part, bytes);
}

static void
on_ends(void *context, const struct part *part)
{
	struct session *s = context;

	(void)part;
	views_text_ends(s);
}

static void
on_field(void *context, const struct part_field *at)
{
	struct session *s = context;

	views_part_field(s, at);
}

static void
on_ambiguous(void *context, const struct part *part, const char *what)
{
	struct session *s = context;

	(void)part;
	views_ambiguous(s, what);
}

bool
enclosed_begins(struct session *s, const struct part *part)
{
	const struct bodyparts_sink sink = {
		on_begins, on_data, on_ends, s, NULL, on_field, on_ambiguous
	};
	const struct bodyparts_limits limits = views_limits(s);

	if (part->reading != READING_MESSAGE || s->t->decided ||
	    !needs_to_decode(s->policy, s->t->exempt))
		return false;
	s->t->enclosed = bodyparts_new_within(&limits, &sink, part);
	s->t->enclosing = part;
	if (s->t->enclosed == NULL)
		fail_message(s, "out of memory");
	return s->t->enclosed != NULL;
}

void
enclosed_data(struct session *s, struct span bytes)
{
	if (s->t->enclosed != NULL)
		bodyparts_body(s->t->enclosed, bytes);
}

void
enclosed_ends(struct session *s)
{
	if (s->t->enclosed == NULL)
		return;
	if (!s->t->decided && !s->t->passed)
		bodyparts_end(s->t->enclosed);
	if (bodyparts_failed(s->t->enclosed))
		fail_message(s, "out of memory");
	bodyparts_free(&s->t->enclosed);
	s->t->enclosing = NULL;
}
