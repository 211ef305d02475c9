/* enriched - text/enriched becomes plain text.  See enriched.h. */
#include "message/enriched.h"

void
enriched_init(struct enriched *enriched)
{
	*enriched = (struct enriched){ .open = false };
}

static void
give(struct enriched *enriched, struct span text, struct buf *out)
{
	size_t n = text.n < enriched->hidden ? text.n : enriched->hidden;

	enriched->hidden -= n;
	buf_add(out, span_skip(text, n));
}

static void
command(struct enriched *enriched, struct buf *out)
{
	struct span name = span_make(enriched->command, enriched->n);
	bool ends = span_starts(name, SPAN("/"));

	enriched->open = false;
	if (ends)
		name = span_skip(name, 1);
	if (span_caseequal(name, SPAN("param")) ||
	    span_caseequal(name, SPAN("comment"))) {
		enriched->hidden = ends ? 0 : ENRICHED_HIDDEN_MAX;
	} else if (span_caseequal(name, SPAN("lt"))) {
		give(enriched, SPAN("<"), out);
	} else if (span_caseequal(name, SPAN("nl")) ||
	    span_caseequal(name, SPAN("np"))) {
		give(enriched, SPAN("\n"), out);
	}
}

/* It was none. */
static void
give_back(struct enriched *enriched, struct buf *out)
{
	enriched->open = false;
	give(enriched, SPAN("<"), out);
	give(enriched, span_make(enriched->command, enriched->n), out);
}

/* How many bytes of the text it took. */
static size_t
take_command(struct enriched *enriched, struct span text, struct buf *out)
{
	char c = text.p[0];

	if (c == '<' && enriched->n == 0) {
		enriched->open = false;
		give(enriched, SPAN("<"), out);
	} else if (c == '>') {
		command(enriched, out);
	} else if (c == '<' || enriched->n == ENRICHED_COMMAND_MAX) {
		give_back(enriched, out);
		return 0;
	} else {
		enriched->command[enriched->n++] = c;
	}
	return 1;
}

void
enriched_feed(struct enriched *enriched, struct span text, struct buf *out)
{
	while (text.n > 0) {
		size_t n;

		if (enriched->open) {
			text = span_skip(text, take_command(enriched, text,
			    out));
			continue;
		}
		n = span_find(text, '<');
		give(enriched, span_head(text, n), out);
		enriched->open = n < text.n;
		enriched->n = 0;
		text = span_skip(text, n + 1);
	}
}

void
enriched_end(struct enriched *enriched, struct buf *out)
{
	if (enriched->open)
		give_back(enriched, out);
}
