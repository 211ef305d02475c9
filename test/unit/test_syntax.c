/* The trees of patterns: their sets beside PCRE2's, and what makes no tree. */
#include "table_text.h"

#include "table/syntax.h"

#define FLAGS	(PCRE2_CASELESS | PCRE2_DOTALL)

/* One byte each, whatever the option. */
static const char *const sets[] = {
	"a", "Z", "-", "\xe9", ".", "\\.", "\\d", "\\D", "\\w", "\\W", "\\s",
	"\\S", "\\h", "\\H", "\\v", "\\V", "\\n", "\\t", "\\r", "\\f", "\\e",
	"\\a", "\\x41", "\\x{e9}", "\\xe", "\\0", "\\012", "\\07", "\\/",
	"\\\\", "\\-", "[a]", "[abc]", "[a-f]", "[^a-f]", "[]a]", "[^]a]",
	"[a-]", "[-a]", "[\\d.]", "[\\w-]", "[\\]x]", "[\\x41-\\x45]",
	"[\\b]", "[[:alpha:]]", "[^[:alpha:]]", "[[:^alpha:]]",
	"[[:alnum:]_]", "[[:digit:][:space:]]", "[[:xdigit:]]",
	"[[:blank:]]", "[[:print:]]", "[[:graph:]]", "[[:ascii:]]",
	"[[:word:]]", "[[:upper:]]", "[[:^lower:]]", "[[:punct:]]",
	"[[:cntrl:]]", "[a-z0-9.-]", "[A-F]", "[^\\n]", "[\\s\\S]", "[!-~]",
	"[\xc3\xa9]", "[\x80-\xff]", "[.]", "[[]", "[a[]", "[\\h\\v]", "(?-i)a",
	"(?i)a", "(?-s).", "(?:a)", "(a)", "(?<n>a)", "(?i:a)",
	"(?P<n>a)", "(?'n'a)", "(?>a)", "a{1}", "[+-\\/]", "]", "}", ",",
};

static const struct node *
first_set(const struct branch *tree)
{
	const struct node *node = tree->first;

	while (node->kind == NODE_GROUP && node->branches->first == NULL)
		node = node->next;
	while (node->kind == NODE_GROUP)
		node = node->branches->first;
	assert_int_equal(node->kind, NODE_SET);
	return node;
}

static int
differs(const char *text, uint32_t options)
{
	struct region region;
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	size_t offset;
	int error, wrong = 0;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, strlen(text),
	    options | PCRE2_ANCHORED | PCRE2_ENDANCHORED, &error, &offset,
	    NULL);
	const struct branch *tree;

	region_init(&region, 100000);
	tree = syntax_read(span_of(text), options, &region);
	if (code == NULL || tree == NULL) {
		print_error("%s: %s\n", text, code == NULL ?
		    "no pattern" : "no tree");
		wrong = 1;
	}
	for (unsigned c = 0; c < 256 && wrong == 0; c++) {
		unsigned char byte = (unsigned char)c;
		bool want = pcre2_match(code, &byte, 1, 0, 0, data, NULL) >= 0;

		if (byteset_has(&first_set(tree)->set, byte) == want)
			continue;
		print_error("%s: the byte %02x %s\n", text, c, want ?
		    "is missing" : "does not belong there");
		wrong = 1;
	}
	region_clear(&region);
	pcre2_code_free(code);
	pcre2_match_data_free(data);
	return wrong;
}

static void
test_sets(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(sets); i++)
		for (uint32_t more = 0; more < 4; more++)
			wrong += differs(sets[i],
			    (more & 1 ? PCRE2_CASELESS : 0) |
			    (more & 2 ? PCRE2_DOTALL : 0));
	assert_int_equal(wrong, 0);
}

/* Not understood, and not guessed at. */
static void
test_no_tree(void **state)
{
	static const char *const patterns[] = {
		"(*UTF)a", "(?R)", "(a)(?1)", "(?|a|b)", "(?(1)a|b)",
		"\\p{L}", "\\X", "\\R", "\\K", "\\G", "\\Qa\\E", "\\1\\12",
		"\\g1", "\\k<n>", "\\ca", "\\o{12}", "\\x{100}", "a{,3}",
		"a{x", "a**", "a{2}{3}", "^*", "\\b+", "(a", "a)", "[a",
		"[[.a.]]", "[[:nope:]]", "[\\d-x]", "[z-a]", "(?#c)a", "*a",
		"a\\", "(?x)a", "(?J)a", "(?P=n)", "a{70000}", "a{3,2}",
	};
	struct region region;

	(void)state;
	region_init(&region, 100000);
	for (size_t i = 0; i < COUNT(patterns); i++) {
		if (syntax_read(span_of(patterns[i]), FLAGS, &region) == NULL)
			continue;
		print_error("%s has a tree\n", patterns[i]);
		fail();
	}
	assert_null(syntax_read(SPAN("a b"), PCRE2_EXTENDED, &region));
	region_clear(&region);
}

/* Each node as a letter; repeats and places behind it. */
static void
draw(const struct branch *branch, struct buf *out)
{
	for (; branch != NULL; branch = branch->next) {
		for (const struct node *node = branch->first; node != NULL;
		    node = node->next) {
			if (node->kind != NODE_SET)
				buf_addc(out, ".G^L$Zl=?\\*"[node->kind]);
			else
				buf_addc(out, node->dot ? '.' : node->literal ?
				    (char)node->byte : '_');
			if (node->branches != NULL) {
				buf_addc(out, '(');
				draw(node->branches, out);
				buf_addc(out, ')');
			}
			if (!node_once(node))
				buf_addf(out, "{%u,%d}", node->min,
				    (int)node->max);
			if (node->possessive)
				buf_addc(out, '+');
		}
		if (branch->next != NULL)
			buf_addc(out, '|');
	}
}

static const struct {
	const char *pattern;
	uint32_t options;
	const char *want;
} trees[] = {
	{ "", FLAGS, "" },
	{ "ab|c|", FLAGS, "ab|c|" },
	{ "^a.*$", FLAGS, "^a.{0,-1}$" },
	{ "^a$", FLAGS | PCRE2_MULTILINE, "Lal" },
	{ "a$", FLAGS | PCRE2_DOLLAR_ENDONLY, "aZ" },
	{ "a|b", FLAGS | PCRE2_ANCHORED, "^a|^b" },
	{ "\\Aa\\Z\\z\\b", FLAGS, "^a$Z=" },
	{ "a+?b*+c?d{2}e{3,}f{4,5}", FLAGS,
	    "a{1,-1}b{0,-1}+c{0,1}d{2,2}e{3,-1}f{4,5}" },
	{ "(a|(?:b)+)c", FLAGS, "G(a|G(b){1,-1})c" },
	{ "(?>a)(?=b)(?<!c)\\1", FLAGS, "G(a)+?(b)?(c)\\" },
	{ "(?-i)a(?i)[x]", FLAGS, "G()aG()_" },
	{ "a{2}|[b]*?", SYNTAX_POSIX, NULL },
	{ "(a|b){2}[\\.]\\.\\w", SYNTAX_POSIX, "G(a|b){2,2}_._" },
	{ "a$\\b", SYNTAX_POSIX, "aZ=" },
	{ "\\<a\\>\\`\\'", SYNTAX_POSIX, "=a=^Z" },
	{ "a\\d", SYNTAX_POSIX, NULL },
	{ "(?:a)", SYNTAX_POSIX, NULL },
	{ "a", SYNTAX_POSIX | PCRE2_MULTILINE, NULL },
};

static void
test_trees(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(trees); i++) {
		struct region region;
		const struct branch *tree;
		struct buf got;

		region_init(&region, 100000);
		buf_init(&got, 1000);
		tree = syntax_read(span_of(trees[i].pattern),
		    trees[i].options, &region);
		draw(tree, &got);
		if ((tree == NULL) != (trees[i].want == NULL) ||
		    (tree != NULL &&
		    strcmp(buf_string(&got), trees[i].want) != 0)) {
			print_error("%s: %s\n", trees[i].pattern,
			    tree != NULL ? buf_string(&got) : "no tree");
			wrong++;
		}
		buf_clear(&got);
		region_clear(&region);
	}
	assert_int_equal(wrong, 0);
}

/* What a loose tree has beside; much of it as a node that is anything. */
static const struct {
	const char *pattern;
	uint32_t options;
	const char *want;
} loose[] = {
	{ "a\\Rb", FLAGS, "a*b" },
	{ "\\Qa|\\E+(?#c)b", FLAGS, "a|{1,-1}b" },
	{ "a b #c", FLAGS | PCRE2_EXTENDED, "ab" },
	{ "a(?(1)b|c)d", FLAGS, "a*d" },
	{ "(?|a|b)\\K(*SKIP)", FLAGS, "G(a|b)==" },
	{ "a{x}", FLAGS, "a{x}" },
	{ "a{,3}", FLAGS, NULL },
	{ "(*UTF)a", FLAGS, NULL },
	{ "(*ACCEPT)a", FLAGS, NULL },
	{ "a**", FLAGS, NULL },
	{ "a**", SYNTAX_POSIX, "G(a{0,-1}){0,-1}" },
	{ "(a)\\1+2", SYNTAX_POSIX, "G(a)*2" },
	{ "a", PCRE2_ALT_BSUX, NULL },
	{ "a\\.k[0-9]", FLAGS | PCRE2_UTF, "a.G(\xe2\x84\xaa|k)_" },
	{ "k\xc3\xa9+\\w[^a].", PCRE2_UTF, "k**_{1,4}_{1,4}*" },
	{ "a\xc2\x85", PCRE2_UTF, NULL },
};

static void
test_loose(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(loose); i++) {
		struct region region;
		const struct branch *tree;
		struct buf got;

		region_init(&region, 100000);
		buf_init(&got, 1000);
		tree = syntax_read_loose(span_of(loose[i].pattern),
		    loose[i].options, &region);
		draw(tree, &got);
		if ((tree == NULL) != (loose[i].want == NULL) ||
		    (tree != NULL &&
		    strcmp(buf_string(&got), loose[i].want) != 0)) {
			print_error("%s: %s\n", loose[i].pattern,
			    tree != NULL ? buf_string(&got) : "no tree");
			wrong++;
		}
		buf_clear(&got);
		region_clear(&region);
	}
	assert_int_equal(wrong, 0);
}

static void
test_bounds(void **state)
{
	char text[2 * 251 + 2];
	struct region region;

	(void)state;
	region_init(&region, 1000000);
	for (size_t depth = 249; depth <= 251; depth++) {
		memset(text, '(', depth);
		memset(text + depth, ')', depth);
		assert_int_equal(syntax_read(span_make(text, 2 * depth),
		    FLAGS, &region) != NULL, depth <= 250);
	}
	region_clear(&region);
	/* A bound that is met is no tree either. */
	region_init(&region, 100);
	assert_null(syntax_read(SPAN("abc"), FLAGS, &region));
	region_clear(&region);
}

int
main(void)
{
	const struct CMUnitTest units[] = {
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_no_tree),
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_loose),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(units, NULL, NULL);
}
