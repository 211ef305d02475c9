/* pcre_read - the statements of a pcre table, by Postfix's reading of it. */
#include <stdlib.h>

#include "table/expand.h"
#include "table/nesting.h"
#include "table/pattern.h"
#include "table/pcre.h"

struct reader {
	const struct load *load;
	struct pcre *pcre;
	unsigned line;
	struct nesting nesting;
};

#define SKIPPED_RULE	"skipping this rule"
#define SKIPPED_IF	"skipping this IF, so its rules apply always"

/* Takes the statement's code, whatever comes of it. */
static bool
add_statement(struct reader *reader, const struct statement *statement)
{
	struct pcre *pcre = reader->pcre;

	if (pcre->n == pcre->room) {
		size_t room = pcre->room > 0 ? pcre->room * 2 : 16;
		struct statement *list = reallocarray(pcre->list, room,
		    sizeof(*list));

		if (list == NULL) {
			pcre2_code_free(statement->code);
			load_fail(reader->load, "out of memory");
			return false;
		}
		pcre->list = list;
		pcre->room = room;
	}
	pcre->list[pcre->n] = *statement;
	pcre->list[pcre->n].line = load_rule_line(reader->load, reader->line);
	pcre->list[pcre->n].number = pcre->n_rules;
	pcre->list[pcre->n].interpreted = statement->code != NULL &&
	    pattern_interpreted(statement->code);
	pcre->n++;
	if (statement->kind == STATEMENT_RULE)
		pcre->n_rules++;
	return true;
}

/* True where the rule may stand. */
static bool
check_result(const struct reader *reader, struct span text, bool negated,
    unsigned *groups_r)
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

static void
read_rule(struct reader *reader, struct span rest)
{
	struct statement rule = { .kind = STATEMENT_RULE };
	struct pattern pattern;
	char *source = reader->pcre->source.p;

	if (!pattern_take(reader->load, reader->line, SKIPPED_RULE, &rest,
	    &pattern) || !check_result(reader, rest, pattern.negated,
	    &rule.groups))
		return;
	rule.negated = pattern.negated;
	rule.code = pattern_compile(reader->load, reader->line, SKIPPED_RULE,
	    &pattern);
	if (rule.code == NULL)
		return;
	if (rule.groups > pattern_groups(rule.code)) {
		load_trap(reader->load, reader->line, SKIPPED_RULE, "\"$%u\" "
		    "is not a group (the pattern has %u)", rule.groups,
		    pattern_groups(rule.code));
		pcre2_code_free(rule.code);
		return;
	}
	if (rest.n > 0 && rule.groups == 0)
		rest.n = expand_dollars(source + (rest.p - source), rest.n);
	rule.text = rest;
	add_statement(reader, &rule);
}

static void
open_if(struct reader *reader, const struct statement *statement)
{
	if (add_statement(reader, statement) &&
	    !nesting_push(&reader->nesting, reader->pcre->n - 1))
		load_fail(reader->load, "out of memory");
}

/*
 * Postfix drops a faulty IF alone, so that its rules apply always and its
 * ENDIF closes another.  Where that is an error, the IF is kept so that one
 * fault is not complained about twice.
 */
static void
read_if(struct reader *reader, struct span rest)
{
	struct statement statement = { .kind = STATEMENT_IF };
	struct pattern pattern;

	if (pattern_take(reader->load, reader->line, SKIPPED_IF, &rest,
	    &pattern)) {
		if (rest.n > 0)
			load_trap(reader->load, reader->line, "ignoring it",
			    "\"%.*s\" behind the IF's pattern does nothing",
			    SPAN_ARG(rest));
		statement.negated = pattern.negated;
		statement.code = pattern_compile(reader->load, reader->line,
		    SKIPPED_IF, &pattern);
	}
	if (statement.code != NULL || !reader->load->options->compatible)
		open_if(reader, &statement);
}

static void
read_endif(struct reader *reader, struct span rest)
{
	size_t opened;

	if (!nesting_pop(&reader->nesting, &opened)) {
		load_trap(reader->load, reader->line, "ignoring it",
		    "ENDIF without an IF");
		return;
	}
	if (rest.n > 0)
		load_warn(reader->load, reader->line, "\"%.*s\" behind ENDIF "
		    "is ignored", SPAN_ARG(rest));
	reader->pcre->list[opened].next = reader->pcre->n;
}

static void
read_statement(struct reader *reader, struct span text)
{
	/* Nothing but a NUL; that was complained about. */
	if (text.n == 0)
		return;
	if (!ascii_alnum(text.p[0]))
		read_rule(reader, text);
	else if (nesting_word(text, SPAN("if")))
		read_if(reader, span_skip(text, 2));
	else if (nesting_word(text, SPAN("endif")))
		read_endif(reader, nesting_skip_space(span_skip(text, 5)));
	else
		load_trap(reader->load, reader->line, "ignoring this line",
		    "\"%.*s\" is neither a rule nor IF nor ENDIF (a rule is "
		    "/pattern/flags result)", SPAN_ARG(text));
}

/* An IF without ENDIF holds all that follows it. */
static void
close_rest(struct reader *reader)
{
	struct pcre *pcre = reader->pcre;
	size_t opened;

	while (nesting_pop(&reader->nesting, &opened)) {
		load_trap(reader->load, pcre->list[opened].line, "where it "
		    "does not match, nothing below it is looked at",
		    "IF without an ENDIF");
		pcre->list[opened].next = pcre->n;
	}
}

static bool
index_rules(struct pcre *pcre)
{
	pcre->rules = calloc(pcre->n_rules + 1, sizeof(*pcre->rules));
	if (pcre->rules == NULL)
		return false;
	for (size_t i = 0; i < pcre->n; i++)
		if (pcre->list[i].kind == STATEMENT_RULE)
			pcre->rules[pcre->list[i].number] = i;
	return true;
}

bool
pcre_read(struct load *load, struct pcre *pcre)
{
	struct reader reader = { .load = load, .pcre = pcre };
	struct logical lines = { .suspects = pattern_suspects };
	struct logical_line line;

	if (!load_text(load, &pcre->source))
		return false;
	lines.p = pcre->source.p;
	lines.n = pcre->source.n;
	while (load_line(load, &lines, &line)) {
		reader.line = line.line;
		read_statement(&reader, line.text);
	}
	close_rest(&reader);
	nesting_clear(&reader.nesting);
	if (!index_rules(pcre)) {
		load_fail(load, "out of memory");
		return false;
	}
	return true;
}

void
pcre_clear(struct pcre *pcre)
{
	for (size_t i = 0; i < pcre->n; i++)
		pcre2_code_free(pcre->list[i].code);
	free(pcre->list);
	free(pcre->rules);
	buf_clear(&pcre->source);
}
