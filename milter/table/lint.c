/* lint - where a table means something else than it seems to.  See lint.h. */
#include "table/lint.h"

#include "base/printable.h"
#include "table/lint_rules.h"

/* The tree of one pattern; see PATTERN_MAX in syntax.c. */
#define TREE_MAX	((size_t)8 << 20)

bool
lint_wanted(const struct lint_run *run, enum lint lint, unsigned line)
{
	return (run->wanted & LINT_BIT(lint)) != 0 &&
	    (allowed_at(&run->written->allowed, line) & LINT_BIT(lint)) == 0;
}

void
lint_say(const struct lint_run *run, enum lint lint, unsigned line,
    const char *format, ...)
{
	struct load load = run->written->load;
	struct buf text;
	va_list args;

	if (!lint_wanted(run, lint, line))
		return;
	load.complaints = run->complaints;
	buf_init(&text, 4096);
	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	load_warn(&load, line, lint, "%s", buf_string(&text));
	buf_clear(&text);
}

void
lint_show(struct buf *out, struct span text)
{
	printable_add(out, text, LINT_SHOWN);
}

static void
lint_allowance(const struct lint_run *run, const struct note *note)
{
	struct span names = note->text, name;
	struct buf shown;

	if (note->rule == 0) {
		lint_say(run, LINT_ALLOW, note->line, "nothing is allowed "
		    "here: the comment must stand directly above a rule");
		return;
	}
	while (notes_name(&names, &name)) {
		if (lint_named(name) != LINT_NONE)
			continue;
		buf_init(&shown, 200);
		lint_show(&shown, name);
		lint_say(run, LINT_ALLOW, note->line, "there is no lint "
		    "\"%s\" (names stand in the brackets behind the warnings, "
		    "and the reason behind a blank)", buf_string(&shown));
		buf_clear(&shown);
	}
}

/*
 * A pattern of ASCII for characters, as one for bytes: what the other lints
 * tell from the tree is the same.  What covers it is not: \w may be any letter.
 */
static const struct branch *
read_as_bytes(const struct written_rule *rule, struct region *region)
{
	for (size_t i = 0; i < rule->pattern.n; i++)
		if ((unsigned char)rule->pattern.p[i] >= 0x80)
			return NULL;
	return syntax_read(rule->pattern, rule->options &
	    ~(uint32_t)(PCRE2_UTF | PCRE2_UCP), region);
}

static void
lint_rule(const struct lint_run *run, const struct written_rule *rule,
    struct cover *cover, struct region *region)
{
	struct lint_pattern pattern = { .rule = rule };
	bool posix = run->written->kind == WRITTEN_REGEXP;

	if (rule->suspect > 0)
		lint_say(run, LINT_INDENTED_RULE, rule->line, "line %u looks "
		    "like a rule, but it is indented and so a part of this "
		    "one (begin it at the margin)", rule->suspect);
	if (run->written->kind == WRITTEN_KEYS)
		return;
	region_reset(region);
	if (run->written->kind != WRITTEN_CIDR && rule->sound)
		pattern.tree = syntax_read(rule->pattern, rule->options |
		    (posix ? SYNTAX_POSIX : 0), region);
	cover_take(cover, run, &pattern);
	if (run->written->kind == WRITTEN_CIDR || !rule->sound)
		return;
	if ((rule->options & PCRE2_UTF) != 0)
		pattern.tree = read_as_bytes(rule, region);
	lint_non_ascii(run, &pattern);
	lint_encoded(run, &pattern);
	if (pattern.tree == NULL)
		return;
	lint_domain_dot(run, &pattern);
	lint_dot_star(run, &pattern);
	lint_backtracking(run, &pattern);
}

void
lint_table(struct span name, const struct table_options *options,
    unsigned wanted, struct complaints *complaints)
{
	struct written written;
	struct lint_run run = { &written, wanted, complaints };
	struct cover *cover;
	struct region region;
	struct written_rule rule;

	if (!written_open(&written, name, options))
		return;
	region_init(&region, TREE_MAX);
	if ((cover = cover_new()) != NULL)
		while (written_next(&written, &rule))
			lint_rule(&run, &rule, cover, &region);
	for (size_t i = 0; i < written.notes.n; i++)
		if (written.notes.list[i].kind == NOTE_ALLOW)
			lint_allowance(&run, &written.notes.list[i]);
	cover_free(&cover);
	region_clear(&region);
	written_close(&written);
}
