/* decode - postern decode: what a reader sees of stored messages. */
#include "tool/decode.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "tool/scan_files.h"
#include "tool/scan_run.h"

enum { DONE = 0, FAILED = 2 };

#define NAME_SHOWN	1000

/*
 * The messages go through a session, as with scan, so that what is printed is
 * what tables are asked.  Every view has a table here, one that says nothing
 * of anything, and no limit keeps a message from being looked at.
 */
#define NOTHING	"[ \"inline:{nothing=DUNNO}\" ];\n"
static const char policy_text[] =
    "decoded_header_checks = " NOTHING
    "text_checks = " NOTHING
    "hidden_text_checks = " NOTHING
    "attachment_checks = " NOTHING
    "link_checks = " NOTHING
    "link_domain_access = " NOTHING
    "link_limit = 0;\n"
    "archive_entry_limit = 0;\n"
    "on_attachment_error = \"accept\";\n"
    "decoded_size_limit = 0;\n"
    "header_size_limit = 0;\n"
    "header_total_limit = 0;\n"
    "header_count_limit = 0;\n"
    "hopcount_limit = 0;\n"
    "mime_nesting_action = \"quarantine\";\n"
    "exempt = { recipients = [ ]; };\n";

struct decoder {
	struct policy *policy;
	struct scan_parts parts;
	char no_inspector[256];
	struct scan_files files;
	struct buf shown;
	bool failed;
};

static void
usage(FILE *to)
{
	fputs("usage: postern decode MESSAGE...\n"
	    "\n"
	    "Prints what a reader sees of stored messages, as tables see it: a "
	    "line\n"
	    "\"VIEW<tab>KEY\" for each key, where VIEW is the list that is "
	    "asked for it, and\n"
	    "\"part<tab>NUMBER TYPE ...\" above the text of each part.  "
	    "MESSAGE is a file, an\n"
	    "mbox, a Maildir folder, or - for standard input.\n"
	    "\n"
	    "  -h, --help    print this\n"
	    "\n"
	    "Exit status: 0, or 2 on an error.\n", to);
}

static void
fail(struct decoder *decoder, const char *name, struct span why)
{
	struct buf text;

	buf_init(&text, NAME_SHOWN * 2 + 2);
	printable_add(&text, span_of(name), NAME_SHOWN);
	buf_add(&text, SPAN(": "));
	printable_add(&text, why, NAME_SHOWN);
	fprintf(stderr, "postern decode: %s\n", buf_string(&text));
	buf_clear(&text);
	decoder->failed = true;
}

/* Fit for a terminal; neither line ends nor tabs are left. */
static void
show(struct decoder *decoder, const char *view, struct span key)
{
	buf_reset(&decoder->shown);
	decoder->shown.max = key.n + 3;
	printable_add(&decoder->shown, key, key.n + 3);
	printf("%s\t%.*s\n", view, SPAN_ARG(buf_span(&decoder->shown)));
}

static void
on_note(void *context, const struct note *note)
{
	if (note->kind != NOTE_LOG)
		show(context, note->view, note->key);
	else if (note->warning)
		fail(context, "warning", note->text);
}

static void
decode_message(struct decoder *decoder, const char *name,
    struct mailbox *mailbox)
{
	const struct scan_notes notes = { LOOKUPS_ALL, on_note, decoder };
	const struct scan_envelope envelope = { .nrcpts = 0 };
	struct scan_run run;
	const char *why;

	if (scan_run(&run, decoder->policy, &decoder->parts, &envelope,
	    mailbox, &notes, &why) < 0)
		fail(decoder, name, span_of(why));
	else if (run.verdict.kind != VERDICT_CONTINUE &&
	    run.verdict.kind != VERDICT_ACCEPT)
		fail(decoder, name, run.verdict.text);
	scan_run_clear(&run);
}

/* A line "message<tab>FILE#NUMBER" where one has to tell them apart. */
static void
decode_messages(struct decoder *decoder, const char *path,
    struct mailbox *mailbox)
{
	struct buf name;
	int more;

	buf_init(&name, strlen(path) + 32);
	while (!ferror(stdout) && mailbox_why(mailbox) == NULL &&
	    (more = mailbox_next(mailbox)) != 0) {
		uint64_t number = mailbox_number(mailbox);

		if (more < 0) {
			fail(decoder, path, span_of(mailbox_why(mailbox)));
			break;
		}
		buf_reset(&name);
		buf_add(&name, span_of(path));
		if (number > 0)
			buf_addf(&name, "#%" PRIu64, number);
		if (number > 0 || decoder->files.n > 1)
			show(decoder, "message", buf_span(&name));
		decode_message(decoder, buf_string(&name), mailbox);
	}
	buf_clear(&name);
}

static void
decode_file(struct decoder *decoder, const char *path)
{
	const char *why = "";
	struct mailbox *mailbox = mailbox_open(path, &why);

	if (mailbox == NULL) {
		fail(decoder, path, span_of(why));
		return;
	}
	decode_messages(decoder, path, mailbox);
	mailbox_close(&mailbox);
}

static bool
load(struct decoder *decoder)
{
	struct complaints complaints;
	struct buf text;

	complaints_init(&complaints);
	decoder->policy = policy_of_text("decode", policy_text, &complaints);
	decoder->parts.scratch = scratch_pool_new();
	decoder->parts.inspector = inspector_start(NULL, NULL,
	    decoder->no_inspector, sizeof(decoder->no_inspector));
	decoder->parts.no_inspector = decoder->no_inspector;
	buf_init(&text, NAME_SHOWN);
	/* Without memory there is something to say. */
	for (size_t i = 0; i < complaints.n; i++) {
		buf_reset(&text);
		complaint_format(&complaints.list[i], &text);
		fail(decoder, "settings", buf_span(&text));
	}
	buf_clear(&text);
	complaints_clear(&complaints);
	return decoder->policy != NULL && decoder->parts.scratch != NULL;
}

static void
decode_all(struct decoder *decoder, int argc, char **argv)
{
	const char *why = "";
	bool lost;

	for (int i = 0; i < argc; i++)
		if (scan_files_add(&decoder->files, argv[i], &why) < 0)
			fail(decoder, argv[i], span_of(why));
	for (size_t i = 0; i < decoder->files.n && !ferror(stdout); i++)
		decode_file(decoder, decoder->files.paths[i]);
	/* fflush() may succeed where an earlier write did not. */
	lost = ferror(stdout) != 0;
	errno = 0;
	if (fflush(stdout) != 0 || lost)
		fail(decoder, "standard output", span_of(errno != 0 ?
		    strerrordesc_np(errno) :
		    "not everything could be written"));
}

int
decode_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct decoder decoder = { .failed = false };
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		usage(option == 'h' ? stdout : stderr);
		return option == 'h' ? DONE : FAILED;
	}
	if (optind == argc) {
		usage(stderr);
		return FAILED;
	}
	/* A reader that went away is an error like a full disk. */
	signal(SIGPIPE, SIG_IGN);
	scan_files_init(&decoder.files);
	buf_init(&decoder.shown, 0);
	if (load(&decoder))
		decode_all(&decoder, argc - optind, argv + optind);
	else
		decoder.failed = true;
	policy_free(&decoder.policy);
	inspector_stop(&decoder.parts.inspector);
	scratch_pool_free(&decoder.parts.scratch);
	scan_files_clear(&decoder.files);
	buf_clear(&decoder.shown);
	return decoder.failed ? FAILED : DONE;
}
