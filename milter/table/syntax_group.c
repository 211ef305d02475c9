/* syntax_group - groups of a pattern, for syntax.c. */
#include "table/syntax_parser.h"

/* PCRE2's own bound for groups in groups. */
#define DEPTH_MAX	250

/* 0 where the letter changes more than an option. */
static uint32_t
letter_option(const struct parser *parser, char letter)
{
	switch (letter) {
	case 'i':
		return PCRE2_CASELESS;
	case 's':
		return PCRE2_DOTALL;
	case 'm':
		return PCRE2_MULTILINE;
	case 'U':
		return PCRE2_UNGREEDY;
	case 'n':
		return parser->loose ? PCRE2_NO_AUTO_CAPTURE : 0;
	case 'J':
		return parser->loose ? PCRE2_DUPNAMES : 0;
	case 'x':
		/* With "xx", classes would have blanks that mean nothing. */
		return parser->loose && syntax_peek(parser, 1) != 'x' ?
		    PCRE2_EXTENDED : 0;
	default:
		return 0;
	}
}

/* Letters of "(?i)" and "(?i-s:": those that need no more than an option. */
static bool
parse_letters(struct parser *parser)
{
	bool off = false;

	if (parser->loose && syntax_take(parser, SPAN("^")))
		parser->options &= ~(PCRE2_CASELESS | PCRE2_DOTALL |
		    PCRE2_MULTILINE | PCRE2_EXTENDED | PCRE2_NO_AUTO_CAPTURE);
	for (; parser->at < parser->text.n; parser->at++) {
		char c = parser->text.p[parser->at];
		uint32_t option = letter_option(parser, c);

		if (c == ')' || c == ':')
			return true;
		if (c == '-' && !off)
			off = true;
		else if (option == 0)
			return false;
		else if (off)
			parser->options &= ~option;
		else
			parser->options |= option;
	}
	return false;
}

/* "(?<name>", "(?P<name>", "(?'name'": just a group. */
static bool
take_name(struct parser *parser)
{
	struct span rest;
	char end;
	size_t n = 0;

	if (!syntax_take(parser, SPAN("P<")) &&
	    !syntax_take(parser, SPAN("<")) &&
	    !syntax_take(parser, SPAN("'")))
		return false;
	end = parser->text.p[parser->at - 1] == '<' ? '>' : '\'';
	rest = syntax_rest(parser);
	while (n < rest.n && (ascii_alnum((unsigned char)rest.p[n]) ||
	    rest.p[n] == '_'))
		n++;
	parser->at += n + 1;
	return n > 0 && n < rest.n && rest.p[n] == end;
}

/* "(?=", "(?!", "(?<=" and "(?<!", without "(?". */
static bool
take_look(struct parser *parser, struct node *node)
{
	bool behind = syntax_sees(parser, SPAN("<"));
	char sign = syntax_peek(parser, behind);

	if (sign != '=' && sign != '!')
		return false;
	node->kind = NODE_LOOK;
	node->negative = sign == '!';
	parser->at += behind + 1U;
	return true;
}

/* What follows "(?" and is a group.  False for "(?i)", an empty one. */
static bool
parse_question(struct parser *parser, struct node *node)
{
	if (syntax_take(parser, SPAN(":")) || take_look(parser, node) ||
	    (parser->loose && syntax_take(parser, SPAN("|")))) {
		return true;
	} else if (syntax_take(parser, SPAN(">"))) {
		node->possessive = true;
	} else if (syntax_sees(parser, SPAN("<")) ||
	    syntax_sees(parser, SPAN("P<")) ||
	    syntax_sees(parser, SPAN("'"))) {
		node->captures = true;
		if (!take_name(parser))
			syntax_fail(parser);
	} else if (!parse_letters(parser)) {
		syntax_fail(parser);
	} else if (syntax_take(parser, SPAN(")"))) {
		return false;
	} else {
		parser->at++;
	}
	return true;
}

void
syntax_group(struct parser *parser, struct node *node)
{
	uint32_t options = parser->options;

	node->kind = NODE_GROUP;
	if (parser->depth == DEPTH_MAX || (syntax_sees(parser, SPAN("*")) &&
	    (!parser->loose || syntax_has(parser, SYNTAX_POSIX)))) {
		syntax_fail(parser);
		return;
	}
	if (syntax_sees(parser, SPAN("*"))) {
		syntax_verb(parser, node);
		return;
	}
	if (!syntax_take(parser, SPAN("?"))) {
		node->captures = true;
	} else if (syntax_has(parser, SYNTAX_POSIX)) {
		syntax_fail(parser);
		return;
	} else if (parser->loose && syntax_odd_group(parser, node)) {
		return;
	} else if (!parse_question(parser, node)) {
		/* It holds for the rest of the group around it. */
		node->branches = region_alloc(parser->region,
		    sizeof(*node->branches));
		return;
	}
	syntax_group_rest(parser, node, options);
}

void
syntax_group_rest(struct parser *parser, struct node *node, uint32_t options)
{
	parser->depth++;
	node->branches = syntax_branches(parser);
	parser->depth--;
	parser->options = options;
	if (!syntax_take(parser, SPAN(")")))
		syntax_fail(parser);
}
