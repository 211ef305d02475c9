/*
 * required_sets - sets of bytes one after the other, where no run is known.
 *
 * A pattern becomes a chain of sets: whatever matches has a byte of each, one
 * behind the other, where an empty set is a gap, which is anything or nothing.
 */
#include "table/required_parts.h"

#include "table/rarity.h"

/* Of a longer chain the rest is a gap. */
#define CHAIN_MAX	64

struct chain {
	struct byteset sets[CHAIN_MAX];
	size_t n;
	bool failed;	/* no memory */
};

static const struct byteset gap;

static void read_branches(const struct branch *branches, struct chain *chain,
    struct region *work);

static bool
is_gap(const struct byteset *set)
{
	return (set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3]) == 0;
}

static void
add(struct chain *chain, struct byteset set)
{
	bool last_gap = chain->n > 0 && is_gap(&chain->sets[chain->n - 1]);

	if (chain->n == CHAIN_MAX || (last_gap && is_gap(&set)))
		return;
	chain->sets[chain->n] = chain->n == CHAIN_MAX - 1 ? gap : set;
	chain->n++;
}

static void
add_sets(struct chain *chain, const struct byteset *sets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(chain, sets[i]);
}

static void
add_copies(struct chain *chain, const struct byteset *sets, size_t n,
    uint32_t copies)
{
	for (uint32_t i = 0; i < copies; i++)
		add_sets(chain, sets, n);
}

/* It begins with some copies, and ends with as many. */
static void
add_repeated(struct chain *chain, const struct chain *part, uint32_t min,
    uint32_t max)
{
	uint32_t copies = min < REQUIRED_SETS_MAX ? min : REQUIRED_SETS_MAX;

	if (part->n == 0)
		return;
	add_copies(chain, part->sets, part->n, copies);
	if (copies == max)
		return;
	add(chain, gap);
	add_copies(chain, part->sets, part->n, copies);
}

static struct chain *
new_chain(struct chain *parent, struct region *work)
{
	struct chain *chain = region_alloc(work, sizeof(*chain));

	parent->failed |= chain == NULL;
	return chain;
}

static void
add_group(struct chain *chain, const struct node *node, struct region *work)
{
	struct chain *part;

	if (node_once(node)) {
		read_branches(node->branches, chain, work);
		return;
	}
	if ((part = new_chain(chain, work)) == NULL)
		return;
	read_branches(node->branches, part, work);
	chain->failed |= part->failed;
	add_repeated(chain, part, node->min, node->max);
}

static void
add_set(struct chain *chain, const struct node *node)
{
	uint32_t copies = node->min < CHAIN_MAX ? node->min : CHAIN_MAX;

	add_copies(chain, &node->set, 1, copies);
	if (copies == node->max)
		return;
	add(chain, gap);
	if (copies > REQUIRED_SETS_MAX)
		copies = REQUIRED_SETS_MAX;
	add_copies(chain, &node->set, 1, copies);
}

static void
read_branch(const struct branch *branch, struct chain *chain,
    struct region *work)
{
	for (const struct node *node = branch->first; node != NULL;
	    node = node->next)
		switch (node->kind) {
		case NODE_SET:
			add_set(chain, node);
			break;
		case NODE_GROUP:
			add_group(chain, node, work);
			break;
		case NODE_BACK:
		case NODE_OTHER:
			add(chain, gap);
			break;
		default:
			/* It takes no bytes. */
			break;
		}
}

static size_t
count_begin(const struct chain *chain)
{
	size_t n = 0;

	while (n < chain->n && !is_gap(&chain->sets[n]))
		n++;
	return n;
}

static size_t
count_end(const struct chain *chain)
{
	size_t n = 0;

	while (n < chain->n && !is_gap(&chain->sets[chain->n - 1 - n]))
		n++;
	return n;
}

/* What is known of all branches so far: a byte is in one's set or another's. */
struct either {
	struct chain begin, end, part;
	bool whole;	/* they are of one length, and begin is all of it */
};

static void
add_branch(struct either *either)
{
	const struct chain *part = &either->part;
	struct chain *begin = &either->begin, *end = &either->end;
	size_t n = count_begin(part), end_n = count_end(part);

	either->whole = either->whole && n == part->n && n == begin->n;
	if (n < begin->n)
		begin->n = n;
	for (size_t i = 0; i < begin->n; i++)
		byteset_join(&begin->sets[i], &part->sets[i]);
	if (end_n < end->n) {
		memmove(end->sets, end->sets + end->n - end_n,
		    end_n * sizeof(*end->sets));
		end->n = end_n;
	}
	for (size_t i = 0; i < end->n; i++)
		byteset_join(&end->sets[i],
		    &part->sets[part->n - end->n + i]);
}

static void
begin_branches(struct either *either)
{
	const struct chain *part = &either->part;
	size_t end_n = count_end(part);

	either->begin.n = count_begin(part);
	memcpy(either->begin.sets, part->sets,
	    either->begin.n * sizeof(*part->sets));
	either->end.n = end_n;
	memcpy(either->end.sets, part->sets + part->n - end_n,
	    end_n * sizeof(*part->sets));
	either->whole = either->begin.n == part->n;
}

static void
read_branches(const struct branch *branches, struct chain *chain,
    struct region *work)
{
	const struct branch *first = branches;
	struct either *either;

	if (branches->next == NULL) {
		read_branch(branches, chain, work);
		return;
	}
	if ((either = region_alloc(work, sizeof(*either))) == NULL) {
		chain->failed = true;
		return;
	}
	for (; branches != NULL; branches = branches->next) {
		either->part.n = 0;
		read_branch(branches, &either->part, work);
		if (branches == first)
			begin_branches(either);
		else
			add_branch(either);
	}
	chain->failed |= either->part.failed;
	add_sets(chain, either->begin.sets, either->begin.n);
	if (either->whole)
		return;
	add(chain, gap);
	add_sets(chain, either->end.sets, either->end.n);
}

/* A part of a chain, and what it costs a byte of ordinary mail, in ns. */
struct part {
	size_t from, n;
	bool at_start;
	double rarity, cost;
};

/* It is looked for by its first bytes; where all are there, PCRE2 is asked. */
#define COST_OF_FIRST	3
#define COST_OF_ALL	100
#define FIRST		4

static struct part
part_at(const struct chain *chain, size_t from, size_t n)
{
	const struct byteset *sets = chain->sets + from;
	struct part part = { .from = from, .n = n,
	    .rarity = rarity_of_sets(sets, n) };

	part.cost = COST_OF_ALL * part.rarity + COST_OF_FIRST *
	    rarity_of_sets(sets, n < FIRST ? n : FIRST);
	return part;
}

static bool
same_part(const struct chain *chain, const struct part *a, size_t from,
    size_t n)
{
	return a->n == n && memcmp(chain->sets + a->from, chain->sets + from,
	    n * sizeof(*chain->sets)) == 0;
}

static struct part
best_part(const struct chain *chain)
{
	struct part best = { .n = 0 }, last = { .n = 0 };

	for (size_t from = 0; from < chain->n; from++) {
		size_t n = 0;

		while (n < REQUIRED_SETS_MAX && from + n < chain->n &&
		    !is_gap(&chain->sets[from + n]))
			n++;
		if (n == 0 || byteset_full(&chain->sets[from]) ||
		    same_part(chain, &last, from, n))
			continue;
		last = part_at(chain, from, n);
		if (best.n == 0 || last.cost < best.cost)
			best = last;
	}
	return best;
}

/*
 * Lines are of some 60 bytes.  At a start it costs little to look for what is
 * not rare; in the text nothing is worth it that most lines have.
 */
#define LINE		60
#define START_COMMON	0.05

static struct part
choose(const struct chain *chain, bool anchored)
{
	struct part best = best_part(chain), start;
	size_t n = anchored ? count_begin(chain) : 0;

	if (best.rarity * LINE > 1)
		best.n = 0;
	if (n == 0)
		return best;
	start = part_at(chain, 0, n < REQUIRED_SETS_MAX ? n :
	    REQUIRED_SETS_MAX);
	start.at_start = true;
	return best.n == 0 || start.rarity < best.rarity * LINE +
	    START_COMMON ? start : best;
}

void
sets_claim(const struct branch *tree, bool anchored, struct region *work,
    struct region *region, struct required_sets *sets_r)
{
	struct chain *chain = region_alloc(work, sizeof(*chain));
	struct byteset *sets;
	struct part part;

	if (chain == NULL)
		return;
	read_branches(tree, chain, work);
	if (chain->failed)
		return;
	part = choose(chain, anchored);
	if (part.n == 0 ||
	    (sets = region_alloc(region, part.n * sizeof(*sets))) == NULL)
		return;
	memcpy(sets, chain->sets + part.from, part.n * sizeof(*sets));
	*sets_r = (struct required_sets){ sets, part.n, part.at_start,
	    part.rarity };
}
