/*
 * lmdb - a database of LMDB: lmdb:NAME looks into NAME.lmdb.
 *
 * postmap(1) writes into the file that is there, under a lock that it takes
 * alone when it begins and shares with readers while it writes.  For as long as
 * the file is what it was when it was opened, a search needs no lock, and is
 * over in a microsecond; after that each takes a shared one, and sees what was
 * last completed, until the next reload.
 */
#include <stdlib.h>

#include "table/database.h"
#include "table/lmdb_tree.h"
#include "table/type.h"

struct lmdb {
	const char *name;	/* the table's */
	struct datafile *file;
	struct lmdb_tree tree;
};

static void
lmdb_free(void *data)
{
	struct lmdb *lmdb = data;

	lmdb_tree_clear(&lmdb->tree);
	datafile_free(&lmdb->file);
	free(lmdb);
}

static void *
lmdb_open(struct load *load)
{
	struct lmdb *lmdb = calloc(1, sizeof(*lmdb));
	const char *why = "a writer holds its lock";

	if (lmdb == NULL) {
		load_fail(load, "out of memory");
		return NULL;
	}
	lmdb->name = load->table;
	lmdb->file = database_open(load, "lmdb");
	if (lmdb->file != NULL) {
		if (datafile_lock(lmdb->file)) {
			why = lmdb_tree_open(&lmdb->tree, lmdb->file);
			datafile_unlock(lmdb->file);
		}
		if (why == NULL)
			return lmdb;
		database_refuse(load, "lmdb", why);
	}
	lmdb_free(lmdb);
	return NULL;
}

static void
lmdb_rule(const void *data, size_t number, struct rule *rule_r)
{
	(void)number;
	database_rule(((const struct lmdb *)data)->name, rule_r);
}

/* Both tries of a key look at the same state. */
struct view {
	const struct lmdb_tree *tree;
	struct lmdb_state state;
};

static enum answer
get(const void *store, struct span key, struct buf *value, const char **why_r)
{
	const struct view *view = store;

	return lmdb_tree_find(view->tree, &view->state, key, value, why_r);
}

static enum answer
find_locked(const struct lmdb *lmdb, struct span key, struct match *match)
{
	struct view view = { .tree = &lmdb->tree };
	enum answer answer;
	const char *why;

	if (!datafile_lock(lmdb->file))
		return database_error(match, "a writer holds its lock");
	why = lmdb_tree_state(&lmdb->tree, &view.state);
	answer = why == NULL ? database_find(&view, get, key, match) :
	    database_error(match, why);
	datafile_unlock(lmdb->file);
	return answer;
}

static enum answer
lmdb_find(const void *data, struct span key, struct match *match)
{
	const struct lmdb *lmdb = data;
	struct view view = { &lmdb->tree, lmdb_tree_opened(&lmdb->tree) };
	enum answer answer = database_find(&view, get, key, match);

	/* An error may come of pages that have changed meanwhile. */
	if (lmdb_tree_unchanged(&lmdb->tree))
		return answer;
	return find_locked(lmdb, key, match);
}

const struct table_type table_lmdb = {
	.name = "lmdb", .takes_parts = true, .reads_file = true,
	.open = lmdb_open, .free = lmdb_free, .rules = database_rules,
	.rule = lmdb_rule, .find = lmdb_find,
};
