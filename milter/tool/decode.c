/* decode - postern decode: what a reader sees of stored messages. */
#include "tool/decode.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/escaped.h"
#include "base/printable.h"
#include "tool/json.h"
#include "tool/scan_files.h"
#include "tool/scan_messages.h"
#include "tool/scan_run.h"

enum { DONE = 0, FAILED = 2 };

#define NAME_SHOWN	1000
#define PART_SHOWN	8192

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
	bool json, failed;
	const char *name;	/* of the message, and */
	struct buf part;	/* the part of it that is being read */
	struct buf shown;
};

static void
usage(FILE *to)
{
	fputs("usage: postern decode [--json] MESSAGE...\n"
	    "\n"
	    "Prints what a reader sees of stored messages, as tables see it: a "
	    "line\n"
	    "\"VIEW<tab>KEY\" for each key, where VIEW is the list that is "
	    "asked for it, and\n"
	    "\"part<tab>NUMBER TYPE ...\" above the text of each part.  "
	    "MESSAGE is a file, an\n"
	    "mbox, a Maildir folder, or - for standard input.  What cannot "
	    "be seen is \\xHH in a\n"
	    "key, as in the tests in tables; postern query --escaped takes "
	    "it so.\n"
	    "\n"
	    "      --json    print an object for each key, on a line of its "
	    "own\n"
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

static void
on_fail(void *context, const char *name, const char *why)
{
	fail(context, name, span_of(why));
}

/* On one line, whole, and fit for a terminal. */
static void
show(struct decoder *decoder, const char *view, struct span key)
{
	buf_reset(&decoder->shown);
	decoder->shown.max = 4 * key.n;
	escaped_add(&decoder->shown, key);
	printf("%s\t%.*s\n", view, SPAN_ARG(buf_span(&decoder->shown)));
}

static bool
to_stdout(void *context, struct span bytes)
{
	(void)context;
	return fwrite(bytes.p, 1, bytes.n, stdout) == bytes.n;
}

static void
member(struct json *json, const char *name, struct span value)
{
	json_key(json, name);
	json_text(json, value);
}

/* The fields of a part come before it is known which it is. */
static void
show_json(struct decoder *decoder, const struct note *note)
{
	const struct json_sink sink = { to_stdout, NULL };
	bool field = note->kind == NOTE_REMARK ||
	    strcmp(note->view, "decoded_header_checks") == 0;
	struct json json;

	json_init(&json, &sink);
	json_begin_object(&json);
	member(&json, "file", span_of(decoder->name));
	member(&json, "part", field ? SPAN("") : buf_span(&decoder->part));
	member(&json, "view", span_of(note->view));
	json_key(&json, "key");
	json_string(&json, note->key);
	json_end_object(&json);
	putchar('\n');
}

static void
on_note(void *context, const struct note *note)
{
	struct decoder *decoder = context;

	if (note->kind == NOTE_LOG) {
		if (note->warning)
			fail(decoder, "warning", note->text);
		return;
	}
	if (!decoder->json) {
		show(decoder, note->view, note->key);
	} else if (note->kind == NOTE_PART) {
		buf_reset(&decoder->part);
		buf_add(&decoder->part, note->key);
	} else {
		show_json(decoder, note);
	}
}

/* A line "message<tab>NAME" first where one has to tell them apart. */
static void
on_message(void *context, const char *name, struct mailbox *mailbox)
{
	struct decoder *decoder = context;
	const struct scan_notes notes = { LOOKUPS_ALL, on_note, decoder };
	const struct scan_envelope envelope = { .nrcpts = 0 };
	struct scan_run run;
	const char *why;

	decoder->name = name;
	buf_reset(&decoder->part);
	if (!decoder->json && (mailbox_number(mailbox) > 0 ||
	    decoder->files.n > 1))
		show(decoder, "message", span_of(name));
	if (scan_run(&run, decoder->policy, &decoder->parts, &envelope,
	    mailbox, &notes, &why) < 0)
		fail(decoder, name, span_of(why));
	else if (run.verdict.kind != VERDICT_CONTINUE &&
	    run.verdict.kind != VERDICT_ACCEPT)
		fail(decoder, name, run.verdict.text);
	scan_run_clear(&run);
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
	const struct scan_messages messages = {
		on_message, on_fail, decoder
	};
	const char *why = "";

	for (int i = 0; i < argc; i++)
		if (scan_files_add(&decoder->files, argv[i], &why) < 0)
			on_fail(decoder, argv[i], why);
	for (size_t i = 0; i < decoder->files.n && !ferror(stdout); i++)
		scan_messages(&messages, decoder->files.paths[i]);
	scan_messages_end(&messages);
}

int
decode_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct decoder decoder = { .failed = false };
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'j') {
			decoder.json = true;
			continue;
		}
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
	buf_init(&decoder.part, PART_SHOWN);
	buf_init(&decoder.shown, 0);
	if (load(&decoder))
		decode_all(&decoder, argc - optind, argv + optind);
	else
		decoder.failed = true;
	policy_free(&decoder.policy);
	inspector_stop(&decoder.parts.inspector);
	scratch_pool_free(&decoder.parts.scratch);
	scan_files_clear(&decoder.files);
	buf_clear(&decoder.part);
	buf_clear(&decoder.shown);
	return decoder.failed ? FAILED : DONE;
}
