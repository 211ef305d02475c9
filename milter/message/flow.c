/* flow - the lines of a plain text become paragraphs.  See flow.h. */
#include "message/flow.h"

/* Where in a line of format=flowed. */
enum { PLACE_QUOTES, PLACE_TEXT };

#define QUOTES_MAX	1000

void
flow_init(struct flow *flow, struct paragraph *to, bool flowed, bool delsp)
{
	*flow = (struct flow){ .to = to, .flowed = flowed, .delsp = delsp };
}

static void
plain_add(struct flow *flow, struct span text)
{
	while (text.n > 0) {
		size_t n = span_find(text, '\n');

		paragraph_add(flow->to, span_head(text, n));
		if (n == text.n)
			return;
		paragraph_line(flow->to);
		text = span_skip(text, n + 1);
	}
}

static void
quotes_end(struct flow *flow)
{
	if (flow->quotes != flow->last_quotes)
		paragraph_break(flow->to);
	flow->last_quotes = flow->quotes;
}

static void
flowed_line_ends(struct flow *flow)
{
	/* The line above a signature does not flow on. */
	bool signature = flow->dashes == 3;

	if (flow->place == PLACE_QUOTES)
		quotes_end(flow);
	if (signature)
		paragraph_break(flow->to);
	else if (flow->delsp && flow->blanks == 1)
		paragraph_soft_line(flow->to);
	else
		paragraph_line(flow->to);
	flow->place = PLACE_QUOTES;
	flow->quotes = flow->dashes = 0;
	flow->blanks = 0;
	flow->cr = false;
}

/* True where c is one of those that stand before the text of a line. */
static bool
takes_mark(struct flow *flow, char c)
{
	if (flow->place == PLACE_QUOTES && c == '>') {
		if (flow->quotes < QUOTES_MAX)
			flow->quotes++;
		return true;
	}
	if (flow->place == PLACE_TEXT)
		return false;
	quotes_end(flow);
	flow->place = PLACE_TEXT;
	/* A blank that was put there so that no mark is taken for another. */
	return c == ' ';
}

static bool
takes_blank(struct flow *flow, char c)
{
	static const char dashes[] = "-- ";

	if (c == '\r') {
		flow->cr = true;
		return true;
	}
	flow->dashes = flow->dashes < 3 && c == dashes[flow->dashes] ?
	    flow->dashes + 1 : 4;
	if (c != ' ')
		return false;
	flow->blanks++;
	return true;
}

/* Up to the next byte that matters. */
static size_t
take_run(struct flow *flow, struct span text)
{
	size_t n = 1;

	while (n < text.n && text.p[n] != ' ' && text.p[n] != '\r' &&
	    text.p[n] != '\n' && flow->dashes > 3)
		n++;
	if (flow->blanks > 0 || flow->cr)
		paragraph_space(flow->to);
	flow->blanks = 0;
	flow->cr = false;
	paragraph_add(flow->to, span_head(text, n));
	return n;
}

static void
flowed_add(struct flow *flow, struct span text)
{
	while (text.n > 0) {
		size_t n = 1;

		if (text.p[0] == '\n')
			flowed_line_ends(flow);
		else if (text.p[0] != '\r' && takes_mark(flow, text.p[0]))
			;
		else if (!takes_blank(flow, text.p[0]))
			n = take_run(flow, text);
		text = span_skip(text, n);
	}
}

void
flow_add(struct flow *flow, struct span text)
{
	if (flow->flowed)
		flowed_add(flow, text);
	else
		plain_add(flow, text);
}

void
flow_end(struct flow *flow)
{
	paragraph_break(flow->to);
}
