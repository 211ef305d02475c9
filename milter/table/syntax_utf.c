/*
 * syntax_utf - what a set of bytes is worth where patterns match characters.
 *
 * It must hold all that the pattern matches: more does no harm.
 */
#include "table/syntax_parser.h"

static bool
has_case(const struct byteset *set, char small)
{
	return byteset_has(set, (unsigned char)small) &&
	    byteset_has(set, (unsigned char)(small & ~0x20));
}

/* The bytes, one after the other, as one more branch. */
static void
add_branch(struct parser *parser, struct node *group, struct span bytes)
{
	struct branch *branch = region_alloc(parser->region, sizeof(*branch));
	struct node **last;

	if (branch == NULL) {
		syntax_fail(parser);
		return;
	}
	*branch = (struct branch){ .next = group->branches };
	group->branches = branch;
	last = &branch->first;
	for (; bytes.n > 0; bytes = span_skip(bytes, 1)) {
		struct node *node = region_alloc(parser->region,
		    sizeof(*node));

		if (node == NULL) {
			syntax_fail(parser);
			return;
		}
		*node = (struct node){ .min = 1, .max = 1, .literal = true,
		    .byte = (unsigned char)bytes.p[0],
		    .from = group->from, .to = group->to };
		byteset_add(&node->set, node->byte);
		*last = node;
		last = &node->next;
	}
}

/*
 * Of the ASCII letters two have a third case: k the Kelvin sign, s the long
 * one.
 */
static void
add_cases(struct parser *parser, struct node *node)
{
	struct node *plain;
	bool k = has_case(&node->set, 'k'), s = has_case(&node->set, 's');

	if (!k && !s)
		return;
	plain = region_alloc(parser->region, sizeof(*plain));
	if (plain == NULL) {
		syntax_fail(parser);
		return;
	}
	*plain = *node;
	plain->min = plain->max = 1;
	*node = (struct node){ .kind = NODE_GROUP, .min = node->min,
	    .max = node->max, .from = node->from, .to = node->to };
	add_branch(parser, node, SPAN(""));
	if (parser->failed)
		return;
	node->branches->first = plain;
	if (k)
		add_branch(parser, node, SPAN("\xe2\x84\xaa"));
	if (s)
		add_branch(parser, node, SPAN("\xc5\xbf"));
}

static const struct byteset wide = { { 0, 0, UINT64_MAX, UINT64_MAX } };

/* \d, \w, \s and [:alpha:] hold more than what the set says. */
static bool
may_be_class(struct span text)
{
	return span_find(text, '\\') < text.n ||
	    memmem(text.p, text.n, "[:", 2) != NULL;
}

/*
 * Of a class in which no character beyond ASCII is named, the set is right
 * for ASCII; and no letter beside k and s is another case of what is beyond.
 */
static bool
is_right_for_ascii(struct span text)
{
	if (memmem(text.p, text.n, "[:", 2) != NULL ||
	    (!span_starts(text, SPAN("[")) && !span_starts(text, SPAN("\\"))))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if ((unsigned char)text.p[i] >= 0x80)
			return false;
		if (text.p[i] != '\\')
			continue;
		if (++i == text.n || (ascii_alnum((unsigned char)text.p[i]) &&
		    strchr("dDsSwW", text.p[i]) == NULL))
			return false;
	}
	return true;
}

/* As many of any bytes that are not ASCII as its characters may have. */
static void
widen(struct node *node)
{
	byteset_join(&node->set, &wide);
	node->dot = node->literal = false;
	if (node->max != FOREVER)
		node->max *= 4;
}

/* Few enough that runs are made of them. */
#define FEW	10

static bool
is_few(const struct byteset *set)
{
	int n = 0;

	for (size_t i = 0; i < sizeof(set->bits) / sizeof(set->bits[0]); i++)
		n += __builtin_popcountll(set->bits[i]);
	return n <= FEW;
}

size_t
syntax_character(const struct parser *parser, struct span text)
{
	size_t n = 1;

	if (parser->loose || !syntax_has(parser, PCRE2_UTF))
		return n;
	while (n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Where case does not count, k and s are cases of what is beyond ASCII. */
static void
take_all(const struct parser *parser, struct node *node)
{
	bool caseless = syntax_has(parser, PCRE2_CASELESS);
	bool beyond = byteset_meets(&node->set, &wide);

	if (node->literal && !beyond && !(caseless &&
	    (has_case(&node->set, 'k') || has_case(&node->set, 's'))))
		return;
	for (const char *p = "kKsS"; caseless && beyond && *p != '\0'; p++)
		byteset_add(&node->set, (unsigned char)*p);
	byteset_join(&node->set, &wide);
	node->literal = false;
}

/* For a loose tree, which is of bytes. */
static void
take_bytes(struct parser *parser, struct node *node)
{
	struct span text = span_make(parser->text.p + node->from,
	    node->to - node->from);
	bool plain = node->kind == NODE_SET &&
	    !byteset_meets(&node->set, &wide) &&
	    (node->literal || !may_be_class(text));

	if (plain && is_few(&node->set))
		add_cases(parser, node);
	else if (plain && !has_case(&node->set, 'k') &&
	    !has_case(&node->set, 's'))
		return;
	else if (node->kind == NODE_SET && !node->literal &&
	    is_right_for_ascii(text))
		widen(node);
	else if (node->kind == NODE_SET || node->kind == NODE_BACK)
		*node = (struct node){ .kind = NODE_OTHER, .min = 1, .max = 1,
		    .from = node->from, .to = node->to };
}

void
syntax_utf(struct parser *parser, struct node *node)
{
	if (parser->loose)
		take_bytes(parser, node);
	else if (node->kind == NODE_SET)
		take_all(parser, node);
}

bool
syntax_utf_blanks(struct span pattern)
{
	static const struct span blanks[] = {
		SPAN_INIT("\xc2\x85"), SPAN_INIT("\xe2\x80\x8e"),
		SPAN_INIT("\xe2\x80\x8f"), SPAN_INIT("\xe2\x80\xa8"),
		SPAN_INIT("\xe2\x80\xa9"),
	};

	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++)
		if (pattern.n > 0 && memmem(pattern.p, pattern.n, blanks[i].p,
		    blanks[i].n) != NULL)
			return true;
	return false;
}
