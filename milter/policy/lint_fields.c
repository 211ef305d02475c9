/* lint_fields - rules for fields that their list never sees. */
#include "policy/lint_fields.h"

#define NAMES_MAX	16

/* These go to mime_header_checks, wherever they stand: see message/mime. */
static const char *const mime_fields[] = {
	"Content-Description", "Content-Disposition", "Content-ID",
	"Content-Transfer-Encoding", "Content-Type", "MIME-Version",
};

/* Postfix's message_drop_headers: gone before a milter is asked. */
static const char *const dropped[] = {
	"Bcc", "Content-Length", "Resent-Bcc", "Return-Path",
};

static const char *const received[] = { "Received" };

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

/* The names of fields that a pattern is anchored to. */
struct names {
	struct span list[NAMES_MAX];
	size_t n;
};

static size_t
name_length(struct span text)
{
	size_t n = 0;

	while (n < text.n && (ascii_alnum((unsigned char)text.p[n]) ||
	    text.p[n] == '-'))
		n++;
	return n;
}

/* "^Name:", "^Con(tent|fig)-Type:"; false for all that is not as plain. */
static bool
take_names(struct span text, struct region *region, struct names *names)
{
	struct span front, group = { NULL, 0 }, back;
	size_t n;

	if (text.n == 0 || text.p[0] != '^')
		return false;
	text = span_skip(text, 1);
	front = span_head(text, name_length(text));
	text = span_skip(text, front.n);
	if (text.n > 0 && text.p[0] == '(') {
		text = span_skip(text, span_starts(text, SPAN("(?:")) ? 3 : 1);
		group = span_head(text, span_find(text, ')'));
		text = span_skip(text, group.n + 1);
	}
	back = span_head(text, name_length(text));
	text = span_skip(text, back.n);
	if (text.n == 0 || text.p[0] != ':')
		return false;
	do {
		struct span word = span_head(group, name_length(group));
		char *name = region_printf(region, "%.*s%.*s%.*s",
		    SPAN_ARG(front), SPAN_ARG(word), SPAN_ARG(back));

		n = word.n;
		if (names->n == NAMES_MAX || (n < group.n &&
		    group.p[n] != '|'))
			return false;
		names->list[names->n++] = span_of(name);
		group = span_skip(group, n + 1);
	} while (group.n > 0);
	return true;
}

static bool
all_in(const struct names *names, const char *const *list, size_t n)
{
	for (size_t i = 0; i < names->n; i++) {
		bool found = false;

		for (size_t k = 0; k < n; k++)
			found = found || span_caseequal(names->list[i],
			    span_of(list[k]));
		if (!found)
			return false;
	}
	return true;
}

static void
lint_names(unsigned uses, const struct lint_run *run,
    const struct written_rule *rule, const struct names *names)
{
	struct span name = names->list[0];

	if (all_in(names, mime_fields, COUNT(mime_fields)) &&
	    (uses & (LINT_USE_MIME | LINT_USE_BODY | LINT_USE_OTHER)) == 0)
		lint_say(run, LINT_NEVER_ASKED, rule->line, "%.*s fields are "
		    "looked up in mime_header_checks only (name this table "
		    "there, or move the rule)", SPAN_ARG(name));
	else if ((uses & LINT_USE_HEADER) == 0)
		return;
	else if (all_in(names, dropped, COUNT(dropped)))
		lint_say(run, LINT_UNSEEN_FIELD, rule->line, "Postfix takes "
		    "%.*s out of the header before a filter sees it",
		    SPAN_ARG(name));
	else if (all_in(names, received, COUNT(received)))
		lint_say(run, LINT_UNSEEN_FIELD, rule->line, "a filter does "
		    "not see the Received field that the mail server adds "
		    "itself, only those of earlier hops (use client_access "
		    "and helo_access for what this one would say)");
}

void
lint_fields(unsigned uses, const struct lint_run *run,
    const struct written_rule *rule, struct region *region)
{
	struct names names = { .n = 0 };

	if (!rule->sound || rule->is_if || rule->negated)
		return;
	if (uses == LINT_USE_BODY) {
		if (lint_needs_line_feed(run->written, rule, region))
			lint_say(run, LINT_NEVER_ASKED, rule->line,
			    "body_checks are asked for one line at a time, and "
			    "it needs a line feed");
		return;
	}
	if (take_names(rule->pattern, region, &names))
		lint_names(uses, run, rule, &names);
}
