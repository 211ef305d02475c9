/* import - postern import.  See import.h. */
#include "tool/import.h"

#include <sys/mman.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "policy/policy.h"
#include "tool/import_state.h"

/* Nobody's main.cf, and no postern.conf made of one, is larger. */
#define INPUT_MAX	((size_t)4 << 20)
#define OUTPUT_MAX	((size_t)16 << 20)
#define REGION_MAX	((size_t)256 << 20)

static const char usage[] =
    "usage: postern import [FILE|-]\n"
    "\n"
    "Reads the settings of a Postfix, as \"postconf -n\" prints them, and\n"
    "writes a postern.conf that takes over its header and body checks, its\n"
    "access maps and what goes with them; what it had to leave behind, and\n"
    "what may leave main.cf, is said in comments.\n"
    "\n"
    "  postconf -n | postern import > /etc/postern/postern.conf\n"
    "\n"
    "  -h, --help  print this\n"
    "\n"
    "Exit status: 0 written, 1 written and not in order (see the comments),\n"
    "2 an error.\n";

static bool
read_stream(FILE *from, const char *name, struct buf *text)
{
	char piece[65536];
	size_t n;

	while ((n = fread(piece, 1, sizeof(piece), from)) > 0)
		if (!buf_add(text, span_make(piece, n)))
			break;
	if (ferror(from))
		fprintf(stderr, "postern import: %s: %s\n", name,
		    strerrordesc_np(errno));
	else if (text->cut)
		fprintf(stderr, "postern import: %s: larger than the output "
		    "of any postconf\n", name);
	/* The byte behind the text is the reader's. */
	return !ferror(from) && !text->cut && buf_reserve(text, 0);
}

static bool
read_input(const char *name, struct buf *text)
{
	FILE *from;
	bool good;

	if (strcmp(name, "-") == 0)
		return read_stream(stdin, "standard input", text);
	if ((from = fopen(name, "re")) == NULL) {
		fprintf(stderr, "postern import: %s: %s\n", name,
		    strerrordesc_np(errno));
		return false;
	}
	good = read_stream(from, name, text);
	fclose(from);
	return good;
}

static bool
write_all(int fd, struct span text)
{
	while (text.n > 0) {
		ssize_t n = write(fd, text.p, text.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text = span_skip(text, (size_t)n);
	}
	return true;
}

/* What postern check would say of this configuration. */
static bool
check(struct span text, struct complaints *complaints)
{
	struct policy *policy = NULL;
	char path[64];
	int fd = memfd_create("postern.conf", MFD_CLOEXEC);

	if (fd < 0 || !write_all(fd, text)) {
		complain(complaints, COMPLAINT_ERROR, "postern import", 0,
		    "no memory to try the configuration in");
	} else {
		snprintf(path, sizeof(path), IMPORT_TRIED_AS "%d", fd);
		policy = policy_new(path, NULL, complaints);
	}
	if (fd >= 0)
		close(fd);
	policy_free(&policy);
	return complaints->errors == 0;
}

static bool
write_and_check(struct import *import, struct buf *out,
    struct complaints *complaints)
{
	buf_reset(out);
	import_write(import, out);
	return check(buf_span(out), complaints);
}

/* First with care; as Postfix would read the tables if it must be. */
static bool
settle(struct import *import, struct buf *out)
{
	struct complaints still;
	bool good = write_and_check(import, out, &import->faults);

	if (good)
		return true;
	import->compatible = true;
	complaints_init(&still);
	good = write_and_check(import, out, &still);
	for (size_t i = 0; i < still.n; i++)
		if (still.list[i].kind == COMPLAINT_ERROR)
			import_fault(out, "# Not in order: ",
			    &still.list[i]);
	complaints_clear(&still);
	return good;
}

static bool
prepare(struct import *import, struct buf *text, const char *name)
{
	struct region *region = &import->region;
	const char *why = "out of memory";
	unsigned line = 0;

	import->maps = region_alloc(region,
	    IMPORT_MAPS_MAX * sizeof(*import->maps));
	import->notes = region_alloc(region,
	    IMPORT_NOTES_MAX * sizeof(*import->notes));
	import->networks = region_alloc(region,
	    IMPORT_NETWORKS_MAX * sizeof(*import->networks));
	if (!region->failed && import_params_read(&import->params, text,
	    region, &line, &why))
		return true;
	if (line > 0)
		fprintf(stderr, "postern import: %s:%u: %s\n", name, line,
		    why);
	else
		fprintf(stderr, "postern import: %s: %s\n", name, why);
	return false;
}

static int
translate(struct import *import)
{
	struct span raw;
	struct buf out;
	bool good;
	int status = 2;

	import->delay_reject = !import_params_has(&import->params,
	    "smtpd_delay_reject", &raw) ||
	    import_params_yes(&import->params, "smtpd_delay_reject");
	import_networks(import);
	import_lists(import);
	import_plan(import);
	import_checks(import);
	import_meaning(import);
	buf_init(&out, OUTPUT_MAX);
	good = !import->region.failed && settle(import, &out);
	import_write_advice(import, &out);
	if (import->region.failed || out.cut)
		fprintf(stderr, "postern import: out of memory\n");
	else if (fwrite(out.p, 1, out.n, stdout) == out.n &&
	    fflush(stdout) == 0)
		status = good ? 0 : 1;
	else
		fprintf(stderr, "postern import: standard output: %s\n",
		    strerrordesc_np(errno));
	buf_clear(&out);
	return status;
}

static int
run(const char *name)
{
	struct import import = { .nmaps = 0 };
	struct buf text;
	int status = 2;

	region_init(&import.region, REGION_MAX);
	complaints_init(&import.faults);
	buf_init(&text, INPUT_MAX);
	if (read_input(name, &text) && prepare(&import, &text,
	    strcmp(name, "-") == 0 ? "standard input" : name))
		status = translate(&import);
	buf_clear(&text);
	complaints_clear(&import.faults);
	region_clear(&import.region);
	return status;
}

int
import_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		fputs(usage, option == 'h' ? stdout : stderr);
		return option == 'h' ? 0 : 2;
	}
	if (argc - optind > 1) {
		fputs(usage, stderr);
		return 2;
	}
	return run(optind < argc ? argv[optind] : "-");
}
