/*
 * inspect [OPTION]... FILE... - what helpers find in files, a line for each:
 *
 *	FILE <tab> MAGIC <tab> ARCHIVE <tab> MARKS
 *	FILE <tab> error: REASON
 *
 * and below, for each name in it, a tab, MARKS, a tab, the size, a tab, the
 * name, with ? for control characters.  MARKS are letters: e(ncrypted)
 * b(roken) c(ut) m(acros) +(more).
 *
 *	-e N	so many entries (1000)
 *	-d N	so many archives in archives (3)
 *	-t N	so many seconds (10)
 *	-c N	only so many bytes of each file, which is cut then
 *	-p N	pieces of so many bytes
 *	-h N	do not finish: after so many bytes of the first file print
 *		"half" and wait for a line
 *	-j N	all files in N threads at once
 */
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "service/inspect.h"

struct options {
	struct inspection_limits limits;
	uint64_t cut, half;
	size_t piece;
	unsigned threads;
	char **files;
	int nfiles;
	struct inspector *inspector;
};

struct worker {
	struct options *options;
	int first;
	pthread_t thread;
};

struct file {
	struct options *options;
	int fd;
	bool waits;
};

static pthread_mutex_t output = PTHREAD_MUTEX_INITIALIZER;

static ssize_t
read_file(void *context, uint64_t offset, char *to, size_t size,
    const char **why_r)
{
	struct file *file = context;
	ssize_t n;

	if (file->waits && offset >= file->options->half) {
		file->waits = false;
		puts("half");
		fflush(stdout);
		if (getchar() == EOF)
			exit(1);
	}
	if (size > file->options->piece)
		size = file->options->piece;
	n = pread(file->fd, to, size, (off_t)offset);
	if (n <= 0) {
		*why_r = "test: the file cannot be read";
		return -1;
	}
	return n;
}

static const char *
letters(unsigned marks, char *to)
{
	char *p = to;

	for (unsigned i = 0; i < 5; i++)
		if ((marks & 1U << i) != 0)
			*p++ = "ebcm+"[i];
	*p = '\0';
	return to;
}

/* Names may hold anything: one stays on its line. */
static void
print_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		putchar((unsigned char)name.p[i] < ' ' ? '?' : name.p[i]);
	putchar('\n');
}

static void
print(const char *name, const struct inspection *found)
{
	char marks[8];

	pthread_mutex_lock(&output);
	if (found->error.n > 0)
		printf("%s\terror: %.*s\n", name, SPAN_ARG(found->error));
	else
		printf("%s\t%.*s\t%.*s\t%s\n", name, SPAN_ARG(found->magic),
		    SPAN_ARG(found->archive), letters(found->marks, marks));
	for (size_t i = 0; i < found->nentries; i++) {
		printf("\t%s\t%" PRIu64 "\t",
		    letters(found->entries[i].marks, marks),
		    found->entries[i].size);
		print_name(found->entries[i].name);
	}
	fflush(stdout);
	pthread_mutex_unlock(&output);
}

static void
inspect_file(struct options *options, const char *name, bool waits)
{
	struct file file = { options, open(name, O_RDONLY), waits };
	struct inspection_source source = {
		.read = read_file, .context = &file,
	};
	struct inspection found;
	struct region region;
	struct stat st;

	if (file.fd < 0 || fstat(file.fd, &st) < 0) {
		perror(name);
		exit(2);
	}
	source.size = (uint64_t)st.st_size;
	if (options->cut > 0 && source.size > options->cut) {
		source.size = options->cut;
		source.cut = true;
	}
	region_init(&region, INSPECT_REGION(options->limits.entries));
	inspect(options->inspector, &options->limits, &source, &region,
	    &found);
	print(name, &found);
	region_clear(&region);
	close(file.fd);
}

static void *
work(void *context)
{
	struct worker *worker = context;
	struct options *options = worker->options;

	for (int i = worker->first; i < options->nfiles;
	    i += (int)options->threads)
		inspect_file(options, options->files[i],
		    i == 0 && options->half > 0);
	return NULL;
}

static void
read_options(struct options *options, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "e:d:t:c:p:h:j:")) != -1) {
		uint64_t n = option != '?' ? strtoull(optarg, NULL, 10) : 0;

		switch (option) {
		case 'e':
			options->limits.entries = n;
			break;
		case 'd':
			options->limits.depth = (unsigned)n;
			break;
		case 't':
			options->limits.seconds = (unsigned)n;
			break;
		case 'c':
			options->cut = n;
			break;
		case 'p':
			options->piece = (size_t)n;
			break;
		case 'h':
			options->half = n;
			break;
		case 'j':
			options->threads = (unsigned)n;
			break;
		default:
			exit(2);
		}
	}
	options->files = argv + optind;
	options->nfiles = argc - optind;
}

int
main(int argc, char **argv)
{
	struct options options = {
		.limits = { 1000, 3, 10 }, .piece = 65536, .threads = 1,
	};
	struct worker workers[64];
	char why[256];

	read_options(&options, argc, argv);
	options.inspector = inspector_start(NULL, NULL, why, sizeof(why));
	if (options.inspector == NULL) {
		fprintf(stderr, "%s\n", why);
		return 2;
	}
	if (options.threads > 64)
		options.threads = 64;
	for (unsigned i = 0; i < options.threads; i++) {
		workers[i] = (struct worker){ .options = &options,
		    .first = (int)i };
		if (pthread_create(&workers[i].thread, NULL, work,
		    &workers[i]) != 0)
			return 2;
	}
	for (unsigned i = 0; i < options.threads; i++)
		pthread_join(workers[i].thread, NULL);
	inspector_stop(&options.inspector);
	return 0;
}
