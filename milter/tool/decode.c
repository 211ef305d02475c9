/* decode - postern decode: what a reader sees of stored messages. */
#include "tool/decode.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "policy/decoded_key.h"
#include "tool/decode_text.h"
#include "tool/keys.h"

enum { DONE = 0, FAILED = 2 };

struct decoder {
	struct buf key, shown;
	bool failed;
};

static void
usage(FILE *to)
{
	fputs("usage: postern decode MESSAGE...\n"
	    "\n"
	    "Prints what a reader sees of a message, as tables see it: a line "
	    "\"VIEW<tab>KEY\"\n"
	    "for each key, where VIEW is the list that is asked for it.  "
	    "MESSAGE is a file,\n"
	    "or - for standard input.\n"
	    "\n"
	    "  --help    print this\n"
	    "\n"
	    "Exit status: 0, or 2 on an error.\n", to);
}

/* Fit for a terminal; a key has neither line ends nor tabs. */
static void
show(struct decoder *decoder, const char *view, struct span key)
{
	buf_reset(&decoder->shown);
	decoder->shown.max = key.n + 3;
	printable_add(&decoder->shown, key, key.n + 3);
	printf("%s\t%.*s\n", view, SPAN_ARG(buf_span(&decoder->shown)));
}

static void
show_text(void *context, struct span text, bool hidden)
{
	show(context, hidden ? "hidden_text_checks" : "text_checks", text);
}

static bool
show_field(void *context, struct span text)
{
	struct decoder *decoder = context;
	struct field field;

	if (!field_parse(text, &field))
		return true;
	if (!decoded_key(&field, &decoder->key)) {
		decoder->failed = true;
		return false;
	}
	show(decoder, "decoded_header_checks", buf_span(&decoder->key));
	return true;
}

/* False where a line is too long, or memory ran out. */
static bool
read_message(FILE *from, struct keys *keys, struct decode_text *text)
{
	struct buf line;
	int c = EOF;
	bool goes_on = true;

	buf_init(&line, KEYS_LINE_MAX);
	while (goes_on && (c = getc_unlocked(from)) != EOF) {
		if (c != '\n') {
			goes_on = buf_addc(&line, (char)c);
			continue;
		}
		/* postmap would keep it. */
		if (span_ends(buf_span(&line), SPAN("\r")))
			line.n--;
		goes_on = keys_line(keys, buf_span(&line), true);
		decode_text_line(text, buf_span(&line), true);
		buf_reset(&line);
	}
	if (goes_on && line.n > 0) {
		goes_on = keys_line(keys, buf_span(&line), false);
		decode_text_line(text, buf_span(&line), false);
	}
	goes_on = goes_on && !line.cut && !ferror(from);
	buf_clear(&line);
	return goes_on;
}

static bool
decode(FILE *from)
{
	struct decoder decoder = { .failed = false };
	const struct keys_sink sink = { show_field, &decoder };
	const struct decode_text_sink text_sink = { show_text, &decoder };
	struct keys *keys = keys_new(KEYS_OF_HEADERS, &sink);
	struct decode_text *text = decode_text_new(&text_sink);
	bool done;

	buf_init(&decoder.key, 0);
	buf_init(&decoder.shown, 0);
	done = keys != NULL && text != NULL && read_message(from, keys, text);
	done = keys != NULL && keys_end(keys) && done && !decoder.failed;
	done = text != NULL && decode_text_end(text) && done;
	keys_free(&keys);
	decode_text_free(&text);
	buf_clear(&decoder.key);
	buf_clear(&decoder.shown);
	return done;
}

static bool
decode_file(const char *name)
{
	bool done, input = strcmp(name, "-") == 0;
	FILE *from = input ? stdin : fopen(name, "re");

	if (from == NULL) {
		fprintf(stderr, "%s: %s\n", name, strerrordesc_np(errno));
		return false;
	}
	done = decode(from);
	if (!done)
		fprintf(stderr, "%s: %s\n", input ? "standard input" : name,
		    ferror(from) ? "cannot be read" :
		    "a line is too long, or memory ran out");
	if (!input)
		fclose(from);
	return done;
}

int
decode_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'H' },
		{ NULL, 0, NULL, 0 },
	};
	int option, status = DONE;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		usage(option == 'H' ? stdout : stderr);
		return option == 'H' ? DONE : FAILED;
	}
	if (optind == argc) {
		usage(stderr);
		return FAILED;
	}
	for (int i = optind; i < argc; i++)
		if (!decode_file(argv[i]))
			status = FAILED;
	if (fflush(stdout) != 0) {
		fprintf(stderr, "standard output: %s\n",
		    strerrordesc_np(errno));
		status = FAILED;
	}
	return status;
}
