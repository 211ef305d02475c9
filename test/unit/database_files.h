/*
 * database_files - for tests of databases: a folder, and files in it that the
 * libraries of tinycdb and LMDB write, as postmap uses them.
 */
#ifndef POSTERN_TEST_DATABASE_FILES_H
#define POSTERN_TEST_DATABASE_FILES_H

#include "table_text.h"

#include <sys/stat.h>

#include <cdb.h>
#include <fcntl.h>
#include <lmdb.h>

struct pair {
	struct span key, value;
};

/* One for each test; its files are NAME.cdb and NAME.lmdb. */
struct files {
	char folder[32];
	char text[40];		/* NAME */
	char path[2][48];	/* of the databases */
};

enum { CDB, LMDB };
static const char *const type_names[] = { "cdb", "lmdb" };

static inline void
files_make(struct files *files)
{
	snprintf(files->folder, sizeof(files->folder), "%s",
	    "/tmp/postern-database-XXXXXX");
	assert_non_null(mkdtemp(files->folder));
	snprintf(files->text, sizeof(files->text), "%s/map", files->folder);
	for (int type = CDB; type <= LMDB; type++)
		snprintf(files->path[type], sizeof(files->path[type]),
		    "%s.%s", files->text, type_names[type]);
}

static inline void
files_remove(struct files *files)
{
	unlink(files->text);
	unlink(files->path[CDB]);
	unlink(files->path[LMDB]);
	assert_int_equal(rmdir(files->folder), 0);
}

/* nul is 1 where keys and values have one behind them, as is written here. */
static inline void
write_cdb(const char *path, const struct pair *pairs, size_t n, size_t nul)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	struct cdb_make make;

	assert_true(fd >= 0);
	assert_int_equal(cdb_make_start(&make, fd), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(cdb_make_add(&make, pairs[i].key.p,
		    (unsigned)(pairs[i].key.n + nul), pairs[i].value.p,
		    (unsigned)(pairs[i].value.n + nul)), 0);
	assert_int_equal(cdb_make_finish(&make), 0);
	close(fd);
}

/* In place, over what there is: all of it in one go, as postmap does it. */
static inline void
write_lmdb(const char *path, const struct pair *pairs, size_t n, size_t nul)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_mapsize(env, (size_t)1 << 28), 0);
	assert_int_equal(mdb_env_open(env, path,
	    MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0644), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
	assert_int_equal(mdb_drop(txn, dbi, 0), 0);
	for (size_t i = 0; i < n; i++) {
		MDB_val key = { pairs[i].key.n + nul,
		    (void *)(uintptr_t)pairs[i].key.p };
		MDB_val value = { pairs[i].value.n + nul,
		    (void *)(uintptr_t)pairs[i].value.p };

		assert_int_equal(mdb_put(txn, dbi, &key, &value, 0), 0);
	}
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static inline void
write_database(const struct files *files, int type, const struct pair *pairs,
    size_t n, size_t nul)
{
	if (type == CDB)
		write_cdb(files->path[type], pairs, n, nul);
	else
		write_lmdb(files->path[type], pairs, n, nul);
}

/* All of it, into a buffer of its own. */
static inline void
read_file(const char *path, struct buf *out)
{
	struct sources sources;
	const char *why;

	sources_init(&sources);
	buf_init(out, 1 << 24);
	assert_int_equal(source_read(&sources, path, out, &why), 0);
	sources_clear(&sources);
}

/* The table is in opened->table, if there is one. */
static inline void
open_database(struct opened *opened, const struct files *files, int type)
{
	static const struct table_options options = { .compatible = false };

	*opened = (struct opened){ .table = NULL };
	snprintf(opened->name, sizeof(opened->name), "%s:%s",
	    type_names[type], files->text);
	open_named(opened, opened->name, &options);
}

#endif
