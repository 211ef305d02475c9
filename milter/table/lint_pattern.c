/* lint_pattern - .* at an end of a pattern, and letters outside of ASCII. */
#include <unicase.h>
#include <unictype.h>
#include <unistr.h>

#include "table/lint_rules.h"

static bool
is_dot_star(const struct node *node)
{
	return node != NULL && node->kind == NODE_SET && node->dot &&
	    node->min == 0 && node->max == FOREVER && !node->possessive;
}

static bool
is_end(const struct node *node)
{
	return node->kind == NODE_END || node->kind == NODE_VERY_END ||
	    node->kind == NODE_LINE_END;
}

static bool
is_start(const struct node *node)
{
	return node->kind == NODE_START || node->kind == NODE_LINE_START;
}

/*
 * How many bytes at the front do nothing: ".*", or "^.*" where the dot takes
 * line feeds too.  They choose what the groups hold, the last of several.
 */
static size_t
idle_front(const struct branch *branch, const struct written_rule *rule)
{
	const struct node *node = branch->first;
	bool start = node != NULL && is_start(node);

	if (start)
		node = node->next;
	if (!is_dot_star(node) || node->next == NULL || rule->substitutes ||
	    (start && !byteset_full(&node->set)))
		return 0;
	return node->to;
}

/* Where the bytes at the end begin that do nothing: ".*" or ".*$". */
static size_t
idle_end(const struct branch *branch, size_t n)
{
	const struct node *before = NULL, *node = branch->first;

	if (node == NULL)
		return n;
	for (; node->next != NULL; node = node->next)
		before = node;
	if (is_end(node) && is_dot_star(before) && byteset_full(&before->set))
		return before->from;
	return is_dot_star(node) ? node->from : n;
}

static void
say_idle(const struct lint_run *run, const struct lint_pattern *pattern,
    size_t from, size_t to)
{
	struct span text = pattern->rule->pattern;
	struct span idle = from > 0 ? span_head(text, from) :
	    span_skip(text, to);
	struct buf shown;

	buf_init(&shown, 2 * LINT_SHOWN);
	lint_show(&shown, span_head(span_skip(text, from), to - from));
	lint_say(run, LINT_DOT_STAR, pattern->rule->line, "\"%.*s\" at the %s "
	    "of the pattern matches whatever stands there and only costs "
	    "time (write /%s/)", SPAN_ARG(idle), from > 0 ? "start" : "end",
	    buf_string(&shown));
	buf_clear(&shown);
}

void
lint_dot_star(const struct lint_run *run, const struct lint_pattern *pattern)
{
	const struct written_rule *rule = pattern->rule;
	size_t n = rule->pattern.n, from, to;
	bool posix = run->written->kind == WRITTEN_REGEXP;

	/* With the flag A, ".*" in front lets it begin anywhere again; of
	 * several branches, one alone costs no less. */
	if (pattern->tree->next != NULL ||
	    (rule->options & PCRE2_ANCHORED) != 0)
		return;
	from = idle_front(pattern->tree, rule);
	/* POSIX's longest match may be another without it. */
	to = posix && rule->substitutes ? n : idle_end(pattern->tree, n);
	/* What matches everything costs nothing. */
	if ((from == 0 && to == n) || to <= from ||
	    (from == 0 && to <= pattern->tree->first->to &&
	    is_start(pattern->tree->first)))
		return;
	say_idle(run, pattern, from, to);
}

/* The character at the front, if it is of several bytes; or 0. */
static size_t
wide_char(struct span text, ucs4_t *c_r)
{
	int n = u8_mbtoucr(c_r, (const uint8_t *)text.p, text.n);

	return n > 1 ? (size_t)n : 0;
}

/* Its other case, if it has one, stands in the pattern as well. */
static bool
has_other_case(struct span text, ucs4_t c)
{
	uint8_t other[6];
	ucs4_t other_c = uc_tolower(c) != c ? uc_tolower(c) : uc_toupper(c);
	int n = u8_uctomb(other, other_c, sizeof(other));

	return other_c == c || n <= 0 || memmem(text.p, text.n, other,
	    (size_t)n) != NULL;
}

/* What is wrong with a character, by where it stands; NULL: nothing. */
static const char *
wide_fault(const struct written_rule *rule, ucs4_t c, bool in_class,
    char next)
{
	bool repeated = next == '*' || next == '+' || next == '?' ||
	    next == '{';
	bool caseless = (rule->options & PCRE2_CASELESS) != 0 &&
	    memmem(rule->pattern.p, rule->pattern.n, "(?-i", 4) == NULL;

	if (in_class)
		return "is several bytes, and a class matches one of them "
		    "(write (?:...|...) instead of [...])";
	if (repeated)
		return "is several bytes, and only the last one is repeated "
		    "(write it in (?:...))";
	if (caseless && !has_other_case(rule->pattern, c))
		return "is found in this case only, since upper and lower "
		    "case are the same for ASCII alone (write both cases as "
		    "(?:...|...))";
	return NULL;
}

/* Where a class ends; escapes and "[:alpha:]" are passed over. */
static size_t
class_length(struct span text, bool posix)
{
	size_t n = 1;

	if (n < text.n && text.p[n] == '^')
		n++;
	if (n < text.n && text.p[n] == ']')
		n++;
	for (; n < text.n && text.p[n] != ']'; n++) {
		if (text.p[n] == '\\' && !posix)
			n++;
		else if (text.p[n] == '[' && n + 1 < text.n &&
		    text.p[n + 1] == ':')
			n += span_find(span_skip(text, n), ']');
	}
	return n < text.n ? n : text.n;
}

/*
 * Bytes are matched, not characters: goes by the text, which tells what is
 * written as bytes (\xc3\xa9) from what is written as a character.
 */
void
lint_non_ascii(const struct lint_run *run, const struct lint_pattern *pattern)
{
	const struct written_rule *rule = pattern->rule;
	bool posix = run->written->kind == WRITTEN_REGEXP;
	struct span text = rule->pattern;
	size_t class_end = 0;

	/* (*UTF) knows characters; the C library may, too. */
	if (posix || span_starts(text, SPAN("(*")) ||
	    (rule->options & PCRE2_UTF) != 0)
		return;
	for (size_t i = 0; i < text.n; i++) {
		struct span rest = span_skip(text, i);
		const char *fault;
		ucs4_t c;
		size_t n = wide_char(rest, &c);

		if (rest.p[0] == '\\')
			i++;
		else if (rest.p[0] == '[' && i >= class_end)
			class_end = i + class_length(rest, posix);
		if (n == 0)
			continue;
		fault = wide_fault(rule, c, i < class_end,
		    n < rest.n ? rest.p[n] : '\0');
		if (fault != NULL) {
			lint_say(run, LINT_NON_ASCII, rule->line, "\"%.*s\" "
			    "%s", (int)n, rest.p, fault);
			return;
		}
		i += n - 1;
	}
}
