/* gate: what it says beside what looking everywhere says. */
#include "claims_hold.h"
#include "table_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "table/gate_state.h"

#define NOT	SIZE_MAX
#define RUNS	4

static const enum gate_kind kinds[] = { GATE_BEST, GATE_SCALAR };

/* One pattern's claims, and the memory that they lie in. */
struct claim {
	struct span runs[REQUIRED_CLAUSES_MAX][REQUIRED_RUNS_MAX];
	struct required required;
};

static void
claim_clause(struct claim *claim, bool at_start, struct span run)
{
	struct required *required = &claim->required;
	struct required_clause *clause = &required->clauses[required->n];

	claim->runs[required->n][0] = run;
	*clause = (struct required_clause){
	    .runs = claim->runs[required->n], .n = 1, .at_start = at_start };
	required->n++;
}

/* Another run that would do in the last clause. */
static void
claim_or(struct claim *claim, struct span run)
{
	size_t last = claim->required.n - 1;
	struct required_clause *clause = &claim->required.clauses[last];

	assert_true(clause->n < REQUIRED_RUNS_MAX);
	claim->runs[last][clause->n++] = run;
}

static struct required *
requirements(const struct claim *claims, size_t n)
{
	struct required *patterns = calloc(n + 1, sizeof(*patterns));

	assert_non_null(patterns);
	for (size_t i = 0; i < n; i++)
		patterns[i] = claims[i].required;
	return patterns;
}

/* The text of exactly its size, so that a read past it is noticed. */
static char *
exact(struct span text)
{
	char *copy = malloc(text.n > 0 ? text.n : 1);

	assert_non_null(copy);
	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	return copy;
}

static void
expect_hits(const struct gate_hits *hits, const struct gate_hit *want,
    size_t n)
{
	assert_int_equal(hits->n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(hits->list[i].record, want[i].record);
		assert_int_equal(hits->list[i].pattern, want[i].pattern);
	}
}

/* One pattern, one clause; one record, all of the text but its ends. */
static const struct {
	const char *name;
	struct span run;
	struct span text;
	size_t before, after;	/* bytes that are not the record's */
	size_t least;
	bool at_start, want;
} cases[] = {
	{ "all of it", T("abc"), T("abc"), 0, 0, 0, false, true },
	{ "folded", T("abc"), T("aBC"), 0, 0, 0, false, true },
	{ "@ and `", T("a`b"), T("a@b"), 0, 0, 0, false, true },
	{ "NUL and blank", T("a b"), T("a\0b"), 0, 0, 0, false, true },
	{ "high bytes", T("\xe3\xa4\xe3"), T("\xc3\xa4\xc3"), 0, 0, 0, false,
	    true },
	{ "at the start", T("abcdefg"), T("abcdefg---"), 0, 0, 0, false,
	    true },
	{ "at the end", T("abcdefg"), T("---abcdefg"), 0, 0, 0, false, true },
	{ "not all", T("abcdefgh"), T("---abcdefg"), 0, 0, 0, false, false },
	{ "past the end", T("abcdefg"), T("---abcdefg"), 0, 1, 0, false,
	    false },
	{ "before the start", T("abcdefg"), T("abcdefg---"), 1, 0, 0, false,
	    false },
	{ "outside", T("abcd"), T("abcd--abcd"), 4, 4, 0, false, false },
	{ "between", T("abcd"), T("--abcd--"), 2, 2, 0, false, true },
	{ "three at the end", T("xyz"), T("-----xyz"), 0, 0, 0, false, true },
	{ "least", T("abc"), T("abc--"), 0, 0, 5, false, true },
	{ "less than least", T("abc"), T("abc-"), 0, 0, 5, false, false },
	{ "begins", T("subject:"), T("Subject: x"), 0, 0, 0, true, true },
	{ "begins in the midst", T("subject:"), T("--Subject: x"), 2, 0, 0,
	    true, true },
	{ "does not begin", T("subject:"), T(" Subject: x"), 0, 0, 0, true,
	    false },
	{ "only half", T("subject:"), T("Subject"), 0, 0, 0, true, false },
	{ "cut", T("subject:"), T("Subject:"), 0, 1, 0, true, false },
	{ "one byte", T("x"), T("X-Y: z"), 0, 0, 0, true, true },
	{ "one of one", T("x"), T("X"), 0, 0, 0, true, true },
	{ "not the one", T("x"), T("yx"), 0, 0, 0, true, false },
	{ "begins, least", T("x"), T("xyz"), 0, 0, 4, true, false },
	{ "empty", T("abc"), T(""), 0, 0, 0, false, false },
	{ "empty record", T("abc"), T("abc"), 3, 0, 0, false, false },
	{ "empty, begins", T("abc"), T("abc"), 0, 3, 0, true, false },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		struct claim claim = { .required.least = cases[i / 2].least };
		struct span text = cases[i / 2].text;
		struct record record = { (uint32_t)cases[i / 2].before,
		    (uint32_t)(text.n - cases[i / 2].before -
		    cases[i / 2].after) };
		const struct gate_hit want = { 0, 0 };
		struct gate_hits hits;
		struct gate *gate;
		char *copy = exact(text);

		claim_clause(&claim, cases[i / 2].at_start, cases[i / 2].run);
		gate = gate_new(&claim.required, 1, kinds[i % 2]);
		assert_non_null(gate);
		assert_true(gate_knows(gate, 0));
		gate_hits_init(&hits);
		assert_int_equal(gate_scan(gate, span_make(copy, text.n),
		    &record, 1, &hits), 1);
		if (hits.n != cases[i / 2].want)
			fail_msg("%s: %zu hits", cases[i / 2].name, hits.n);
		expect_hits(&hits, &want, hits.n);
		gate_hits_clear(&hits);
		gate_free(&gate);
		assert_null(gate);
		free(copy);
	}
}

/* Bytes out of sets; a pattern in which a letter stands for its set. */
static void
claim_sets(struct claim *claim, struct region *region, const char *letters,
    bool at_start)
{
	size_t n = strlen(letters);
	struct byteset *sets = region_alloc(region, n * sizeof(*sets));

	assert_non_null(sets);
	for (size_t i = 0; i < n; i++)
		for (unsigned b = 0; b < 256; b++)
			if (letters[i] == '*' ||
			    (letters[i] == 'd' && b >= '0' && b <= '9') ||
			    (letters[i] == 'x' && b >= '0' && b <= '@') ||
			    (letters[i] == 'U' && b >= 'A' && b <= 'Z') ||
			    (letters[i] == 'h' && b >= 0x80) ||
			    (letters[i] == '-' && (b == '-' || b == ' ')))
				byteset_add(&sets[i], (unsigned char)b);
	claim->required.sets = (struct required_sets){ sets, n, at_start, 0 };
}

static const struct {
	const char *name;
	const char *sets;
	struct span text;
	size_t before, after;
	size_t least;
	bool at_start, want;
} set_cases[] = {
	{ "all of it", "dd-d", T("12 3"), 0, 0, 0, false, true },
	{ "in the midst", "dd-d", T("abc12-3abc"), 0, 0, 0, false, true },
	{ "at the end", "dddddddd", T("-----12345678"), 0, 0, 0, false,
	    true },
	{ "one too few", "dddddddd", T("-----1234567"), 0, 0, 0, false,
	    false },
	{ "cut", "dddd", T("--1234"), 0, 1, 0, false, false },
	{ "cut before", "dddd", T("1234--"), 1, 0, 0, false, false },
	{ "not folded", "UU", T("aabb"), 0, 0, 0, false, false },
	{ "a short one", "UU", T("aaBB"), 0, 0, 0, false, true },
	{ "one at the end", "U", T("aabB"), 0, 0, 0, false, true },
	{ "NUL after the end", "d***", T("-1--"), 0, 1, 0, false, false },
	{ "anything", "d***", T("-1\0\xff-"), 0, 0, 0, false, true },
	{ "high bytes", "hhh", T("--\xc3\xa4\xff"), 0, 0, 0, false, true },
	{ "not high", "hhh", T("--Cd\x7f"), 0, 0, 0, false, false },
	{ "past 32", "d-d", T("....................................1 1"),
	    0, 0, 0, false, true },
	{ "least", "dd", T("1234"), 0, 0, 4, false, true },
	{ "less than least", "dd", T("1234"), 0, 0, 5, false, false },
	{ "begins", "dd-", T("12 abc"), 0, 0, 0, true, true },
	{ "begins in the midst", "dd-", T("x12 abc"), 1, 0, 0, true, true },
	{ "does not begin", "dd-", T("x12 abc"), 0, 0, 0, true, false },
	{ "begins, cut", "dd-", T("12 abc"), 0, 4, 0, true, false },
	{ "only least", "", T("123"), 0, 0, 3, false, true },
	{ "not even least", "", T("12"), 0, 0, 3, false, false },
	{ "empty", "d", T("1"), 1, 0, 0, true, false },
};

static void
test_set_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * COUNT(set_cases); i++) {
		struct claim claim = {
		    .required.least = set_cases[i / 2].least };
		struct span text = set_cases[i / 2].text;
		struct record record = { (uint32_t)set_cases[i / 2].before,
		    (uint32_t)(text.n - set_cases[i / 2].before -
		    set_cases[i / 2].after) };
		char *copy = exact(text);
		struct region region;
		struct gate_hits hits;
		struct gate *gate;

		region_init(&region, 10000);
		claim_sets(&claim, &region, set_cases[i / 2].sets,
		    set_cases[i / 2].at_start);
		gate = gate_new(&claim.required, 1, kinds[i % 2]);
		assert_non_null(gate);
		assert_true(gate_knows(gate, 0));
		gate_hits_init(&hits);
		assert_int_equal(gate_scan(gate, span_make(copy, text.n),
		    &record, 1, &hits), 1);
		if (hits.n != set_cases[i / 2].want)
			fail_msg("%s: %zu hits", set_cases[i / 2].name,
			    hits.n);
		gate_hits_clear(&hits);
		gate_free(&gate);
		region_clear(&region);
		free(copy);
	}
}

/*
 * More sets than there is room for: those that have room are found, and each
 * just once, in a record that is full of them.
 */
static void
test_set_bound(void **state)
{
	enum { MANY = 600, ROOM = 512 };
	struct claim *claims = calloc(MANY, sizeof(*claims));
	const struct record record = { 0, 100000 };
	char *text = malloc(record.n);
	struct required *patterns;
	struct region region;

	(void)state;
	assert_non_null(claims);
	assert_non_null(text);
	region_init(&region, 1000000);
	memset(text, '7', record.n);
	for (size_t i = 0; i < MANY; i++) {
		char letters[REQUIRED_SETS_MAX + 1] = "dddddddd";

		for (size_t at = 1, left = i; at < 7; at++, left /= 3)
			letters[at] = "dx*"[left % 3];
		claim_sets(&claims[i], &region, letters, false);
	}
	patterns = requirements(claims, MANY);
	for (size_t k = 0; k < COUNT(kinds); k++) {
		struct gate *gate = gate_new(patterns, MANY, kinds[k]);
		struct gate_hits hits;
		size_t next = 0;

		assert_non_null(gate);
		gate_hits_init(&hits);
		assert_int_equal(gate_scan(gate, span_make(text, record.n),
		    &record, 1, &hits), 1);
		for (uint32_t i = 0; i < MANY; i++) {
			if (!gate_knows(gate, i))
				continue;
			assert_true(next < hits.n);
			assert_int_equal(hits.list[next++].pattern, i);
		}
		assert_int_equal(next, ROOM);
		assert_int_equal(hits.n, ROOM);
		gate_hits_clear(&hits);
		gate_free(&gate);
	}
	free(patterns);
	region_clear(&region);
	free(text);
	free(claims);
}

/* Every length of run, at every place of a text of every length. */
static void
test_places(void **state)
{
	static const char run[] = "abcdefghijklmnopqrstuvwxyz012345";
	struct gate_hits hits;

	(void)state;
	gate_hits_init(&hits);
	for (size_t n = 2 * 3; n <= 2 * REQUIRED_RUN_MAX; n++) {
		struct claim claim = { .required.n = 0 };
		struct gate *gate;

		claim_clause(&claim, false, span_make(run, n / 2));
		gate = gate_new(&claim.required, 1, kinds[n % 2]);
		assert_non_null(gate);
		for (size_t room = 0; room < 75; room++) {
			struct record record = { 0, (uint32_t)(n / 2 + room) };
			char *text = malloc(record.n);

			assert_non_null(text);
			for (size_t at = 0; at <= room; at++) {
				memset(text, '.', record.n);
				memcpy(text + at, run, n / 2);
				gate_scan(gate, span_make(text, record.n),
				    &record, 1, &hits);
				assert_int_equal(hits.n, 1);
				text[at + n / 4] = '!';
				gate_scan(gate, span_make(text, record.n),
				    &record, 1, &hits);
				assert_int_equal(hits.n, 0);
			}
			free(text);
		}
		gate_free(&gate);
	}
	gate_hits_clear(&hits);
}

/* Lines and the gaps between them; several patterns, some that share. */
static void
test_records(void **state)
{
	static const char text[] = "Subject: Cheap pills\r\n\r\n"
	    "cheap\r\npills cheap, cheap pills\r\nX-Cheap: no\r\n";
	static const struct record records[] = {
		{ 0, 20 }, { 22, 0 }, { 24, 5 }, { 31, 24 }, { 57, 11 } };
	static const struct gate_hit want[] = { { 0, 0 }, { 0, 1 }, { 0, 2 },
	    { 0, 4 }, { 0, 8 }, { 2, 1 }, { 3, 0 }, { 3, 1 }, { 3, 8 },
	    { 4, 1 }, { 4, 3 }, { 4, 6 } };
	struct claim claims[9] = { 0 };
	struct required *patterns;
	struct gate_hits hits;

	(void)state;
	claim_clause(&claims[0], false, span_of("pills"));
	claim_clause(&claims[1], false, span_of("pills"));
	claim_or(&claims[1], span_of("cheap"));
	claim_clause(&claims[2], false, span_of("cheap"));
	claim_clause(&claims[2], true, span_of("subject:"));
	claim_or(&claims[2], span_of("from:"));
	claim_clause(&claims[3], true, span_of("x-"));
	claim_clause(&claims[4], true, span_of("subject: cheap p"));
	/* CR LF, folded. */
	claim_clause(&claims[5], false, span_of("p-*"));
	claim_clause(&claims[6], true, span_of("x-cheap"));
	claim_or(&claims[6], span_of("x-dear"));
	claim_clause(&claims[8], false, span_of("cheap"));
	claim_clause(&claims[8], false, span_of("pills"));
	patterns = requirements(claims, COUNT(claims));
	gate_hits_init(&hits);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct gate *gate = gate_new(patterns, COUNT(claims),
		    kinds[i]);

		assert_non_null(gate);
		assert_true(gate_knows(gate, 6));
		assert_false(gate_knows(gate, 7));
		assert_true(gate_knows(gate, 8));
		assert_false(gate_knows(gate, 9));
		assert_true(gate_size(gate) > 0);
		assert_int_equal(gate_scan(gate, span_of(text), records,
		    COUNT(records), &hits), COUNT(records));
		expect_hits(&hits, want, COUNT(want));
		/* Not from the start of the text, and not to its end. */
		assert_int_equal(gate_scan(gate, span_of(text), records + 1,
		    3, &hits), 3);
		assert_int_equal(hits.n, 4);
		assert_int_equal(hits.list[0].record, 1);
		assert_int_equal(gate_scan(gate, span_of(text), records, 0,
		    &hits), 0);
		assert_int_equal(hits.n, 0);
		gate_free(&gate);
	}
	gate_hits_clear(&hits);
	free(patterns);
}

/* What is not as required.h has it is not the gate's. */
static void
test_strange(void **state)
{
	struct claim claims[4] = { 0 };
	struct required *patterns;
	struct gate *gate;

	(void)state;
	claim_clause(&claims[0], false, span_of("ab"));
	claim_clause(&claims[1], false, span_of("ABC"));
	claim_clause(&claims[2], true, span_of(""));
	claims[3].required.sets = (struct required_sets){
	    .sets = &(struct byteset){ { 1 } }, .n = REQUIRED_SETS_MAX + 1 };
	patterns = requirements(claims, COUNT(claims));
	gate = gate_new(patterns, COUNT(claims), GATE_BEST);
	assert_non_null(gate);
	for (size_t i = 0; i < COUNT(claims); i++)
		assert_false(gate_knows(gate, i));
	gate_free(&gate);
	free(patterns);
	gate_free(&gate);
}

/* More hits than there is room for: what is complete, and that it ends. */
static void
check_bound(const char *run, bool at_start, size_t n, enum gate_kind kind)
{
	struct claim *claims = calloc(n, sizeof(*claims));
	struct record records[3] = { { 0, 1000 }, { 1000, 2 }, { 1002, 1000 } };
	struct required *patterns;
	struct gate_hits hits;
	struct gate *gate;
	char text[2002];

	assert_non_null(claims);
	for (size_t i = 0; i < n; i++)
		claim_clause(&claims[i], at_start, span_of(run));
	patterns = requirements(claims, n);
	gate = gate_new(patterns, n, kind);
	assert_non_null(gate);
	memset(text, 'a', sizeof(text));
	memcpy(text + 1000, "\r\n", 2);
	gate_hits_init(&hits);
	assert_int_equal(gate_scan(gate, span_make(text, sizeof(text)),
	    records, 3, &hits), n > GATE_HITS_MAX ? 0 :
	    n > GATE_HITS_MAX / 2 ? 2 : 3);
	assert_int_equal(hits.n, n > GATE_HITS_MAX ? 0 :
	    n > GATE_HITS_MAX / 2 ? n : 2 * n);
	for (size_t i = 0; i < hits.n; i++) {
		assert_int_equal(hits.list[i].record, i / n * 2);
		assert_int_equal(hits.list[i].pattern, i % n);
	}
	gate_hits_clear(&hits);
	gate_free(&gate);
	free(patterns);
	free(claims);
}

static void
test_bound(void **state)
{
	(void)state;
	for (int i = -1; i <= 1; i++) {
		check_bound("aaaaaaaa", false, GATE_HITS_MAX + (size_t)i,
		    GATE_BEST);
		check_bound("aaa", false, GATE_HITS_MAX + (size_t)i,
		    GATE_SCALAR);
		check_bound("aa", true, GATE_HITS_MAX + (size_t)i, GATE_BEST);
		check_bound("aaaa", false, GATE_HITS_MAX / 2 + (size_t)i,
		    GATE_BEST);
		check_bound("aa", true, GATE_HITS_MAX / 2 + (size_t)i,
		    GATE_BEST);
	}
}

/*
 * What is rarest in ordinary mail is the same in all of these; mail that is
 * full of it must not cost a look at all of them for each time.
 */
static void
test_shared(void **state)
{
	enum { N = 4000 };
	static const char *const words[] = { "the", "and", "you", "with",
	    "from", "this", "that", "have", "will", "more" };
	struct claim *claims = calloc(N, sizeof(*claims));
	struct required *required = calloc(N, sizeof(*required));
	char (*runs)[REQUIRED_RUN_MAX] = calloc(N, sizeof(*runs));
	struct gate *gate;
	uint32_t most = 0;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		snprintf(runs[i], sizeof(*runs), "xqzjwkv %s %s %s %s",
		    words[i % 10], words[i / 10 % 10], words[i / 100 % 10],
		    words[i / 1000]);
		claim_clause(&claims[i], false, span_of(runs[i]));
		required[i] = claims[i].required;
	}
	gate = gate_new(required, N, GATE_BEST);
	assert_non_null(gate);
	for (size_t i = 0; i < gate->n_slots; i++) {
		uint32_t n = 0, run = gate->slots[i].run;

		for (; gate->slots[i].key != 0 && run != GATE_NONE; n++)
			run = gate->runs.list[run].next;
		most = n > most ? n : most;
	}
	assert_in_range(most, 1, 100);
	gate_free(&gate);
	free(runs);
	free(required);
	free(claims);
}

/* Hits that were used with a small gate are used with a larger one. */
static void
test_several(void **state)
{
	struct claim claims[40] = { 0 };
	const struct record records[] = { { 0, 9 }, { 9, 9 } };
	struct required *patterns;
	struct gate_hits hits;

	(void)state;
	for (size_t i = 0; i < COUNT(claims); i++)
		claim_clause(&claims[i], false, span_of("pattern"));
	patterns = requirements(claims, COUNT(claims));
	gate_hits_init(&hits);
	/* So that the stamps run out on the way. */
	for (size_t i = 0; i < 2 * COUNT(claims); i++) {
		size_t n = 1 + i % COUNT(claims);
		struct gate *gate = gate_new(patterns, n, GATE_BEST);

		assert_non_null(gate);
		if (i == COUNT(claims))
			hits.stamp = UINT32_MAX - 20;
		assert_int_equal(gate_scan(gate, span_of("a Pattern,patterns"),
		    records, 2, &hits), 2);
		assert_int_equal(hits.n, 2 * n);
		gate_free(&gate);
	}
	gate_hits_clear(&hits);
	free(patterns);
}

/*
 * The naive one.  1: it has to be named; -1: it must not; 0: as it likes, since
 * it need not look for what else is required in a long record, or for many
 * runs.
 */
static int
naive(struct span text, const struct required *required)
{
	bool all = true, first = required->n == 0 || required->sets.n > 0 ||
	    clause_holds(&required->clauses[0], text);

	if (text.n < required->least || text.n == 0)
		return -1;
	if (!sets_hold(&required->sets, text))
		return -1;
	for (size_t i = 0; i < required->n; i++) {
		bool one = clause_holds(&required->clauses[i], text);

		all = all && one;
		if (!one && required->clauses[i].at_start)
			return -1;
	}
	return all ? 1 : first ? 0 : -1;
}

/* Seeded, and the same everywhere. */
static uint32_t
draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(*seed >> 33) % below;
}

/* Few letters, so that runs are common and overlap. */
static void
draw_bytes(uint64_t *seed, char *p, size_t n, uint32_t letters, bool fold)
{
	for (size_t i = 0; i < n; i++) {
		p[i] = (char)('a' + draw(seed, letters));
		if (!fold && draw(seed, 3) == 0)
			p[i] ^= 0x20;
		if (draw(seed, 40) == 0)
			p[i] = (char)(fold ? 0xff : 0xdf);
	}
}

static struct span
draw_run(uint64_t *seed, struct region *region, struct span text,
    uint32_t letters, bool at_start)
{
	size_t n = at_start ? 1 + draw(seed, draw(seed, 2) ? 4 : 32) :
	    3 + draw(seed, draw(seed, 2) ? 6 : 30);
	char *p = region_alloc(region, n);

	assert_non_null(p);
	if (text.n > n && draw(seed, 2) == 0) {
		memcpy(p, text.p + draw(seed, (uint32_t)(text.n - n)), n);
		for (size_t i = 0; i < n; i++)
			p[i] |= 0x20;
	} else {
		draw_bytes(seed, p, n, letters, true);
	}
	return span_make(p, n);
}

/* Some of the text's own bytes, each with others beside it. */
static void
draw_sets(uint64_t *seed, struct region *region, struct claim *claim,
    struct span text)
{
	size_t n = 1 + draw(seed, REQUIRED_SETS_MAX);
	struct byteset *sets = region_alloc(region, n * sizeof(*sets));
	size_t from = text.n > n ? draw(seed, (uint32_t)(text.n - n)) : 0;
	bool wide = draw(seed, 4) == 0;

	assert_non_null(sets);
	if (text.n <= n)
		return;
	for (size_t i = 0; i < n; i++) {
		byteset_add(&sets[i], (unsigned char)text.p[from + i]);
		for (uint32_t more = draw(seed, wide ? 40 : 4); more > 0;
		    more--)
			byteset_add(&sets[i], (unsigned char)(draw(seed, 10) ?
			    'A' + draw(seed, 60) : draw(seed, 256)));
	}
	claim->required.sets = (struct required_sets){ sets, n,
	    draw(seed, 3) == 0, 0 };
}

static void
draw_claim(uint64_t *seed, struct region *region, struct claim *claim,
    struct span text, uint32_t letters)
{
	size_t clauses = 1 + draw(seed, 3);
	bool starts = draw(seed, 4) == 0;

	claim->required.least = draw(seed, 3) == 0 ? draw(seed, 60) : 0;
	if (draw(seed, 3) == 0) {
		draw_sets(seed, region, claim, text);
		if (claim->required.sets.n > 0 && draw(seed, 2) == 0)
			return;
		if (draw(seed, 6) == 0) {
			claim->required.least++;
			return;
		}
	}
	for (size_t i = 0; i < clauses; i++) {
		bool at_start = starts || (i > 0 && draw(seed, 2) == 0);

		claim_clause(claim, at_start, draw_run(seed, region, text,
		    letters, at_start));
		for (uint32_t more = draw(seed, RUNS); more > 0; more--)
			claim_or(claim, draw_run(seed, region, text, letters,
			    at_start));
	}
	claim->required.least = draw(seed, 3) == 0 ? draw(seed, 60) : 0;
}

static size_t
draw_records(uint64_t *seed, struct record *records, size_t max, size_t n)
{
	uint32_t at = draw(seed, 4);
	size_t count = 0;

	while (count < max && at <= n) {
		uint32_t size = draw(seed, draw(seed, 3) == 0 ? 200 : 20);

		if (size > n - at)
			size = (uint32_t)n - at;
		records[count++] = (struct record){ at, size };
		at += size + draw(seed, 3);
	}
	return count;
}

/* How many hits there are; each is as the naive search has it. */
static size_t
compare(const struct gate *gate, const struct claim *claims, size_t n,
    struct span text, const struct record *records, size_t n_records,
    struct gate_hits *hits, bool drops)
{
	size_t lost = 0, next = 0;

	assert_int_equal(gate_scan(gate, text, records, n_records, hits),
	    n_records);
	for (size_t r = 0; r < n_records; r++)
		for (size_t i = 0; i < n; i++) {
			struct span record = span_make(text.p +
			    records[r].from, records[r].n);
			bool named = next < hits->n &&
			    hits->list[next].record == r &&
			    hits->list[next].pattern == i;
			int want = naive(record, &claims[i].required);

			next += named;
			lost += want == 1 && !named;
			if (!drops && want == 1 && !named)
				fail_msg("record %zu, pattern %zu", r, i);
			assert_false(want == -1 && named);
		}
	assert_int_equal(next, hits->n);
	return drops ? lost : hits->n;
}

/* Both of them say the same to the letter. */
static void
same(const struct gate *gate, struct span text, const struct record *records,
    size_t n, const struct gate_hits *want)
{
	struct gate_hits hits;

	gate_hits_init(&hits);
	assert_int_equal(gate_scan(gate, text, records, n, &hits), n);
	expect_hits(&hits, want->list, want->n);
	gate_hits_clear(&hits);
}

/* As many as the largest maps are for; a record for each of them. */
static void
test_many(void **state)
{
	enum { MANY = 20000, WIDTH = 40 };
	struct required *patterns = calloc(MANY, sizeof(*patterns));
	struct record *records = calloc(MANY, sizeof(*records));
	struct span *runs = calloc(MANY, sizeof(*runs));
	char *text = malloc((size_t)MANY * WIDTH);
	uint64_t seed = 7;

	(void)state;
	assert_non_null(patterns);
	assert_non_null(records);
	assert_non_null(runs);
	assert_non_null(text);
	draw_bytes(&seed, text, (size_t)MANY * WIDTH, 26, true);
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t n = i % 10 == 0 ? 3 + draw(&seed, 4) :
		    7 + draw(&seed, 20);

		records[i] = (struct record){ i * WIDTH, WIDTH };
		runs[i] = span_make(text + i * WIDTH +
		    draw(&seed, WIDTH + 1 - n), n);
		patterns[i].n = 1;
		patterns[i].clauses[0].runs = &runs[i];
		patterns[i].clauses[0].n = 1;
	}
	for (size_t k = 0; k < COUNT(kinds); k++) {
		struct gate *gate = gate_new(patterns, MANY, kinds[k]);
		struct gate_hits hits;
		size_t found = 0, done = 0;

		assert_non_null(gate);
		gate_hits_init(&hits);
		while (done < MANY) {
			size_t more = gate_scan(gate, span_make(text,
			    (size_t)MANY * WIDTH), records + done,
			    MANY - done, &hits);

			assert_true(more > 0);
			for (size_t i = 0; i < hits.n; i++)
				found += hits.list[i].record + done ==
				    hits.list[i].pattern;
			done += more;
		}
		assert_int_equal(found, MANY);
		gate_hits_clear(&hits);
		gate_free(&gate);
	}
	free(text);
	free(runs);
	free(records);
	free(patterns);
}

/* Enough of them that they are looked for by their hashes. */
#define WORDS	40

/* Which words are all of a record, or its end. */
static const struct {
	const char *name;
	struct span text;
	size_t whole, end;
} word_cases[] = {
	{ "all of it", T("word7@example.com"), 7, NOT },
	{ "in capitals", T("WORD7@EXAMPLE.COM"), 7, NOT },
	{ "line feed", T("word7@example.com\n"), 7, NOT },
	{ "two line feeds", T("word7@example.com\n\n"), NOT, NOT },
	{ "line feed in front", T("\nword7@example.com"), NOT, NOT },
	{ "more in front", T("xword7@example.com"), NOT, NOT },
	{ "more behind", T("word7@example.comx"), NOT, NOT },
	{ "less", T("word7@example.co"), NOT, NOT },
	{ "another byte", T("word7@exemple.com"), NOT, NOT },
	{ "an end alone", T("end22.example.org"), NOT, 22 },
	{ "an end", T("anything@end22.example.org"), NOT, 22 },
	{ "end and line feed", T("@END22.example.org\n"), NOT, 22 },
	{ "end and two", T("@end22.example.org\n\n"), NOT, NOT },
	{ "not at the end", T("end22.example.org."), NOT, NOT },
	{ "less of an end", T("nd22.example.org"), NOT, NOT },
	{ "a short end", T("@s1.de"), NOT, 21 },
	{ "a short end alone", T("s1.de"), NOT, 21 },
	{ "less of it", T("1.de"), NOT, NOT },
	{ "both", T("end24.example.org"), 4, 24 },
	{ "empty", T(""), 2, NOT },
	{ "a line feed", T("\n"), 2, NOT },
	{ "line feeds", T("\n\n"), NOT, NOT },
};

static void
claim_word(struct claim *claim, size_t i, struct span word)
{
	char *p = word.n > 0 ? (char *)(uintptr_t)word.p : NULL;

	for (size_t k = 0; k < word.n; k++)
		p[k] |= 0x20;
	claim->required.is_whole = i < WORDS / 2;
	claim->required.whole = word;
	if (claim->required.is_whole)
		return;
	claim->runs[0][0] = word;
	claim->required.end = (struct required_clause){
	    .runs = claim->runs[0], .n = 1 };
}

/* The first half of the words are wholes, the others ends. */
static void
make_words(struct claim *claims, struct buf *words)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (i == 4)
			buf_addf(&words[i], "end24.example.org");
		else if (i == 5 || i == 6)
			while (words[i].n < REQUIRED_WHOLE_MAX - (i == 6))
				buf_addc(&words[i], 'w');
		else if (i == 21)
			buf_addf(&words[i], "s1.de");
		else if (i != 2)
			buf_addf(&words[i], i < WORDS / 2 ?
			    "word%zu@example.com" : "end%zu.example.org", i);
		claim_word(&claims[i], i, buf_span(&words[i]));
	}
}

static void
expect_words(const struct gate *gate, struct span text, size_t whole,
    size_t end)
{
	struct gate_hit want[2];
	size_t n = 0;
	char *copy = exact(text);
	struct record record = { 0, (uint32_t)text.n };
	struct gate_hits hits;

	if (whole != NOT)
		want[n++] = (struct gate_hit){ 0, (uint32_t)whole };
	if (end != NOT)
		want[n++] = (struct gate_hit){ 0, (uint32_t)end };
	gate_hits_init(&hits);
	assert_int_equal(gate_scan(gate, span_make(copy, text.n), &record, 1,
	    &hits), 1);
	expect_hits(&hits, want, n);
	assert_int_equal(gate_may_hit(gate, span_make(copy, text.n)), n > 0);
	gate_hits_clear(&hits);
	free(copy);
}

static void
test_words(void **state)
{
	struct claim *claims = calloc(WORDS, sizeof(*claims));
	struct buf words[WORDS], text;
	struct required *patterns;
	struct gate *gate;

	(void)state;
	assert_non_null(claims);
	for (size_t i = 0; i < WORDS; i++)
		buf_init(&words[i], 1000);
	make_words(claims, words);
	patterns = requirements(claims, WORDS);
	gate = gate_new(patterns, WORDS, GATE_BEST);
	assert_non_null(gate);
	for (size_t i = 0; i < WORDS; i++)
		assert_true(gate_knows(gate, i));
	for (size_t i = 0; i < COUNT(word_cases); i++) {
		print_message("%s\n", word_cases[i].name);
		expect_words(gate, word_cases[i].text, word_cases[i].whole,
		    word_cases[i].end);
	}
	/* The longest words that there are, and one byte more. */
	buf_init(&text, 1000);
	while (text.n <= REQUIRED_WHOLE_MAX) {
		buf_addc(&text, 'W');
		expect_words(gate, buf_span(&text),
		    text.n == REQUIRED_WHOLE_MAX - 1 ? 6 :
		    text.n == REQUIRED_WHOLE_MAX ? 5 : NOT, NOT);
	}
	buf_clear(&text);
	gate_free(&gate);
	for (size_t i = 0; i < WORDS; i++)
		buf_clear(&words[i]);
	free(patterns);
	free(claims);
}

struct tally {
	size_t hits, lost;
};

static void
round_of(uint64_t *seed, struct gate_hits *hits, struct tally *tally)
{
	struct claim *claims = calloc(60, sizeof(*claims));
	uint32_t letters = draw(seed, 2) == 0 ? 3 : 20;
	size_t n = 1 + draw(seed, 59), n_records;
	struct record records[60];
	struct required *patterns;
	struct gate *gates[3];
	struct region region;
	struct span text;
	char *p;

	assert_non_null(claims);
	region_init(&region, 1000000);
	text.n = draw(seed, 4) == 0 ? draw(seed, 50) : draw(seed, 2500);
	p = malloc(text.n > 0 ? text.n : 1);
	assert_non_null(p);
	text.p = p;
	draw_bytes(seed, p, text.n, letters, false);
	for (size_t i = 0; i < n; i++)
		draw_claim(seed, &region, &claims[i], text, letters);
	n_records = draw_records(seed, records, COUNT(records), text.n);
	patterns = requirements(claims, n);
	for (int i = 0; i < 3; i++) {
		gates[i] = gate_new(patterns, n, i);
		assert_non_null(gates[i]);
	}
	tally->lost += compare(gates[GATE_DROPS], claims, n, text, records,
	    n_records, hits, true);
	tally->hits += compare(gates[GATE_BEST], claims, n, text, records,
	    n_records, hits, false);
	same(gates[GATE_SCALAR], text, records, n_records, hits);
	for (int i = 0; i < 3; i++)
		gate_free(&gates[i]);
	region_clear(&region);
	free(patterns);
	free(claims);
	free(p);
}

static void
test_random(void **state)
{
	const char *given = getenv("POSTERN_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 20260704;
	struct tally tally = { 0, 0 };
	struct gate_hits hits;

	(void)state;
	printf("seed %llu\n", (unsigned long long)seed);
	gate_hits_init(&hits);
	for (int i = 0; i < 400; i++)
		round_of(&seed, &hits, &tally);
	gate_hits_clear(&hits);
	printf("%zu hits; the one that drops lost %zu\n", tally.hits,
	    tally.lost);
	assert_true(tally.hits > 5000);
	assert_true(tally.lost > tally.hits / 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_set_cases),
		cmocka_unit_test(test_set_bound),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_strange),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
