/* Reading the administrator's files, and noticing that they changed. */
#include <sys/stat.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/source.h"

static char folder[] = "/tmp/test_source.XXXXXX";

static void
write_file(const char *name, const char *p, size_t n)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(p, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static int
enter_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) < 0;
}

static int
leave_folder(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

#define BIG	(600 * 1024)	/* more than is read at once */

static void
reads_up_to_bound(void **state)
{
	static const struct {
		size_t size, max;
		int want;
	} cases[] = {
		{ 0, 0, 0 }, { 0, 10, 0 }, { 1, 0, -1 },
		{ 9, 10, 0 }, { 10, 10, 0 }, { 11, 10, -1 },
		{ BIG, BIG - 1, -1 }, { BIG, BIG, 0 }, { BIG, BIG + 1, 0 },
		{ 262144, 262144, 0 }, { 262145, 262144, -1 },
		{ BIG, SIZE_MAX, 0 },
	};
	char *bytes = malloc(BIG);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < BIG; i++)
		bytes[i] = (char)(i * 7 % 256);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why = NULL;
		struct sources sources;
		struct buf out;

		write_file("table", bytes, cases[i].size);
		sources_init(&sources);
		buf_init(&out, cases[i].max);
		assert_int_equal(source_read(&sources, "table", &out, &why),
		    cases[i].want);
		if (cases[i].want == 0)
			assert_true(span_equal(buf_span(&out),
			    span_make(bytes, cases[i].size)));
		else
			assert_string_equal(why,
			    "larger than what is taken here");
		assert_int_equal(sources.n, 1);
		assert_null(sources_changed(&sources));
		buf_clear(&out);
		sources_clear(&sources);
	}
	free(bytes);
}

static void
says_why(void **state)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "missing", "No such file or directory" },
		{ "missing/below", "No such file or directory" },
		{ "plain/below", "Not a directory" },
		{ ".", "not a regular file" },
		{ "fifo", "not a regular file" },
		{ "/dev/null", "not a regular file" },
		{ "secret", "Permission denied" },
		{ "loop", "Too many levels of symbolic links" },
	};
	uid_t uid = geteuid();

	(void)state;
	write_file("plain", "x", 1);
	write_file("secret", "x", 1);
	assert_int_equal(chmod("secret", 0), 0);
	assert_int_equal(mkfifo("fifo", 0644), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(chmod(".", 0755), 0);
	/* Root may read all: be somebody else for a while. */
	if (uid == 0)
		assert_int_equal(seteuid(65534), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why = NULL;
		struct sources sources;
		struct buf out;

		sources_init(&sources);
		buf_init(&out, 100);
		assert_int_equal(source_read(&sources, cases[i].name, &out,
		    &why), -1);
		assert_string_equal(why, cases[i].want);
		/* Still as it was: nothing to be read again. */
		assert_int_equal(sources.n, 1);
		assert_null(sources_changed(&sources));
		buf_clear(&out);
		sources_clear(&sources);
	}
	assert_int_equal(seteuid(uid), 0);
}

static void
set_time(const char *name, time_t s, long ns)
{
	struct timespec times[2] = { { s, ns }, { s, ns } };

	assert_int_equal(utimensat(AT_FDCWD, name, times, 0), 0);
}

static void
nothing(void)
{
}

static void
grow(void)
{
	write_file("watched", "longer", 6);
}

static void
touch_s(void)
{
	set_time("watched", 1000, 0);
}

static void
touch_ns(void)
{
	set_time("watched", 999, 1);
}

static void
change_mode(void)
{
	assert_int_equal(chmod("watched", 0600), 0);
}

static void
go(void)
{
	assert_int_equal(unlink("watched"), 0);
}

/* Another file of the same name, size and time, as rsync -t leaves it. */
static void
replace(void)
{
	write_file("new", "text", 4);
	set_time("new", 999, 0);
	assert_int_equal(rename("new", "watched"), 0);
}

static void
repoint(void)
{
	assert_int_equal(unlink("link"), 0);
	assert_int_equal(symlink("other", "link"), 0);
}

static void
come(void)
{
	write_file("coming", "", 0);
}

static void
notices(void **state)
{
	static const struct {
		const char *name;
		void (*change)(void);
		const char *want;
	} cases[] = {
		{ "nothing", nothing, NULL },
		{ "another size", grow, "watched" },
		{ "another second", touch_s, "watched" },
		{ "another nanosecond", touch_ns, "watched" },
		{ "another inode", replace, "watched" },
		{ "another mode", change_mode, "watched" },
		{ "gone", go, "watched" },
		{ "there", come, "coming" },
		{ "another target", repoint, "link" },
	};

	const struct timespec ticks = { 0, 20000000 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got, *why;
		struct sources sources;
		struct buf out;

		write_file("watched", "text", 4);
		set_time("watched", 999, 0);
		write_file("other", "text", 4);
		unlink("coming");
		unlink("link");
		assert_int_equal(symlink("watched", "link"), 0);

		sources_init(&sources);
		buf_init(&out, 100);
		source_note(&sources, "other");
		source_read(&sources, "watched", &out, &why);
		source_read(&sources, "coming", &out, &why);
		source_note(&sources, "link");
		source_note(&sources, "other");
		assert_int_equal(sources.n, 4);
		/* Past the clock's tick, so that ctime must differ. */
		nanosleep(&ticks, NULL);
		cases[i].change();
		got = sources_changed(&sources);
		if ((got == NULL) != (cases[i].want == NULL) ||
		    (got != NULL && strcmp(got, cases[i].want) != 0))
			fail_msg("%s: %s", cases[i].name,
			    got != NULL ? got : "unseen");
		buf_clear(&out);
		sources_clear(&sources);
	}
}

static void
notes_many(void **state)
{
	struct sources sources;
	char name[20];

	(void)state;
	sources_init(&sources);
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "file%d", i % 100);
		source_note(&sources, name);
	}
	assert_int_equal(sources.n, 100);
	assert_null(sources_changed(&sources));
	write_file("file99", "", 0);
	assert_string_equal(sources_changed(&sources), "file99");
	sources_clear(&sources);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_up_to_bound),
		cmocka_unit_test(says_why),
		cmocka_unit_test(notices),
		cmocka_unit_test(notes_many),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
