/*
 * make_database - a database as a postmap of another build writes it: without
 * a NUL behind keys and values.
 *
 *	make_database cdb|lmdb FILE <LINES
 *
 * Lines are KEY<TAB>VALUE; of several equal keys the first one counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cdb.h>
#include <fcntl.h>
#include <lmdb.h>

struct writer {
	struct cdb_make cdb;
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
};

static void
must(int status)
{
	if (status == 0)
		return;
	fprintf(stderr, "make_database: %d\n", status);
	exit(2);
}

static void
begin(struct writer *writer, const char *path)
{
	if (writer->env == NULL) {
		must(cdb_make_start(&writer->cdb, open(path,
		    O_RDWR | O_CREAT | O_TRUNC, 0644)));
		return;
	}
	must(mdb_env_set_mapsize(writer->env, (size_t)1 << 28));
	must(mdb_env_open(writer->env, path, MDB_NOSUBDIR | MDB_NOLOCK,
	    0644));
	must(mdb_txn_begin(writer->env, NULL, 0, &writer->txn));
	must(mdb_dbi_open(writer->txn, NULL, 0, &writer->dbi));
}

static void
put(struct writer *writer, char *key, char *value)
{
	MDB_val k = { strlen(key), key }, v = { strlen(value), value };
	int status;

	if (writer->env == NULL) {
		status = cdb_make_put(&writer->cdb, key, (unsigned)k.mv_size,
		    value, (unsigned)v.mv_size, CDB_PUT_INSERT);
		must(status > 0 ? 0 : status);
		return;
	}
	status = mdb_put(writer->txn, writer->dbi, &k, &v, MDB_NOOVERWRITE);
	must(status == MDB_KEYEXIST ? 0 : status);
}

int
main(int argc, char **argv)
{
	struct writer writer = { .env = NULL };
	size_t room = 0;
	char *line = NULL;

	if (argc != 3)
		must(1);
	if (strcmp(argv[1], "lmdb") == 0)
		must(mdb_env_create(&writer.env));
	begin(&writer, argv[2]);
	while (getline(&line, &room, stdin) > 0) {
		char *value = line, *key = strsep(&value, "\t");

		if (value != NULL)
			put(&writer, key, strsep(&value, "\n"));
	}
	free(line);
	if (writer.env == NULL) {
		must(cdb_make_finish(&writer.cdb));
	} else {
		must(mdb_txn_commit(writer.txn));
		mdb_env_close(writer.env);
	}
	return 0;
}
