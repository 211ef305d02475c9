/* Spools: the same bytes come back from memory, from the file and across. */
#include <sys/resource.h>
#include <sys/stat.h>

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/spool.h"

#define BOUND	1000

static char folder[] = "/tmp/test_spool.XXXXXX";
static char bytes[70000];

static int
make_folder(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 31 % 253);
	signal(SIGXFSZ, SIG_IGN);
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* Names in a folder, "." and ".." not counted. */
static size_t
names_in(const char *name)
{
	DIR *dir = opendir(name);
	const struct dirent *entry;
	size_t n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			n++;
	closedir(dir);
	return n;
}

static size_t
open_files(void)
{
	return names_in("/proc/self/fd");
}

static void
add(struct spool *spool, size_t from, size_t n)
{
	const char *why;

	if (spool_add(spool, span_make(bytes + from, n), &why) < 0)
		fail_msg("add: %s", why);
}

static void
expect(const struct spool *spool, uint64_t offset, size_t n)
{
	char *got = malloc(n + 1);
	const char *why;

	assert_non_null(got);
	if (spool_read(spool, offset, got, n, &why) < 0)
		fail_msg("read %zu at %u: %s", n, (unsigned)offset, why);
	assert_memory_equal(got, bytes + offset, n);
	free(got);
}

static const struct {
	size_t bound, size;
	bool file;
} sizes[] = {
	{ BOUND, 0, false }, { BOUND, BOUND - 1, false },
	{ BOUND, BOUND, false }, { BOUND, BOUND + 1, true },
	{ BOUND, sizeof(bytes), true }, { 0, 0, false }, { 0, 1, true },
	{ 1, 1, false }, { 1, 2, true },
};

static void
check_reads(const struct spool *spool, size_t bound, size_t size)
{
	const size_t edges[] = {
		0, 1, bound - 1, bound, bound + 1, size / 2, size - 1, size,
	};
	const size_t count = sizeof(edges) / sizeof(edges[0]);

	assert_int_equal(spool_size(spool), size);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			if (edges[i] <= edges[j] && edges[j] <= size)
				expect(spool, edges[i], edges[j] - edges[i]);
}

/* In one piece, in pieces that straddle the bound, and byte by byte. */
static void
returns_what_was_added(void **state)
{
	static const size_t pieces[] = { sizeof(bytes), 997, 64, 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (size_t j = 0; j < 4; j++) {
			size_t size = sizes[i].size, files = open_files();
			struct spool *spool = spool_new(sizes[i].bound,
			    folder);

			for (size_t at = 0; at < size; at += pieces[j])
				add(spool, at, size - at < pieces[j] ?
				    size - at : pieces[j]);
			assert_int_equal(open_files() - files, sizes[i].file);
			assert_int_equal(names_in(folder), 0);
			check_reads(spool, sizes[i].bound, size);
			spool_free(&spool);
			assert_null(spool);
			assert_int_equal(open_files(), files);
		}
	}
}

static void
refuses_what_is_not_there(void **state)
{
	static const struct {
		uint64_t offset;
		size_t n;
		int want;
	} cases[] = {
		{ 1500, 0, 0 }, { 1499, 1, 0 }, { 0, 1500, 0 },
		{ 1500, 1, -1 }, { 1499, 2, -1 }, { 1501, 0, -1 },
		{ 0, 1501, -1 }, { 0, SIZE_MAX, -1 }, { UINT64_MAX, 1, -1 },
		{ UINT64_MAX, SIZE_MAX, -1 }, { 1, SIZE_MAX, -1 },
	};
	struct spool *spool = spool_new(BOUND, folder);
	char to[1501];

	(void)state;
	add(spool, 0, 1500);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why = NULL;

		assert_int_equal(spool_read(spool, cases[i].offset, to,
		    cases[i].n, &why), cases[i].want);
		if (cases[i].want < 0)
			assert_string_equal(why, "beyond what was kept");
	}
	spool_free(&spool);
}

/* It stays failed, and says the same each time. */
static void
expect_failed(struct spool *spool, const char *want)
{
	const char *why = NULL;
	char c;

	assert_int_equal(spool_add(spool, span_make(bytes, 1), &why), -1);
	assert_string_equal(why, want);
	why = NULL;
	assert_int_equal(spool_read(spool, 0, &c, 1, &why), -1);
	assert_string_equal(why, want);
}

static void
says_why_there_is_no_file(void **state)
{
	static const struct {
		const char *directory, *want;
	} cases[] = {
		{ "/nonexistent/folder", "No such file or directory" },
		{ "/etc/passwd", "Not a directory" },
		{ folder, "Permission denied" },
		/* There is no O_TMPFILE there, and mkstemp fails as well. */
		{ "/proc", "Permission denied" },
	};
	uid_t uid = geteuid();

	(void)state;
	assert_int_equal(chmod(folder, 0500), 0);
	if (uid == 0)
		assert_int_equal(seteuid(65534), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct spool *spool = spool_new(BOUND, cases[i].directory);
		const char *why = NULL;

		add(spool, 0, BOUND);
		assert_int_equal(spool_add(spool, span_make(bytes, 1), &why),
		    -1);
		assert_string_equal(why, cases[i].want);
		expect_failed(spool, cases[i].want);
		spool_free(&spool);
	}
	assert_int_equal(seteuid(uid), 0);
	assert_int_equal(chmod(folder, 0700), 0);
}

#define ROOM	32768

/*
 * A disk with some room, as far as a spool can tell.  Of pieces the last few
 * are not written at once.
 */
static void
says_that_the_disk_is_full(void **state)
{
	static const struct {
		size_t n, piece;
		int want;
	} cases[] = {
		{ BOUND + ROOM - 1, sizeof(bytes), 0 },
		{ BOUND + ROOM, sizeof(bytes), 0 },
		{ BOUND + ROOM + 1, sizeof(bytes), -1 },
		{ sizeof(bytes), sizeof(bytes), -1 },
		{ BOUND + ROOM, 997, 0 }, { sizeof(bytes), 997, -1 },
	};
	struct rlimit before, small;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = ROOM;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct spool *spool = spool_new(BOUND, folder);
		const char *why = NULL;
		int got = 0;

		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		for (size_t at = 0; at < cases[i].n && got == 0;
		    at += cases[i].piece)
			got = spool_add(spool, span_head(span_make(bytes + at,
			    cases[i].n - at), cases[i].piece), &why);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
		assert_int_equal(got, cases[i].want);
		if (got == 0) {
			check_reads(spool, BOUND, cases[i].n);
		} else {
			assert_string_equal(why, "File too large");
			expect_failed(spool, "File too large");
		}
		spool_free(&spool);
	}
}

static void
frees_nothing(void **state)
{
	struct spool *spool = NULL;

	(void)state;
	spool_free(&spool);
	assert_null(spool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(returns_what_was_added),
		cmocka_unit_test(refuses_what_is_not_there),
		cmocka_unit_test(says_why_there_is_no_file),
		cmocka_unit_test(says_that_the_disk_is_full),
		cmocka_unit_test(frees_nothing),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
