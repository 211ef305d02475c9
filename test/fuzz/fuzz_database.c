/*
 * Databases that are damaged, and lookups in them.
 *
 *	TYPE KEY<TAB>KEY...
 *	the bytes of the file
 *
 * TYPE is one letter, a for cdb and b for lmdb.  A table that cannot be opened
 * is complained about, an error has a reason, and a search twice gives the
 * same twice.
 */
#include "fuzz.h"

#include <unistd.h>

#include "table/table.h"

static const char *const types[] = { "cdb", "lmdb" };

static struct scratch_pool *pool;
static char folder[] = "/tmp/postern-fuzz-XXXXXX";

static void
clean_up(void)
{
	char path[60];

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/map.%s", folder, types[i]);
		unlink(path);
	}
	rmdir(folder);
}

static void
begin(void)
{
	if (pool != NULL)
		return;
	MUST((pool = scratch_pool_new()) != NULL);
	MUST(mkdtemp(folder) != NULL);
	atexit(clean_up);
}

static void
write_file(const char *type, struct span bytes)
{
	char path[60];
	FILE *file;

	snprintf(path, sizeof(path), "%s/map.%s", folder, type);
	MUST((file = fopen(path, "w")) != NULL);
	MUST(bytes.n == 0 || fwrite(bytes.p, 1, bytes.n, file) == bytes.n);
	fclose(file);
}

static struct table *
open_table(const char *type)
{
	const struct table_options options = { .file = "conf", .line = 1 };
	struct complaints complaints;
	struct sources sources;
	struct table *table;
	char name[70];

	snprintf(name, sizeof(name), "%s:%s/map", type, folder);
	complaints_init(&complaints);
	sources_init(&sources);
	table = table_open(span_of(name), &options, &sources, &complaints);
	MUST((table == NULL) == (complaints.errors > 0));
	complaints_clear(&complaints);
	sources_clear(&sources);
	return table;
}

static void
look_up(const struct table *table, struct span key)
{
	struct match once, again;
	enum answer answer;

	match_init(&once, pool);
	match_init(&again, pool);
	answer = table_find(table, key, &once);
	MUST(table_find(table, key, &again) == answer);
	MUST(answer != ANSWER_ERROR || once.why[0] != '\0');
	if (answer == ANSWER_HIT) {
		MUST(span_equal(once.text, again.text));
		MUST(span_find(once.text, '\0') == once.text.n);
	}
	match_clear(&once);
	match_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_make((const char *)data, size);
	const char *type = types[fuzz_choice(&rest, 2)];
	struct span keys = span_skip(fuzz_line(&rest), 1);
	struct table *table;

	begin();
	write_file(type, rest);
	table = open_table(type);
	while (table != NULL && keys.n > 0) {
		struct span key = fuzz_copy(fuzz_until(&keys, '\t'));

		look_up(table, key);
		fuzz_free(key);
	}
	table_free(&table);
	return 0;
}
