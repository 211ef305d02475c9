/* The log: whole lines, none lost unsaid, and nobody kept waiting. */
#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <regex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

#define FRAME	"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}" \
		"[.][0-9]{3}[+-][0-9]{2}:[0-9]{2} postern[[][0-9]+[]]: "

static char folder[] = "/tmp/test_log.XXXXXX";
static char name[100], other[100];

/* What was given to syslog(3), which glibc's caller reaches through these. */
static char syslogged[200];
static int opened_with, facility, level;

void
openlog(const char *ident, int option, int mail)
{
	assert_string_equal(ident, "postern");
	opened_with = option;
	facility = mail;
}

void
closelog(void)
{
	facility = 0;
}

static void __attribute__((format(printf, 2, 0)))
keep_syslog(int priority, const char *format, va_list args)
{
	level = priority;
	vsnprintf(syslogged, sizeof(syslogged), format, args);
}

/* With clang and _FORTIFY_SOURCE a macro. */
#undef syslog
void
syslog(int priority, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep_syslog(priority, format, args);
	va_end(args);
}

/* What a program built with _FORTIFY_SOURCE calls. */
void __syslog_chk(int priority, int flag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void
__syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list args;

	(void)flag;
	va_start(args, format);
	keep_syslog(priority, format, args);
	va_end(args);
}

static int
make_folder(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(name, sizeof(name), "%s/log", folder);
	snprintf(other, sizeof(other), "%s/log.1", folder);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	unlink(name);
	unlink(other);
	return rmdir(folder);
}

static struct log *
open_log(const char *target)
{
	const char *why = NULL;
	struct log *log = log_open(target, &why);

	if (log == NULL)
		fail_msg("%s: %s", target, why);
	return log;
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static regex_t frame;

/* The text behind the frame of a line, which must have one. */
static char *
unframed(char *line)
{
	regmatch_t match;

	if (regexec(&frame, line, 1, &match, 0) != 0)
		fail_msg("not a log line: %s", line);
	line[strcspn(line, "\n")] = '\0';
	return line + match.rm_eo;
}

/* The next line's text, or NULL at the end. */
static char *
next_line(FILE *file, char *line, size_t size)
{
	return fgets(line, (int)size, file) != NULL ? unframed(line) : NULL;
}

static void
expect_file(const char *path, const char *want)
{
	char line[3000], got[6000] = "";
	FILE *file = fopen(path, "r");
	const char *text;

	assert_non_null(file);
	while ((text = next_line(file, line, sizeof(line))) != NULL) {
		strncat(got, text, sizeof(got) - strlen(got) - 1);
		strncat(got, "|", sizeof(got) - strlen(got) - 1);
	}
	fclose(file);
	assert_string_equal(got, want);
}

static void
wait_until_written(void)
{
	const struct timespec tick = { 0, 1000000 };
	struct stat st;

	do {
		nanosleep(&tick, NULL);
		assert_int_equal(stat(name, &st), 0);
	} while (st.st_size == 0);
}

static const char neither[] =
    "not \"syslog\", \"stderr\" or a file's absolute name";

static void
opens(void **state)
{
	static const struct {
		const char *target, *want;
	} cases[] = {
		{ "syslog", NULL },
		{ "stderr", NULL },
		{ "/dev/null", NULL },
		{ "", neither },
		{ "log", neither },
		{ "/nonexistent/log", "No such file or directory" },
		{ "/etc/passwd/log", "Not a directory" },
		{ "/tmp", "Is a directory" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why = NULL;
		struct log *log = log_open(cases[i].target, &why);

		assert_int_equal(log == NULL, cases[i].want != NULL);
		if (cases[i].want != NULL)
			assert_string_equal(why, cases[i].want);
		log_close(&log, 0);
		assert_null(log);
	}
	/* A FIFO that nobody reads is refused, not waited for. */
	assert_int_equal(mkfifo(name, 0600), 0);
	{
		const char *why = NULL;

		assert_null(log_open(name, &why));
		assert_string_equal(why, strerrordesc_np(ENXIO));
	}
	unlink(name);
}

static void
writes_to_syslog(void **state)
{
	static const struct {
		enum log_level level;
		int want;
	} cases[] = {
		{ LOG_LEVEL_INFO, LOG_INFO },
		{ LOG_LEVEL_WARNING, LOG_WARNING },
		{ LOG_LEVEL_ERROR, LOG_ERR },
	};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct log *log = open_log("syslog");

		assert_int_equal(opened_with, LOG_PID | LOG_NDELAY);
		assert_int_equal(facility, LOG_MAIL);
		if (i >= 3)
			assert_int_equal(log_start(log), 0);
		log_line(log, cases[i % 3].level, "%s %d", "100%s", 7);
		log_close(&log, 5000);
		assert_string_equal(syslogged, "100%s 7");
		assert_int_equal(level, cases[i % 3].want);
		assert_int_equal(facility, 0);
	}
}

/* Before and after the start; on top of what is there. */
static void
writes_to_file(void **state)
{
	struct log *log = open_log(name);
	struct stat st;

	(void)state;
	log_line(log, LOG_LEVEL_INFO, "one %d", 1);
	expect_file(name, "one 1|");
	assert_int_equal(log_start(log), 0);
	log_line(log, LOG_LEVEL_ERROR, "two\nlines\x1b[0m \xc3\xa9\xe9");
	log_close(&log, 5000);
	assert_null(log);
	log = open_log(name);
	log_line(log, LOG_LEVEL_INFO, "three");
	log_close(&log, 0);
	expect_file(name, "one 1|two?lines?[0m \xc3\xa9?|three|");
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_mode & 0137, 0);
	unlink(name);
}

static void
writes_to_stderr(void **state)
{
	int saved = dup(STDERR_FILENO), fd = creat(name, 0600);
	struct log *log;

	(void)state;
	dup2(fd, STDERR_FILENO);
	close(fd);
	log = open_log("stderr");
	log_line(log, LOG_LEVEL_INFO, "here");
	log_start(log);
	log_line(log, LOG_LEVEL_INFO, "there");
	log_reopen(log);
	log_close(&log, 5000);
	assert_true(fcntl(STDERR_FILENO, F_GETFD) >= 0);
	dup2(saved, STDERR_FILENO);
	close(saved);
	expect_file(name, "here|there|");
	unlink(name);
}

/* At the bound, around it and far past it; in characters of one and two. */
static void
cuts_lines(void **state)
{
	static const struct {
		size_t n, want;
		const char *unit;
	} cases[] = {
		{ 0, 0, "a" },
		{ LOG_LINE_MAX - 1, LOG_LINE_MAX - 1, "a" },
		{ LOG_LINE_MAX, LOG_LINE_MAX, "a" },
		{ LOG_LINE_MAX + 1, LOG_LINE_MAX, "a" },
		{ 100000, LOG_LINE_MAX, "a" },
		{ LOG_LINE_MAX / 2, LOG_LINE_MAX, "\xc3\xa9" },
		{ LOG_LINE_MAX / 2 + 1, LOG_LINE_MAX - 1, "\xc3\xa9" },
		/* Two bytes that become one. */
		{ LOG_LINE_MAX, LOG_LINE_MAX, "\xc2\x80" },
		{ LOG_LINE_MAX + 1, LOG_LINE_MAX, "\xc2\x80" },
		{ 100000, LOG_LINE_MAX, "\xc2\x80" },
	};
	char *text = malloc(200001), line[3000];

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t unit = strlen(cases[i].unit), n = cases[i].n;
		bool cut = n * (cases[i].unit[0] == '\xc3' ? 2 : 1) >
		    LOG_LINE_MAX;
		struct log *log = open_log(name);
		const char *got;
		FILE *file;

		for (size_t j = 0; j < n; j++)
			memcpy(text + j * unit, cases[i].unit, unit);
		text[n * unit] = '\0';
		log_line(log, LOG_LEVEL_INFO, "%s", text);
		log_close(&log, 0);
		file = fopen(name, "r");
		assert_non_null(file);
		got = next_line(file, line, sizeof(line));
		fclose(file);
		assert_non_null(got);
		assert_int_equal(strlen(got), cases[i].want);
		assert_int_equal(strstr(got, "...") != NULL, cut);
		unlink(name);
	}
	free(text);
}

static void
reopens(void **state)
{
	(void)state;
	for (int started = 0; started < 2; started++) {
		struct log *log = open_log(name);

		if (started)
			assert_int_equal(log_start(log), 0);
		log_line(log, LOG_LEVEL_INFO, "old");
		wait_until_written();
		assert_int_equal(rename(name, other), 0);
		log_reopen(log);
		log_line(log, LOG_LEVEL_INFO, "new");
		log_close(&log, 5000);
		expect_file(other, "old|");
		expect_file(name, "new|");
		unlink(name);
		unlink(other);
	}
}

/* The old file stays where a new one cannot be had. */
static void
says_that_it_cannot_reopen(void **state)
{
	struct log *log = open_log(name);
	char want[200];

	(void)state;
	assert_int_equal(rename(name, other), 0);
	assert_int_equal(mkdir(name, 0700), 0);
	log_reopen(log);
	log_line(log, LOG_LEVEL_INFO, "still here");
	log_close(&log, 0);
	snprintf(want, sizeof(want), "warning: cannot open %s again: "
	    "Is a directory|still here|", name);
	expect_file(other, want);
	rmdir(name);
	unlink(other);
}

#define THREADS	8
#define LINES	400

struct talker {
	struct log *log;
	int number;
};

static void *
talk(void *context)
{
	const struct talker *talker = context;

	for (int i = 0; i < LINES; i++) {
		log_line(talker->log, LOG_LEVEL_INFO, "talker %d line %d %s",
		    talker->number, i, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
		if (i % 50 == 0)
			log_reopen(talker->log);
	}
	return NULL;
}

/* All lines, whole, and those of one thread in their order. */
static void
takes_many_threads(void **state)
{
	struct log *log = open_log(name);
	struct talker talkers[THREADS];
	pthread_t threads[THREADS];
	int next[THREADS] = { 0 };
	char line[3000];
	const char *text;
	FILE *file;

	(void)state;
	assert_int_equal(log_start(log), 0);
	for (int i = 0; i < THREADS; i++) {
		talkers[i] = (struct talker){ log, i };
		assert_int_equal(pthread_create(&threads[i], NULL, talk,
		    &talkers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	log_close(&log, 20000);
	file = fopen(name, "r");
	assert_non_null(file);
	while ((text = next_line(file, line, sizeof(line))) != NULL) {
		int talker, number;

		assert_int_equal(sscanf(text, "talker %d line %d xxxx",
		    &talker, &number), 2);
		assert_in_range(talker, 0, THREADS - 1);
		assert_int_equal(number, next[talker]++);
	}
	fclose(file);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(next[i], LINES);
	unlink(name);
}

/* A FIFO with a reader that does not read: the writer hangs. */
static struct log *
open_stuck(int *reader_r)
{
	struct log *log;

	assert_int_equal(mkfifo(name, 0600), 0);
	*reader_r = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(*reader_r >= 0);
	log = open_log(name);
	assert_int_equal(log_start(log), 0);
	fcntl(*reader_r, F_SETFL, 0);
	return log;
}

static void *
close_it(void *context)
{
	struct log *log = context;

	log_close(&log, 20000);
	return NULL;
}

#define MANY	20000

static void
drops_counts_and_says(void **state)
{
	unsigned long written = 0, lost = 0, n;
	char line[3000];
	const char *text;
	pthread_t closer;
	struct log *log;
	double begin;
	FILE *file;
	int reader;

	(void)state;
	log = open_stuck(&reader);
	begin = seconds();
	for (int i = 0; i < MANY; i++)
		log_line(log, LOG_LEVEL_INFO, "line %d", i);
	/* Twenty thousand lines in no time, though nobody reads. */
	assert_true(seconds() - begin < 10);
	assert_int_equal(pthread_create(&closer, NULL, close_it, log), 0);
	file = fdopen(reader, "r");
	assert_non_null(file);
	while ((text = next_line(file, line, sizeof(line))) != NULL) {
		if (sscanf(text, "warning: %lu log lines were lost", &n) == 1)
			lost += n;
		else if (sscanf(text, "line %lu", &n) == 1)
			written++;
		else
			fail_msg("odd: %s", text);
	}
	fclose(file);
	pthread_join(closer, NULL);
	assert_int_equal(written + lost, MANY);
	assert_true(lost > 0);
	/* What the queue and the pipe hold was not lost. */
	assert_true(written >= 4096);
	unlink(name);
}

static void
does_not_wait_for_ever_at_the_end(void **state)
{
	char bytes[65536];
	struct log *log;
	double begin;
	int reader;

	(void)state;
	log = open_stuck(&reader);
	for (int i = 0; i < MANY; i++)
		log_line(log, LOG_LEVEL_INFO, "line %d", i);
	begin = seconds();
	log_close(&log, 50);
	assert_null(log);
	assert_true(seconds() - begin >= 0.04);
	assert_true(seconds() - begin < 5);
	/* The writer, let go, ends by itself and frees the log. */
	while (read(reader, bytes, sizeof(bytes)) > 0)
		;
	close(reader);
	unlink(name);
}

/* A full disk loses lines, and says so when there is room again. */
static void
says_what_a_full_disk_lost(void **state)
{
	struct rlimit before, small;
	struct log *log = open_log(name);

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 3; i++)
		log_line(log, LOG_LEVEL_INFO, "lost %d", i);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(log_start(log), 0);
	log_line(log, LOG_LEVEL_INFO, "kept");
	wait_until_written();
	log_close(&log, 5000);
	expect_file(name, "kept|warning: 3 log lines were lost|");
	unlink(name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens),
		cmocka_unit_test(writes_to_syslog),
		cmocka_unit_test(writes_to_file),
		cmocka_unit_test(writes_to_stderr),
		cmocka_unit_test(cuts_lines),
		cmocka_unit_test(reopens),
		cmocka_unit_test(says_that_it_cannot_reopen),
		cmocka_unit_test(takes_many_threads),
		cmocka_unit_test(drops_counts_and_says),
		cmocka_unit_test(does_not_wait_for_ever_at_the_end),
		cmocka_unit_test(says_what_a_full_disk_lost),
	};

	if (regcomp(&frame, FRAME, REG_EXTENDED) != 0)
		return 1;
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
