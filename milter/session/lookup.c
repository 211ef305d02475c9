/*
 * lookup - asking tables, and what it means when one could not look.
 *
 * Here ANSWER_ERROR meets on_table_error, once; and every lookup is noted
 * where somebody wants to know (scan --explain).
 */
#include "session/state.h"

#include <inttypes.h>

static struct span
rule_text(struct session *s, const struct table *table, size_t number)
{
	struct rule rule;

	table_rule(table, number, &rule);
	/* A table in a name has no lines, and the name may be long. */
	if (rule.line == 0 && table_rules(table) > 1)
		return span_of(region_printf(&s->event, "%.80s#%zu",
		    rule.file, number + 1));
	if (rule.line == 0)
		return span_of(region_printf(&s->event, "%s", rule.file));
	return span_of(region_printf(&s->event, "%s:%u", rule.file,
	    rule.line));
}

static struct span
limited_rule(struct session *s, const struct steps_rule *rule)
{
	const char *text = rule->line > 0 ? region_printf(&s->event, "%s:%u",
	    rule->file, rule->line) : region_printf(&s->event, "%.80s#%zu",
	    rule->file, rule->number + 1);

	return span_of(text != NULL ? text : "");
}

static const char *
limit_of(const struct steps_rule *rule)
{
	return rule->spent ? "match_time_limit" : "match limit";
}

/* Each rule that met a match limit is named once for a message. */
static void
note_limited(struct session *s)
{
	const struct steps *steps = &s->t->steps;
	bool waits = s->policy->conf.on_match_limit == MATCH_LIMIT_TEMPFAIL;

	while (s->t->limits_said < steps->n_rules) {
		const struct steps_rule *rule =
		    &steps->rules[s->t->limits_said++];

		note_warning(s, "%.*s: %s reached, %s",
		    SPAN_ARG(limited_rule(s, rule)), limit_of(rule), waits ?
		    "so this lookup fails" : "taken as no match");
	}
}

void
note_limits_met(struct session *s)
{
	const struct steps *steps = &s->t->steps;

	if (s->t->limits_counted)
		return;
	s->t->limits_counted = true;
	for (size_t i = 0; i < steps->n_rules; i++)
		if (steps->rules[i].times > 1)
			note_warning(s, "%.*s: %s reached %" PRIu64 " times "
			    "in this message",
			    SPAN_ARG(limited_rule(s, &steps->rules[i])),
			    limit_of(&steps->rules[i]),
			    steps->rules[i].times);
	if (steps->others > 0)
		note_warning(s, "match limits reached %" PRIu64 " times by "
		    "other rules in this message", steps->others);
}

/* 451, or a miss, as on_table_error has it. */
static enum answer
could_not_look(struct session *s, const struct table *table,
    struct reply *reply_r)
{
	note_warning(s, "%s: %s", table_name(table), s->match->why);
	if (s->policy->conf.on_table_error == FAILURE_ACCEPT)
		return ANSWER_MISS;
	reply_make(451, "4.3.5", &s->event, reply_r,
	    "Server configuration error");
	return ANSWER_ERROR;
}

static enum answer
conclude(struct session *s, const char *view, const struct table *table,
    struct span key, enum answer answer, struct span *rule_r,
    struct reply *reply_r)
{
	*rule_r = SPAN("");
	note_limited(s);
	if (answer == ANSWER_ERROR) {
		*rule_r = span_of(table_name(table));
		answer = could_not_look(s, table, reply_r);
	}
	if (answer == ANSWER_HIT)
		*rule_r = rule_text(s, table, s->match->rule);
	if (s->options.lookups == LOOKUPS_ALL ||
	    (s->options.lookups == LOOKUPS_FOUND && answer != ANSWER_MISS))
		note_lookup(s, view, key, table, answer, *rule_r,
		    answer == ANSWER_HIT ? s->match->text : SPAN(""));
	return answer;
}

bool
read_action(struct session *s, enum action_place place, struct span text,
    struct span rule, struct action *action_r)
{
	char why[200];
	enum action_status status = action_parse(place, text, action_r, why,
	    sizeof(why));

	if (status != ACTION_WRONG)
		return true;
	note_warning(s, "%.*s: %s", SPAN_ARG(rule), why);
	return false;
}

static enum answer
ask_table(struct session *s, const struct maps *maps, size_t i,
    const struct asked *asked)
{
	struct screen *screen;

	if (asked->screen == NULL)
		return map_find(maps->tables[i], asked->key, false, s->match);
	s->match->limited = 0;
	screen = &asked->screen->list[i];
	if (screen_next(screen, asked->record) != asked->record)
		return ANSWER_MISS;
	return map_find_screened(screen, asked->record);
}

enum answer
look_up(struct session *s, const char *view, const struct maps *maps,
    const struct asked *asked, enum action_place place,
    struct found *found_r, struct reply *reply_r)
{
	for (size_t i = 0; i < maps->n; i++) {
		const struct table *table = maps->tables[i];
		enum answer answer = conclude(s, view, table, asked->key,
		    ask_table(s, maps, i, asked), &found_r->rule, reply_r);

		if (answer == ANSWER_ERROR)
			return answer;
		if (answer == ANSWER_MISS)
			continue;
		/* A result that means nothing does nothing: Postfix's way. */
		return read_action(s, place, s->match->text, found_r->rule,
		    &found_r->action) ? ANSWER_HIT : ANSWER_MISS;
	}
	return ANSWER_MISS;
}

/* Found as Postfix would not have: its own tables need both forms. */
static void
note_idn(struct session *s, const char *view, struct span key,
    struct span rule)
{
	note_stage(s, "note", span_of(region_printf(&s->event, "%s: found as "
	    "\"%.*s\", the other form of an internationalized domain, which "
	    "Postfix would not look up", view, SPAN_ARG(key))), rule);
}

enum answer
look_up_access(struct session *s, const char *view, const struct table *table,
    const struct access_keys *keys, struct span *text_r, struct span *rule_r,
    struct reply *reply_r)
{
	struct span asked = keys->n > 0 ? keys->list[0].text : SPAN("");
	const struct access_key *key = NULL;
	enum answer answer = access_find(table, keys, s->match, &key);

	if (answer == ANSWER_HIT) {
		asked = key->text;
		/* The next lookup may write where the text lies. */
		*text_r = region_copy(&s->event, s->match->text);
	}
	answer = conclude(s, view, table, asked, answer, rule_r, reply_r);
	if (answer == ANSWER_HIT && key->idn)
		note_idn(s, view, key->text, *rule_r);
	return answer;
}
