/*
 * lmdb_tree - looks a key up in a file of LMDB, without its library.
 *
 * liblmdb maps the file and trusts every number in it: of files in which one
 * bit was turned it crashed on one in 150, and of files that were cut short on
 * nineteen in twenty.  A mail filter must outlive a full disk, so this reads
 * the few pages on the way to a key with pread(2) and follows nothing that it
 * has not looked at.  It opens no environment either, of which a process may
 * have one only for each file; two policies can have the same file open.
 *
 * The format is that of liblmdb 0.9, which has not changed since 2012: two
 * pages that name the root of the tree, of which the newer one counts; pages
 * of branches and leaves, sorted by key; and runs of pages for values that are
 * too long for a leaf.  A writer leaves the pages of the last state alone for
 * as long as it is the last.  So what was read is good where that is still the
 * last state afterwards; and for him who has to wait for one, there is a
 * reader's lock (base/datafile.h).
 *
 * The branches of the state at the time of opening are kept in memory: most
 * lookups take one page from the file.
 */
#ifndef POSTERN_TABLE_LMDB_TREE_H
#define POSTERN_TABLE_LMDB_TREE_H

#include "base/datafile.h"
#include "table/table.h"

struct lmdb_kept;

struct lmdb_tree {
	struct datafile *file;	/* the caller's */
	size_t page_size;
	struct lmdb_kept *kept;	/* frozen, like all of this */
};

/*
 * Takes a look at the file, with the lock held: its head, and all branches of
 * a tree of some millions of keys.  NULL, or what is wrong, a literal; in
 * either case the tree is to be cleared.
 */
const char *lmdb_tree_open(struct lmdb_tree *tree, struct datafile *file);
void lmdb_tree_clear(struct lmdb_tree *tree);

struct lmdb_state {
	size_t root, last_page;
	unsigned depth;		/* 0: it is empty */
	const struct lmdb_kept *kept;	/* branches of it, or NULL */
};

/*
 * The state at the time of opening.  What is found in it counts only where
 * lmdb_tree_unchanged() says afterwards that it was still the last.
 */
struct lmdb_state lmdb_tree_opened(const struct lmdb_tree *tree);
bool lmdb_tree_unchanged(const struct lmdb_tree *tree);

/*
 * The last state that was completed, good for as long as the lock is held.
 * NULL, or what is wrong, a literal.
 */
const char *lmdb_tree_state(const struct lmdb_tree *tree,
    struct lmdb_state *state_r);

/* The value is added to `value`; on ANSWER_ERROR *why_r is a literal. */
enum answer lmdb_tree_find(const struct lmdb_tree *tree,
    const struct lmdb_state *state, struct span key, struct buf *value,
    const char **why_r);

#endif
