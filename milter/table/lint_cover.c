/*
 * lint_cover - a rule that an earlier one always covers is never reached.
 *
 * Only what can be proved: the same pattern again, anything behind a pattern
 * that matches everything, bytes (with gaps of .* between them) that are found
 * in all that the later pattern matches, and a network within another.  The
 * earlier rule must stand in the same IF, or around it; a negated one covers
 * nothing but itself.
 */
#include <stdlib.h>

#include "table/lint_form.h"
#include "table/lint_rules.h"

#define BUCKETS		4096
#define NOBODY		SIZE_MAX

/* In tables of many thousands of rules not every pair is looked at. */
#define COMPARED_MAX	(50 * 1000 * 1000)

/* All forms of a table; more patterns are passed over. */
#define FORMS_SIZE_MAX	((size_t)256 << 20)

struct seen {
	struct written_rule rule;
	const struct form *forms;
	size_t same;		/* the one before, in its bucket by text */
};

/* One form of an earlier rule, by its letters. */
struct wide {
	const struct form *form;
	size_t number;		/* of the rule */
	size_t next;
};

struct cover {
	struct seen *list;
	size_t n, room;
	struct wide *wides;
	size_t n_wides, wides_room;
	size_t by_text[BUCKETS], by_letters[BUCKETS];
	size_t without_letters;		/* a list of its own */
	size_t catch_all;		/* the first one, at any depth */
	struct region region;
	unsigned compared;
	bool failed;
};

struct cover *
cover_new(void)
{
	struct cover *cover = calloc(1, sizeof(*cover));

	if (cover == NULL)
		return NULL;
	for (size_t i = 0; i < BUCKETS; i++)
		cover->by_text[i] = cover->by_letters[i] = NOBODY;
	cover->without_letters = cover->catch_all = NOBODY;
	region_init(&cover->region, FORMS_SIZE_MAX);
	return cover;
}

void
cover_free(struct cover **cover)
{
	if (*cover == NULL)
		return;
	region_clear(&(*cover)->region);
	free((*cover)->list);
	free((*cover)->wides);
	free(*cover);
	*cover = NULL;
}

static size_t
bucket_of(struct span text)
{
	uint32_t h = UINT32_C(2166136261);

	for (size_t i = 0; i < text.n; i++)
		h = (h ^ (unsigned char)text.p[i]) * UINT32_C(16777619);
	return (h ^ h >> 15) % BUCKETS;
}

static size_t
bucket_of_letters(uint32_t letters)
{
	return (letters * UINT32_C(2654435761) >> 16) % BUCKETS;
}

/* Whenever the later rule is looked at, the earlier one has been. */
static bool
looked_at(const struct cover *cover, const struct seen *earlier,
    const struct written_rule *later)
{
	size_t parent = later->parent;

	while (parent != earlier->rule.parent && parent != WRITTEN_NONE)
		parent = cover->list[parent].rule.parent;
	return parent == earlier->rule.parent;
}

static bool
same_pattern(const struct written_rule *a, const struct written_rule *b)
{
	return a->negated == b->negated && a->options == b->options &&
	    span_equal(a->pattern, b->pattern);
}

static size_t
find_same(struct cover *cover, const struct written_rule *rule, size_t bucket)
{
	for (size_t i = cover->by_text[bucket]; i != NOBODY;
	    i = cover->list[i].same)
		if (same_pattern(&cover->list[i].rule, rule) &&
		    looked_at(cover, &cover->list[i], rule))
			return i;
	return NOBODY;
}

static bool
holds_all(struct cover *cover, const struct form *wide,
    const struct form *forms)
{
	for (; forms != NULL; forms = forms->next) {
		cover->compared++;
		if (!form_holds(wide, forms))
			return false;
	}
	return true;
}

static size_t
search_list(struct cover *cover, size_t list, const struct seen *later)
{
	for (; list != NOBODY && cover->compared < COMPARED_MAX;
	    list = cover->wides[list].next) {
		const struct wide *wide = &cover->wides[list];

		if (looked_at(cover, &cover->list[wide->number],
		    &later->rule) &&
		    holds_all(cover, wide->form, later->forms))
			return wide->number;
	}
	return NOBODY;
}

/*
 * What covers all forms has letters of the first: one earlier pattern, that
 * is, not several together.
 */
static size_t
find_wider(struct cover *cover, const struct seen *later)
{
	size_t found, at = 0;
	uint32_t letters;

	found = search_list(cover, cover->without_letters, later);
	for (; found == NOBODY && form_letters(later->forms, &at, &letters);
	    at++)
		found = search_list(cover, cover->by_letters[
		    bucket_of_letters(letters)], later);
	return found;
}

static bool
catches_all(const struct cover *cover, const struct written_rule *later)
{
	return cover->catch_all != NOBODY && looked_at(cover,
	    &cover->list[cover->catch_all], later);
}

static size_t
find_network(struct cover *cover, const struct written_rule *rule)
{
	for (size_t i = 0; i < cover->n && cover->compared++ < COMPARED_MAX;
	    i++) {
		const struct written_rule *earlier = &cover->list[i].rule;
		bool within = earlier->network.size == rule->network.size &&
		    earlier->network.bits <= rule->network.bits &&
		    network_holds(&earlier->network, &rule->network);

		if (!earlier->sound || earlier->is_if || !within ||
		    earlier->negated != rule->negated ||
		    !looked_at(cover, &cover->list[i], rule))
			continue;
		/* What lies outside the smaller lies outside the larger only
		 * if they are the same. */
		if (!rule->negated ||
		    earlier->network.bits == rule->network.bits)
			return i;
	}
	return NOBODY;
}

/* Room for one more in each list. */
static bool
make_room(struct cover *cover)
{
	size_t room = cover->room * 2 + 64;
	struct seen *list;

	if (cover->n < cover->room)
		return true;
	list = reallocarray(cover->list, room, sizeof(*list));
	if (list == NULL)
		return false;
	cover->list = list;
	cover->room = room;
	return true;
}

static void
add_wide(struct cover *cover, const struct form *form, size_t number)
{
	size_t at = 0, *head = &cover->without_letters;
	uint32_t letters;

	if (cover->n_wides == cover->wides_room) {
		size_t room = cover->wides_room * 2 + 64;
		struct wide *wides = reallocarray(cover->wides, room,
		    sizeof(*wides));

		if (wides == NULL)
			return;
		cover->wides = wides;
		cover->wides_room = room;
	}
	/* The last ones tell patterns apart better than "Subject:". */
	for (; form_letters(form, &at, &letters); at++)
		head = &cover->by_letters[bucket_of_letters(letters)];
	cover->wides[cover->n_wides] = (struct wide){ form, number, *head };
	*head = cover->n_wides++;
}

/* It can cover what comes later. */
static void
remember(struct cover *cover, size_t number, size_t bucket)
{
	struct seen *seen = &cover->list[number];

	seen->same = cover->by_text[bucket];
	cover->by_text[bucket] = number;
	if (seen->rule.negated)
		return;
	for (const struct form *form = seen->forms; form != NULL;
	    form = form->next) {
		if (!form->exact)
			continue;
		if (cover->catch_all == NOBODY && form_matches_all(form))
			cover->catch_all = number;
		add_wide(cover, form, number);
	}
}

static size_t
find_cover(struct cover *cover, const struct seen *seen, size_t bucket,
    bool network)
{
	size_t found;

	if (network)
		return find_network(cover, &seen->rule);
	if ((found = find_same(cover, &seen->rule, bucket)) != NOBODY)
		return found;
	if (catches_all(cover, &seen->rule))
		return cover->catch_all;
	return seen->forms != NULL && !seen->rule.negated ?
	    find_wider(cover, seen) : NOBODY;
}

void
cover_take(struct cover *cover, const struct lint_run *run,
    const struct lint_pattern *pattern)
{
	const struct written_rule *rule = pattern->rule;
	bool network = run->written->kind == WRITTEN_CIDR;
	size_t bucket = bucket_of(rule->pattern), found;
	struct seen seen = { .rule = *rule, .same = NOBODY };

	/* What stands in which IF must be known. */
	if (cover->failed || run->written->amiss)
		return;
	if (!make_room(cover)) {
		cover->failed = true;
		return;
	}
	if (pattern->tree != NULL && !rule->is_if)
		seen.forms = forms_of(pattern->tree, &cover->region);
	if (rule->sound && !rule->is_if &&
	    (found = find_cover(cover, &seen, bucket, network)) != NOBODY)
		lint_say(run, LINT_COVERED, rule->line, "never reached: the "
		    "rule in line %u matches whatever this one would (move "
		    "it above that one, or remove it)",
		    cover->list[found].rule.line);
	cover->list[cover->n++] = seen;
	if (rule->sound && !rule->is_if && !network)
		remember(cover, cover->n - 1, bucket);
}
