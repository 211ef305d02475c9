/* pattern - [!]/pattern/flags and the result behind it.  See pattern.h. */
#include "table/pattern.h"

#include "table/expand.h"

/* At the delimiter that ends the pattern, or s.n where there is none. */
static size_t
pattern_end(struct span s, char delimiter)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != delimiter)
		i += s.p[i] == '\\' ? 2 : 1;
	return i < s.n ? i : s.n;
}

static struct span
take_flags(const struct pattern_syntax *syntax, struct span *rest)
{
	struct span flags;
	size_t n = 0;

	while (n < rest->n && !ascii_space(rest->p[n]) &&
	    !(syntax->takes_two && rest->p[n] == '!'))
		n++;
	flags = span_head(*rest, n);
	*rest = span_skip(*rest, n);
	if (!syntax->takes_two)
		*rest = nesting_skip_space(*rest);
	return flags;
}

/*
 * The delimiter is any byte but a blank, and '\0' where there is none; a
 * backslash in front of it stays in the pattern.
 */
static bool
split(const struct pattern_syntax *syntax, struct span *rest,
    struct pattern *pattern_r, char *delimiter_r)
{
	size_t n;

	*pattern_r = (struct pattern){ .negated = false };
	*delimiter_r = '\0';
	for (; rest->n > 0; *rest = span_skip(*rest, 1)) {
		if (rest->p[0] == '!')
			pattern_r->negated = !pattern_r->negated;
		else if (!ascii_space(rest->p[0]))
			break;
	}
	if (rest->n == 0)
		return false;
	*delimiter_r = rest->p[0];
	*rest = span_skip(*rest, 1);
	if ((n = pattern_end(*rest, *delimiter_r)) == rest->n)
		return false;
	pattern_r->text = span_head(*rest, n);
	*rest = span_skip(*rest, n + 1);
	pattern_r->flags = take_flags(syntax, rest);
	return true;
}

bool
pattern_take(const struct statement_reader *reader,
    const struct pattern_syntax *syntax, const char *skipped,
    struct span *rest, struct pattern *pattern_r)
{
	char delimiter;

	if (split(syntax, rest, pattern_r, &delimiter))
		return true;
	if (delimiter == '\0')
		load_trap(reader->load, reader->line, skipped,
		    "no pattern (write /pattern/)");
	else
		load_trap(reader->load, reader->line, skipped,
		    "the pattern has no closing \"%c\"", delimiter);
	return false;
}

void
pattern_no_flag(const struct statement_reader *reader, const char *skipped,
    struct span flags, const char *there_are)
{
	load_trap(reader->load, reader->line, skipped, "\"%.*s\" is not a "
	    "flag (there are %s, and a blank ends them)", SPAN_ARG(flags),
	    there_are);
}

void
pattern_ends_if(const struct statement_reader *reader, struct span rest)
{
	rest = nesting_skip_space(rest);
	if (rest.n > 0)
		load_warn(reader->load, reader->line, LINT_IF_TEXT,
		    "\"%.*s\" behind the IF's pattern is ignored, and a "
		    "rule there is lost (put the rule on a line of its own, "
		    "at the margin; make words a comment above)",
		    SPAN_ARG(rest));
}

bool
pattern_result(const struct statement_reader *reader, struct span text,
    bool negated, unsigned *groups_r)
{
	struct buf why;
	bool right;

	if (text.n == 0)
		load_trap(reader->load, reader->line, "using an empty one",
		    "no result behind the pattern");
	buf_init(&why, text.n + 200);
	if (!(right = expand_check(text, groups_r, &why))) {
		load_trap(reader->load, reader->line, SKIPPED_RULE, "%s",
		    buf_string(&why));
	} else if (*groups_r > 0 && negated) {
		load_trap(reader->load, reader->line, SKIPPED_RULE, "\"$%u\" "
		    "in the result of a negated rule, which sets no groups",
		    *groups_r);
		right = false;
	}
	buf_clear(&why);
	return right;
}

bool
pattern_has_groups(const struct statement_reader *reader, unsigned groups,
    size_t has)
{
	if (groups <= has)
		return true;
	load_trap(reader->load, reader->line, SKIPPED_RULE, "\"$%u\" is not a "
	    "group (the pattern has %zu)", groups, has);
	return false;
}

struct span
pattern_settle(const struct statement_reader *reader, struct span text,
    unsigned groups)
{
	char *source = reader->statements->source.p;

	if (text.n > 0 && groups == 0)
		text.n = expand_dollars(source + (text.p - source), text.n);
	return text;
}

bool
pattern_suspects(const struct pattern_syntax *syntax, struct span text)
{
	struct pattern pattern;
	struct span rest = text;
	bool is_if = nesting_word(text, SPAN("if"));
	char delimiter;

	if (nesting_word(text, SPAN("endif")))
		return span_trim(text).n == sizeof("endif") - 1;
	if (is_if)
		rest = span_skip(text, 2);
	if (!split(syntax, &rest, &pattern, &delimiter) || delimiter != '/')
		return false;
	for (size_t i = 0; i < pattern.flags.n; i++)
		if (strchr(syntax->flags, pattern.flags.p[i]) == NULL)
			return false;
	rest = nesting_skip_space(rest);
	return is_if || (rest.n > 0 && pattern.text.n > 0);
}
