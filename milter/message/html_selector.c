/* html_selector - the selectors of a rule, and what they select. */
#include "message/html_selector.h"

#include "message/html_names.h"

uint32_t
selector_name(char kind, struct span name)
{
	return html_hash(html_hash(HTML_HASH, span_make(&kind, 1)), name);
}

static bool
is_name(char c)
{
	return ascii_alnum((unsigned char)c) || c == '-' || c == '_' ||
	    (unsigned char)c >= 0x80;
}

static struct span
take_name(struct span *rest)
{
	struct span name = *rest;
	size_t i = 0;

	while (i < rest->n && is_name(rest->p[i]))
		i++;
	*rest = span_skip(*rest, i);
	return span_head(name, i);
}

/* States that all browsers know, and that do not change what is selected. */
static bool
is_old_state(struct span name)
{
	static const struct span states[] = {
		SPAN_INIT("hover"), SPAN_INIT("visited"), SPAN_INIT("link"),
		SPAN_INIT("active"), SPAN_INIT("focus"),
		SPAN_INIT("first-child"), SPAN_INIT("last-child"),
		SPAN_INIT("root"), SPAN_INIT("checked"),
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (span_caseequal(states[i], name))
			return true;
	return false;
}

/* What is made beside the element is not the element. */
static bool
is_beside(struct span name)
{
	return span_caseequal(name, SPAN("before")) ||
	    span_caseequal(name, SPAN("after")) ||
	    span_caseequal(name, SPAN("first-letter")) ||
	    span_caseequal(name, SPAN("first-line"));
}

static void
add(struct selector *selector, char kind, struct span name)
{
	uint32_t hash = selector_name(kind, name);

	selector->weight += kind == '#' ? 0x100 : kind == '.' ? 0x10 : 1;
	for (size_t i = 0; i < selector->n; i++)
		if (selector->names[i] == hash)
			return;
	if (selector->n < SHEET_NAMES_MAX)
		selector->names[selector->n++] = hash;
	else
		selector->maybe = true;
}

/* Behind a colon. */
static void
take_state(struct selector *selector, struct span *rest)
{
	struct span name;
	bool twice = rest->n > 0 && rest->p[0] == ':';

	if (twice)
		*rest = span_skip(*rest, 1);
	name = take_name(rest);
	selector->maybe = true;
	if (twice || is_beside(name))
		selector->beside = true;
	else if (!is_old_state(name))
		selector->odd = true;
	if (rest->n > 0 && rest->p[0] == '(') {
		selector->odd = true;
		*rest = span_skip(*rest, span_find(*rest, ')') + 1);
	}
}

/* Between two elements: the first is forgotten, but for its weight. */
static void
next_element(struct selector *selector, struct span *rest)
{
	while (rest->n > 0 && (ascii_space((unsigned char)rest->p[0]) ||
	    rest->p[0] == '>' || rest->p[0] == '+' || rest->p[0] == '~'))
		*rest = span_skip(*rest, 1);
	if (rest->n == 0) {
		selector->odd = true;
		return;
	}
	selector->maybe = true;
	selector->beside = false;
	selector->n = 0;
}

void
selector_read(struct span text, struct selector *selector_r)
{
	struct selector selector = { 0 };

	text = span_trim(text);
	selector.odd = text.n == 0;
	while (text.n > 0) {
		char c = text.p[0];

		if (is_name(c)) {
			add(&selector, ' ', take_name(&text));
			continue;
		}
		text = span_skip(text, 1);
		if ((c == '.' || c == '#') && text.n > 0 &&
		    is_name(text.p[0])) {
			add(&selector, c, take_name(&text));
		} else if (c == ':') {
			take_state(&selector, &text);
		} else if (c == '[') {
			selector.maybe = true;
			selector.weight += 0x10;
			text = span_skip(text, span_find(text, ']') + 1);
		} else if (ascii_space((unsigned char)c) || c == '>' ||
		    c == '+' || c == '~') {
			next_element(&selector, &text);
		} else if (c != '*') {
			selector.odd = true;
		}
	}
	/* No less than the standard makes it. */
	if (selector.weight > 0xfff)
		selector.weight = 0xfff;
	*selector_r = selector;
}
