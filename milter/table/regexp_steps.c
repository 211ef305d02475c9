/* regexp_steps - what a search by regexec() may cost.  See regexp_steps.h. */
#include "table/regexp_steps.h"

#include <regex.h>

#include "table/syntax.h"

#define TREE_MAX	((size_t)16 * 1024 * 1024)

/* A repeat of fewer rounds does not make it slow. */
#define SMALL		16

/*
 * So many bytes, each the first or not of something that goes on for a while,
 * and the states of the automaton are hardly ever the same ones.
 */
#define OPEN_MAX	8
#define STATES_MAX	65536

/* Steps of 4 ns at most: for a part of a state; one state to the next. */
#define STATE_STEPS	32
#define STATES_FACTOR	8
#define SQUARE_PART	4
#define REFER_PART	2

/* Of one that refers back from the key's beginning alone, one power less. */
#define REFER_ANCHORED	8

static uint64_t
times(uint64_t a, uint64_t b)
{
	return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

static bool
is_endless(const struct node *node)
{
	return node->max > SMALL && node->min != node->max;
}

/* Bytes that are no literals, and how many parts all of it has. */
static void
measure(const struct branch *branch, uint64_t rounds, uint64_t *open,
    uint64_t *parts, bool *endless)
{
	for (; branch != NULL; branch = branch->next)
		for (const struct node *node = branch->first; node != NULL;
		    node = node->next) {
			uint64_t here = times(rounds, node->max == FOREVER ?
			    (uint64_t)node->min + 1 : node->max);

			if (here > STATES_MAX)
				here = STATES_MAX;
			*endless |= is_endless(node);
			*parts += here;
			if (node->kind == NODE_SET && !node->literal &&
			    node->max != FOREVER)
				*open += here;
			else if (node->kind == NODE_GROUP) {
				*open += here > 1 ? here : 0;
				measure(node->branches, here, open, parts,
				    endless);
			}
		}
}

/* Does every match begin at the key's beginning? */
static bool
is_anchored(const struct branch *branch)
{
	for (; branch != NULL; branch = branch->next) {
		const struct node *node = branch->first;

		if (node == NULL || (node->kind != NODE_START &&
		    (node->kind != NODE_GROUP || !node_once(node) ||
		    !is_anchored(node->branches))))
			return false;
	}
	return true;
}

static const struct byteset all = {
	{ UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX }
};

static void
add_first(const struct branch *branch, struct byteset *set)
{
	for (; branch != NULL; branch = branch->next) {
		const struct node *node = branch->first;

		for (; node != NULL && node->kind == NODE_SET; node =
		    node->next) {
			byteset_join(set, &node->set);
			if (node->min > 0)
				break;
		}
		if (node == NULL || node->kind != NODE_SET)
			*set = all;
	}
}

/* "\1" to "\9": as many as there are. */
static unsigned
references(struct span pattern)
{
	bool seen[10] = { false };
	unsigned n = 0;

	for (size_t i = 0; i + 1 < pattern.n; i++) {
		if (pattern.p[i] != '\\')
			continue;
		if (ascii_digit((unsigned char)pattern.p[++i]) &&
		    !seen[pattern.p[i] - '0']) {
			seen[pattern.p[i] - '0'] = true;
			n++;
		}
	}
	return n;
}

static bool
is_repeat(char c)
{
	return c == '*' || c == '+' || c == '{';
}

/*
 * With how much of the length the time of a reference grows, as measured with
 * texts of one letter and of two.  What looks like a repeat is counted as one,
 * as this is for what the tree's reader does not know.
 */
static unsigned
power_of(struct span pattern, unsigned refers)
{
	unsigned repeats = 0, power = 3, least = 1 + 2 * refers;
	bool groups = false;

	for (size_t i = 0; i < pattern.n; i++) {
		size_t last = i > 0 && pattern.p[i - 1] == '\\' ? i - 1 : i;

		if (!is_repeat(pattern.p[i]))
			continue;
		repeats++;
		groups |= last > 0 && pattern.p[last - 1] == ')';
	}
	power += (repeats > 1 || groups) + (repeats > 2) + (refers - 1);
	return power > least ? power : least;
}

static void
read_tree(const struct branch *tree, struct span pattern,
    struct regexp_work *work)
{
	uint64_t open = 0, parts = 0;
	bool endless = false;

	measure(tree, 1, &open, &parts, &endless);
	work->repeats = endless;
	work->anchored = is_anchored(tree);
	work->refers = references(pattern);
	if (endless && open > OPEN_MAX)
		work->states = (uint32_t)(parts < STATES_MAX ? parts :
		    STATES_MAX);
	work->first = (struct byteset){ { 0 } };
	add_first(tree, &work->first);
}

/* What the tree's reader does not know, as it does not "\1", may have none. */
static bool
has_repeat(struct span pattern)
{
	return span_find(pattern, '*') < pattern.n ||
	    span_find(pattern, '+') < pattern.n ||
	    span_find(pattern, '{') < pattern.n;
}

void
regexp_work_read(struct span pattern, int flags, struct regexp_work *work_r)
{
	const struct branch *tree = NULL;
	struct region region;

	region_init(&region, TREE_MAX);
	if ((flags & REG_EXTENDED) != 0)
		tree = syntax_read(pattern, SYNTAX_POSIX |
		    ((flags & REG_ICASE) != 0 ? PCRE2_CASELESS : 0) |
		    ((flags & REG_NEWLINE) != 0 ? PCRE2_MULTILINE : 0),
		    &region);
	*work_r = (struct regexp_work){
		.repeats = has_repeat(pattern),
		.refers = references(pattern), .first = all,
		.states = span_find(pattern, '{') < pattern.n ?
		    (uint32_t)pattern.n : 0
	};
	if (tree != NULL)
		read_tree(tree, pattern, work_r);
	if (work_r->refers > 0) {
		work_r->power = power_of(pattern, work_r->refers);
		work_r->anchored = (flags & REG_NEWLINE) == 0 &&
		    span_starts(pattern, SPAN("^")) &&
		    span_find(pattern, '|') == pattern.n;
	}
	region_clear(&region);
}

static uint64_t
reference_steps(const struct regexp_work *work, size_t key)
{
	uint64_t steps = work->anchored ? REFER_ANCHORED : 1;

	for (unsigned i = work->anchored; i < work->power; i++)
		steps = times(steps, key);
	return work->power == 3 && !work->anchored ? steps / REFER_PART :
	    steps;
}

uint64_t
regexp_work_steps(const struct regexp_work *work, struct span key)
{
	uint64_t starts = 1, steps;

	if (!work->repeats)
		return 0;
	if (work->refers > 0)
		return reference_steps(work, key.n);
	for (size_t i = 0; i < key.n && !work->anchored; i++)
		starts += byteset_has(&work->first, (unsigned char)key.p[i]);
	if (work->states == 0)
		return work->anchored ? 0 : times(starts, key.n) / SQUARE_PART;
	/* libc looks for a state among all that are alike. */
	steps = work->anchored ? times(key.n, key.n) :
	    times(starts, times(key.n, STATES_FACTOR));
	return steps + times(key.n, times(work->states, STATE_STEPS));
}
