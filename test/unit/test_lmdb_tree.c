/*
 * What an lmdb table may believe of its file: while nobody writes it waits for
 * no lock, what was written or copied over it is seen at once, and pages that
 * are not what they should be are an error, never a miss or somebody else's
 * value.
 */
#include "database_files.h"

#include <time.h>

#define KEYS		3000
#define PAGE		((size_t)4096)

/* As LMDB lays them out on a machine of 64 bits. */
#define PAGE_FLAGS	10
#define LEAF		2
#define PAGE_HEAD	16
#define NODE_HEAD	8

static struct {
	char key[2][KEYS][40];
	struct pair pairs[2][KEYS];
} data;

/* Two sets of keys, as many and as long: their trees have one shape. */
static void
make_data(void)
{
	for (int set = 0; set < 2; set++)
		for (int i = 0; i < KEYS; i++) {
			char *key = data.key[set][i];

			snprintf(key, sizeof(data.key[set][i]),
			    "%c%07x%d@example.com", "ab"[set],
			    (unsigned)i * 2654435761u >> 4, i + KEYS);
			data.pairs[set][i] = (struct pair){ span_of(key),
			    span_of(key) };
		}
}

struct tally {
	size_t right, wrong, missed, errors;
};

static struct tally
look_up(const struct table *table, const struct pair *pairs)
{
	struct tally tally = { .right = 0 };
	struct match match;

	match_init(&match, NULL);
	for (size_t i = 0; i < KEYS; i++)
		switch (table_find(table, pairs[i].key, &match)) {
		case ANSWER_HIT:
			if (span_equal(match.text, pairs[i].value))
				tally.right++;
			else
				tally.wrong++;
			break;
		case ANSWER_MISS:
			tally.missed++;
			break;
		case ANSWER_ERROR:
			tally.errors++;
			break;
		}
	match_clear(&match);
	return tally;
}

static int
lock_file(const char *path, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };
	int fd = open(path, O_RDWR);

	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), 0);
	return fd;
}

/* While the file is as it was, even he who holds its lock holds up nobody. */
static void
test_no_lock(void **state)
{
	struct timespec begin, end;
	struct opened opened;
	struct files files;
	int fd;

	(void)state;
	files_make(&files);
	write_lmdb(files.path[LMDB], data.pairs[0], KEYS, 1);
	open_database(&opened, &files, LMDB);
	fd = lock_file(files.path[LMDB], F_WRLCK);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(look_up(opened.table, data.pairs[0]).right, KEYS);
	assert_int_equal(look_up(opened.table, data.pairs[1]).missed, KEYS);
	clock_gettime(CLOCK_MONOTONIC, &end);
	/* Else each takes two seconds, and is an error. */
	assert_true(end.tv_sec - begin.tv_sec < 60);
	close(fd);
	/* And nothing of ours stays locked. */
	close(lock_file(files.path[LMDB], F_WRLCK));
	close_opened(&opened);
	files_remove(&files);
}

/* In place; a second later, as far as the file knows. */
static void
copy_over(const char *path, const struct buf *bytes)
{
	int fd = open(path, O_WRONLY);
	struct timespec times[2];
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pwrite(fd, bytes->p, bytes->n, 0),
	    (ssize_t)bytes->n);
	times[0] = times[1] = st.st_mtim;
	times[1].tv_sec++;
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

/* Another database with the same head: of as many keys, made in one go. */
static void
test_copied_over(void **state)
{
	struct files files, others;
	struct opened opened;
	struct tally tally;
	struct buf old, new;

	(void)state;
	files_make(&files);
	files_make(&others);
	write_lmdb(files.path[LMDB], data.pairs[0], KEYS, 1);
	write_lmdb(others.path[LMDB], data.pairs[1], KEYS, 1);
	read_file(files.path[LMDB], &old);
	read_file(others.path[LMDB], &new);
	assert_int_equal(old.n, new.n);
	assert_memory_equal(old.p, new.p, 2 * PAGE);
	open_database(&opened, &files, LMDB);
	assert_int_equal(look_up(opened.table, data.pairs[0]).right, KEYS);
	copy_over(files.path[LMDB], &new);
	assert_int_equal(look_up(opened.table, data.pairs[1]).right, KEYS);
	tally = look_up(opened.table, data.pairs[0]);
	assert_int_equal(tally.missed, KEYS);
	close_opened(&opened);
	buf_clear(&old);
	buf_clear(&new);
	files_remove(&files);
	files_remove(&others);
}

/* The clock of a file system may stand still for as long as postmap takes. */
static void
test_same_time(void **state)
{
	struct stat before, after;
	struct timespec times[2];
	struct opened opened;
	struct files files;

	(void)state;
	files_make(&files);
	/* Until the file does not grow any more. */
	for (int i = 0; i < 4; i++)
		write_lmdb(files.path[LMDB], data.pairs[0], KEYS, 1);
	assert_int_equal(stat(files.path[LMDB], &before), 0);
	open_database(&opened, &files, LMDB);
	write_lmdb(files.path[LMDB], data.pairs[1], KEYS, 1);
	assert_int_equal(stat(files.path[LMDB], &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	times[0] = times[1] = before.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, files.path[LMDB], times, 0), 0);
	assert_int_equal(look_up(opened.table, data.pairs[1]).right, KEYS);
	assert_int_equal(look_up(opened.table, data.pairs[0]).missed, KEYS);
	close_opened(&opened);
	files_remove(&files);
}

static bool
is_leaf(const struct buf *bytes, size_t page)
{
	uint16_t flags;

	memcpy(&flags, bytes->p + page * PAGE + PAGE_FLAGS, sizeof(flags));
	return flags == LEAF;
}

/* Leaves in each other's places: each is a leaf, and not the right one. */
static void
test_swapped(void **state)
{
	size_t swapped = 0, first = 0;
	struct opened opened;
	struct files files;
	struct tally tally;
	struct buf bytes;
	char page[PAGE];

	(void)state;
	files_make(&files);
	write_lmdb(files.path[LMDB], data.pairs[0], KEYS, 1);
	read_file(files.path[LMDB], &bytes);
	for (size_t i = 2; i < bytes.n / PAGE; i++) {
		if (!is_leaf(&bytes, i))
			continue;
		if (first == 0) {
			first = i;
			continue;
		}
		memcpy(page, bytes.p + i * PAGE, PAGE);
		memcpy(bytes.p + i * PAGE, bytes.p + first * PAGE, PAGE);
		memcpy(bytes.p + first * PAGE, page, PAGE);
		first = 0;
		swapped += 2;
	}
	assert_true(swapped > 20);
	copy_over(files.path[LMDB], &bytes);
	open_database(&opened, &files, LMDB);
	tally = look_up(opened.table, data.pairs[0]);
	assert_int_equal(tally.missed + tally.wrong, 0);
	assert_true(tally.errors > KEYS / 2);
	close_opened(&opened);
	buf_clear(&bytes);
	files_remove(&files);
}

/* A node whose value is said to be longer than the pages that were taken. */
static void
test_run_length(void **state)
{
	static const struct {
		size_t size;
		bool right;
	} cases[] = {
		{ 9000, true }, { 3 * PAGE - PAGE_HEAD, true },
		{ 3 * PAGE - PAGE_HEAD + 1, false }, { 5 * PAGE, false },
	};
	char *value = malloc(9000), *other = malloc(60000), *node;
	struct pair pairs[] = {
		{ T("a long one"), { value, 9000 } },
		{ T("next"), { other, 60000 } },
	};
	struct files files;
	struct buf bytes;

	(void)state;
	assert_true(value != NULL && other != NULL);
	memset(value, 'v', 9000);
	memset(other, 'o', 60000);
	files_make(&files);
	write_lmdb(files.path[LMDB], pairs, 2, 0);
	read_file(files.path[LMDB], &bytes);
	node = memmem(bytes.p, bytes.n, "a long one", 10);
	assert_non_null(node);
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint16_t size = (uint16_t)cases[i].size;
		struct opened opened;
		struct match match;

		memcpy(node - NODE_HEAD, &size, sizeof(size));
		copy_over(files.path[LMDB], &bytes);
		open_database(&opened, &files, LMDB);
		match_init(&match, NULL);
		assert_int_equal(table_find(opened.table, pairs[0].key,
		    &match), cases[i].right ? ANSWER_HIT : ANSWER_ERROR);
		match_clear(&match);
		close_opened(&opened);
	}
	buf_clear(&bytes);
	files_remove(&files);
	free(value);
	free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_lock),
		cmocka_unit_test(test_copied_over),
		cmocka_unit_test(test_same_time),
		cmocka_unit_test(test_swapped),
		cmocka_unit_test(test_run_length),
	};

	if (sizeof(size_t) != 8 || sysconf(_SC_PAGESIZE) != (long)PAGE)
		return 77;
	make_data();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
