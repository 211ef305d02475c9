/* scan - postern scan: what would become of stored messages.  See scan.h. */
#include "tool/scan.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/network.h"
#include "base/printable.h"
#include "tool/scan_files.h"
#include "tool/scan_messages.h"
#include "tool/scan_progress.h"
#include "tool/scan_report.h"

#define CONF_FILE	"/etc/postern/postern.conf"

/* The command line and its envelope; a name as it is shown. */
#define REGION_MAX	((size_t)64 * 1024 * 1024)
#define NAME_SHOWN	1000

static const char usage[] =
    "usage: postern scan [-c FILE] [OPTION]... MESSAGE...\n"
    "\n"
    "Runs stored messages through the filter, as the daemon would.  MESSAGE\n"
    "is a file, an mbox, a Maildir folder, or - for standard input.\n"
    "Exit status: 0 all were accepted, 1 one was not, 2 an error.\n"
    "\n"
    "  -c, --config FILE       the configuration (" CONF_FILE ")\n"
    "      --client IP[,NAME]  the client; without it no client is asked for\n"
    "      --helo NAME         what it said in HELO\n"
    "      --from ADDRESS      the sender, \"\" for the null sender\n"
    "                          (the message's Return-Path or From line)\n"
    "      --rcpt ADDRESS      a recipient, may be repeated\n"
    "                          (its X-Original-To or Delivered-To)\n"
    "      --auth LOGIN        the login that it came with\n"
    "      --stored            the newest Received is the store's own\n"
    "      --explain           show each lookup\n"
    "      --json              print one JSON object for each message\n"
    "  -h, --help              print this\n";

struct scan {
	const char *file;
	bool explain, json;
	struct region region;
	struct scan_envelope envelope;
	struct span *rcpts;
	struct scan_files files;

	struct policy *policy;
	struct scan_parts parts;
	char no_inspector[256];
	struct scan_report report;
	struct scan_progress progress;
	uint64_t done;		/* bytes of the files before this one */
	bool refused, failed;
};

/* "postern scan: NAME: WHY" */
static void
fail(void *context, const char *name, const char *why)
{
	struct scan *scan = context;
	struct buf text;

	scan_progress_hide(&scan->progress);
	buf_init(&text, NAME_SHOWN * 2);
	printable_add(&text, span_of(name), NAME_SHOWN);
	fprintf(stderr, "postern scan: %s: %s\n", buf_string(&text), why);
	buf_clear(&text);
	scan->failed = true;
}

/* The command line */

static bool
set_client(struct scan *scan, const char *text)
{
	struct span all = span_of(text);
	size_t comma = span_find(all, ',');
	struct network address;

	scan->envelope.client_address = span_head(all, comma);
	scan->envelope.client_name = span_skip(all, comma + 1);
	if (address_parse(scan->envelope.client_address, &address))
		return true;
	fprintf(stderr, "postern scan: \"%s\" is not a client (write "
	    "192.0.2.1 or 192.0.2.1,mail.example.com)\n", text);
	return false;
}

enum { CLIENT = 256, HELO, FROM, RCPT, AUTH, STORED, EXPLAIN, JSON };

static bool
set_option(struct scan *scan, int option, const char *value)
{
	struct scan_envelope *e = &scan->envelope;

	switch (option) {
	case 'c':
		scan->file = value;
		return true;
	case CLIENT:
		return set_client(scan, value);
	case HELO:
		e->helo = span_of(value);
		return true;
	case FROM:
		e->from = scan_path(&scan->region, span_of(value));
		return true;
	case RCPT:
		scan->rcpts[e->nrcpts++] = scan_path(&scan->region,
		    span_of(value));
		return true;
	case AUTH:
		e->login = span_of(value);
		return true;
	case STORED:
		e->stored = true;
		return true;
	case EXPLAIN:
		scan->explain = true;
		return true;
	case JSON:
		scan->json = true;
		return true;
	default:
		fputs(usage, stderr);
		return false;
	}
}

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "client", required_argument, NULL, CLIENT },
	{ "helo", required_argument, NULL, HELO },
	{ "from", required_argument, NULL, FROM },
	{ "rcpt", required_argument, NULL, RCPT },
	{ "auth", required_argument, NULL, AUTH },
	{ "stored", no_argument, NULL, STORED },
	{ "explain", no_argument, NULL, EXPLAIN },
	{ "json", no_argument, NULL, JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

/* -1 to go on, or the exit status. */
static int
read_options(struct scan *scan, int argc, char **argv)
{
	int option;

	scan->rcpts = region_alloc(&scan->region,
	    (size_t)argc * sizeof(*scan->rcpts));
	scan->envelope.rcpts = scan->rcpts;
	if (scan->rcpts == NULL) {
		fail(scan, "command line", "out of memory");
		return 2;
	}
	while ((option = getopt_long(argc, argv, "c:h", options, NULL)) !=
	    -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return 0;
		}
		if (!set_option(scan, option, optarg))
			return 2;
	}
	if (optind < argc)
		return -1;
	fprintf(stderr, "postern scan: which message?\n%s", usage);
	return 2;
}

/* The messages */

static bool
load(struct scan *scan)
{
	struct complaints complaints;
	struct buf text;

	complaints_init(&complaints);
	scan->policy = policy_new(scan->file, NULL, &complaints);
	buf_init(&text, 65536);
	for (size_t i = 0; i < complaints.n; i++) {
		buf_reset(&text);
		complaint_format(&complaints.list[i], &text);
		fprintf(stderr, "%s\n", buf_string(&text));
	}
	buf_clear(&text);
	complaints_clear(&complaints);
	scan->parts.scratch = scratch_pool_new();
	if (scan->policy != NULL && scan->policy->attachment_checks.n > 0)
		scan->parts.inspector = inspector_start(NULL, NULL,
		    scan->no_inspector, sizeof(scan->no_inspector));
	scan->parts.no_inspector = scan->no_inspector;
	return scan->policy != NULL && scan->parts.scratch != NULL;
}

static void
run_message(void *context, const char *name, struct mailbox *mailbox)
{
	struct scan *scan = context;
	struct scan_notes notes = {
		scan->explain ? LOOKUPS_ALL : LOOKUPS_FOUND,
		scan_report_note, &scan->report,
	};
	struct scan_run run;
	const char *why;

	if (scan_run(&run, scan->policy, &scan->parts, &scan->envelope,
	    mailbox, &notes, &why) < 0) {
		fail(scan, name, why);
		scan_report_drop(&scan->report);
		scan_run_clear(&run);
		return;
	}
	if (isatty(STDOUT_FILENO))
		scan_progress_hide(&scan->progress);
	if (scan_report_message(&scan->report, name, &run, &why) < 0)
		fail(scan, name, why);
	if (run.verdict.kind != VERDICT_CONTINUE &&
	    run.verdict.kind != VERDICT_ACCEPT)
		scan->refused = true;
	scan_run_clear(&run);
	scan_progress_show(&scan->progress, scan->done +
	    mailbox_offset(mailbox), scan->report.count.messages);
}

static void
scan_all(struct scan *scan, int argc, char **argv)
{
	const struct scan_messages messages = { run_message, fail, scan };
	const char *why = "";

	for (int i = 0; i < argc; i++)
		if (scan_files_add(&scan->files, argv[i], &why) < 0)
			fail(scan, argv[i], why);
	scan_report_init(&scan->report, scan->policy, scan->json,
	    scan->explain);
	scan_progress_init(&scan->progress, scan->files.size);
	for (size_t i = 0; i < scan->files.n && !ferror(stdout); i++)
		scan->done += scan_messages(&messages, scan->files.paths[i]);
	scan_progress_hide(&scan->progress);
	scan_report_end(&scan->report);
	/* A report that nobody could read is none. */
	scan_messages_end(&messages);
	scan_report_clear(&scan->report);
}

int
scan_main(int argc, char **argv)
{
	struct scan scan = { .file = CONF_FILE };
	int status;

	region_init(&scan.region, REGION_MAX);
	scan_files_init(&scan.files);
	status = read_options(&scan, argc, argv);
	if (status < 0) {
		/* A reader that went away is an error like a full disk. */
		signal(SIGPIPE, SIG_IGN);
		if (load(&scan))
			scan_all(&scan, argc - optind, argv + optind);
		else
			scan.failed = true;
		status = scan.failed ? 2 : scan.refused ? 1 : 0;
	}
	policy_free(&scan.policy);
	inspector_stop(&scan.parts.inspector);
	scratch_pool_free(&scan.parts.scratch);
	scan_files_clear(&scan.files);
	region_clear(&scan.region);
	return status;
}
