/* step_points - where a pattern's work is counted.  See step_points.h. */
#include "table/step_points.h"

#include <stdlib.h>

#include "base/buf.h"
#include "table/step_ways.h"
#include "table/syntax.h"

/* A callout has a number up to 255, which the automatic ones have. */
#define POINTS_MAX	250

/* Ways to go through a pattern without any repeat that is to be counted. */
#define WAYS_MAX	64

/* What one call costs; of literals that many are compared in a step's time. */
#define CALL		4
#define LITERALS	16

/* A character, with its class or its case, takes as long as so many bytes. */
#define CHARACTER	2

/* A tree of the longest pattern that syntax.h takes. */
#define TREE_MAX	((size_t)16 * 1024 * 1024)

enum point_kind {
	POINT_RUN,		/* of bytes of the set, max at most */
	POINT_REST,		/* all that follows, max at most */
	POINT_BEHIND,		/* the run that the match begins with */
	POINT_ROUND,		/* of a repeated group, or a small choice */
	POINT_BACK		/* what a group has matched */
};

struct point {
	enum point_kind kind;
	uint32_t max;		/* ROUND: what it costs; BACK: the group */
	struct byteset set;
};

struct step_points {
	bool automatic;		/* there are callouts everywhere */
	uint64_t weight;	/* of a step */
	size_t n;
	struct point list[];
};

/* While a pattern is rewritten. */
struct rewriting {
	struct span pattern;
	uint32_t unit;		/* bytes of a character, at most */
	size_t at;		/* what lies before is in text */
	struct buf text;
	struct point points[POINTS_MAX];
	size_t n;
	bool choices;		/* even small ones are counted */
	bool failed;
};

static bool
is_repeated(const struct node *node)
{
	return node->kind == NODE_GROUP && node->max > 1;
}

static void
add_point(struct rewriting *to, size_t at, const struct point *point)
{
	if (to->n == POINTS_MAX || at < to->at) {
		to->failed = true;
		return;
	}
	buf_add(&to->text, span_make(to->pattern.p + to->at, at - to->at));
	buf_addf(&to->text, "(?C%zu)", to->n);
	to->points[to->n++] = *point;
	to->at = at;
}

/*
 * Nothing can be given back, since none of it is what has to follow.  PCRE2
 * does not try again within such a run where the pattern begins with it; a
 * callout in front would make it.
 */
static bool
gives_nothing_back(const struct node *node)
{
	const struct node *next = node->next;
	uint64_t common = 0;

	if (next == NULL || next->kind != NODE_SET || next->min == 0)
		return false;
	for (int i = 0; i < 4; i++)
		common |= node->set.bits[i] & next->set.bits[i];
	return common == 0;
}

static void
add_run(struct rewriting *to, const struct node *node, bool first)
{
	struct point point = {
		.kind = byteset_full(&node->set) ? POINT_REST : POINT_RUN,
		.max = node->max == FOREVER ? FOREVER : node->max * to->unit,
		.set = node->set
	};

	/* What is shorter than it has to be comes to no callout behind it. */
	if (!first || node->min > 1 || !gives_nothing_back(node)) {
		add_point(to, node->from, &point);
		return;
	}
	point.kind = POINT_BEHIND;
	add_point(to, node->to, &point);
}

/* Once for every round, in front of its first branch. */
static void
add_round(struct rewriting *to, const struct node *node)
{
	const struct node *first = node->branches != NULL ?
	    node->branches->first : NULL;
	struct point point = { .kind = POINT_ROUND, .max = 1 };

	for (const struct branch *branch = node->branches; branch != NULL;
	    branch = branch->next)
		point.max += 1;
	/* Where an empty branch stands the tree does not tell. */
	if (first == NULL)
		to->failed = true;
	else
		add_point(to, first->from, &point);
}

/* "\1": the tree has left its number in the text. */
static void
add_back(struct rewriting *to, const struct node *node)
{
	char digit = node->from + 1 < to->pattern.n ?
	    to->pattern.p[node->from + 1] : '\0';
	struct point point = { .kind = POINT_BACK };

	if (digit < '1' || digit > '9')
		to->failed = true;
	else if (node->max > 1)
		point = (struct point){ .kind = POINT_REST, .max = FOREVER };
	else
		point.max = (uint32_t)(digit - '0');
	add_point(to, node->from, &point);
}

static void
add_choice(struct rewriting *to, const struct node *node)
{
	const struct point point = {
		.kind = POINT_ROUND, .max = STEP_WAYS_SMALL
	};

	if (to->choices && (node->min != node->max ||
	    (step_ways_branches(node) && node->branches != NULL &&
	    node->branches->next != NULL)))
		add_point(to, node->from, &point);
}

/*
 * Does the match begin with what the group does?  A group that is never gone
 * back into is not asked: where one begins with a repeat that has no callout
 * in front, compiled code (PCRE2 10.42) finds of "(?>b*?c|b)b" in "bbbc" what
 * is not there, and misses "(?>a+?)b" in "aab".
 */
static bool
leads(const struct node *node)
{
	return node->kind == NODE_GROUP && !node->possessive &&
	    node->max <= STEP_WAYS_SMALL;
}

static void
add_points(struct rewriting *to, const struct branch *branch, bool leading)
{
	for (; branch != NULL; branch = branch->next)
		for (const struct node *node = branch->first; node != NULL &&
		    !to->failed; node = node->next) {
			bool first = leading && node == branch->first;

			switch (node->kind) {
			case NODE_SET:
				if (step_ways_run(node))
					add_run(to, node, first);
				else
					add_choice(to, node);
				break;
			case NODE_GROUP:
			case NODE_LOOK:
				add_choice(to, node);
				if (is_repeated(node))
					add_round(to, node);
				add_points(to, node->branches, first &&
				    leads(node));
				break;
			case NODE_BACK:
				add_back(to, node);
				break;
			case NODE_START:
			case NODE_LINE_START:
			case NODE_END:
			case NODE_VERY_END:
			case NODE_LINE_END:
			case NODE_EDGE:
				break;
			default:
				to->failed = true;
			}
		}
}

static struct step_points *
points_new(const struct point *list, size_t n, uint64_t weight)
{
	struct step_points *points = calloc(1, sizeof(*points) +
	    n * sizeof(*list));

	if (points == NULL)
		return NULL;
	points->n = n;
	points->weight = weight;
	if (n > 0)
		memcpy(points->list, list, n * sizeof(*list));
	points->automatic = n == 0;
	return points;
}

static pcre2_code *
compile(struct span pattern, uint32_t options, int *error_r, size_t *offset_r)
{
	return pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, options,
	    error_r, offset_r, NULL);
}

static uint64_t
weight_of(const struct branch *tree, uint32_t options)
{
	uint64_t weight = 1 + step_ways_longest(tree) / LITERALS;

	return (options & PCRE2_UTF) != 0 ? weight * CHARACTER : weight;
}

/* NULL where it is to be done otherwise. */
static pcre2_code *
compile_rewritten(struct rewriting *to, const struct branch *tree,
    uint32_t options, struct step_points **points_r)
{
	pcre2_code *code;
	size_t offset;
	int error;

	to->choices = step_ways(tree) > WAYS_MAX;
	add_points(to, tree, true);
	buf_add(&to->text, span_skip(to->pattern, to->at));
	if (to->failed || to->text.cut)
		return NULL;
	code = compile(buf_span(&to->text), options, &error, &offset);
	if (code == NULL || to->n == 0)
		return code;
	*points_r = points_new(to->points, to->n, weight_of(tree, options));
	if (*points_r != NULL)
		return code;
	pcre2_code_free(code);
	return NULL;
}

static pcre2_code *
compile_by_tree(struct span pattern, uint32_t options,
    struct step_points **points_r)
{
	struct rewriting *to = calloc(1, sizeof(*to));
	const struct branch *tree;
	pcre2_code *code = NULL;
	struct region region;

	if (to == NULL)
		return NULL;
	region_init(&region, TREE_MAX);
	to->pattern = pattern;
	to->unit = (options & PCRE2_UTF) != 0 ? 4 : 1;
	buf_init(&to->text, pattern.n + (size_t)8 * POINTS_MAX);
	if ((tree = syntax_read_wide(pattern, options, &region)) != NULL)
		code = compile_rewritten(to, tree, options, points_r);
	buf_clear(&to->text);
	region_clear(&region);
	free(to);
	return code;
}

pcre2_code *
step_points_compile(struct span pattern, uint32_t options, int *error_r,
    size_t *offset_r, struct step_points **points_r)
{
	pcre2_code *code;

	*points_r = NULL;
	if ((code = compile_by_tree(pattern, options, points_r)) != NULL)
		return code;
	/* A fault is told of with the offset in what was written. */
	code = compile(pattern, options | PCRE2_AUTO_CALLOUT, error_r,
	    offset_r);
	/*
	 * With them it is more than 64 KB compiled; without, it may not be.
	 * Where no callout keeps compiled code (PCRE2 10.42) from it, it
	 * passes over starts in a way that misses "(?:bb|b)c*." in "bb".
	 */
	if (code == NULL && *error_r == PCRE2_ERROR_PATTERN_TOO_LARGE)
		return compile(pattern, options | PCRE2_NO_START_OPTIMIZE,
		    error_r, offset_r);
	if (code == NULL || (*points_r = points_new(NULL, 0, 1)) != NULL)
		return code;
	pcre2_code_free(code);
	*error_r = PCRE2_ERROR_HEAP_FAILED;
	*offset_r = 0;
	return NULL;
}

/* One match. */
struct run {
	const struct step_points *points;
	uint64_t used, allowed;
	size_t last;		/* automatic: where it was */
};

/* No more than a little past most is looked at. */
static uint64_t
run_length(const struct point *point, const pcre2_callout_block *block,
    uint64_t most)
{
	size_t at = block->current_position, n = 0;
	size_t rest = block->subject_length - at;

	if (rest > point->max)
		rest = point->max;
	if (point->kind == POINT_REST)
		return rest;
	if (rest > most)
		rest = (size_t)most + 1;
	while (n < rest && byteset_has(&point->set, block->subject[at + n]))
		n++;
	return n;
}

static uint64_t
group_length(uint32_t group, const pcre2_callout_block *block)
{
	const size_t *ends = block->offset_vector + (size_t)2 * group;
	size_t rest = block->subject_length - block->current_position;

	if (group >= block->capture_top || ends[0] == PCRE2_UNSET ||
	    ends[0] > ends[1] || ends[1] - ends[0] > rest)
		return 0;
	return ends[1] - ends[0];
}

static uint64_t
cost(const struct point *point, const pcre2_callout_block *block,
    uint64_t most)
{
	switch (point->kind) {
	case POINT_RUN:
	case POINT_REST:
		return run_length(point, block, most);
	case POINT_BEHIND:
		return block->current_position - block->start_match;
	case POINT_BACK:
		return group_length(point->max, block);
	case POINT_ROUND:
		break;
	}
	return point->max;
}

/* What comes next is not done, nor paid for, where it is too much. */
static int
count(pcre2_callout_block *block, void *data)
{
	struct run *run = data;
	const struct step_points *points = run->points;
	size_t at = block->current_position;
	uint64_t left, steps;

	run->used += CALL;
	if (run->used > run->allowed)
		return PCRE2_ERROR_CALLOUT;
	left = run->allowed - run->used;
	if (points->automatic) {
		/* A match that goes back has gone there as well. */
		steps = at > run->last ? at - run->last : run->last - at;
		run->last = at;
	} else if (block->callout_number < points->n) {
		steps = points->weight *
		    cost(&points->list[block->callout_number], block,
		    left / points->weight);
	} else {
		steps = 0;
	}
	if (steps > left)
		return PCRE2_ERROR_CALLOUT;
	run->used += steps;
	return 0;
}

int
step_points_match(const struct step_points *points, struct steps *steps,
    const void *rule, const pcre2_code *code, struct span key,
    uint32_t options, pcre2_match_data *data, pcre2_match_context *context)
{
	struct run run = {
		.points = points, .allowed = steps_allowed(steps, rule, key.n)
	};
	int result;

	if (run.allowed == 0)
		return PCRE2_ERROR_CALLOUT;
	pcre2_set_callout(context, count, &run);
	result = pcre2_match(code, (PCRE2_SPTR)(key.p != NULL ? key.p : ""),
	    key.n, 0, options, data, context);
	pcre2_set_callout(context, NULL, NULL);
	steps_spend(steps, run.used);
	return result;
}
