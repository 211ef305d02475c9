/*
 * cidr - tables of networks: cidr_table(5), by Postfix's reading of it.
 *
 * A statement is tried on addresses of its own family alone: neither a
 * negated rule nor a negated IF matches an address of the other.
 */
#include <stdlib.h>

#include "base/network.h"
#include "table/nesting.h"
#include "table/type.h"

enum kind { KIND_RULE, KIND_IF };

struct statement {
	enum kind kind;
	bool negated;
	unsigned line;
	struct network network;
	struct span text;	/* of a rule: its result */
	size_t number;		/* of the rule */
	size_t next;		/* of an IF: the statement after its ENDIF */
};

struct cidr {
	struct buf source;	/* the results lie here */
	struct statement *list;
	size_t n, room;
	size_t *rules;		/* the statement of each rule */
	size_t n_rules;
};

struct reader {
	const struct load *load;
	struct cidr *cidr;
	unsigned line;
	struct nesting nesting;
};

#define SKIPPED_RULE	"skipping this rule"
#define SKIPPED_IF	"skipping this IF, so its rules apply always"

/* Each '!' turns the meaning round; blanks may stand between them. */
static bool
take_negation(struct span *rest)
{
	bool negated = false;

	for (; rest->n > 0; *rest = span_skip(*rest, 1)) {
		if (rest->p[0] == '!')
			negated = !negated;
		else if (!ascii_space(rest->p[0]))
			break;
	}
	return negated;
}

static struct span
take_word(struct span *rest)
{
	size_t n = 0;
	struct span word;

	while (n < rest->n && !ascii_space(rest->p[n]))
		n++;
	word = span_head(*rest, n);
	*rest = nesting_skip_space(span_skip(*rest, n));
	return word;
}

static bool
read_network(const struct reader *reader, const char *skipped,
    struct span text, struct network *network_r)
{
	struct network meant;
	char right[NETWORK_TEXT];
	const char *wrong;

	if (text.n == 0) {
		load_trap(reader->load, reader->line, skipped,
		    "no address (write 192.0.2.0/24 or 2001:db8::/32)");
		return false;
	}
	if ((wrong = network_parse(text, network_r)) == NULL)
		return true;
	/* Where only bits are too many, it left what was meant. */
	network_format(network_r, right);
	if (network_r->size > 0 && network_parse(span_of(right),
	    &meant) == NULL && meant.bits < meant.size * 8)
		load_trap(reader->load, reader->line, skipped, "\"%.*s\": %s "
		    "(write %s)", SPAN_ARG(text), wrong, right);
	else
		load_trap(reader->load, reader->line, skipped, "\"%.*s\": %s",
		    SPAN_ARG(text), wrong);
	return false;
}

static bool
add_statement(struct reader *reader, const struct statement *statement)
{
	struct cidr *cidr = reader->cidr;

	if (cidr->n == cidr->room) {
		size_t room = cidr->room > 0 ? cidr->room * 2 : 16;
		struct statement *list = reallocarray(cidr->list, room,
		    sizeof(*list));

		if (list == NULL) {
			load_fail(reader->load, "out of memory");
			return false;
		}
		cidr->list = list;
		cidr->room = room;
	}
	cidr->list[cidr->n] = *statement;
	cidr->list[cidr->n].line = load_rule_line(reader->load, reader->line);
	cidr->list[cidr->n].number = cidr->n_rules;
	cidr->n++;
	if (statement->kind == KIND_RULE)
		cidr->n_rules++;
	return true;
}

static void
read_rule(struct reader *reader, struct span rest)
{
	struct statement rule = { .kind = KIND_RULE };
	struct span network;

	rule.negated = take_negation(&rest);
	network = take_word(&rest);
	rule.text = rest;
	if (!read_network(reader, SKIPPED_RULE, network, &rule.network))
		return;
	if (rule.text.n == 0)
		load_trap(reader->load, reader->line, SKIPPED_RULE,
		    "no result behind \"%.*s\"", SPAN_ARG(network));
	else
		add_statement(reader, &rule);
}

/* As in pcre tables: one that is only warned about is dropped alone. */
static void
read_if(struct reader *reader, struct span rest)
{
	struct statement statement = { .kind = KIND_IF };

	statement.negated = take_negation(&rest);
	if (!read_network(reader, SKIPPED_IF, rest, &statement.network) &&
	    reader->load->options->compatible)
		return;
	if (add_statement(reader, &statement) &&
	    !nesting_push(&reader->nesting, reader->cidr->n - 1))
		load_fail(reader->load, "out of memory");
}

/* Unlike in pcre tables, an ENDIF with text behind it is none. */
static void
read_endif(struct reader *reader, struct span rest)
{
	size_t opened;

	if (rest.n > 0) {
		load_trap(reader->load, reader->line, "skipping this ENDIF",
		    "\"%.*s\" behind ENDIF", SPAN_ARG(rest));
		if (reader->load->options->compatible)
			return;
	}
	if (nesting_pop(&reader->nesting, &opened))
		reader->cidr->list[opened].next = reader->cidr->n;
	else
		load_trap(reader->load, reader->line, "ignoring it",
		    "ENDIF without an IF");
}

static void
read_statement(struct reader *reader, struct span text)
{
	if (nesting_word(text, SPAN("if")))
		read_if(reader, span_skip(text, 2));
	else if (nesting_word(text, SPAN("endif")))
		read_endif(reader, nesting_skip_space(span_skip(text, 5)));
	else
		read_rule(reader, text);
}

/* An indented line that was meant as a statement. */
static bool
suspects(struct span text)
{
	struct network network;

	if (nesting_word(text, SPAN("endif")))
		return span_trim(text).n == sizeof("endif") - 1;
	if (nesting_word(text, SPAN("if"))) {
		text = span_skip(text, 2);
		take_negation(&text);
		return network_parse(span_trim(text), &network) == NULL;
	}
	take_negation(&text);
	return network_parse(take_word(&text), &network) == NULL &&
	    text.n > 0;
}

static void
close_rest(struct reader *reader)
{
	struct cidr *cidr = reader->cidr;
	size_t opened;

	while (nesting_pop(&reader->nesting, &opened)) {
		load_trap(reader->load, cidr->list[opened].line, "where it "
		    "does not match, nothing below it is looked at",
		    "IF without an ENDIF");
		cidr->list[opened].next = cidr->n;
	}
	nesting_clear(&reader->nesting);
}

static bool
index_rules(struct cidr *cidr)
{
	cidr->rules = calloc(cidr->n_rules + 1, sizeof(*cidr->rules));
	if (cidr->rules == NULL)
		return false;
	for (size_t i = 0; i < cidr->n; i++)
		if (cidr->list[i].kind == KIND_RULE)
			cidr->rules[cidr->list[i].number] = i;
	return true;
}

static void
cidr_free(void *data)
{
	struct cidr *cidr = data;

	free(cidr->list);
	free(cidr->rules);
	buf_clear(&cidr->source);
	free(cidr);
}

static void *
cidr_open(struct load *load)
{
	struct cidr *cidr = calloc(1, sizeof(*cidr));
	struct reader reader = { .load = load, .cidr = cidr };
	struct logical lines = { .suspects = suspects };
	struct logical_line line;

	if (cidr == NULL || !load_text(load, &cidr->source)) {
		free(cidr);
		return NULL;
	}
	lines.p = cidr->source.p;
	lines.n = cidr->source.n;
	while (load_line(load, &lines, &line)) {
		reader.line = line.line;
		read_statement(&reader, line.text);
	}
	close_rest(&reader);
	if (!index_rules(cidr)) {
		load_fail(load, "out of memory");
		cidr_free(cidr);
		return NULL;
	}
	return cidr;
}

static size_t
cidr_rules(const void *data)
{
	return ((const struct cidr *)data)->n_rules;
}

static void
cidr_rule(const void *data, size_t number, struct rule *rule_r)
{
	const struct cidr *cidr = data;
	const struct statement *rule = &cidr->list[cidr->rules[number]];

	rule_r->line = rule->line;
	rule_r->text = rule->text;
}

static bool
matches(const struct statement *statement, const struct network *address)
{
	return statement->network.size == address->size &&
	    network_holds(&statement->network, address) !=
	    statement->negated;
}

static enum answer
cidr_find(const void *data, struct span key, struct match *match)
{
	const struct cidr *cidr = data;
	struct network address;
	size_t i = 0;

	if (!address_parse(key, &address))
		return ANSWER_MISS;
	while (i < cidr->n) {
		const struct statement *at = &cidr->list[i];
		bool hit = matches(at, &address);

		if (at->kind == KIND_IF) {
			i = hit ? i + 1 : at->next;
		} else if (hit) {
			match->rule = at->number;
			match->text = at->text;
			return ANSWER_HIT;
		} else {
			i++;
		}
	}
	return ANSWER_MISS;
}

const struct table_type table_cidr = {
	.name = "cidr", .reads_file = true, .reads_braces = true,
	.open = cidr_open, .free = cidr_free, .rules = cidr_rules,
	.rule = cidr_rule, .find = cidr_find,
};
