/*
 * cdb and lmdb tables: keys and values as postmap writes them, what is older
 * than its source, rules, long values, large trees, writers and threads.
 */
#include "database_files.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

static const struct pair small[] = {
	{ T("a"), T("x") },
	{ T("user@example.com"), T("REJECT no") },
	{ T("\xc3\xa9"), T("accent") },
	{ T("ss"), T("sharp") },
	{ T("empty"), T("") },
	{ T("nul"), T("cut\0here") },
	{ T("\"a b\"@c"), T("quoted") },
};

static const struct {
	const char *name;
	struct span key;
	const char *want;
} lookups[] = {
	{ "a key", T("a"), "x" },
	{ "no such key", T("b"), NULL },
	{ "less than it", T("user@example.co"), NULL },
	{ "more than it", T("user@example.com "), NULL },
	{ "less than all", T("\x01"), NULL },
	{ "more than all", T("\xf4\x8f\xbf\xbf"), NULL },
	{ "case", T("uSER@Example.COM"), "REJECT no" },
	{ "Unicode", T("\xc3\x89"), "accent" },
	{ "sharp s", T("\xc3\x9f"), "sharp" },
	{ "no UTF-8", T("a\xff"), NULL },
	{ "an empty key", T(""), NULL },
	{ "a NUL in the key", T("a\0"), NULL },
	{ "an empty value", T("empty"), "" },
	{ "a value ends at a NUL", T("nul"), "cut" },
	{ "quotes", T("\"A b\"@c"), "quoted" },
};

static void
test_lookups(void **state)
{
	struct files files;
	int wrong = 0;

	(void)state;
	files_make(&files);
	for (int way = 0; way < 4; way++) {
		struct opened opened;

		write_database(&files, way / 2, small, COUNT(small), way % 2);
		open_database(&opened, &files, way / 2);
		wrong += !complains(&opened, opened.name, "");
		assert_non_null(opened.table);
		for (size_t i = 0; i < COUNT(lookups); i++)
			wrong += !answers(opened.table, lookups[i].name,
			    lookups[i].key, lookups[i].want);
		close_opened(&opened);
		unlink(files.path[way / 2]);
	}
	files_remove(&files);
	assert_int_equal(wrong, 0);
}

static void
test_rules(void **state)
{
	struct files files;

	(void)state;
	files_make(&files);
	for (int type = CDB; type <= LMDB; type++) {
		struct opened opened;
		struct match match;
		struct rule rule;

		write_database(&files, type, small, COUNT(small), 1);
		open_database(&opened, &files, type);
		assert_non_null(opened.table);
		assert_int_equal(table_rules(opened.table), 1);
		assert_true(table_takes_parts(opened.table));
		match_init(&match, NULL);
		assert_int_equal(table_find(opened.table, SPAN("A"), &match),
		    ANSWER_HIT);
		table_rule(opened.table, match.rule, &rule);
		assert_string_equal(rule.file, opened.name);
		assert_int_equal(rule.line, 0);
		assert_true(rule.unknown);
		assert_int_equal(rule.text.n, 0);
		match_clear(&match);
		close_opened(&opened);
	}
	files_remove(&files);
}

/* A text that was written `seconds` after the database. */
static void
write_source(const struct files *files, int type, int seconds)
{
	struct timespec times[2];
	struct stat st;
	FILE *file = fopen(files->text, "w");

	assert_non_null(file);
	fclose(file);
	assert_int_equal(stat(files->path[type], &st), 0);
	times[0] = times[1] = st.st_mtim;
	times[0].tv_sec += seconds;
	times[1].tv_sec += seconds;
	assert_int_equal(utimensat(AT_FDCWD, files->text, times, 0), 0);
}

static void
test_older(void **state)
{
	struct files files;
	struct opened opened;
	char want[300];

	(void)state;
	files_make(&files);
	for (int type = CDB; type <= LMDB; type++) {
		write_database(&files, type, small, COUNT(small), 1);
		write_source(&files, type, 0);
		open_database(&opened, &files, type);
		assert_true(complains(&opened, "not older", ""));
		close_opened(&opened);
		write_source(&files, type, 1);
		open_database(&opened, &files, type);
		snprintf(want, sizeof(want), "W0 %s: %s is older than its "
		    "source %s (run: postmap %s:%s)\n", opened.name,
		    files.path[type], files.text, type_names[type],
		    files.text);
		/* Without a place of its own it is told of the table. */
		assert_int_equal(opened.complaints.warnings, 1);
		assert_non_null(strstr(want,
		    opened.complaints.list[0].text));
		assert_true(answers(opened.table, "older", SPAN("a"), "x"));
		close_opened(&opened);
		unlink(files.path[type]);
		open_database(&opened, &files, type);
		assert_null(opened.table);
		assert_int_equal(opened.complaints.errors, 1);
		assert_non_null(strstr(opened.complaints.list[0].text,
		    "postmap"));
		close_opened(&opened);
	}
	files_remove(&files);
}

/* Values at the bound and past it; in lmdb these lie in pages of their own. */
static void
test_long_values(void **state)
{
	static const size_t sizes[] = { 2000, 4080, 4081, 70000,
	    ((size_t)1 << 20) - 1, (size_t)1 << 20 };
	struct files files;
	char *text = malloc(((size_t)1 << 20) + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'v', (size_t)1 << 20);
	files_make(&files);
	for (size_t i = 0; i < 2 * COUNT(sizes); i++) {
		size_t size = sizes[i / 2];
		struct pair pair = { T("k"), { text, size } };
		struct opened opened;
		struct match match;
		enum answer answer;

		text[size] = '\0';
		write_database(&files, (int)(i % 2), &pair, 1, 1);
		open_database(&opened, &files, (int)(i % 2));
		match_init(&match, NULL);
		answer = table_find(opened.table, SPAN("k"), &match);
		if (size < (size_t)1 << 20) {
			assert_int_equal(answer, ANSWER_HIT);
			assert_true(span_equal(match.text, pair.value));
		} else {
			assert_int_equal(answer, ANSWER_ERROR);
			assert_string_equal(match.why,
			    "the result is too long");
		}
		match_clear(&match);
		close_opened(&opened);
		text[size] = 'v';
	}
	files_remove(&files);
	free(text);
}

/* Keys of all lengths, in no order. */
static struct pair *
make_pairs(size_t n, char *space, size_t longest)
{
	struct pair *pairs = calloc(n, sizeof(*pairs));
	unsigned random = 1;

	assert_non_null(pairs);
	for (size_t i = 0; i < n; i++) {
		size_t length = 11 + (random >> 8) % (longest - 10);
		char mark[24];

		random = random * 1664525 + 1013904223;
		snprintf(mark, sizeof(mark), "%04x%07x", random >> 16,
		    (unsigned)i);
		memset(space, 'k', length);
		/* Different in the front or in the end. */
		memcpy(space + (i % 3 == 0 ? 0 : length - 11), mark, 11);
		space[length] = '\0';
		pairs[i].key = span_make(space, length);
		pairs[i].value = span_make(space, length % 100);
		space += length + 1;
	}
	return pairs;
}

/* What is found must be the value, as far as a NUL. */
static bool
is_found(const struct table *table, const struct pair *pair, bool want)
{
	struct match match;
	enum answer answer;
	bool right;

	match_init(&match, NULL);
	answer = table_find(table, pair->key, &match);
	right = want ? answer == ANSWER_HIT &&
	    span_equal(match.text, pair->value) : answer == ANSWER_MISS;
	match_clear(&match);
	return right;
}

static void
test_many(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 60, 700, 5000, 20000 };
	char *space = malloc((size_t)40000 * 512);

	(void)state;
	assert_non_null(space);
	for (size_t i = 0; i < 3 * COUNT(sizes); i++) {
		int type = i % 3 == 0 ? CDB : LMDB;
		size_t n = sizes[i / 3], wrong = 0;
		struct pair *pairs = make_pairs(2 * n, space,
		    i % 3 == 2 ? 510 : 60);
		struct opened opened;
		struct files files;

		files_make(&files);
		/* Once more, over the first: pages are used again. */
		if (type == LMDB)
			write_database(&files, type, pairs, 2 * n, 0);
		write_database(&files, type, pairs, n, 0);
		open_database(&opened, &files, type);
		assert_true(complains(&opened, opened.name, ""));
		for (size_t k = 0; k < 2 * n; k++)
			wrong += !is_found(opened.table, &pairs[k], k < n);
		assert_int_equal(wrong, 0);
		close_opened(&opened);
		files_remove(&files);
		free(pairs);
	}
	free(space);
}

static void
change(MDB_env *env, const struct pair *pairs, size_t n, bool *there,
    unsigned *random)
{
	MDB_txn *txn;
	MDB_dbi dbi;

	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
	for (int i = 0; i < 150; i++) {
		size_t k = (*random = *random * 1664525 + 1013904223) % n;
		MDB_val key = { pairs[k].key.n,
		    (void *)(uintptr_t)pairs[k].key.p };
		MDB_val value = { pairs[k].value.n,
		    (void *)(uintptr_t)pairs[k].value.p };

		there[k] = !there[k];
		assert_int_equal(there[k] ?
		    mdb_put(txn, dbi, &key, &value, 0) :
		    mdb_del(txn, dbi, &key, NULL), 0);
	}
	assert_int_equal(mdb_txn_commit(txn), 0);
}

/* Keys come and go, as with postmap -i and -d; pages split and merge. */
static void
test_changes(void **state)
{
	char *space = malloc((size_t)1000 * 512);
	struct pair *pairs = make_pairs(1000, space, 500);
	bool there[1000] = { false };
	unsigned random = 1;
	struct opened opened;
	struct files files;
	size_t wrong = 0;
	MDB_env *env;

	(void)state;
	files_make(&files);
	write_lmdb(files.path[LMDB], NULL, 0, 0);
	open_database(&opened, &files, LMDB);
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_mapsize(env, (size_t)1 << 24), 0);
	assert_int_equal(mdb_env_open(env, files.path[LMDB],
	    MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0644), 0);
	for (int round = 0; round < 30; round++) {
		change(env, pairs, 1000, there, &random);
		for (size_t k = 0; k < 1000; k++)
			wrong += !is_found(opened.table, &pairs[k], there[k]);
	}
	assert_int_equal(wrong, 0);
	mdb_env_close(env);
	close_opened(&opened);
	files_remove(&files);
	free(pairs);
	free(space);
}

/* What is written into the file is there at once, however much it grows. */
static void
test_in_place(void **state)
{
	char *space = malloc((size_t)30000 * 64);
	struct pair *pairs = make_pairs(30000, space, 60);
	struct opened opened;
	struct files files;
	size_t wrong = 0;

	(void)state;
	files_make(&files);
	write_lmdb(files.path[LMDB], NULL, 0, 0);
	open_database(&opened, &files, LMDB);
	assert_true(complains(&opened, "an empty one", ""));
	assert_true(answers(opened.table, "empty", SPAN("a"), NULL));
	write_lmdb(files.path[LMDB], small, COUNT(small), 1);
	assert_true(answers(opened.table, "small", SPAN("a"), "x"));
	write_lmdb(files.path[LMDB], pairs, 30000, 0);
	for (size_t i = 0; i < 30000; i++)
		wrong += !is_found(opened.table, &pairs[i], true);
	assert_int_equal(wrong, 0);
	assert_true(answers(opened.table, "large", SPAN("a"), NULL));
	close_opened(&opened);
	files_remove(&files);
	free(pairs);
	free(space);
}

#define VERSIONS	300
#define KEYS		600

/* Rebuilds in place, with the locks of postmap. */
struct rebuild {
	const char *path;
	const struct table *table;
	struct pair *pairs;
	atomic_int begun, done;
};

static void
set_lock(int fd, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	assert_int_equal(fcntl(fd, F_OFD_SETLKW, &lock), 0);
}

static void *
rebuild_often(void *context)
{
	struct rebuild *rebuild = context;
	int fd = open(rebuild->path, O_RDWR);
	char value[20];

	for (int version = 1; version <= VERSIONS; version++) {
		snprintf(value, sizeof(value), "%d", version);
		for (size_t i = 0; i < KEYS; i++)
			rebuild->pairs[i].value = span_of(value);
		set_lock(fd, F_WRLCK);
		rebuild->begun = version;
		set_lock(fd, F_RDLCK);
		write_lmdb(rebuild->path, rebuild->pairs, KEYS, 1);
		set_lock(fd, F_UNLCK);
		rebuild->done = version;
	}
	close(fd);
	return NULL;
}

/* What is found is of the last version, or of that which is being written. */
static bool
is_recent(const struct rebuild *rebuild, size_t k)
{
	int least = rebuild->done, version;
	struct match match;
	enum answer answer;

	match_init(&match, NULL);
	answer = table_find(rebuild->table, rebuild->pairs[k].key, &match);
	version = answer == ANSWER_HIT ? atoi(match.text.p) : -1;
	if (version < least || version > rebuild->begun)
		print_error("answer %d, version %d after %d: %s\n", answer,
		    version, least, match.why);
	else
		least = -1;
	match_clear(&match);
	return least == -1;
}

static void *
ask_often(void *context)
{
	const struct timespec pause = { .tv_nsec = 200000 };
	const struct rebuild *rebuild = context;
	size_t wrong = 0;

	/* Readers that never pause leave a writer no moment to begin. */
	for (size_t i = 0; rebuild->done < VERSIONS; i++) {
		wrong += !is_recent(rebuild, i % KEYS);
		if (i % 4 == 0)
			nanosleep(&pause, NULL);
	}
	return (void *)wrong;
}

static void
test_rebuilt(void **state)
{
	char *space = malloc((size_t)KEYS * 512);
	struct rebuild rebuild = { .pairs = make_pairs(KEYS, space, 300) };
	struct opened opened;
	struct files files;
	pthread_t writer, readers[8];
	void *wrong;

	(void)state;
	files_make(&files);
	rebuild.path = files.path[LMDB];
	for (size_t i = 0; i < KEYS; i++)
		rebuild.pairs[i].value = SPAN("0");
	write_lmdb(files.path[LMDB], rebuild.pairs, KEYS, 1);
	open_database(&opened, &files, LMDB);
	rebuild.table = opened.table;
	assert_int_equal(pthread_create(&writer, NULL, rebuild_often,
	    &rebuild), 0);
	for (size_t i = 0; i < COUNT(readers); i++)
		assert_int_equal(pthread_create(&readers[i], NULL, ask_often,
		    &rebuild), 0);
	pthread_join(writer, NULL);
	for (size_t i = 0; i < COUNT(readers); i++) {
		pthread_join(readers[i], &wrong);
		assert_null(wrong);
	}
	close_opened(&opened);
	files_remove(&files);
	free(rebuild.pairs);
	free(space);
}

static void *
look_up_often(void *context)
{
	const struct opened *both = context;
	size_t wrong = 0;

	for (int i = 0; i < 500; i++)
		for (size_t k = 0; k < COUNT(lookups); k++)
			wrong += !answers(both[i % 2].table, lookups[k].name,
			    lookups[k].key, lookups[k].want);
	return (void *)wrong;
}

static void
test_threads(void **state)
{
	struct opened both[2];
	struct files files;
	pthread_t threads[4];
	void *wrong;

	(void)state;
	files_make(&files);
	for (int type = CDB; type <= LMDB; type++) {
		write_database(&files, type, small, COUNT(small), 1);
		open_database(&both[type], &files, type);
		assert_non_null(both[type].table);
	}
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    look_up_often, both), 0);
	for (size_t i = 0; i < COUNT(threads); i++) {
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
	close_opened(&both[CDB]);
	close_opened(&both[LMDB]);
	files_remove(&files);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_older),
		cmocka_unit_test(test_long_values),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_in_place),
		cmocka_unit_test(test_rebuilt),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
