/* syntax_loose - what only a loose tree has, for syntax.c. */
#include "table/syntax_parser.h"
#include "table/syntax_set.h"

/* Past the first such byte; without one, what begins here has no end. */
static void
skip_past(struct parser *parser, char end)
{
	struct span rest = syntax_rest(parser);
	size_t n = span_find(rest, end);

	if (n == rest.n)
		syntax_fail(parser);
	else
		parser->at += n + 1;
}

/* One blank or comment of the flag x. */
static bool
skip_blank(struct parser *parser)
{
	unsigned char c = (unsigned char)syntax_peek(parser, 0);
	struct span rest = syntax_rest(parser);
	size_t n;

	if (!syntax_has(parser, PCRE2_EXTENDED))
		return false;
	/* A blank or not, by the way in which PCRE2 was built. */
	if (c == 0x85) {
		syntax_fail(parser);
		return false;
	}
	if (c == '#') {
		n = span_find(rest, '\n');
		parser->at += n < rest.n ? n + 1 : n;
		return true;
	}
	parser->at += ascii_space(c);
	return ascii_space(c);
}

/* One thing that matches nothing. */
static bool
skip_one(struct parser *parser)
{
	if (parser->quoting) {
		parser->quoting = !syntax_take(parser, SPAN("\\E"));
		return !parser->quoting;
	}
	if (syntax_take(parser, SPAN("\\Q"))) {
		parser->quoting = true;
		return true;
	}
	if (syntax_take(parser, SPAN("\\E")))
		return true;
	if (syntax_take(parser, SPAN("(?#"))) {
		skip_past(parser, ')');
		return true;
	}
	return skip_blank(parser);
}

void
syntax_skip(struct parser *parser)
{
	bool skipped = true;

	if (!parser->loose || syntax_has(parser, SYNTAX_POSIX))
		return;
	while (skipped && parser->at < parser->text.n)
		skipped = skip_one(parser);
}

static size_t
count_digits(const struct parser *parser, size_t from)
{
	size_t n = from;

	while (ascii_digit((unsigned char)syntax_peek(parser, n)))
		n++;
	return n - from;
}

/* "{...}", "<...>", "'...'" or a number with a sign: what \g refers to. */
static void
skip_reference(struct parser *parser)
{
	char c = syntax_peek(parser, 0);
	size_t n;

	if (c == '{' || c == '<' || c == '\'') {
		parser->at++;
		skip_past(parser, c == '{' ? '}' : c == '<' ? '>' : '\'');
		return;
	}
	parser->at += c == '+' || c == '-';
	n = count_digits(parser, 0);
	parser->at += n;
	if (n == 0)
		syntax_fail(parser);
}

/* \p{Lu} or \pL, from its letter on. */
static void
skip_property(struct parser *parser)
{
	if (syntax_take(parser, SPAN("{")))
		skip_past(parser, '}');
	else if (parser->at < parser->text.n)
		parser->at++;
	else
		syntax_fail(parser);
}

/* \cA */
static void
parse_control(struct parser *parser, struct node *node)
{
	unsigned char c = (unsigned char)syntax_peek(parser, 0);

	if (c < ' ' || c > '~') {
		syntax_fail(parser);
		return;
	}
	if (c >= 'a' && c <= 'z')
		c = (unsigned char)(c - 'a' + 'A');
	node->kind = NODE_SET;
	byteset_add(&node->set, c ^ 0x40);
	syntax_fold(&node->set, parser->options);
	parser->at++;
}

/* "\12" refers to a group or is a byte, by how many groups there are. */
static bool
parse_number(struct parser *parser, struct node *node)
{
	size_t n = count_digits(parser, 1);

	if (n < 2 || syntax_peek(parser, 1) == '0')
		return false;
	node->kind = NODE_OTHER;
	parser->at += 1 + n;
	return true;
}

/* "\1" of POSIX's syntax has one digit. */
static bool
parse_reference(struct parser *parser, char digit, struct node *node)
{
	if (digit < '1' || digit > '9')
		return false;
	node->kind = NODE_OTHER;
	parser->at += 2;
	return true;
}

bool
syntax_odd_escape(struct parser *parser, struct node *node)
{
	char letter = syntax_peek(parser, 1);

	if (syntax_has(parser, SYNTAX_POSIX))
		return parse_reference(parser, letter, node);
	if (ascii_digit((unsigned char)letter))
		return parse_number(parser, node);
	if (letter == '\0' || strchr("KGNCRXpPgkc", letter) == NULL)
		return false;
	parser->at += 2;
	node->kind = NODE_OTHER;
	if (letter == 'K' || letter == 'G') {
		node->kind = NODE_EDGE;
	} else if (letter == 'N' || letter == 'C') {
		node->kind = NODE_SET;
		byteset_invert(&node->set);
	} else if (letter == 'p' || letter == 'P') {
		skip_property(parser);
	} else if (letter == 'g' || letter == 'k') {
		skip_reference(parser);
	} else if (letter == 'c') {
		parse_control(parser, node);
	}
	return true;
}

static bool
is_one_of(struct span name, const struct span *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_equal(name, list[i]))
			return true;
	return false;
}

#define IS_ONE_OF(name, list) \
	is_one_of(name, list, sizeof(list) / sizeof((list)[0]))

/* The capitals behind "(*". */
static struct span
verb_name(const struct parser *parser, size_t from)
{
	struct span rest = span_skip(syntax_rest(parser), from);
	size_t n = 0;

	while (n < rest.n && ((rest.p[n] >= 'A' && rest.p[n] <= 'Z') ||
	    rest.p[n] == '_'))
		n++;
	return span_head(rest, n);
}

/* These make fewer matches, never others; (*ACCEPT) ends one anywhere. */
void
syntax_verb(struct parser *parser, struct node *node)
{
	static const struct span known[] = {
		SPAN_INIT(""), SPAN_INIT("F"), SPAN_INIT("FAIL"),
		SPAN_INIT("MARK"), SPAN_INIT("COMMIT"), SPAN_INIT("PRUNE"),
		SPAN_INIT("SKIP"), SPAN_INIT("THEN"),
	};
	struct span name = verb_name(parser, 1);

	parser->at += 1 + name.n;
	node->kind = NODE_EDGE;
	if (!IS_ONE_OF(name, known) || (!syntax_sees(parser, SPAN(":")) &&
	    !syntax_sees(parser, SPAN(")"))))
		syntax_fail(parser);
	else
		skip_past(parser, ')');
}

void
syntax_settings(struct parser *parser)
{
	static const struct span plain[] = {
		SPAN_INIT("NO_JIT"), SPAN_INIT("NO_START_OPT"),
		SPAN_INIT("NO_AUTO_POSSESS"), SPAN_INIT("NO_DOTSTAR_ANCHOR"),
		SPAN_INIT("NOTEMPTY"), SPAN_INIT("NOTEMPTY_ATSTART"),
		SPAN_INIT("BSR_ANYCRLF"), SPAN_INIT("BSR_UNICODE"),
	}, numbers[] = {
		SPAN_INIT("LIMIT_MATCH"), SPAN_INIT("LIMIT_DEPTH"),
		SPAN_INIT("LIMIT_HEAP"), SPAN_INIT("LIMIT_RECURSION"),
	};

	while (syntax_sees(parser, SPAN("(*"))) {
		struct span name = verb_name(parser, 2);
		size_t n = 2 + name.n;

		if (IS_ONE_OF(name, numbers) && syntax_peek(parser, n) == '=')
			n += 1 + count_digits(parser, n + 1);
		else if (!IS_ONE_OF(name, plain))
			return;
		if (syntax_peek(parser, n) != ')')
			return;
		parser->at += n + 1;
	}
}

/* "(?(1)yes|no)", behind "(?(".  Which of them it takes is not looked at. */
static void
parse_condition(struct parser *parser, struct node *node)
{
	uint32_t options = parser->options;
	struct node look = { .min = 1, .max = 1 };

	if (syntax_sees(parser, SPAN("*"))) {
		syntax_fail(parser);
		return;
	}
	if (syntax_sees(parser, SPAN("?"))) {
		syntax_group(parser, &look);
		if (look.kind != NODE_LOOK)
			syntax_fail(parser);
	} else {
		skip_past(parser, ')');
	}
	syntax_group_rest(parser, node, options);
	node->kind = NODE_OTHER;
	node->branches = NULL;
}

static bool
sees_call(const struct parser *parser)
{
	char c = syntax_peek(parser, 0), next = syntax_peek(parser, 1);

	return c == 'R' || c == '&' || ascii_digit((unsigned char)c) ||
	    ((c == '+' || c == '-') && ascii_digit((unsigned char)next)) ||
	    (c == 'P' && (next == '>' || next == '='));
}

bool
syntax_odd_group(struct parser *parser, struct node *node)
{
	if (syntax_take(parser, SPAN("("))) {
		parse_condition(parser, node);
	} else if (sees_call(parser)) {
		node->kind = NODE_OTHER;
		skip_past(parser, ')');
	} else if (syntax_sees(parser, SPAN("C"))) {
		/* One with a text may hold a ")". */
		node->kind = NODE_EDGE;
		parser->at += 1 + count_digits(parser, 1);
		if (!syntax_take(parser, SPAN(")")))
			syntax_fail(parser);
	} else {
		return false;
	}
	return true;
}
