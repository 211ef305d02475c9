/* regexp_read - the statements of a regexp table, by Postfix's reading. */
#include <stdlib.h>

#include "table/pattern.h"
#include "table/regexp.h"

static const struct pattern_syntax regexp_syntax = {
	.flags = "imx", .takes_two = true,
};

/*
 * glibc's compiler calls itself for every level of brackets; at some ten
 * thousand of them its stack ends.
 */
#define DEPTH_MAX	1000

/*
 * So much of what anybody writes is compiled in a second or so.  Of repeats in
 * repeats, such as "(a*?{22,}(b|c)+)", glibc takes minutes over a few bytes;
 * so does postmap.
 */
#define PATTERN_MAX	((size_t)64 * 1024)

static int
flag_option(char flag)
{
	return flag == 'i' ? REG_ICASE : flag == 'm' ? REG_NEWLINE :
	    flag == 'x' ? REG_EXTENDED : 0;
}

/* Flags toggle, so that "i" makes a pattern heed case. */
static bool
read_flags(const struct statement_reader *reader, const char *skipped,
    struct span flags, int *options_r)
{
	*options_r = REG_EXTENDED | REG_ICASE;
	for (; flags.n > 0; flags = span_skip(flags, 1)) {
		int option = flag_option(flags.p[0]);

		*options_r ^= option;
		if (option == 0) {
			pattern_no_flag(reader, skipped, flags, "i m x");
			return false;
		}
	}
	return true;
}

/* "\1" to "\9", or where a backslash is itself, what looks like one. */
static bool
refers_back(struct span text)
{
	for (size_t i = 0; i + 1 < text.n; i++) {
		if (text.p[i] != '\\')
			continue;
		if (ascii_digit(text.p[++i]))
			return true;
	}
	return false;
}

static bool
is_too_much(struct span text)
{
	size_t open = 0;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '(' && ++open > DEPTH_MAX)
			break;
		else if (text.p[i] == ')' && open > 0)
			open--;
	return open > DEPTH_MAX || text.n > PATTERN_MAX;
}

/* Complains of what is no pattern; else it can be compiled whenever asked. */
static bool
try_pattern(const struct statement_reader *reader, const char *skipped,
    const struct regexp_pattern *pattern, struct span text, size_t *groups_r)
{
	char why[200];
	regex_t compiled;
	int error;

	if (is_too_much(text)) {
		load_trap(reader->load, reader->line, skipped, "more than %d "
		    "brackets deep or %zu bytes long: \"%.*s\"", DEPTH_MAX,
		    PATTERN_MAX, SPAN_ARG(text));
		return false;
	}
	error = regcomp(&compiled, pattern->text, pattern->flags);
	if (error != 0) {
		regerror(error, &compiled, why, sizeof(why));
		load_trap(reader->load, reader->line, skipped, "%s in the "
		    "pattern \"%.*s\"", why, SPAN_ARG(text));
		return false;
	}
	*groups_r = compiled.re_nsub;
	regfree(&compiled);
	return true;
}

static bool
keep_pattern(const struct statement_reader *reader,
    const struct regexp_pattern *pattern)
{
	struct regexp *regexp = reader->own;

	if (regexp->n_patterns == regexp->room) {
		size_t room = regexp->room > 0 ? regexp->room * 2 : 16;
		struct regexp_pattern *list = reallocarray(regexp->patterns,
		    room, sizeof(*list));

		if (list == NULL) {
			load_fail(reader->load, "out of memory");
			return false;
		}
		regexp->patterns = list;
		regexp->room = room;
	}
	regexp->patterns[regexp->n_patterns++] = *pattern;
	return true;
}

/* A closing delimiter becomes the NUL that regcomp() wants. */
static bool
add_pattern(const struct statement_reader *reader, const char *skipped,
    const struct pattern *from, int options,
    struct regexp_statement *statement, size_t *groups_r)
{
	struct regexp *regexp = reader->own;
	char *source = reader->statements->source.p;
	struct regexp_pattern pattern = { from->text.p, options,
	    { .repeats = false } };

	source[from->text.p + from->text.n - source] = '\0';
	regexp_work_read(from->text, options, &pattern.work);
	if (!try_pattern(reader, skipped, &pattern, from->text, groups_r) ||
	    !keep_pattern(reader, &pattern))
		return false;
	if (statement->parts++ == 0) {
		statement->first = regexp->n_patterns - 1;
		statement->text = from->text;
		statement->flags = options;
	}
	statement->refers |= refers_back(from->text);
	return true;
}

/* The first one reports groups only where the result asks for some. */
static bool
add_rule(const struct statement_reader *reader,
    const struct pattern *patterns, const int *options, size_t n,
    struct regexp_statement *rule)
{
	struct regexp *regexp = reader->own;
	unsigned wanted = rule->pattern.groups;
	size_t groups, had = regexp->n_patterns;

	if (add_pattern(reader, SKIPPED_RULE, &patterns[0], options[0] |
	    (wanted > 0 ? 0 : REG_NOSUB), rule, &groups) &&
	    pattern_has_groups(reader, wanted, groups) &&
	    (n < 2 || add_pattern(reader, SKIPPED_RULE, &patterns[1],
	    options[1] | REG_NOSUB, rule, &groups)))
		return true;
	regexp->n_patterns = had;
	return false;
}

/* How many patterns there are, or 0 where the rule is to be skipped. */
static size_t
take_patterns(const struct statement_reader *reader, struct span *rest,
    struct pattern *patterns, int *options)
{
	size_t n = 0;

	do {
		if (!pattern_take(reader, &regexp_syntax, SKIPPED_RULE, rest,
		    &patterns[n]) || !read_flags(reader, SKIPPED_RULE,
		    patterns[n].flags, &options[n]))
			return 0;
	} while (++n < 2 && rest->n > 0 && rest->p[0] == '!');
	*rest = nesting_skip_space(*rest);
	return n;
}

static bool
read_rule(struct statement_reader *reader, struct span text, void *statement)
{
	struct regexp *regexp = reader->own;
	struct regexp_statement *own = statement;
	struct pattern_statement *rule = &own->pattern;
	struct pattern patterns[2];
	int options[2];
	size_t n = take_patterns(reader, &text, patterns, options);

	if (n == 0 || !pattern_result(reader, text, patterns[0].negated,
	    &rule->groups) || !add_rule(reader, patterns, options, n, own))
		return false;
	rule->base.negated = patterns[0].negated;
	own->second_negated = n > 1 && patterns[1].negated;
	rule->base.text = pattern_settle(reader, text, rule->groups);
	if (rule->groups > regexp->groups)
		regexp->groups = rule->groups;
	return true;
}

/* A second pattern does nothing in an IF. */
static bool
read_condition(struct statement_reader *reader, struct span text,
    void *statement)
{
	struct regexp_statement *condition = statement;
	struct pattern pattern;
	size_t groups;
	int options;

	if (!pattern_take(reader, &regexp_syntax, SKIPPED_IF, &text,
	    &pattern) || !read_flags(reader, SKIPPED_IF, pattern.flags,
	    &options))
		return false;
	pattern_ends_if(reader, text);
	condition->pattern.base.negated = pattern.negated;
	return add_pattern(reader, SKIPPED_IF, &pattern, options | REG_NOSUB,
	    condition, &groups);
}

static bool
suspects(struct span text)
{
	return pattern_suspects(&regexp_syntax, text);
}

bool
regexp_read(struct load *load, struct statements *statements,
    struct regexp *regexp)
{
	static const struct statement_syntax syntax = {
		.size = sizeof(struct regexp_statement),
		.rule = read_rule,
		.condition = read_condition,
		.suspects = suspects,
	};

	return statements_read(load, &syntax, regexp, statements);
}

void
regexp_clear(struct statements *statements, struct regexp *regexp)
{
	statements_clear(statements);
	free(regexp->patterns);
}
