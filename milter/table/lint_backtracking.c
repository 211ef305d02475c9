/*
 * lint_backtracking - a pattern that some short text keeps busy for ages.
 *
 * Where a repeat holds another repeat, or a choice, a text may be parted among
 * the rounds in ever so many ways, and all of them are tried before a match
 * fails.  Such places only raise a suspicion: a text is made for each, and
 * PCRE2 itself has to take more than a million steps for it.
 */
#include "table/lint_rules.h"

#define STEPS		(1000 * 1000)

/* A text: what leads to the repeat, rounds of it, and what spoils the end. */
#define PART_MAX	80
#define ROUNDS_MAX	48
#define PUMP_MAX	8
#define PUMPS_MAX	16

/* A repeat of fewer rounds is none to worry about. */
#define MANY		8

/* Of patterns that nobody has written by hand, not every place is tried. */
#define TRIES_MAX	2000

struct text {
	unsigned char p[512];
	size_t n;
};

/* What follows the group that a node stands in. */
struct after {
	const struct node *node;
	const struct after *outer;
};

struct attack {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	unsigned tries;
	struct text pumps[PUMPS_MAX];
	size_t n_pumps;
	struct text found;
};

static void
put(struct text *text, const void *bytes, size_t n)
{
	if (n <= sizeof(text->p) - text->n && n > 0) {
		memcpy(text->p + text->n, bytes, n);
		text->n += n;
	}
}

/* One that other sets are likely to hold as well. */
static unsigned char
likely_byte(const struct byteset *set)
{
	static const char first[] = "a0A .-/=\"<\n";

	for (const char *c = first; *c != '\0'; c++)
		if (byteset_has(set, (unsigned char)*c))
			return (unsigned char)*c;
	for (int c = 255; c > 0; c--)
		if (byteset_has(set, (unsigned char)(c ^ 0x80)))
			return (unsigned char)(c ^ 0x80);
	return 0;
}

/* The shortest that a row of nodes matches, more or less; `more` rounds. */
static void
sample(const struct node *node, unsigned more, size_t max, struct text *out)
{
	for (; node != NULL && out->n < max; node = node->next) {
		uint32_t times = node->min + (node->max > node->min ? more : 0);

		for (; times > 0 && out->n < max; times--) {
			unsigned char byte = node->literal ? node->byte :
			    likely_byte(&node->set);

			if (node->kind == NODE_SET)
				put(out, &byte, 1);
			else if (node->kind == NODE_GROUP &&
			    node->branches != NULL)
				sample(node->branches->first, more, max, out);
			else
				break;
		}
	}
}

static bool
takes_ages(struct attack *attack, const struct text *text)
{
	attack->tries++;
	return pcre2_match(attack->code, text->p, text->n, 0, PCRE2_NO_JIT,
	    attack->data, attack->context) == PCRE2_ERROR_MATCHLIMIT;
}

static void
build(const struct text *front, const struct text *pump, unsigned rounds,
    const struct text *tail, struct text *text)
{
	text->n = 0;
	put(text, front->p, front->n);
	while (rounds-- > 0)
		put(text, pump->p, pump->n);
	put(text, tail->p, tail->n);
}

/* The same with fewer rounds, as far as that does. */
static void
shorten(struct attack *attack, const struct text *front,
    const struct text *pump, const struct text *tail)
{
	for (unsigned rounds = 12; rounds < ROUNDS_MAX; rounds += 2) {
		build(front, pump, rounds, tail, &attack->found);
		if (takes_ages(attack, &attack->found))
			return;
	}
	build(front, pump, ROUNDS_MAX, tail, &attack->found);
}

static void
add_pump(struct attack *attack, const struct text *pump)
{
	if (pump->n == 0 || pump->n > PUMP_MAX ||
	    attack->n_pumps == PUMPS_MAX)
		return;
	for (size_t i = 0; i < attack->n_pumps; i++)
		if (attack->pumps[i].n == pump->n &&
		    memcmp(attack->pumps[i].p, pump->p, pump->n) == 0)
			return;
	attack->pumps[attack->n_pumps++] = *pump;
}

/* Rounds of the repeat, each branch's, and every byte in it for itself. */
static void
collect_pumps(struct attack *attack, const struct branch *branch)
{
	for (; branch != NULL; branch = branch->next) {
		for (unsigned more = 0; more < 2; more++) {
			struct text pump = { .n = 0 };

			sample(branch->first, more, PUMP_MAX + 1, &pump);
			add_pump(attack, &pump);
		}
		for (const struct node *node = branch->first; node != NULL;
		    node = node->next) {
			struct text pump = { .n = 1 };

			pump.p[0] = likely_byte(&node->set);
			if (node->kind == NODE_SET)
				add_pump(attack, &pump);
			else if (node->kind == NODE_GROUP)
				collect_pumps(attack, node->branches);
		}
	}
}

/* All that the repeat can match, byte by byte. */
static void
collect_bytes(const struct branch *branch, struct byteset *bytes)
{
	for (; branch != NULL; branch = branch->next)
		for (const struct node *node = branch->first; node != NULL;
		    node = node->next) {
			if (node->kind == NODE_SET)
				byteset_join(bytes, &node->set);
			else if (node->kind == NODE_GROUP)
				collect_bytes(node->branches, bytes);
		}
}

/*
 * PCRE2 gives up at once where a byte that every match needs is missing, so
 * what is to follow stands there as well; turned round, it does not match.
 */
static void
build_tail(struct span spoiler, const struct text *rest, int how,
    struct text *tail)
{
	tail->n = 0;
	put(tail, spoiler.p, spoiler.n);
	if (how == 1)
		put(tail, rest->p, rest->n);
	for (size_t i = rest->n; how == 2 && i > 0; i--)
		put(tail, &rest->p[i - 1], 1);
}

static bool
try_tails(struct attack *attack, const struct text *front,
    const struct text *pump, const struct text *rest,
    struct span outside)
{
	const struct span spoilers[] = {
		outside, SPAN("!"), SPAN("\x01"), SPAN(""), SPAN("\n\n"),
	};

	for (size_t i = 0; i < sizeof(spoilers) / sizeof(spoilers[0]); i++) {
		for (int how = 0; how < 3; how++) {
			struct text tail, text;

			build_tail(spoilers[i], rest, how, &tail);
			build(front, pump, ROUNDS_MAX, &tail, &text);
			if (attack->tries < TRIES_MAX &&
			    takes_ages(attack, &text)) {
				shorten(attack, front, pump, &tail);
				return true;
			}
		}
	}
	return false;
}

static bool
try_repeat(struct attack *attack, const struct node *node,
    const struct text *front, const struct after *after)
{
	struct text rest = { .n = 0 };
	struct byteset bytes = { .bits = { 0 } };
	unsigned char outside;

	collect_bytes(node->branches, &bytes);
	byteset_invert(&bytes);
	outside = likely_byte(&bytes);
	sample(node->next, 0, PART_MAX, &rest);
	for (; after != NULL; after = after->outer)
		sample(after->node, 0, PART_MAX, &rest);
	attack->n_pumps = 0;
	collect_pumps(attack, node->branches);
	for (size_t i = 0; i < attack->n_pumps; i++)
		if (try_tails(attack, front, &attack->pumps[i], &rest,
		    span_make((const char *)&outside, 1)))
			return true;
	return false;
}

/* A choice, or something that matches more or less. */
static bool
has_freedom(const struct branch *branch)
{
	if (branch != NULL && branch->next != NULL)
		return true;
	for (; branch != NULL; branch = branch->next)
		for (const struct node *node = branch->first; node != NULL;
		    node = node->next)
			if (!node->possessive && (node->min != node->max ||
			    has_freedom(node->branches)))
				return true;
	return false;
}

static bool
suspected(const struct node *node)
{
	return node->kind == NODE_GROUP && !node->possessive &&
	    node->max >= MANY && has_freedom(node->branches);
}

/* With a tree and nothing else, it is the quick way to say no. */
static bool
search(struct attack *attack, const struct branch *branch,
    const struct text *front, const struct after *after)
{
	for (; branch != NULL; branch = branch->next) {
		struct text here = *front;

		for (const struct node *node = branch->first; node != NULL;
		    node = node->next) {
			const struct after inner = { node->next, after };
			struct node once = *node;

			if (suspected(node) && (attack == NULL ||
			    try_repeat(attack, node, &here, after)))
				return true;
			if (search(attack, node->branches, &here, &inner))
				return true;
			once.next = NULL;
			sample(&once, 0, PART_MAX, &here);
		}
	}
	return false;
}

static bool
arm(struct attack *attack, const struct written_rule *rule)
{
	size_t offset;
	int error;

	attack->code = pcre2_compile((PCRE2_SPTR)rule->pattern.p,
	    rule->pattern.n, rule->options, &error, &offset, NULL);
	attack->data = pcre2_match_data_create(1, NULL);
	attack->context = pcre2_match_context_create(NULL);
	if (attack->context != NULL)
		pcre2_set_match_limit(attack->context, STEPS);
	return attack->code != NULL && attack->data != NULL &&
	    attack->context != NULL;
}

/* As a test has it, so that it can be made one: see notes.h. */
static void
escape(const struct text *text, struct buf *out)
{
	for (size_t i = 0; i < text->n; i++) {
		unsigned char c = text->p[i];

		if (c == '\n')
			buf_addf(out, "\\n");
		else if (c == '\t')
			buf_addf(out, "\\t");
		else if (c == '\\')
			buf_addf(out, "\\\\");
		else if (c < ' ' || c > '~')
			buf_addf(out, "\\x%02x", c);
		else
			buf_addc(out, (char)c);
	}
}

void
lint_backtracking(const struct lint_run *run,
    const struct lint_pattern *pattern)
{
	const struct text front = { .n = 0 };
	struct attack attack = { .tries = 0 };
	struct buf shown;

	/* POSIX's matching of the C library is not PCRE2's. */
	if (run->written->kind != WRITTEN_PCRE ||
	    !lint_wanted(run, LINT_BACKTRACKING, pattern->rule->line) ||
	    !search(NULL, pattern->tree, &front, NULL))
		return;
	if (arm(&attack, pattern->rule) &&
	    search(&attack, pattern->tree, &front, NULL)) {
		buf_init(&shown, 4 * sizeof(attack.found.p));
		escape(&attack.found, &shown);
		lint_say(run, LINT_BACKTRACKING, pattern->rule->line, "the "
		    "text \"%s\" takes more than a million steps, since a "
		    "repeat repeats what can be parted in many ways (make "
		    "the inner one *+ or ++, or the group (?>...))",
		    buf_string(&shown));
		buf_clear(&shown);
	}
	pcre2_match_context_free(attack.context);
	pcre2_match_data_free(attack.data);
	pcre2_code_free(attack.code);
}
