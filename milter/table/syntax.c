/* syntax - what a pattern is made of.  See syntax.h. */
#include "table/syntax.h"

#include "table/syntax_set.h"

/* PCRE2's own bound for groups in groups. */
#define DEPTH_MAX	250

/* Longer ones are not written by people; a tree takes 100 bytes a byte. */
#define PATTERN_MAX	20000

/* PCRE2's, for {n}. */
#define REPEAT_MAX	65535

struct parser {
	struct span text;
	size_t at;
	uint32_t options;	/* at this place */
	unsigned depth;
	struct region *region;
	bool failed;		/* something that is not known */
};

static struct branch *parse_branches(struct parser *parser);

static struct span
rest_of(const struct parser *parser)
{
	return span_skip(parser->text, parser->at);
}

static bool
sees(const struct parser *parser, struct span what)
{
	return span_starts(rest_of(parser), what);
}

static bool
take(struct parser *parser, struct span what)
{
	if (!sees(parser, what))
		return false;
	parser->at += what.n;
	return true;
}

static void
fail(struct parser *parser)
{
	parser->failed = true;
	parser->at = parser->text.n;
}

static bool
has(const struct parser *parser, uint32_t option)
{
	return (parser->options & option) != 0;
}

static bool
take_number(struct parser *parser, uint32_t *number_r)
{
	size_t from = parser->at;

	*number_r = 0;
	while (parser->at < parser->text.n &&
	    ascii_digit(parser->text.p[parser->at])) {
		*number_r = *number_r * 10 +
		    (uint32_t)(parser->text.p[parser->at++] - '0');
		if (*number_r > REPEAT_MAX)
			return false;
	}
	return parser->at > from;
}

/* "{2}", "{2,}", "{2,3}"; what else begins with a brace is not known. */
static bool
parse_braces(struct parser *parser, struct node *node)
{
	if (!take_number(parser, &node->min))
		return false;
	node->max = node->min;
	if (take(parser, SPAN(","))) {
		node->max = FOREVER;
		if (!sees(parser, SPAN("}")) &&
		    !take_number(parser, &node->max))
			return false;
	}
	return take(parser, SPAN("}")) && node->min <= node->max;
}

static void
parse_repeat(struct parser *parser, struct node *node)
{
	bool posix = has(parser, SYNTAX_POSIX), repeated = true;

	if (take(parser, SPAN("*"))) {
		node->min = 0;
		node->max = FOREVER;
	} else if (take(parser, SPAN("+"))) {
		node->max = FOREVER;
	} else if (take(parser, SPAN("?"))) {
		node->min = 0;
	} else if (take(parser, SPAN("{"))) {
		if (!parse_braces(parser, node))
			fail(parser);
	} else {
		repeated = false;
	}
	if (repeated && !posix && !take(parser, SPAN("?")) &&
	    take(parser, SPAN("+")))
		node->possessive = true;
	/* A repeat of a repeat, or of nothing. */
	if (sees(parser, SPAN("*")) || sees(parser, SPAN("+")) ||
	    sees(parser, SPAN("?")) || sees(parser, SPAN("{")))
		fail(parser);
	if (repeated && node->kind != NODE_SET && node->kind != NODE_GROUP &&
	    node->kind != NODE_BACK)
		fail(parser);
}

/* Letters of "(?i)" and "(?i-s:": those that need no more than an option. */
static bool
parse_letters(struct parser *parser)
{
	bool off = false;

	for (; parser->at < parser->text.n; parser->at++) {
		char c = parser->text.p[parser->at];
		uint32_t option = c == 'i' ? PCRE2_CASELESS :
		    c == 's' ? PCRE2_DOTALL : c == 'm' ? PCRE2_MULTILINE :
		    c == 'U' ? PCRE2_UNGREEDY : 0;

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

	if (!take(parser, SPAN("P<")) && !take(parser, SPAN("<")) &&
	    !take(parser, SPAN("'")))
		return false;
	end = parser->text.p[parser->at - 1] == '<' ? '>' : '\'';
	rest = rest_of(parser);
	while (n < rest.n && (ascii_alnum((unsigned char)rest.p[n]) ||
	    rest.p[n] == '_'))
		n++;
	parser->at += n + 1;
	return n > 0 && n < rest.n && rest.p[n] == end;
}

/* What follows "(?" and is a group.  False for "(?i)", an empty one. */
static bool
parse_question(struct parser *parser, struct node *node)
{
	if (take(parser, SPAN(":"))) {
		return true;
	} else if (take(parser, SPAN(">"))) {
		node->possessive = true;
	} else if (take(parser, SPAN("=")) || take(parser, SPAN("!")) ||
	    take(parser, SPAN("<=")) || take(parser, SPAN("<!"))) {
		node->kind = NODE_LOOK;
	} else if (sees(parser, SPAN("<")) || sees(parser, SPAN("P<")) ||
	    sees(parser, SPAN("'"))) {
		node->captures = true;
		if (!take_name(parser))
			fail(parser);
	} else if (!parse_letters(parser)) {
		fail(parser);
	} else if (take(parser, SPAN(")"))) {
		return false;
	} else {
		parser->at++;
	}
	return true;
}

/* After its "(". */
static void
parse_group(struct parser *parser, struct node *node)
{
	uint32_t options = parser->options;

	node->kind = NODE_GROUP;
	if (sees(parser, SPAN("*")) || parser->depth == DEPTH_MAX) {
		fail(parser);
		return;
	}
	if (!take(parser, SPAN("?"))) {
		node->captures = true;
	} else if (has(parser, SYNTAX_POSIX)) {
		fail(parser);
		return;
	} else if (!parse_question(parser, node)) {
		/* It holds for the rest of the group around it. */
		node->branches = region_alloc(parser->region,
		    sizeof(*node->branches));
		return;
	}
	parser->depth++;
	node->branches = parse_branches(parser);
	parser->depth--;
	parser->options = options;
	if (!take(parser, SPAN(")")))
		fail(parser);
}

/* Escapes that are no set. */
static bool
parse_place(struct parser *parser, struct node *node)
{
	struct span rest = rest_of(parser);
	char c = rest.n > 1 ? rest.p[1] : '\0';

	/* POSIX's have only the edges of words. */
	if (has(parser, SYNTAX_POSIX) && c != 'b' && c != 'B')
		return false;
	if (c == 'b' || c == 'B')
		node->kind = NODE_EDGE;
	else if (c == 'A')
		node->kind = NODE_START;
	else if (c == 'Z')
		node->kind = NODE_END;
	else if (c == 'z')
		node->kind = NODE_VERY_END;
	else if (c >= '1' && c <= '9' && (rest.n == 2 ||
	    !ascii_digit(rest.p[2])))
		node->kind = NODE_BACK;
	else
		return false;
	parser->at += 2;
	return true;
}

static void
parse_dot(const struct parser *parser, struct node *node)
{
	const struct byteset lf = { { UINT64_C(1) << '\n' } };

	node->dot = true;
	if (!has(parser, PCRE2_DOTALL))
		node->set = lf;
	byteset_invert(&node->set);
}

static void
parse_atom(struct parser *parser, struct node *node)
{
	struct span rest = rest_of(parser);
	unsigned char c = (unsigned char)rest.p[0];
	size_t n = 1;

	node->kind = NODE_SET;
	if (c == '(') {
		parser->at++;
		parse_group(parser, node);
		return;
	} else if (c == '\\') {
		if (parse_place(parser, node))
			return;
		n = syntax_escape(rest, parser->options, &node->set,
		    &node->literal, &node->byte);
	} else if (c == '[') {
		n = syntax_class(rest, parser->options, &node->set);
	} else if (c == '.') {
		parse_dot(parser, node);
	} else if (c == '*' || c == '+' || c == '?') {
		n = 0;
	} else if (c == '^') {
		node->kind = has(parser, PCRE2_MULTILINE) ? NODE_LINE_START :
		    NODE_START;
	} else if (c == '$') {
		node->kind = has(parser, PCRE2_MULTILINE) ? NODE_LINE_END :
		    has(parser, PCRE2_DOLLAR_ENDONLY) ||
		    has(parser, SYNTAX_POSIX) ? NODE_VERY_END : NODE_END;
	} else {
		byteset_add(&node->set, c);
		syntax_fold(&node->set, parser->options);
		node->literal = true;
		node->byte = c;
	}
	parser->at += n;
	if (n == 0)
		fail(parser);
}

static struct node *
parse_node(struct parser *parser)
{
	struct node *node = region_alloc(parser->region, sizeof(*node));

	if (node == NULL) {
		fail(parser);
		return NULL;
	}
	*node = (struct node){ .min = 1, .max = 1, .from = parser->at };
	parse_atom(parser, node);
	if (!parser->failed)
		parse_repeat(parser, node);
	node->to = parser->at;
	return node;
}

/* Up to its "|", its ")" or the end. */
static struct branch *
parse_branch(struct parser *parser)
{
	struct branch *branch = region_alloc(parser->region, sizeof(*branch));
	struct node **last;

	if (branch == NULL) {
		fail(parser);
		return NULL;
	}
	for (last = &branch->first; parser->at < parser->text.n &&
	    !sees(parser, SPAN("|")) && !sees(parser, SPAN(")"));
	    last = &(*last)->next)
		if ((*last = parse_node(parser)) == NULL)
			break;
	return branch;
}

static struct branch *
parse_branches(struct parser *parser)
{
	struct branch *first = parse_branch(parser), *last = first;

	while (last != NULL && take(parser, SPAN("|"))) {
		last->next = parse_branch(parser);
		last = last->next;
	}
	return first;
}

/* With the flag A each branch begins as with \A. */
static bool
anchor(struct branch *branches, struct region *region)
{
	for (; branches != NULL; branches = branches->next) {
		struct node *start = region_alloc(region, sizeof(*start));

		if (start == NULL)
			return false;
		*start = (struct node){ .kind = NODE_START, .min = 1,
		    .max = 1, .next = branches->first };
		branches->first = start;
	}
	return true;
}

const struct branch *
syntax_read(struct span pattern, uint32_t options, struct region *region)
{
	struct parser parser = {
		.text = pattern, .options = options, .region = region
	};
	struct branch *branches;

	if ((options & SYNTAX_POSIX) != 0 && (options & PCRE2_MULTILINE) == 0)
		parser.options |= PCRE2_DOTALL;
	/* With x, blanks and comments would have to be told from the rest;
	 * in POSIX's syntax, m also changes what classes hold. */
	if (pattern.n > PATTERN_MAX || (options & PCRE2_EXTENDED) != 0 ||
	    ((options & SYNTAX_POSIX) != 0 &&
	    (options & PCRE2_MULTILINE) != 0))
		return NULL;
	branches = parse_branches(&parser);
	if (parser.failed || parser.at < pattern.n)
		return NULL;
	if ((options & PCRE2_ANCHORED) != 0 && !anchor(branches, region))
		return NULL;
	return branches;
}
