/*
 * Databases that are damaged, cut, locked or no databases at all: a complaint
 * or an error, never a crash, and nothing that was not in the file.
 */
#include "database_files.h"

#include <pthread.h>
#include <time.h>

#define KEYS	400

static struct {
	char key[KEYS][40];
	struct pair pairs[KEYS + 1];
	char long_value[9000];
} data;

static void
make_data(void)
{
	for (int i = 0; i < KEYS; i++) {
		snprintf(data.key[i], sizeof(data.key[i]),
		    "user%d@host%d.example.com", i, i % 37);
		data.pairs[i] = (struct pair){ span_of(data.key[i]),
		    span_of(data.key[i]) };
	}
	memset(data.long_value, 'v', sizeof(data.long_value) - 1);
	data.pairs[KEYS] = (struct pair){ SPAN("long"),
	    span_of(data.long_value) };
}

static void
write_file(const char *path, struct span bytes)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
	fclose(file);
}

/* What came of all lookups. */
struct tally {
	size_t refused, right, other, missed, errors;
};

static void
look_up_all(const struct opened *opened, struct tally *tally)
{
	struct match match;

	if (opened->table == NULL) {
		assert_true(opened->complaints.errors > 0);
		tally->refused++;
		return;
	}
	match_init(&match, NULL);
	for (size_t i = 0; i <= KEYS; i++)
		switch (table_find(opened->table, data.pairs[i].key,
		    &match)) {
		case ANSWER_HIT:
			if (span_equal(match.text, data.pairs[i].value))
				tally->right++;
			else
				tally->other++;
			break;
		case ANSWER_MISS:
			tally->missed++;
			break;
		case ANSWER_ERROR:
			assert_true(match.why[0] != '\0');
			tally->errors++;
			break;
		}
	match_clear(&match);
}

enum damage { ONE_BIT, SIXTY_BYTES, CUT, ZEROES, DAMAGES };

static unsigned
next(unsigned *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static struct span
damage(enum damage how, struct buf *file, unsigned *seed)
{
	size_t at = next(seed) % file->n;
	size_t end = at + 60 < file->n ? at + 60 : file->n;

	if (how == CUT)
		return span_head(buf_span(file), at);
	if (how == ONE_BIT)
		file->p[at] ^= (char)(1 << next(seed) % 8);
	for (size_t i = at; how == SIXTY_BYTES && i < end; i++)
		file->p[i] = (char)next(seed);
	if (how == ZEROES)
		memset(file->p + at - at % 512, 0, end - (at - at % 512));
	return buf_span(file);
}

static void
test_damage(void **state)
{
	struct files files;
	unsigned seed = 1;

	(void)state;
	files_make(&files);
	for (int way = 0; way < 2 * DAMAGES; way++) {
		const char *path = files.path[way % 2];
		enum damage how = (enum damage)(way / 2);
		struct tally tally = { .refused = 0 };
		struct buf whole, copy;

		write_database(&files, way % 2, data.pairs, KEYS + 1, 1);
		read_file(path, &whole);
		buf_init(&copy, whole.n);
		for (int round = 0; round < 150; round++) {
			struct opened opened;

			buf_reset(&copy);
			buf_add(&copy, buf_span(&whole));
			unlink(path);
			write_file(path, damage(how, &copy, &seed));
			open_database(&opened, &files, way % 2);
			look_up_all(&opened, &tally);
			close_opened(&opened);
		}
		print_message("%s, damage %d: %zu refused, %zu right, %zu "
		    "other, %zu missed, %zu errors\n", type_names[way % 2],
		    how, tally.refused, tally.right, tally.other,
		    tally.missed, tally.errors);
		/* Most of a file is sound, or else it is noticed. */
		assert_true(tally.right > 0 || tally.refused > 100);
		assert_true(tally.other + tally.missed + tally.errors +
		    tally.refused > 0);
		if (how == CUT) {
			/* But for long values, all of it is looked at. */
			assert_true(tally.refused > 100);
			assert_int_equal(tally.other + tally.missed, 0);
		}
		buf_clear(&whole);
		buf_clear(&copy);
		unlink(path);
	}
	files_remove(&files);
}

/* All that is no database at all. */
static void
test_no_database(void **state)
{
	static const struct span texts[] = { T(""), T("a x\n"), T("\0\0\0") };
	char page[20000] = { 0 };
	struct opened opened;
	struct files files;

	(void)state;
	files_make(&files);
	for (int type = CDB; type <= LMDB; type++) {
		for (size_t i = 0; i < COUNT(texts); i++) {
			write_file(files.path[type], texts[i]);
			open_database(&opened, &files, type);
			assert_null(opened.table);
			assert_int_equal(opened.complaints.errors, 1);
			close_opened(&opened);
		}
		unlink(files.path[type]);
		assert_int_equal(mkdir(files.path[type], 0755), 0);
		open_database(&opened, &files, type);
		assert_null(opened.table);
		close_opened(&opened);
		rmdir(files.path[type]);
	}
	/* To cdb, zeroes are an empty database. */
	write_file(files.path[LMDB], span_make(page, sizeof(page)));
	open_database(&opened, &files, LMDB);
	assert_null(opened.table);
	close_opened(&opened);
	files_remove(&files);
}

/* Cut while it is open: a mapped file must not be touched any more. */
static void
test_cut_under_us(void **state)
{
	struct files files;

	(void)state;
	files_make(&files);
	for (int type = CDB; type <= LMDB; type++) {
		struct tally tally = { .refused = 0 };
		struct opened opened;

		write_database(&files, type, data.pairs, KEYS + 1, 1);
		open_database(&opened, &files, type);
		assert_non_null(opened.table);
		look_up_all(&opened, &tally);
		assert_int_equal(tally.right, KEYS + 1);
		assert_int_equal(truncate(files.path[type], 0), 0);
		look_up_all(&opened, &tally);
		assert_int_equal(tally.errors, KEYS + 1);
		close_opened(&opened);
	}
	files_remove(&files);
}

/* A writer, as far as a reader sees him. */
struct writer {
	int fd;
	long milliseconds;
};

static void
lock_file(struct writer *writer, const char *path)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	writer->fd = open(path, O_RDWR);
	assert_true(writer->fd >= 0);
	assert_int_equal(fcntl(writer->fd, F_OFD_SETLK, &lock), 0);
}

static void *
write_a_while(void *context)
{
	struct writer *writer = context;
	const struct timespec pause = {
		.tv_nsec = writer->milliseconds * 1000000
	};

	nanosleep(&pause, NULL);
	close(writer->fd);
	return NULL;
}

static void
test_writer(void **state)
{
	struct opened opened;
	struct writer writer = { .milliseconds = 100 };
	struct files files;
	struct match match;
	pthread_t thread;

	(void)state;
	files_make(&files);
	write_lmdb(files.path[LMDB], data.pairs, KEYS, 1);
	open_database(&opened, &files, LMDB);
	/* Written to, so that readers take care. */
	write_lmdb(files.path[LMDB], data.pairs, KEYS, 1);
	lock_file(&writer, files.path[LMDB]);
	assert_int_equal(pthread_create(&thread, NULL, write_a_while,
	    &writer), 0);
	assert_true(answers(opened.table, "after a while", data.pairs[3].key,
	    data.key[3]));
	pthread_join(thread, NULL);
	/* Nothing of ours stays locked. */
	lock_file(&writer, files.path[LMDB]);
	match_init(&match, NULL);
	assert_int_equal(table_find(opened.table, data.pairs[3].key, &match),
	    ANSWER_ERROR);
	assert_string_equal(match.why, "a writer holds its lock");
	match_clear(&match);
	close(writer.fd);
	assert_true(answers(opened.table, "after the writer",
	    data.pairs[3].key, data.key[3]));
	close_opened(&opened);
	files_remove(&files);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_no_database),
		cmocka_unit_test(test_cut_under_us),
		cmocka_unit_test(test_writer),
	};

	make_data();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
