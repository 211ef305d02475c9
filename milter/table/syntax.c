/* syntax - what a pattern is made of.  See syntax.h. */
#include "table/syntax.h"

#include "table/syntax_parser.h"
#include "table/syntax_set.h"

/* Longer ones are not written by people; a tree takes 100 bytes a byte. */
#define PATTERN_MAX	20000

/* PCRE2's, for {n}. */
#define REPEAT_MAX	65535

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
	if (syntax_take(parser, SPAN(","))) {
		node->max = FOREVER;
		if (!syntax_sees(parser, SPAN("}")) &&
		    !take_number(parser, &node->max))
			return false;
	}
	return syntax_take(parser, SPAN("}")) && node->min <= node->max;
}

/*
 * Whatever PCRE2 makes of a brace here: it is one of a repeat, unless what
 * follows can be none in any version.
 */
static bool
sees_brace(const struct parser *parser)
{
	unsigned char next = (unsigned char)syntax_peek(parser, 1);

	return syntax_sees(parser, SPAN("{")) && (!parser->loose ||
	    syntax_has(parser, SYNTAX_POSIX) || ascii_digit(next) ||
	    next == ',' || ascii_blank(next));
}

static bool
sees_repeat(const struct parser *parser)
{
	return !parser->quoting && (syntax_sees(parser, SPAN("*")) ||
	    syntax_sees(parser, SPAN("+")) ||
	    syntax_sees(parser, SPAN("?")) || sees_brace(parser));
}

static void
take_repeat(struct parser *parser, struct node *node)
{
	if (syntax_take(parser, SPAN("*"))) {
		node->min = 0;
		node->max = FOREVER;
	} else if (syntax_take(parser, SPAN("+"))) {
		node->max = FOREVER;
	} else if (syntax_take(parser, SPAN("?"))) {
		node->min = 0;
	} else if (syntax_take(parser, SPAN("{"))) {
		if (!parse_braces(parser, node))
			syntax_fail(parser);
	}
	syntax_skip(parser);
	if (!syntax_has(parser, SYNTAX_POSIX) && !parser->quoting &&
	    !syntax_take(parser, SPAN("?")) && syntax_take(parser, SPAN("+")))
		node->possessive = true;
}

/* What POSIX allows: a repeat of a repeat. */
static void
wrap(struct parser *parser, struct node *node)
{
	struct node *inner = region_alloc(parser->region, sizeof(*inner));
	struct branch *branch = region_alloc(parser->region, sizeof(*branch));

	if (inner == NULL || branch == NULL) {
		syntax_fail(parser);
		return;
	}
	*inner = *node;
	branch->first = inner;
	*node = (struct node){ .kind = NODE_GROUP, .min = 1, .max = 1,
	    .from = inner->from, .branches = branch };
}

static void
parse_repeat(struct parser *parser, struct node *node)
{
	syntax_skip(parser);
	if (!sees_repeat(parser))
		return;
	take_repeat(parser, node);
	if (parser->loose && (node->kind == NODE_LOOK ||
	    node->kind == NODE_OTHER))
		*node = (struct node){ .kind = NODE_OTHER, .min = 1,
		    .max = 1, .from = node->from };
	else if (node->kind != NODE_SET && node->kind != NODE_GROUP &&
	    node->kind != NODE_BACK)
		syntax_fail(parser);
	syntax_skip(parser);
	while (!parser->failed && sees_repeat(parser)) {
		if (!parser->loose || !syntax_has(parser, SYNTAX_POSIX)) {
			syntax_fail(parser);
		} else {
			wrap(parser, node);
			take_repeat(parser, node);
		}
	}
}

/* What GNU's library has beside POSIX's own. */
static bool
parse_gnu_place(struct parser *parser, char c, struct node *node)
{
	if (c == 'b' || c == 'B' || c == '<' || c == '>')
		node->kind = NODE_EDGE;
	else if (c == '`')
		node->kind = NODE_START;
	else if (c == '\'')
		node->kind = NODE_VERY_END;
	else
		return false;
	parser->at += 2;
	return true;
}

/* Escapes that are no set. */
static bool
parse_place(struct parser *parser, struct node *node)
{
	struct span rest = syntax_rest(parser);
	char c = rest.n > 1 ? rest.p[1] : '\0';

	if (syntax_has(parser, SYNTAX_POSIX))
		return parse_gnu_place(parser, c, node);
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
	if (!syntax_has(parser, PCRE2_DOTALL))
		node->set = lf;
	byteset_invert(&node->set);
}

static enum node_kind
kind_of_dollar(const struct parser *parser)
{
	if (syntax_has(parser, PCRE2_MULTILINE))
		return NODE_LINE_END;
	return syntax_has(parser, PCRE2_DOLLAR_ENDONLY) ||
	    syntax_has(parser, SYNTAX_POSIX) ? NODE_VERY_END : NODE_END;
}

static void
set_literal(const struct parser *parser, struct node *node, unsigned char c)
{
	node->kind = NODE_SET;
	byteset_add(&node->set, c);
	if (ascii_alnum(c))
		syntax_fold(&node->set, parser->options);
	node->literal = true;
	node->byte = c;
}

static void
parse_atom(struct parser *parser, struct node *node)
{
	struct span rest = syntax_rest(parser);
	unsigned char c = (unsigned char)rest.p[0];
	size_t n = 1;

	node->kind = NODE_SET;
	if (c == '(') {
		parser->at++;
		syntax_group(parser, node);
		return;
	} else if (c == '\\') {
		if (parse_place(parser, node) || (parser->loose &&
		    syntax_odd_escape(parser, node)))
			return;
		n = syntax_escape(rest, parser->options, &node->set,
		    &node->literal, &node->byte);
	} else if (c == '[') {
		n = syntax_class(rest, parser->options, &node->set);
	} else if (c == '.') {
		parse_dot(parser, node);
	} else if (c == '*' || c == '+' || c == '?' || (parser->loose &&
	    sees_brace(parser))) {
		n = 0;
	} else if (c == '^') {
		node->kind = syntax_has(parser, PCRE2_MULTILINE) ?
		    NODE_LINE_START : NODE_START;
	} else if (c == '$') {
		node->kind = kind_of_dollar(parser);
	} else {
		set_literal(parser, node, c);
		n = syntax_character(parser, rest);
	}
	parser->at += n;
	if (n == 0)
		syntax_fail(parser);
}

static struct node *
parse_node(struct parser *parser)
{
	struct node *node = region_alloc(parser->region, sizeof(*node));

	if (node == NULL) {
		syntax_fail(parser);
		return NULL;
	}
	*node = (struct node){ .min = 1, .max = 1, .from = parser->at };
	if (parser->quoting)
		set_literal(parser, node,
		    (unsigned char)parser->text.p[parser->at++]);
	else
		parse_atom(parser, node);
	if (!parser->failed)
		parse_repeat(parser, node);
	node->to = parser->at;
	if (syntax_has(parser, PCRE2_UTF))
		syntax_utf(parser, node);
	return node;
}

static bool
ends_branch(struct parser *parser)
{
	syntax_skip(parser);
	return parser->at >= parser->text.n || (!parser->quoting &&
	    (syntax_sees(parser, SPAN("|")) ||
	    syntax_sees(parser, SPAN(")"))));
}

/* Up to its "|", its ")" or the end. */
static struct branch *
parse_branch(struct parser *parser)
{
	struct branch *branch = region_alloc(parser->region, sizeof(*branch));
	struct node **last;

	if (branch == NULL) {
		syntax_fail(parser);
		return NULL;
	}
	for (last = &branch->first; !ends_branch(parser);
	    last = &(*last)->next)
		if ((*last = parse_node(parser)) == NULL)
			break;
	return branch;
}

struct branch *
syntax_branches(struct parser *parser)
{
	struct branch *first = parse_branch(parser), *last = first;

	while (last != NULL && syntax_take(parser, SPAN("|"))) {
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

static const struct branch *
read_tree(struct parser *parser)
{
	struct branch *branches;
	uint32_t options = parser->options;

	if (parser->text.n > PATTERN_MAX)
		return NULL;
	if ((options & SYNTAX_POSIX) != 0 && (options & PCRE2_MULTILINE) == 0)
		parser->options |= PCRE2_DOTALL;
	branches = syntax_branches(parser);
	if (parser->failed || parser->at < parser->text.n)
		return NULL;
	if ((options & PCRE2_ANCHORED) != 0 &&
	    !anchor(branches, parser->region))
		return NULL;
	return branches;
}

const struct branch *
syntax_read(struct span pattern, uint32_t options, struct region *region)
{
	/* One character may be several bytes. */
	if ((options & PCRE2_UTF) != 0)
		return NULL;
	return syntax_read_wide(pattern, options, region);
}

const struct branch *
syntax_read_wide(struct span pattern, uint32_t options, struct region *region)
{
	struct parser parser = {
		.text = pattern, .options = options, .region = region
	};

	/* With x, blanks and comments would have to be told from the rest;
	 * in POSIX's syntax, m also changes what classes hold. */
	if ((options & PCRE2_EXTENDED) != 0 ||
	    ((options & SYNTAX_POSIX) != 0 &&
	    (options & PCRE2_MULTILINE) != 0))
		return NULL;
	return read_tree(&parser);
}

/* Others may change what anything means. */
#define LOOSE_OPTIONS	(PCRE2_CASELESS | PCRE2_DOTALL | PCRE2_MULTILINE | \
			PCRE2_EXTENDED | PCRE2_ANCHORED | PCRE2_UNGREEDY | \
			PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE | \
			PCRE2_DUPNAMES | PCRE2_UTF | PCRE2_UCP | SYNTAX_POSIX)

const struct branch *
syntax_read_loose(struct span pattern, uint32_t options,
    struct region *region)
{
	struct parser parser = {
		.text = pattern, .options = options, .region = region,
		.loose = true
	};

	if ((options & ~LOOSE_OPTIONS) != 0 ||
	    ((options & PCRE2_UTF) != 0 && syntax_utf_blanks(pattern)))
		return NULL;
	if ((options & SYNTAX_POSIX) == 0)
		syntax_settings(&parser);
	else if (span_find(pattern, '\0') < pattern.n)
		return NULL;
	return read_tree(&parser);
}
