/* lmdb_tree - looks a key up in a file of LMDB.  See lmdb_tree.h. */
#include "table/lmdb_tree.h"

#include <stdlib.h>

#define MAGIC		0xBEEFC0DEu
#define VERSION		1u

#define PAGE_SIZE_MIN	256
#define PAGE_SIZE_MAX	32768
#define KEY_MAX		511
#define DEPTH_MAX	32
#define NO_PAGE		SIZE_MAX

/* A writer is at the head for an instant, once in a run of postmap. */
#define TRIES_MAX	100

/* Of a page; one has exactly one of these. */
enum { PAGE_BRANCH = 1, PAGE_LEAF = 2, PAGE_RUN = 4 };

/* Of a node in a leaf: the value lies in a run of pages. */
#define NODE_IN_RUN	1

/*
 * What lies in the file, as the compiler lays it out: so does LMDB, whose
 * files differ with the size and the byte order of a size_t.
 */
struct page_head {
	size_t number;
	uint16_t unused, flags;
	union {
		struct {
			uint16_t lower, upper;	/* the gap in the page */
		};
		uint32_t run;			/* pages in it */
	};
};

/* Behind the head, up to `lower`: where the nodes begin. */
struct node_head {
	uint16_t low, high;	/* of a value's size, or a page's number */
	uint16_t flags;		/* or the number's highest bits */
	uint16_t key_size;
};

struct root {
	uint32_t page_size;	/* in the first of the two alone */
	uint16_t flags, depth;
	size_t branches, leaves, runs, entries;
	size_t page;
};

struct meta {
	struct page_head head;
	uint32_t magic, version;
	size_t address, map_size;
	struct root free_pages, keys;
	size_t last_page, transaction;
};

union page {
	struct page_head head;
	char bytes[PAGE_SIZE_MAX];
};

struct node {
	size_t index;		/* in its page */
	struct span key;
	uint32_t value_size;
	struct span inside;	/* a leaf's value; or where its run begins */
	bool in_run;
	size_t child;		/* of a branch */
};

/*
 * Branches that are looked at when the file is opened, and kept: some hundred
 * keys hang on each, so that these stand for some hundred thousand.  No more
 * than that, nor than 16 MiB of them.
 */
#define BRANCHES_MAX	4096
#define KEPT_MAX	((size_t)16 << 20)

#define NOT_KEPT	SIZE_MAX

struct branch {
	size_t page;
	unsigned level;
	size_t child;		/* the number of its first node's branch; not
				   less than n where those are not kept */
};

/* From the root on, level by level: the branches of one stand together. */
struct lmdb_kept {
	struct meta metas[2];
	struct lmdb_state state;
	size_t n, room;
	struct branch *branches;
	char *pages;		/* theirs */
};

static const char damaged[] = "the file is damaged";

static const char *
inspect(const struct meta *meta, size_t page_size)
{
	const struct root *keys = &meta->keys;

	if (meta->magic != MAGIC)
		return "it was not written by lmdb";
	if (meta->version != VERSION)
		return "written by an lmdb of another version";
	if (meta->free_pages.page_size != page_size ||
	    meta->last_page >= INT64_MAX / page_size ||
	    keys->depth > DEPTH_MAX ||
	    (keys->depth == 0) != (keys->page == NO_PAGE) ||
	    (keys->depth > 0 && keys->page > meta->last_page))
		return "its head makes no sense";
	if (keys->flags != 0)
		return "it was not written by postmap";
	return NULL;
}

/* The first two pages, as far as their heads go; in one go. */
static bool
read_metas(const struct lmdb_tree *tree, struct meta metas_r[2])
{
	char bytes[PAGE_SIZE_MAX + sizeof(struct meta)];

	if (!datafile_read(tree->file, bytes, tree->page_size +
	    sizeof(*metas_r), 0))
		return false;
	memcpy(&metas_r[0], bytes, sizeof(*metas_r));
	memcpy(&metas_r[1], bytes + tree->page_size, sizeof(*metas_r));
	return true;
}

/*
 * A writer may be at it just now: he writes one of them, which is not the newer
 * one until its last bytes are written.  What is read the same twice was there
 * at once.  NULL, or what is wrong.
 */
static const char *
read_steady(const struct lmdb_tree *tree, struct meta metas_r[2])
{
	struct meta before[2];
	int tries = 0;

	do {
		if (!read_metas(tree, before) || !read_metas(tree, metas_r))
			return "its head is missing";
		if (tries++ == TRIES_MAX)
			return "it is written to all the time";
	} while (memcmp(before, metas_r, sizeof(before)) != 0);
	return NULL;
}

/* The newer of the two. */
static const char *
take_state(const struct lmdb_tree *tree, const struct meta metas[2],
    struct lmdb_state *state_r)
{
	const struct meta *newer =
	    &metas[metas[1].transaction > metas[0].transaction];

	*state_r = (struct lmdb_state){
		.root = newer->keys.page, .last_page = newer->last_page,
		.depth = newer->keys.depth,
	};
	return inspect(newer, tree->page_size);
}

const char *
lmdb_tree_state(const struct lmdb_tree *tree, struct lmdb_state *state_r)
{
	struct meta metas[2];
	const char *why = read_steady(tree, metas);

	return why != NULL ? why : take_state(tree, metas, state_r);
}

bool
lmdb_tree_unchanged(const struct lmdb_tree *tree)
{
	struct meta metas[2];

	/*
	 * Whoever copies another database over this one may leave the same
	 * head, and other branches.
	 */
	return read_metas(tree, metas) && memcmp(metas, tree->kept->metas,
	    sizeof(metas)) == 0 && datafile_untouched(tree->file);
}

struct lmdb_state
lmdb_tree_opened(const struct lmdb_tree *tree)
{
	return tree->kept->state;
}

static bool
read_page(const struct lmdb_tree *tree, size_t number, uint16_t flags,
    void *page_r)
{
	const struct page_head *head = page_r;

	return datafile_read(tree->file, page_r, tree->page_size,
	    (uint64_t)number * tree->page_size) &&
	    head->number == number && head->flags == flags &&
	    head->lower > sizeof(*head) && head->lower <= head->upper &&
	    head->upper <= tree->page_size;
}

/* At least one. */
static size_t
count_nodes(const struct page_head *page)
{
	return (page->lower - sizeof(*page)) / sizeof(uint16_t);
}

/* The node's key and what is behind it; false where it leaves the page. */
static bool
read_node(const struct lmdb_tree *tree, const struct page_head *page,
    size_t i, struct node *node_r)
{
	const char *bytes = (const char *)page;
	struct node_head head;
	uint16_t offset;
	size_t inside = 0, room;

	memcpy(&offset, bytes + sizeof(*page) + i * sizeof(offset),
	    sizeof(offset));
	if (offset < page->upper ||
	    offset > tree->page_size - sizeof(head))
		return false;
	memcpy(&head, bytes + offset, sizeof(head));
	room = tree->page_size - sizeof(head) - offset;
	*node_r = (struct node){
		.index = i,
		.value_size = head.low | (uint32_t)head.high << 16,
	};
	if (page->flags == PAGE_LEAF) {
		/* Other flags are those of trees inside of a tree. */
		if (head.flags > NODE_IN_RUN)
			return false;
		node_r->in_run = head.flags == NODE_IN_RUN;
		inside = node_r->in_run ? sizeof(size_t) : node_r->value_size;
	} else {
		node_r->child = node_r->value_size;
#if SIZE_MAX > UINT32_MAX
		node_r->child |= (size_t)head.flags << 32;
#endif
	}
	if (head.key_size > room || inside > room - head.key_size)
		return false;
	node_r->key = span_make(bytes + offset + sizeof(head),
	    head.key_size);
	node_r->inside = span_make(node_r->key.p + node_r->key.n, inside);
	return true;
}

static int
compare(struct span a, struct span b)
{
	int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

/*
 * The last node whose key is not greater.  In a branch the first node stands
 * for all that is less than the second; in a leaf there may be none, and the
 * first is as good as any that is not equal.
 */
static bool
search(const struct lmdb_tree *tree, const struct page_head *page,
    struct span key, struct node *node_r)
{
	size_t low = 0, high = count_nodes(page);

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (!read_node(tree, page, middle, node_r))
			return false;
		if (compare(node_r->key, key) <= 0)
			low = middle;
		else
			high = middle;
	}
	return read_node(tree, page, low, node_r);
}

static enum answer
take_value(const struct lmdb_tree *tree, const struct lmdb_state *state,
    const struct node *node, struct buf *value, const char **why_r)
{
	struct page_head head;
	size_t run;

	*why_r = "the result is too long";
	if (!node->in_run)
		return buf_add(value, node->inside) ? ANSWER_HIT :
		    ANSWER_ERROR;
	if (!buf_reserve(value, node->value_size))
		return ANSWER_ERROR;
	*why_r = damaged;
	memcpy(&run, node->inside.p, sizeof(run));
	if (run > state->last_page || !datafile_read(tree->file, &head,
	    sizeof(head), (uint64_t)run * tree->page_size) ||
	    head.number != run || head.flags != PAGE_RUN ||
	    (uint64_t)head.run * tree->page_size <
	    sizeof(head) + (uint64_t)node->value_size ||
	    !datafile_read(tree->file, value->p + value->n, node->value_size,
	    (uint64_t)run * tree->page_size + sizeof(head)))
		return ANSWER_ERROR;
	value->n += node->value_size;
	return ANSWER_HIT;
}

/*
 * A page on the way: one that is kept, or read into *page, in which the node
 * may lie.  *kept is the number of the branch, and then of the next one.
 */
static bool
step(const struct lmdb_tree *tree, const struct lmdb_state *state,
    unsigned level, struct span key, union page *page, size_t *kept,
    struct node *node)
{
	const struct lmdb_kept *branches = state->kept;
	uint16_t flags = level < state->depth ? PAGE_BRANCH : PAGE_LEAF;
	size_t child;

	if (*kept == NOT_KEPT)
		return node->child <= state->last_page &&
		    read_page(tree, node->child, flags, page) &&
		    search(tree, &page->head, key, node);
	if (!search(tree, (const struct page_head *)(const void *)
	    (branches->pages + *kept * tree->page_size), key, node))
		return false;
	child = branches->branches[*kept].child + node->index;
	*kept = child < branches->n ? child : NOT_KEPT;
	return true;
}

enum answer
lmdb_tree_find(const struct lmdb_tree *tree, const struct lmdb_state *state,
    struct span key, struct buf *value, const char **why_r)
{
	size_t kept = state->kept != NULL && state->kept->n > 0 ? 0 :
	    NOT_KEPT;
	struct node node = { .child = state->root };
	union page page;

	if (state->depth == 0 || key.n > KEY_MAX)
		return ANSWER_MISS;
	*why_r = damaged;
	for (unsigned level = 1; level <= state->depth; level++)
		if (!step(tree, state, level, key, &page, &kept, &node))
			return ANSWER_ERROR;
	if (compare(node.key, key) != 0)
		return ANSWER_MISS;
	return take_value(tree, state, &node, value, why_r);
}

/* What hangs on a branch lies in the file, and is looked at later. */
static bool
inspect_branch(const struct lmdb_tree *tree, struct lmdb_kept *kept,
    struct branch *branch, const struct page_head *page)
{
	uint64_t pages = datafile_size(tree->file) / tree->page_size;

	branch->child = kept->n;
	for (size_t i = 0; i < count_nodes(page); i++) {
		struct node node;

		if (!read_node(tree, page, i, &node) ||
		    node.child > kept->state.last_page || node.child >= pages)
			return false;
		if (branch->level + 1 < kept->state.depth &&
		    kept->n < kept->room)
			kept->branches[kept->n++] = (struct branch){
				.page = node.child, .level = branch->level + 1,
			};
	}
	return true;
}

static bool
inspect_branches(const struct lmdb_tree *tree, struct lmdb_kept *kept)
{
	union page page;

	kept->branches[0] = (struct branch){
		.page = kept->state.root, .level = 1
	};
	kept->n = kept->state.depth > 1;
	for (size_t i = 0; i < kept->n; i++) {
		void *to = kept->pages + i * tree->page_size;

		if (!read_page(tree, kept->branches[i].page, PAGE_BRANCH,
		    to) || !inspect_branch(tree, kept, &kept->branches[i],
		    to))
			return false;
	}
	return kept->state.depth != 1 ||
	    read_page(tree, kept->state.root, PAGE_LEAF, &page);
}

/* What is not used of it goes back. */
static void
settle(const struct lmdb_tree *tree, struct lmdb_kept *kept)
{
	size_t n = kept->n > 0 ? kept->n : 1;
	struct branch *branches = reallocarray(kept->branches, n,
	    sizeof(*branches));
	char *pages = realloc(kept->pages, n * tree->page_size);

	if (branches != NULL)
		kept->branches = branches;
	if (pages != NULL)
		kept->pages = pages;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* NULL, or what is wrong. */
static const char *
keep_branches(struct lmdb_tree *tree)
{
	uint64_t size = datafile_size(tree->file);
	struct lmdb_kept *kept = calloc(1, sizeof(*kept));
	const char *why = NULL;

	tree->kept = kept;
	if (kept == NULL)
		return "out of memory";
	kept->room = least(least(BRANCHES_MAX, KEPT_MAX / tree->page_size),
	    (size_t)(size / tree->page_size) + 1);
	kept->branches = calloc(kept->room, sizeof(*kept->branches));
	kept->pages = malloc(kept->room * tree->page_size);
	if (kept->branches == NULL || kept->pages == NULL)
		return "out of memory";
	if ((why = read_steady(tree, kept->metas)) != NULL ||
	    (why = take_state(tree, kept->metas, &kept->state)) != NULL)
		return why;
	if (!inspect_branches(tree, kept))
		return "pages are missing, or no pages of lmdb";
	settle(tree, kept);
	kept->state.kept = kept;
	return NULL;
}

const char *
lmdb_tree_open(struct lmdb_tree *tree, struct datafile *file)
{
	struct meta meta;
	const char *why;
	size_t size;

	*tree = (struct lmdb_tree){ .file = file };
	if (!datafile_read(file, &meta, sizeof(meta), 0))
		return "its head is missing";
	size = meta.free_pages.page_size;
	if (meta.magic == MAGIC && meta.version == VERSION &&
	    (size < PAGE_SIZE_MIN || size > PAGE_SIZE_MAX ||
	    (size & (size - 1)) != 0))
		return "its head makes no sense";
	tree->page_size = size;
	why = inspect(&meta, size);
	return why != NULL ? why : keep_branches(tree);
}

void
lmdb_tree_clear(struct lmdb_tree *tree)
{
	if (tree->kept == NULL)
		return;
	free(tree->kept->branches);
	free(tree->kept->pages);
	free(tree->kept);
	tree->kept = NULL;
}
