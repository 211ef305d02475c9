/* pcre_read - the statements of a pcre table, by Postfix's reading of it. */
#include <stdlib.h>

#include "table/pattern.h"
#include "table/pcre.h"

static const struct pattern_syntax pcre_syntax = { .flags = PCRE_FLAGS };

uint32_t
pcre_option(char flag)
{
	switch (flag) {
	case 'i':
		return PCRE2_CASELESS;
	case 's':
		return PCRE2_DOTALL;
	case 'm':
		return PCRE2_MULTILINE;
	case 'x':
		return PCRE2_EXTENDED;
	case 'A':
		return PCRE2_ANCHORED;
	case 'E':
		return PCRE2_DOLLAR_ENDONLY;
	case 'U':
		return PCRE2_UNGREEDY;
	default:
		return 0;
	}
}

/* Flags toggle, so that "i" makes a pattern heed case. */
static bool
read_flags(const struct statement_reader *reader, const char *skipped,
    struct span flags, uint32_t *options_r)
{
	*options_r = PCRE2_CASELESS | PCRE2_DOTALL;
	if (reader->load->options->utf)
		*options_r |= PCRE2_UTF | PCRE2_UCP;
	for (; flags.n > 0; flags = span_skip(flags, 1)) {
		uint32_t option = pcre_option(flags.p[0]);

		*options_r ^= option;
		if (option != 0)
			continue;
		if (flags.p[0] != 'X') {
			pattern_no_flag(reader, skipped, flags,
			    "i m s x A E U");
			return false;
		}
		load_warn(reader->load, reader->line, LINT_FLAG_X, "the flag "
		    "\"X\" is obsolete and does nothing (remove it)");
	}
	return true;
}

/* There is no JIT code for it. */
static bool
is_interpreted(const pcre2_code *code)
{
	size_t size = 0;

	return pcre2_pattern_info(code, PCRE2_INFO_JITSIZE, &size) != 0 ||
	    size == 0;
}

/*
 * Compiled code (PCRE2 10.42) goes on behind what (*SKIP) skips, even where the
 * flag A lets a match begin nowhere else.  In a look-ahead, (*THEN) and its
 * kind lead elsewhere than the interpreter goes, and a group that is repeated
 * no times is still looked at.
 */
static bool
jit_is_wrong(struct span pattern)
{
	static const char *const marks[] = {
		"(*SKIP", "(*PRUNE", "(*THEN", "(*COMMIT", "){0}", "){0,0}",
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (memmem(pattern.p, pattern.n, marks[i], strlen(marks[i])))
			return true;
	return false;
}

static bool
is_utf_error(int error)
{
	return error <= PCRE2_ERROR_UTF8_ERR1 &&
	    error >= PCRE2_ERROR_UTF8_ERR21;
}

/* False, having complained. */
static bool
compile(const struct statement_reader *reader, const char *skipped,
    const struct pattern *pattern, uint32_t options,
    struct pcre_statement *statement)
{
	size_t offset = 0;
	int error = 0;
	struct step_points *points;
	pcre2_code *code = step_points_compile(pattern->text, options, &error,
	    &offset, &points);

	if (code == NULL) {
		char why[200] = "";

		pcre2_get_error_message(error, (PCRE2_UCHAR *)why,
		    sizeof(why));
		load_trap(reader->load, reader->line, skipped, "%s at offset "
		    "%zu of the pattern \"%.*s\"%s", why, offset,
		    SPAN_ARG(pattern->text), is_utf_error(error) ?
		    " (this table is to be in UTF-8)" : "");
		return false;
	}
	/* Where there is no JIT, or none is allowed, PCRE2 interprets. */
	if (!jit_is_wrong(pattern->text))
		pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	statement->code = code;
	statement->text = pattern->text;
	statement->options = options;
	statement->points = points;
	statement->interpreted = is_interpreted(code);
	statement->pattern.base.negated = pattern->negated;
	return true;
}

static bool
read_rule(struct statement_reader *reader, struct span text, void *statement)
{
	struct pcre_statement *pcre = statement;
	struct pattern_statement *rule = &pcre->pattern;
	struct pattern pattern;
	uint32_t options, groups = 0;

	if (!pattern_take(reader, &pcre_syntax, SKIPPED_RULE, &text,
	    &pattern) || !read_flags(reader, SKIPPED_RULE, pattern.flags,
	    &options) || !pattern_result(reader, text, pattern.negated,
	    &rule->groups) || !compile(reader, SKIPPED_RULE, &pattern, options,
	    pcre))
		return false;
	pcre2_pattern_info(pcre->code, PCRE2_INFO_CAPTURECOUNT, &groups);
	if (!pattern_has_groups(reader, rule->groups, groups)) {
		pcre2_code_free(pcre->code);
		free(pcre->points);
		return false;
	}
	rule->base.text = pattern_settle(reader, text, rule->groups);
	return true;
}

static bool
read_condition(struct statement_reader *reader, struct span text,
    void *statement)
{
	struct pattern pattern;
	uint32_t options;

	if (!pattern_take(reader, &pcre_syntax, SKIPPED_IF, &text,
	    &pattern) || !read_flags(reader, SKIPPED_IF, pattern.flags,
	    &options))
		return false;
	pattern_ends_if(reader, text);
	return compile(reader, SKIPPED_IF, &pattern, options, statement);
}

static bool
suspects(struct span text)
{
	return pattern_suspects(&pcre_syntax, text);
}

bool
pcre_read(struct load *load, struct statements *pcre)
{
	static const struct statement_syntax syntax = {
		.size = sizeof(struct pcre_statement),
		.rule = read_rule,
		.condition = read_condition,
		.suspects = suspects,
	};

	return statements_read(load, &syntax, NULL, pcre);
}

void
pcre_clear(struct statements *pcre)
{
	for (size_t i = 0; i < pcre->n; i++) {
		struct pcre_statement *statement = statements_at(pcre, i);

		pcre2_code_free(statement->code);
		free(statement->points);
	}
	statements_clear(pcre);
}
