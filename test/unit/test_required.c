/*
 * What is claimed of patterns, and that no claim is wrong: random patterns
 * beside PCRE2 and libc.
 *
 * test_required [ROUNDS [SEED]]
 */
#include "claims_hold.h"
#include "table_text.h"

#include <regex.h>

#include "table/required.h"
#include "table/syntax.h"

#define FLAGS	(PCRE2_CASELESS | PCRE2_DOTALL)
#define UTF	(FLAGS | PCRE2_UTF | PCRE2_UCP)

static void
describe_clause(const struct required_clause *clause, const char *after,
    struct buf *out)
{
	buf_addf(out, " %s{", clause->at_start ? "^" : "");
	for (size_t j = 0; j < clause->n; j++)
		buf_addf(out, "%s%.*s", j > 0 ? "|" : "",
		    SPAN_ARG(clause->runs[j]));
	buf_addf(out, "}%s", after);
}

/* "least {a|b} ^{c} {d}$ =whole" */
static void
describe(const struct required *required, struct buf *out)
{
	buf_addf(out, "%zu", required->least);
	for (size_t i = 0; i < required->n; i++)
		describe_clause(&required->clauses[i], "", out);
	if (required->end.n > 0)
		describe_clause(&required->end, "$", out);
	if (required->is_whole)
		buf_addf(out, " =%.*s", SPAN_ARG(required->whole));
}

static const struct {
	const char *pattern;
	uint32_t options;
	const char *want;
} claims[] = {
#include "required_claims.h"
};

static void
test_claims(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(claims); i++) {
		struct region region;
		struct required required;
		struct buf got;

		region_init(&region, 100000);
		buf_init(&got, 10000);
		required_by(span_of(claims[i].pattern), claims[i].options,
		    &region, &required);
		describe(&required, &got);
		if (strcmp(buf_string(&got), claims[i].want) != 0) {
			print_error("%s: \"%s\", wanted \"%s\"\n",
			    claims[i].pattern, buf_string(&got),
			    claims[i].want);
			wrong++;
		}
		buf_clear(&got);
		region_clear(&region);
	}
	assert_int_equal(wrong, 0);
}

/* The set's bytes, as ranges. */
static void
describe_set(const struct byteset *set, struct buf *out)
{
	buf_addc(out, '[');
	for (unsigned from = 0, to; from < 256; from = to + 1) {
		to = from;
		while (to < 256 && byteset_has(set, (unsigned char)to))
			to++;
		if (to == from)
			continue;
		buf_addf(out, from < ' ' || from >= 0x7f ? "%02x" : "%c",
		    from);
		if (--to > from)
			buf_addf(out, to < ' ' || to >= 0x7f ? "-%02x" :
			    "-%c", to);
	}
	buf_addc(out, ']');
}

/* "least ^[a-z][0-9]" */
static const struct {
	const char *pattern;
	uint32_t options;
	const char *want;
} set_claims[] = {
#include "required_set_claims.h"
};

static void
test_set_claims(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(set_claims); i++) {
		struct region region;
		struct required required;
		struct buf got;

		region_init(&region, 100000);
		buf_init(&got, 10000);
		required_by(span_of(set_claims[i].pattern),
		    set_claims[i].options, &region, &required);
		buf_addf(&got, "%zu %s", required.least,
		    required.sets.at_start ? "^" : "");
		for (size_t j = 0; j < required.sets.n; j++)
			describe_set(&required.sets.sets[j], &got);
		if (strcmp(buf_string(&got), set_claims[i].want) != 0) {
			print_error("%s: \"%s\", wanted \"%s\"\n",
			    set_claims[i].pattern, buf_string(&got),
			    set_claims[i].want);
			wrong++;
		}
		buf_clear(&got);
		region_clear(&region);
	}
	assert_int_equal(wrong, 0);
}

static bool
has_end(struct span text, const struct required *required)
{
	size_t n = required->end.n;

	for (size_t i = 0; i < n; i++)
		if (span_ends(text, required->end.runs[i]))
			return true;
	return n == 0;
}

/* Of a text, and of that without its last line feed, one is as claimed. */
static bool
ends_hold(const struct required *required, struct span folded, bool line_feed)
{
	struct span cut = span_head(folded, folded.n - line_feed);

	return (has_end(folded, required) || has_end(cut, required)) &&
	    (!required->is_whole ||
	    span_equal(folded, required->whole) ||
	    span_equal(cut, required->whole));
}

/* Is what was claimed true of the text? */
static bool
holds(const struct required *required, struct span text)
{
	char folded[4096];

	if (text.n < required->least || !sets_hold(&required->sets, text))
		return false;
	assert_true(text.n <= sizeof(folded));
	for (size_t i = 0; i < text.n; i++)
		folded[i] = (char)(text.p[i] | 0x20);
	if (!ends_hold(required, span_make(folded, text.n), text.n > 0 &&
	    text.p[text.n - 1] == '\n'))
		return false;
	for (size_t i = 0; i < required->n; i++)
		if (!clause_holds(&required->clauses[i], text))
			return false;
	return true;
}

/* What the header says of any claims. */
static void
is_in_shape(const struct required *required)
{
	assert_true(required->n <= REQUIRED_CLAUSES_MAX);
	assert_true(required->sets.n <= REQUIRED_SETS_MAX);
	for (size_t i = 0; i < required->n; i++) {
		const struct required_clause *clause = &required->clauses[i];

		assert_true(clause->n > 0 && clause->n <= REQUIRED_RUNS_MAX);
		assert_true(!clause->at_start || i == required->n - 1);
		for (size_t j = 0; j < clause->n; j++) {
			struct span run = clause->runs[j];

			assert_true(run.n >= (clause->at_start ? 1 : 3) &&
			    run.n <= REQUIRED_RUN_MAX);
			for (size_t k = 0; k < run.n; k++)
				assert_true((run.p[k] & 0x20) != 0);
		}
	}
	assert_true(required->end.n <= REQUIRED_RUNS_MAX);
	for (size_t i = 0; i < required->end.n; i++)
		assert_true(required->end.runs[i].n <= REQUIRED_RUN_MAX);
	assert_true(required->whole.n <= REQUIRED_WHOLE_MAX);
}

/* Each of the bytes that libc's class matches is in the claimed set. */
static void
check_class(const char *pattern, int flags)
{
	struct region region;
	struct required required;
	regex_t code;

	if (regcomp(&code, pattern, REG_EXTENDED | flags) != 0)
		return;
	region_init(&region, 100000);
	required_by(span_of(pattern), SYNTAX_POSIX |
	    (flags != 0 ? PCRE2_CASELESS : 0), &region, &required);
	for (int byte = 0; byte < 256; byte++) {
		char text[] = { (char)byte, '\0' };
		regmatch_t all = { 0, 1 };

		if (regexec(&code, text, 1, &all, REG_STARTEND) == 0 &&
		    !sets_hold(&required.sets, span_make(text, 1)))
			fail_msg("%s, flags %x: %02x", pattern,
			    (unsigned)flags, (unsigned)byte);
	}
	region_clear(&region);
	regfree(&code);
}

/* libc folds both ends of a range before it looks what lies between them. */
static void
test_ranges(void **state)
{
	static const char ends[] = "!09:;@AFMZ[^_`afmz{~\xff";

	(void)state;
	for (size_t i = 0; i < 2 * strlen(ends); i++)
		for (size_t j = 0; j < 2 * strlen(ends); j++) {
			char pattern[16];

			snprintf(pattern, sizeof(pattern), "^[%s%c-%c]",
			    i % 2 > 0 ? "^" : "", ends[i / 2], ends[j / 2]);
			check_class(pattern, j % 2 > 0 ? REG_ICASE : 0);
		}
}

struct random {
	uint64_t state;
};

static uint32_t
below(struct random *random, uint32_t n)
{
	random->state = random->state * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (uint32_t)((random->state >> 33) % n);
}

/* A random pattern, and a text that it may well match. */
struct made {
	struct random *random;
	bool posix;
	struct buf pattern, text;
};

/* Pattern, and what it matches. */
struct piece {
	const char *pattern, *text;
};

/* Of both syntaxes; by themselves a whole atom each. */
static const struct piece atoms[] = {
	{ "a", "a" }, { "b", "b" }, { "c", "C" }, { "K", "k" }, { "s", "s" },
	{ "[ab]", "b" }, { "[a@4]", "4" }, { "[^a]", "b" }, { ".", "x" },
	{ "[[:upper:]]", "Q" }, { "[[:punct:]]", "!" }, { "[]x]", "]" },
	{ "[@-A]", "[" }, { "[W-Z]", "y" }, { "[^[:lower:]]", "7" },
	{ "[[:cntrl:]x]", "\1" }, { "[a-]", "-" }, { "\\.", "." },
	{ "\\\\", "\\" }, { "\\b", "" }, { "^", "" }, { "$", "" },
	{ "\\w", "d" }, { "\\s", " " }, { "\\W", "-" }, { "=", "=" },
	{ "word", "WORD" }, { "subject", "subject" }, { "_", "_" },
	{ "To:", "to:" }, { "spam", "sPam" }, { "v[1i]agra", "v1agra" },
	{ "\xe4", "\xe4" }, { "[\xe4\xc4]", "\xc4" }, { "[Z-^]", "]" },
	{ "abc", "abc" }, { "}", "}" }, { "[!-z]", "~" }, { "[;-Z]", "[" },
	{ "[^;-Z]", "\\" }, { "-", "-" }, { ",", "," }, { "[[:space:]]", " " },
};

static const struct piece perl_atoms[] = {
	{ "\\d", "3" }, { "\\x41", "A" }, { "\\x{62}", "b" }, { "\\0", "\0" },
	{ "\\012", "\n" }, { "\\101", "A" }, { "\\cA", "\1" }, { "\\c;", "{" },
	{ "\\N", "q" }, { "\\C", "q" }, { "\\R", "\n" }, { "\\X", "a" },
	{ "\\pL", "a" }, { "\\p{Lu}", "A" }, { "\\P{L}", "1" },
	{ "\\Qa.b\\E", "a.b" }, { "\\Q|)\\E", "|)" }, { "\\E", "" },
	{ "\\Q\\E", "" }, { "(?#c)", "" }, { "(?i)", "" }, { "(?-i)", "" },
	{ "(?x)", "" }, { "(?-x)", "" }, { "(?s-m)", "" }, { "(?m)", "" },
	{ "(?^)", "" }, { "(?n)", "" }, { "(?J)", "" }, { "(?U)", "" },
	{ " ", " " }, { "#", "#" }, { "#b\n", "" }, { " c ", "c" },
	{ "\\A", "" }, { "\\Z", "" }, { "\\z", "" }, { "\\G", "" },
	{ "\\K", "" }, { "\\B", "" }, { "\\1", "" }, { "\\2", "" },
	{ "\\g1", "" }, { "\\g{-1}", "" }, { "(?1)", "" }, { "(?R)?", "" },
	{ "(?+1)", "" }, { "(?-1)", "" }, { "\\g<1>", "" }, { "\\h", "\t" },
	{ "\\v", "\n" }, { "\\H", "x" }, { "\\V", "x" }, { "\\D", "x" },
	{ "\\S", "x" }, { "[\\w.]", "." }, { "[\\x41-c]", "b" },
	{ "(*SKIP)", "" }, { "(*THEN)", "" }, { "(*COMMIT)", "" },
	{ "(*PRUNE:a)", "" }, { "(*MARK:x)", "" }, { "(*:x)", "" },
	{ "(*ACCEPT)", "" }, { "(*F)", "" }, { "(?C)", "" }, { "(?C7)", "" },
	{ "(?(1)a|b)", "b" }, { "(?(?=a)ab|c)", "ab" }, { "(?(R)a|b)", "b" },
	{ "(?(DEFINE)(a))", "" }, { "(?(1)a)", "" }, { "\\e", "\x1b" },
	{ "\\t", "\t" }, { "\\12", "\n" }, { "\\123", "S" }, { "\\18", "8" },
	{ "a{,3}", "a{,3}" }, { "{", "{" }, { "a{x", "a{x" }, { "\\/", "/" },
	{ "a{ 2}", "aa" }, { "x{2", "x{2" }, { "\\o{101}", "A" },
	{ "[\\b]", "\b" }, { "[\\h\\d]", " " }, { "[^\\W_]", "a" },
	{ "[[:^alpha:]]", "1" }, { "[[:^upper:]]", "a" }, { "[[:word:]]", "_" },
	{ "(?|(a)|b)", "b" }, { "(?<n>a)", "a" }, { "\\k<n>", "a" },
	{ "(?P=n)", "" }, { "(?&n)", "a" }, { "(?P>n)", "a" },
	{ "(*pla:a)", "" }, { "(?^i:k)", "K" }, { "(?x: a b #c\n)", "ab" },
	{ "(?xx)", "" }, { "[a b]", "b" }, { "\\81", "81" }, { "(?'m'b)", "b" },
	{ "k", "\xe2\x84\xaa" }, { "S", "\xc5\xbf" }, { "[sk]", "\xc5\xbf" },
	{ "[a-z]", "\xe2\x84\xaa" }, { "\\d", "\xd9\xa1" },
	{ "[\\d-]", "\xd9\xa1" }, { "\\w", "\xd0\xb6" }, { ".", "\xd0\xb6" },
	{ "[^a]", "\xd0\xb6" }, { "[\xc5\xbf]", "s" }, { "\xe2\x84\xaa", "k" },
	{ "\xc3\xa9", "\xc3\x89" }, { "[\xc3\xa9]", "\xc3\x89" },
	{ "[[:alpha:]]", "\xc3\xa9" }, { "[\\x{17f}]", "S" },
	{ "\\s", "\xc2\xa0" }, { "[^\\d]", "\xc2\xa0" },
};

/* No "\1": nothing is claimed there, and libc may call itself for ever. */
static const struct piece gnu_atoms[] = {
	{ "\\<", "" }, { "\\>", "" }, { "\\`", "" }, { "\\'", "" },
	{ "\\B", "" }, { "()", "" }, { "[[.a.]]", "a" },
	{ "[[=b=]]", "b" }, { "[\\]", "\\" }, { "[\\w]", "w" }, { "\\S", "x" },
};

static const char *const groups[] = {
	"(", "(", "(?:", "(?:", "(?i:", "(?-i:", "(?>", "(?|", "(?=", "(?!",
	"(?<=", "(?<!", "(?x:", "(?<g>", "(?s-i:", "(?^:",
};

/* How often; then what may follow it in Perl's syntax. */
static const struct {
	const char *repeat;
	unsigned min, max;
} repeats[] = {
	{ "?", 0, 1 }, { "*", 0, 3 }, { "+", 1, 3 }, { "{2}", 2, 2 },
	{ "{0}", 0, 0 }, { "{1,3}", 1, 3 }, { "{2,}", 2, 3 }, { "{0,2}", 0, 2 },
	{ "{3}", 3, 3 }, { "{1}", 1, 1 }, { "{12}", 12, 12 },
};

static void make_branches(struct made *made, unsigned depth);

static void
add_piece(struct made *made, const struct piece *pieces, size_t n)
{
	const struct piece *piece = &pieces[below(made->random, (uint32_t)n)];

	buf_addf(&made->pattern, "%s", piece->pattern);
	if (strcmp(piece->pattern, "\\0") == 0)
		buf_addc(&made->text, '\0');
	else
		buf_addf(&made->text, "%s", piece->text);
}

static void
make_atom(struct made *made, unsigned depth)
{
	struct random *random = made->random;

	if (depth > 0 && below(random, 3) == 0) {
		buf_addf(&made->pattern, "%s", made->posix ? "(" :
		    groups[below(random, COUNT(groups))]);
		make_branches(made, depth - 1);
		buf_addc(&made->pattern, ')');
	} else if (below(random, 4) > 0) {
		add_piece(made, atoms, COUNT(atoms));
	} else if (made->posix) {
		add_piece(made, gnu_atoms, COUNT(gnu_atoms));
	} else {
		add_piece(made, perl_atoms, COUNT(perl_atoms));
	}
}

/* The text from there on, n times. */
static void
repeat_text(struct buf *text, size_t from, unsigned n)
{
	char part[64];
	size_t length = text->n - from;

	if (length == 0 || length > sizeof(part) || text->n > 1000)
		return;
	memcpy(part, text->p + from, length);
	text->n = from;
	for (; n > 0; n--)
		buf_add(text, span_make(part, length));
}

static void
make_branch(struct made *made, unsigned depth)
{
	struct random *random = made->random;

	for (uint32_t n = below(random, 5); n > 0; n--) {
		size_t from = made->text.n, i;

		make_atom(made, depth);
		if (below(random, 3) > 0)
			continue;
		/* Long ones of long ones take their time. */
		i = below(random, COUNT(repeats) - (depth > 0 ||
		    made->posix));
		if (!made->posix && below(random, 8) == 0)
			buf_addf(&made->pattern, "(?#+)");
		buf_addf(&made->pattern, "%s", repeats[i].repeat);
		repeat_text(&made->text, from, repeats[i].min + below(random,
		    repeats[i].max - repeats[i].min + 1));
		if (below(random, 4) == 0)
			buf_addc(&made->pattern, "?+"[below(random, 2)]);
	}
}

/* The text is that of any one of them. */
static void
make_branches(struct made *made, unsigned depth)
{
	uint32_t n = below(made->random, 4), one;

	n = n < 2 ? 1 : n;
	one = below(made->random, n);
	for (uint32_t i = 0; i < n; i++) {
		size_t from = made->text.n;

		if (i > 0)
			buf_addc(&made->pattern, '|');
		make_branch(made, depth);
		if (i != one)
			made->text.n = from;
	}
}

/* Half of them as they are; the others a little off. */
static size_t
vary(struct random *random, struct span from, char *text)
{
	size_t before = below(random, 2) * below(random, 3), n = before;

	memcpy(text, "x: ", before);
	for (size_t i = 0; i < from.n && n < 2000; i++)
		text[n++] = from.p[i];
	for (uint32_t i = n > 0 ? below(random, 3) : 0; i > 0; i--) {
		size_t at = below(random, (uint32_t)n + 1);

		if (at == n)
			continue;

		switch (below(random, 4)) {
		case 0:
			memmove(text + at, text + at + 1, --n - at);
			break;
		case 1:
			text[at] = (char)below(random, 256);
			break;
		case 2:
			text[at] = "aAbBkKsS\n"[below(random, 9)];
			break;
		default:
			text[at] ^= 0x20;
		}
	}
	return n;
}

struct tally {
	size_t patterns, claimed, sets, texts, hits, wrong;
};

static void
judge(struct tally *tally, const struct made *made, uint32_t options,
    const struct required *required, struct span text, bool hit)
{
	struct buf got;

	tally->texts++;
	tally->hits += hit;
	if (!hit || holds(required, text))
		return;
	tally->wrong++;
	buf_init(&got, 10000);
	describe(required, &got);
	print_error("%s pattern \"%.*s\", options %x, text \"%.*s\": claims "
	    "are %s\n", made->posix ? "posix" : "perl",
	    SPAN_ARG(buf_span(&made->pattern)), options, SPAN_ARG(text),
	    buf_string(&got));
	buf_clear(&got);
}

#define TEXTS	6

static void
try_perl(struct tally *tally, struct made *made, uint32_t options,
    const struct required *required)
{
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	int error;
	size_t offset;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)made->pattern.p,
	    made->pattern.n, options, &error, &offset, NULL);

	pcre2_set_match_limit(context, 10000);
	for (int i = 0; code != NULL && i < TEXTS; i++) {
		size_t n, *ends = pcre2_get_ovector_pointer(data);
		char text[2100];
		bool hit;

		n = vary(made->random, buf_span(&made->text), text);
		hit = pcre2_match(code, (PCRE2_SPTR)text, n, 0, 0, data,
		    context) >= 0;
		judge(tally, made, options, required, span_make(text, n), hit);
		if (!hit || ends[0] >= ends[1])
			continue;
		/* What was matched, and no more: it has to hold it all. */
		n = ends[1] - ends[0];
		memmove(text, text + ends[0], n);
		hit = pcre2_match(code, (PCRE2_SPTR)text, n, 0, 0, data,
		    context) >= 0;
		judge(tally, made, options, required, span_make(text, n), hit);
	}
	tally->patterns += code != NULL;
	tally->claimed += code != NULL && required->n > 0;
	tally->sets += code != NULL && required->sets.n > 0;
	pcre2_code_free(code);
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
}

static void
try_posix(struct tally *tally, struct made *made, uint32_t options,
    const struct required *required)
{
	regex_t code;
	int flags = REG_EXTENDED |
	    ((options & PCRE2_CASELESS) != 0 ? REG_ICASE : 0) |
	    ((options & PCRE2_MULTILINE) != 0 ? REG_NEWLINE : 0);

	/* libc's compiler takes years for some longer ones with anchors. */
	if (made->pattern.n > 40 ||
	    regcomp(&code, buf_string(&made->pattern), flags) != 0)
		return;
	for (int i = 0; i < TEXTS; i++) {
		char text[2100];
		size_t n = vary(made->random, buf_span(&made->text), text);
		regmatch_t all = { 0, (regoff_t)n };
		bool hit;

		text[n] = '\0';
		hit = regexec(&code, text, 1, &all, REG_STARTEND) == 0;
		judge(tally, made, options, required, span_make(text, n), hit);
		if (!hit || all.rm_so >= all.rm_eo)
			continue;
		n = (size_t)(all.rm_eo - all.rm_so);
		memmove(text, text + all.rm_so, n);
		text[n] = '\0';
		all = (regmatch_t){ 0, (regoff_t)n };
		hit = regexec(&code, text, 1, &all, REG_STARTEND) == 0;
		judge(tally, made, options, required, span_make(text, n), hit);
	}
	tally->patterns++;
	tally->claimed += required->n > 0;
	tally->sets += required->sets.n > 0;
	regfree(&code);
}

static uint32_t
random_options(struct random *random, bool posix)
{
	static const uint32_t perl[] = { PCRE2_CASELESS, PCRE2_DOTALL,
		PCRE2_MULTILINE, PCRE2_EXTENDED, PCRE2_ANCHORED,
		PCRE2_DOLLAR_ENDONLY, PCRE2_UNGREEDY };
	uint32_t options = 0;

	if (posix)
		return (below(random, 3) > 0 ? PCRE2_CASELESS : 0U) |
		    (below(random, 4) == 0 ? PCRE2_MULTILINE : 0U);
	if (below(random, 2) == 0)
		return below(random, 2) == 0 ? FLAGS : UTF;
	for (size_t i = 0; i < COUNT(perl); i++)
		options |= below(random, 3) == 0 ? perl[i] : 0;
	return below(random, 2) == 0 ? options | PCRE2_UTF | PCRE2_UCP :
	    options;
}

static void
one_round(struct tally *tally, struct random *random)
{
	struct made made = { .random = random };
	struct region region;
	struct required required;
	uint32_t options;

	made.posix = below(random, 4) == 0;
	options = random_options(random, made.posix);
	buf_init(&made.pattern, 4000);
	buf_init(&made.text, 4000);
	if (below(random, 6) == 0)
		buf_addc(&made.pattern, '^');
	make_branches(&made, below(random, 4));
	region_init(&region, 100000);
	required_by(buf_span(&made.pattern), options |
	    (made.posix ? SYNTAX_POSIX : 0), &region, &required);
	is_in_shape(&required);
	if (made.pattern.n > 0 && made.posix)
		try_posix(tally, &made, options, &required);
	else if (made.pattern.n > 0)
		try_perl(tally, &made, options, &required);
	region_clear(&region);
	buf_clear(&made.pattern);
	buf_clear(&made.text);
}

static unsigned long rounds = 60000, seed = 4;

static void
test_random(void **state)
{
	struct tally tally = { .wrong = 0 };
	struct random random = { seed };

	(void)state;
	for (unsigned long i = 0; i < rounds && tally.wrong < 10; i++)
		one_round(&tally, &random);
	print_message("seed %lu: %zu patterns, of %zu something is claimed, "
	    "of %zu sets; %zu texts, %zu hits, %zu claims wrong\n", seed,
	    tally.patterns, tally.claimed, tally.sets, tally.texts, tally.hits,
	    tally.wrong);
	assert_int_equal(tally.wrong, 0);
	/* Else it would show nothing. */
	assert_true(tally.claimed > tally.patterns / 6);
	assert_true(tally.sets > tally.patterns / 6);
	assert_true(tally.hits > tally.texts / 3);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest units[] = {
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_set_claims),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_random),
	};

	if (argc > 1)
		rounds = strtoul(argv[1], NULL, 10);
	if (argc > 2)
		seed = strtoul(argv[2], NULL, 10);
	return cmocka_run_group_tests(units, NULL, NULL);
}
