/* datafile: what is read, what is refused, who is younger, and the lock. */
#include "table_text.h"

#include <sys/stat.h>

#include <fcntl.h>

#include "base/datafile.h"

struct world {
	char path[40];
	struct sources sources;
	struct datafile *file;
};

static void
begin(struct world *world, const char *text)
{
	const char *why;
	int fd;

	snprintf(world->path, sizeof(world->path), "%s",
	    "/tmp/postern-datafile-XXXXXX");
	fd = mkstemp(world->path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	close(fd);
	sources_init(&world->sources);
	world->file = datafile_open(&world->sources, world->path, &why);
	assert_non_null(world->file);
}

static void
end(struct world *world)
{
	datafile_free(&world->file);
	assert_null(world->file);
	sources_clear(&world->sources);
	unlink(world->path);
}

static void
test_read(void **state)
{
	struct world world;
	char got[8] = "-------";

	(void)state;
	begin(&world, "abcdef");
	assert_int_equal(datafile_size(world.file), 6);
	assert_true(datafile_read(world.file, got, 3, 2));
	assert_string_equal(got, "cde----");
	assert_true(datafile_read(world.file, got, 6, 0));
	assert_false(datafile_read(world.file, got, 7, 0));
	assert_false(datafile_read(world.file, got, 1, 6));
	assert_false(datafile_read(world.file, got, 1, UINT64_MAX));
	assert_true(datafile_read(world.file, got, 0, 100));
	assert_int_equal(world.sources.n, 1);
	assert_false(datafile_shrunk(world.file));
	assert_int_equal(truncate(world.path, 7), 0);
	assert_false(datafile_shrunk(world.file));
	assert_int_equal(truncate(world.path, 5), 0);
	assert_true(datafile_shrunk(world.file));
	assert_int_equal(datafile_size(world.file), 5);
	end(&world);
}

static void
test_refused(void **state)
{
	struct sources sources;
	const char *why = NULL;

	(void)state;
	sources_init(&sources);
	assert_null(datafile_open(&sources, "/nonexistent/file", &why));
	assert_string_equal(why, "No such file or directory");
	assert_null(datafile_open(&sources, "/tmp", &why));
	assert_string_equal(why, "not a regular file");
	/* Their appearing would be a change. */
	assert_int_equal(sources.n, 2);
	sources_clear(&sources);
}

static void
test_older(void **state)
{
	struct timespec times[2];
	struct world one, two;
	const char *why;
	struct stat st;

	(void)state;
	begin(&one, "");
	begin(&two, "");
	assert_int_equal(stat(one.path, &st), 0);
	for (int step = -1; step <= 1; step++)
		for (int second = 0; second < 2; second++) {
			times[0] = st.st_mtim;
			times[0].tv_nsec = st.st_mtim.tv_nsec / 2 + 1;
			times[1] = times[0];
			utimensat(AT_FDCWD, one.path, times, 0);
			times[1].tv_sec += second ? step : 0;
			times[1].tv_nsec += second ? 0 : step;
			utimensat(AT_FDCWD, two.path, times, 0);
			datafile_free(&one.file);
			one.file = datafile_open(&one.sources, one.path,
			    &why);
			assert_non_null(one.file);
			assert_int_equal(datafile_older(one.file,
			    &one.sources, two.path), step > 0);
		}
	assert_int_equal(one.sources.n, 2);
	assert_false(datafile_older(one.file, &one.sources, "/nonexistent"));
	end(&one);
	end(&two);
}

/* By its size alone, and by its time alone. */
static void
test_untouched(void **state)
{
	struct timespec times[2];
	struct world world;
	struct stat st;

	(void)state;
	begin(&world, "x");
	assert_int_equal(stat(world.path, &st), 0);
	times[0] = times[1] = st.st_mtim;
	assert_true(datafile_untouched(world.file));
	assert_int_equal(truncate(world.path, 2), 0);
	assert_int_equal(utimensat(AT_FDCWD, world.path, times, 0), 0);
	assert_false(datafile_untouched(world.file));
	assert_int_equal(truncate(world.path, 1), 0);
	assert_int_equal(utimensat(AT_FDCWD, world.path, times, 0), 0);
	assert_true(datafile_untouched(world.file));
	times[1].tv_nsec = times[1].tv_nsec == 0 ? 1 : times[1].tv_nsec - 1;
	assert_int_equal(utimensat(AT_FDCWD, world.path, times, 0), 0);
	assert_false(datafile_untouched(world.file));
	end(&world);
}

/* True where a writer would get his lock just now. */
static bool
free_for_writers(const char *path)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(path, O_RDWR), status;

	assert_true(fd >= 0);
	status = fcntl(fd, F_OFD_SETLK, &lock);
	close(fd);
	return status == 0;
}

static void
test_lock(void **state)
{
	struct world world;
	const char *why;
	struct datafile *other;

	(void)state;
	begin(&world, "x");
	other = datafile_open(&world.sources, world.path, &why);
	assert_non_null(other);
	assert_true(free_for_writers(world.path));
	assert_true(datafile_lock(world.file));
	assert_true(datafile_lock(world.file));
	assert_true(datafile_lock(other));
	datafile_unlock(world.file);
	/* Another one, closed, takes nobody's lock with it. */
	datafile_unlock(other);
	datafile_free(&other);
	assert_false(free_for_writers(world.path));
	datafile_unlock(world.file);
	assert_true(free_for_writers(world.path));
	end(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_older),
		cmocka_unit_test(test_untouched),
		cmocka_unit_test(test_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
