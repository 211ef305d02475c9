/* lint_form - a pattern as a row of bytes and gaps.  See lint_form.h. */
#include "table/lint_form.h"

#define FORMS_MAX	32
#define ITEMS_MAX	400
#define REPEAT_MAX	16

/* What follows a group, once one of its branches is done. */
struct after {
	const struct node *node;
	const struct after *outer;
};

struct maker {
	struct form form;	/* as far as it goes */
	struct item items[ITEMS_MAX];
	size_t end_at;		/* form.end stands behind so many items */
	struct region *region;
	struct form *list;
	size_t n;
	bool failed;
};

static void follow(struct maker *maker, const struct node *node,
    const struct after *after);

static void
add(struct maker *maker, enum item_kind kind, const struct byteset *set)
{
	if (maker->form.n == ITEMS_MAX) {
		maker->failed = true;
		return;
	}
	maker->items[maker->form.n++] = (struct item){
		.kind = kind, .set = *set
	};
	if (kind == ITEM_HOLE)
		maker->form.exact = false;
}

/* ".*" at an end leaves nothing of "^" and "$". */
static void
keep(struct maker *maker)
{
	const struct form *form = &maker->form;
	size_t size = form->n * sizeof(*form->items);
	struct form *kept = region_alloc(maker->region, sizeof(*kept));
	struct item *items = region_alloc(maker->region, size + 1);

	if (kept == NULL || items == NULL || ++maker->n > FORMS_MAX) {
		maker->failed = true;
		return;
	}
	*kept = *form;
	kept->items = items;
	kept->next = maker->list;
	memcpy(items, maker->items, size);
	if (form->end != FORM_OPEN && maker->end_at < form->n) {
		kept->exact = false;
		kept->end = FORM_OPEN;
	}
	if (form->n > 0 && items[0].kind == ITEM_GAP)
		kept->start = false;
	if (form->n > 0 && items[form->n - 1].kind == ITEM_GAP)
		kept->end = FORM_OPEN;
	maker->list = kept;
}

static void
add_set(struct maker *maker, const struct node *node)
{
	bool gap = byteset_full(&node->set) && node->max == FOREVER &&
	    !node->possessive;
	uint32_t times = 0;

	for (; times < node->min && times < REPEAT_MAX; times++)
		add(maker, ITEM_SET, &node->set);
	if (node->max > times)
		add(maker, gap && times == node->min ? ITEM_GAP : ITEM_HOLE,
		    &node->set);
}

static void
add_group(struct maker *maker, const struct node *node,
    const struct after *after)
{
	const struct after here = { node->next, after };

	/* What is given up in (?>...) is not come back to. */
	if (node->possessive)
		maker->form.exact = false;
	for (const struct branch *branch = node->branches;
	    branch != NULL && !maker->failed; branch = branch->next) {
		struct form saved = maker->form;
		size_t end_at = maker->end_at;

		follow(maker, branch->first, &here);
		maker->form = saved;
		maker->end_at = end_at;
	}
}

static void
add_node(struct maker *maker, const struct node *node)
{
	const struct byteset none = { .bits = { 0 } };
	struct form *form = &maker->form;

	switch (node->kind) {
	case NODE_SET:
		add_set(maker, node);
		return;
	case NODE_START:
		if (form->n == 0)
			form->start = true;
		else
			form->exact = false;
		return;
	case NODE_END:
	case NODE_VERY_END:
		form->end = node->kind == NODE_END ? FORM_END : FORM_VERY_END;
		maker->end_at = form->n;
		return;
	case NODE_GROUP:
	case NODE_BACK:
	case NODE_OTHER:
		add(maker, ITEM_HOLE, &none);
		return;
	case NODE_LINE_START:
	case NODE_LINE_END:
	case NODE_EDGE:
	case NODE_LOOK:
		break;
	}
	form->exact = false;
}

static void
follow(struct maker *maker, const struct node *node, const struct after *after)
{
	for (;;) {
		while (node == NULL && after != NULL) {
			node = after->node;
			after = after->outer;
		}
		if (node == NULL || maker->failed)
			break;
		if (node->kind == NODE_GROUP && node_once(node)) {
			add_group(maker, node, after);
			return;
		}
		add_node(maker, node);
		node = node->next;
	}
	if (!maker->failed)
		keep(maker);
}

struct form *
forms_of(const struct branch *tree, struct region *region)
{
	struct maker maker = { .form.exact = true, .region = region };

	for (; tree != NULL && !maker.failed; tree = tree->next) {
		maker.form = (struct form){ .exact = true };
		maker.end_at = 0;
		follow(&maker, tree->first, NULL);
	}
	return maker.failed ? NULL : maker.list;
}

bool
form_matches_all(const struct form *form)
{
	size_t bytes = 0;

	if (!form->exact || form->end != FORM_OPEN)
		return form->exact && form->n == 0 && !form->start;
	for (size_t i = 0; i < form->n; i++) {
		if (form->items[i].kind != ITEM_SET)
			continue;
		if (!byteset_full(&form->items[i].set) || ++bytes > 1)
			return false;
	}
	return true;
}

/* The n items of wide are sets, and hold those of narrow. */
static bool
fits(const struct item *wide, size_t n, const struct form *narrow, size_t at)
{
	if (at > narrow->n || n > narrow->n - at)
		return false;
	for (size_t i = 0; i < n; i++)
		if (narrow->items[at + i].kind != ITEM_SET ||
		    !byteset_holds(&wide[i].set, &narrow->items[at + i].set))
			return false;
	return true;
}

static size_t
run_length(const struct form *form, size_t from)
{
	size_t n = 0;

	while (from + n < form->n && form->items[from + n].kind == ITEM_SET)
		n++;
	return n;
}

static bool
end_fits(enum form_end wide, enum form_end narrow)
{
	return wide == FORM_OPEN || narrow == FORM_VERY_END ||
	    (wide == FORM_END && narrow == FORM_END);
}

/* Its runs of bytes are found in narrow, from left to right. */
bool
form_holds(const struct form *wide, const struct form *narrow)
{
	size_t from = 0, at = 0;

	if ((wide->start && !narrow->start) ||
	    !end_fits(wide->end, narrow->end))
		return false;
	do {
		size_t n = run_length(wide, from);
		const struct item *run = wide->items + from;
		size_t last = narrow->n;

		if (wide->start && from == 0)
			last = 0;
		if (wide->end != FORM_OPEN && from + n == wide->n) {
			if (n > narrow->n || narrow->n - n < at ||
			    narrow->n - n > last)
				return false;
			at = last = narrow->n - n;
		}
		while (at <= last && !fits(run, n, narrow, at))
			at++;
		if (at > last)
			return false;
		at += n;
		/* The gap behind it, if there is one. */
		from += n + 1;
	} while (from < wide->n);
	return true;
}

int
item_letter(const struct item *item)
{
	int found = -1;

	if (item->kind != ITEM_SET)
		return -1;
	for (int c = 0; c < 256; c++) {
		if (!byteset_has(&item->set, (unsigned char)c))
			continue;
		if (found >= 0 && found != ascii_lower(c))
			return -1;
		found = ascii_lower(c);
	}
	return found;
}

bool
form_letters(const struct form *form, size_t *at, uint32_t *letters_r)
{
	for (; form->n >= 3 && *at <= form->n - 3; ++*at) {
		int a = item_letter(&form->items[*at]);
		int b = item_letter(&form->items[*at + 1]);
		int c = item_letter(&form->items[*at + 2]);

		if (a < 0 || b < 0 || c < 0)
			continue;
		*letters_r = (uint32_t)a << 16 | (uint32_t)b << 8 |
		    (uint32_t)c;
		return true;
	}
	return false;
}
