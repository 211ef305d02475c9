/* rules - are the results of a table what its list asks for?  See rules.h. */
#include "policy/rules.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/printable.h"
#include "message/encoded.h"
#include "policy/action.h"
#include "table/allowed.h"

/* A result is one logical line of a table; the rest is not looked at. */
#define RESULT_MAX	65536

static enum action_place
place_of(enum rules_use use)
{
	switch (use) {
	case RULES_HEADER:
	case RULES_DECODED_HEADER:
		return ACTION_IN_HEADER;
	case RULES_BODY:
		return ACTION_IN_BODY;
	case RULES_TEXT:
		return ACTION_IN_TEXT;
	case RULES_ATTACHMENT:
		return ACTION_IN_ATTACHMENT;
	default:
		return ACTION_IN_ACCESS;
	}
}

static bool
unknown_until_found(const struct rule *rule)
{
	struct span rest = rule->text, word = span_word(&rest);

	if (rule->unknown)
		return true;
	return rule->substitutes && span_find(word, '$') < word.n;
}

/* The length of a "$1", "${1}" or "$(1)" at the front of text. */
static size_t
group_length(struct span text)
{
	size_t n = 1;

	if (text.n > 1 && (text.p[1] == '{' || text.p[1] == '(')) {
		char end = text.p[1] == '{' ? '}' : ')';

		return span_find(text, end) < text.n ?
		    span_find(text, end) + 1 : text.n;
	}
	while (n < text.n && (ascii_alnum((unsigned char)text.p[n]) ||
	    text.p[n] == '_'))
		n++;
	return n;
}

/*
 * What a group will hold is not known, so that each is taken to hold what
 * an address and what a header field needs: such a rule is not complained
 * about, and looked at again when it is found.
 */
static void
fill_groups(struct span text, struct buf *out)
{
	while (text.n > 0) {
		size_t n = span_find(text, '$');

		buf_add(out, span_head(text, n));
		text = span_skip(text, n);
		if (text.n == 0)
			break;
		if (text.n > 1 && text.p[1] == '$') {
			buf_addc(out, '$');
			text = span_skip(text, 2);
			continue;
		}
		buf_add(out, SPAN("X:a@b"));
		text = span_skip(text, group_length(text));
	}
}

/* What is put into a header has to be ASCII there: see encoded.h. */
static enum action_status
check_encoding(const struct action *action, char *why, size_t size)
{
	enum action_status status = ACTION_FINE;
	const char *reason;
	struct buf value;

	if (action->kind != ACTION_REPLACE && action->kind != ACTION_PREPEND)
		return ACTION_FINE;
	buf_init(&value, ENCODED_ROOM(action->field.value.n));
	if (!encoded_value(&action->field, &value, &reason)) {
		snprintf(why, size, "%s cannot put this into %.*s: %s",
		    action_word(action->kind),
		    action->field.name.n < 40 ? (int)action->field.name.n : 40,
		    action->field.name.p, reason);
		status = ACTION_WRONG;
	}
	buf_clear(&value);
	return status;
}

/* The action that a rule asks for, as far as it is known. */
static enum action_status
read_action(const struct rule *rule, enum rules_use use,
    struct action *action_r, char *why, size_t size)
{
	enum action_status status;
	struct buf text;

	buf_init(&text, RESULT_MAX);
	if (rule->substitutes)
		fill_groups(rule->text, &text);
	else
		buf_add(&text, rule->text);
	*action_r = (struct action){ .kind = ACTION_DUNNO };
	status = action_parse(place_of(use), buf_span(&text), action_r, why,
	    size);
	if (use == RULES_DECODED_HEADER && status == ACTION_FINE)
		status = check_encoding(action_r, why, size);
	/* Its spans point into the buffer; only the kind is used. */
	buf_clear(&text);
	return status;
}

static enum action_status
check_size(const struct rule *rule, char *why, size_t size)
{
	struct buf found;
	uint64_t bytes;

	if (rule->substitutes || conf_size(rule->text, &bytes))
		return ACTION_FINE;
	buf_init(&found, 64);
	printable_add(&found, rule->text, 40);
	snprintf(why, size, "\"%s\" is not a size (write 52428800 or 50M, "
	    "or 0 for no limit)", buf_string(&found));
	buf_clear(&found);
	return ACTION_WRONG;
}

static enum action_status
check_action(const struct rule *rule, enum rules_use use, char *why,
    size_t size)
{
	struct action action;
	enum action_status status = read_action(rule, use, &action, why,
	    size);

	if (status == ACTION_WRONG)
		return status;
	if (use == RULES_REVERSE && action.kind == ACTION_OK) {
		snprintf(why, size, "OK is refused here, since anybody can "
		    "choose this name (write DUNNO)");
		return ACTION_WRONG;
	}
	if (use == RULES_EXEMPT && action.kind != ACTION_OK &&
	    action.kind != ACTION_DUNNO) {
		snprintf(why, size, "%s means nothing here (write OK or "
		    "DUNNO)", action_word(action.kind));
		return ACTION_WRONG;
	}
	return status;
}

void
rules_check(const struct table *table, enum rules_use use, const char *name,
    const struct conf_item *item, bool compatible,
    struct complaints *complaints)
{
	for (size_t i = 0; i < table_rules(table); i++) {
		enum action_status status;
		struct rule rule;
		char why[240] = "";

		table_rule(table, i, &rule);
		/* The table itself complains about a missing result. */
		if (rule.text.n == 0 || rule.passed_on ||
		    unknown_until_found(&rule))
			continue;
		status = use == RULES_SIZE ?
		    check_size(&rule, why, sizeof(why)) :
		    check_action(&rule, use, why, sizeof(why));
		if (status == ACTION_FINE || (status == ACTION_ODD &&
		    (rule.allowed & LINT_BIT(LINT_RESULT)) != 0))
			continue;
		complain(complaints, status == ACTION_ODD || compatible ?
		    COMPLAINT_WARNING : COMPLAINT_ERROR,
		    rule.line > 0 ? rule.file : item->file,
		    rule.line > 0 ? rule.line : item->line, "%s: %s%s", name,
		    why, status == ACTION_ODD ? " [result]" : "");
	}
}

/* Is there a rule of these kinds, or one that may turn out to be? */
static bool
has_kind(const struct table *table, enum rules_use use,
    bool (*is_kind)(enum action_kind kind))
{
	for (size_t i = 0; i < table_rules(table); i++) {
		struct action action;
		struct rule rule;
		char why[240];

		table_rule(table, i, &rule);
		if (rule.passed_on)
			continue;
		if (unknown_until_found(&rule))
			return true;
		if (read_action(&rule, use, &action, why, sizeof(why)) !=
		    ACTION_WRONG && is_kind(action.kind))
			return true;
	}
	return false;
}

static bool
edits(enum action_kind kind)
{
	return kind == ACTION_PREPEND || kind == ACTION_REPLACE ||
	    kind == ACTION_STRIP || kind == ACTION_IGNORE;
}

static bool
refuses(enum action_kind kind)
{
	return kind == ACTION_REJECT || kind == ACTION_DISCARD;
}

bool
rules_edit(const struct table *table, enum rules_use use)
{
	return has_kind(table, use, edits);
}

bool
rules_refuse(const struct table *table, enum rules_use use)
{
	return has_kind(table, use, refuses);
}
