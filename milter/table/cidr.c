/*
 * cidr - tables of networks: cidr_table(5), by Postfix's reading of it.
 *
 * A statement is tried on addresses of its own family alone: neither a
 * negated rule nor a negated IF matches an address of the other.
 */
#include <stdlib.h>

#include "base/network.h"
#include "table/statements.h"
#include "table/type.h"

struct cidr_statement {
	struct statement base;
	struct network network;
};

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
read_network(const struct statement_reader *reader, const char *skipped,
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
read_rule(struct statement_reader *reader, struct span text, void *statement)
{
	struct cidr_statement *rule = statement;
	struct span network;

	rule->base.negated = take_negation(&text);
	network = take_word(&text);
	rule->base.text = text;
	if (!read_network(reader, SKIPPED_RULE, network, &rule->network))
		return false;
	if (text.n == 0)
		load_trap(reader->load, reader->line, SKIPPED_RULE,
		    "no result behind \"%.*s\"", SPAN_ARG(network));
	return text.n > 0;
}

static bool
read_condition(struct statement_reader *reader, struct span text,
    void *statement)
{
	struct cidr_statement *condition = statement;

	condition->base.negated = take_negation(&text);
	return read_network(reader, SKIPPED_IF, text, &condition->network);
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
cidr_free(void *data)
{
	statements_clear(data);
	free(data);
}

static void *
cidr_open(struct load *load)
{
	static const struct statement_syntax syntax = {
		.size = sizeof(struct cidr_statement),
		.rule = read_rule,
		.condition = read_condition,
		.suspects = suspects,
		.rules_are_words = true,
		.endif_stands_alone = true,
	};
	struct statements *cidr = calloc(1, sizeof(*cidr));

	if (cidr == NULL)
		load_fail(load, "out of memory");
	else if (statements_read(load, &syntax, NULL, cidr))
		return cidr;
	else
		cidr_free(cidr);
	return NULL;
}

static size_t
cidr_rules(const void *data)
{
	return ((const struct statements *)data)->n_rules;
}

static void
cidr_rule(const void *data, size_t number, struct rule *rule_r)
{
	const struct cidr_statement *rule = statements_rule(data, number);

	rule_r->line = rule->base.line;
	rule_r->text = rule->base.text;
}

static bool
matches(const struct cidr_statement *statement, const struct network *address)
{
	return statement->network.size == address->size &&
	    network_holds(&statement->network, address) !=
	    statement->base.negated;
}

static enum answer
cidr_find(const void *data, struct span key, struct match *match)
{
	const struct statements *cidr = data;
	struct network address;
	size_t i = 0;

	if (!address_parse(key, &address))
		return ANSWER_MISS;
	while (i < cidr->n) {
		const struct cidr_statement *at = statements_at(cidr, i);
		bool hit = matches(at, &address);

		if (at->base.kind == STATEMENT_IF) {
			i = hit ? i + 1 : at->base.next;
		} else if (hit) {
			match->rule = at->base.number;
			match->text = at->base.text;
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
