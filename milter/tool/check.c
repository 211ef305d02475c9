/* check - postern check: every complaint in one run.  See check.h. */
#include "tool/check.h"

#include <getopt.h>
#include <stdio.h>

#include "policy/lint.h"
#include "policy/policy.h"
#include "tool/check_host.h"

#define CONF_FILE	"/etc/postern/postern.conf"

static const char usage[] =
    "usage: postern check [--lint] [-c FILE]\n"
    "       postern check --defaults\n"
    "\n"
    "Complains, one line each, about all that is wrong with a configuration\n"
    "and its tables.  Exit status: 0 nothing but warnings, 1 errors, 2 wrong\n"
    "usage.\n"
    "\n"
    "  -c, --config FILE  the configuration (" CONF_FILE ")\n"
    "      --lint         warn about all that is right but hardly meant\n"
    "      --defaults     print every setting with its default\n"
    "  -h, --help         print this\n";

static void
print(const struct buf *text)
{
	fwrite(text->p, 1, text->n, stdout);
}

static int
print_defaults(void)
{
	struct buf text;

	buf_init(&text, (size_t)1 << 20);
	conf_print_defaults(&text);
	print(&text);
	buf_clear(&text);
	return 0;
}

static void
print_complaints(const struct complaints *complaints)
{
	size_t left = complaints->errors + complaints->warnings -
	    complaints->n;
	struct buf text;

	buf_init(&text, 65536);
	for (size_t i = 0; i < complaints->n; i++) {
		buf_reset(&text);
		complaint_format(&complaints->list[i], &text);
		buf_addc(&text, '\n');
		print(&text);
	}
	buf_clear(&text);
	if (left > 0)
		printf("... and %zu more\n", left);
}

static int
check(const char *file, bool lint)
{
	struct complaints complaints;
	struct policy *policy;
	int status;

	complaints_init(&complaints);
	policy = policy_new_tested(file, &complaints);
	check_host(file, &complaints);
	policy_lint(file, lint, &complaints);
	print_complaints(&complaints);
	status = complaints.errors == 0 ? 0 : 1;
	policy_free(&policy);
	complaints_clear(&complaints);
	return status;
}

int
check_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "defaults", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "lint", no_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 }
	};
	const char *file = CONF_FILE;
	bool defaults = false, lint = false;
	int option, status;

	while ((option = getopt_long(argc, argv, "c:h", options, NULL)) !=
	    -1) {
		switch (option) {
		case 'c':
			file = optarg;
			break;
		case 'd':
			defaults = true;
			break;
		case 'l':
			lint = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "postern check: what is \"%s\"?\n%s",
		    argv[optind], usage);
		return 2;
	}
	status = defaults ? print_defaults() : check(file, lint);
	/* A report that nobody could read is none. */
	return fflush(stdout) == 0 ? status : 2;
}
