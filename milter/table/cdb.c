/*
 * cdb - a constant database: cdb:NAME looks into NAME.cdb.
 *
 * postmap(1) puts a new file in its place, and what is open here stays as it
 * was until the next reload.  tinycdb maps the file and looks at every offset
 * in it before it follows it.  What neither it nor we can survive is a file
 * that somebody cuts while we look, which takes a program that is not postmap:
 * the size is looked at before each search, and what is left is the time that
 * the search takes.
 */
#include <cdb.h>
#include <stdlib.h>

#include "table/database.h"
#include "table/type.h"

/* The file begins with so many pairs of offset and number of slots. */
#define TABLES		256
#define TABLE_SIZE	8
#define SLOT_SIZE	8

/* Offsets are of 32 bits. */
#define FILE_MAX	UINT32_MAX

struct constant {
	const char *name;	/* the table's */
	struct datafile *file;
	/* What a search finds is noted in its own copy of this. */
	struct cdb cdb;
};

/* NULL, or what is wrong: a file that was cut has lost its hash tables. */
static const char *
inspect(const struct datafile *file)
{
	unsigned char tables[TABLES * TABLE_SIZE];
	uint64_t size = datafile_size(file);

	if (size > FILE_MAX)
		return "too large";
	if (!datafile_read(file, tables, sizeof(tables), 0))
		return "its head is missing";
	for (size_t i = 0; i < TABLES; i++) {
		uint64_t offset = cdb_unpack(&tables[i * TABLE_SIZE]);
		uint64_t slots = cdb_unpack(&tables[i * TABLE_SIZE + 4]);

		if (slots > 0 && (offset < sizeof(tables) ||
		    offset + slots * SLOT_SIZE > size))
			return "a part of its index lies outside of it";
	}
	return NULL;
}

static void
constant_free(void *data)
{
	struct constant *constant = data;

	if (constant->cdb.cdb_mem != NULL)
		cdb_free(&constant->cdb);
	datafile_free(&constant->file);
	free(constant);
}

static void *
constant_open(struct load *load)
{
	struct constant *constant = calloc(1, sizeof(*constant));
	const char *why;

	if (constant == NULL) {
		load_fail(load, "out of memory");
		return NULL;
	}
	constant->name = load->table;
	constant->file = database_open(load, "cdb");
	if (constant->file != NULL) {
		why = inspect(constant->file);
		if (why == NULL && cdb_init(&constant->cdb,
		    datafile_fd(constant->file)) == 0)
			return constant;
		constant->cdb.cdb_mem = NULL;
		database_refuse(load, "cdb", why != NULL ? why :
		    "it cannot be mapped");
	}
	constant_free(constant);
	return NULL;
}

static void
constant_rule(const void *data, size_t number, struct rule *rule_r)
{
	(void)number;
	database_rule(((const struct constant *)data)->name, rule_r);
}

static enum answer
get(const void *store, struct span key, struct buf *value, const char **why_r)
{
	struct cdb found = *(const struct cdb *)store;
	const char *bytes;
	int status = cdb_find(&found, key.p, (unsigned)key.n);

	if (status == 0)
		return ANSWER_MISS;
	*why_r = "the file is damaged";
	if (status < 0)
		return ANSWER_ERROR;
	bytes = cdb_getdata(&found);
	if (bytes == NULL)
		return ANSWER_ERROR;
	*why_r = "the result is too long";
	return buf_add(value, span_make(bytes, cdb_datalen(&found))) ?
	    ANSWER_HIT : ANSWER_ERROR;
}

static enum answer
constant_find(const void *data, struct span key, struct match *match)
{
	const struct constant *constant = data;

	if (datafile_shrunk(constant->file))
		return database_error(match, "the file was cut; it is to be "
		    "replaced, not written over");
	return database_find(&constant->cdb, get, key, match);
}

const struct table_type table_cdb = {
	.name = "cdb", .takes_parts = true, .reads_file = true,
	.open = constant_open, .free = constant_free, .rules = database_rules,
	.rule = constant_rule, .find = constant_find,
};
