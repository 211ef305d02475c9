/* allowed - the names of lints, and the rules that are spared them. */
#include "table/allowed.h"

#include <stdlib.h>

static const struct span names[LINTS] = {
	[LINT_DUPLICATE] = SPAN_INIT("duplicate"),
	[LINT_COLON] = SPAN_INIT("colon"),
	[LINT_FLAG_X] = SPAN_INIT("flag-x"),
	[LINT_IF_TEXT] = SPAN_INIT("if-text"),
	[LINT_ENDIF_TEXT] = SPAN_INIT("endif-text"),
	[LINT_RESULT] = SPAN_INIT("result"),
	[LINT_ALLOW] = SPAN_INIT("allow"),
	[LINT_INDENTED_RULE] = SPAN_INIT("indented-rule"),
	[LINT_COVERED] = SPAN_INIT("covered"),
	[LINT_NON_ASCII] = SPAN_INIT("non-ascii"),
	[LINT_NEVER_ASKED] = SPAN_INIT("never-asked"),
	[LINT_DOMAIN_DOT] = SPAN_INIT("domain-dot"),
	[LINT_DOT_STAR] = SPAN_INIT("dot-star"),
	[LINT_ENCODED] = SPAN_INIT("encoded"),
	[LINT_BACKTRACKING] = SPAN_INIT("backtracking"),
	[LINT_UNSEEN_FIELD] = SPAN_INIT("unseen-field"),
};

struct span
lint_name(enum lint lint)
{
	return lint < LINTS ? names[lint] : span_make(NULL, 0);
}

enum lint
lint_named(struct span name)
{
	unsigned lint = 0;

	while (lint < LINTS && !span_equal(names[lint], name))
		lint++;
	return (enum lint)lint;
}

static unsigned
lints_of(struct span text)
{
	struct span name;
	unsigned lints = 0;

	while (notes_name(&text, &name)) {
		enum lint lint = lint_named(name);

		if (lint != LINT_NONE)
			lints |= LINT_BIT(lint);
	}
	return lints;
}

/* Notes come in the order of their rules; those without one are passed over. */
void
allowed_take(struct allowed *allowed_r, const struct notes *notes)
{
	struct allowed_rule *list;
	size_t n = 0;

	*allowed_r = (struct allowed){ .list = NULL };
	if (notes->n == 0 ||
	    (list = reallocarray(NULL, notes->n, sizeof(*list))) == NULL)
		return;
	for (size_t i = 0; i < notes->n; i++) {
		const struct note *note = &notes->list[i];

		if (note->kind != NOTE_ALLOW || note->rule == 0)
			continue;
		if (n == 0 || list[n - 1].line != note->rule)
			list[n++] = (struct allowed_rule){ note->rule, 0 };
		list[n - 1].lints |= lints_of(note->text);
	}
	*allowed_r = (struct allowed){ list, n };
}

void
allowed_read(struct allowed *allowed_r, struct span text)
{
	static const struct span mark = SPAN_INIT("postern:");
	struct notes notes;

	*allowed_r = (struct allowed){ .list = NULL };
	/* A table of a million lines hardly ever has one. */
	if (text.n == 0 || memmem(text.p, text.n, mark.p, mark.n) == NULL)
		return;
	if (notes_read(text, &notes))
		allowed_take(allowed_r, &notes);
	notes_clear(&notes);
}

void
allowed_clear(struct allowed *allowed)
{
	free(allowed->list);
	*allowed = (struct allowed){ .list = NULL };
}

unsigned
allowed_at(const struct allowed *allowed, unsigned line)
{
	size_t low = 0, high = allowed->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (allowed->list[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low < allowed->n && allowed->list[low].line == line ?
	    allowed->list[low].lints : 0;
}
