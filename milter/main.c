/* postern - one program, several faces. */
#include <stdio.h>
#include <string.h>

#include "daemon/serve.h"
#include "tool/access.h"
#include "tool/check.h"
#include "tool/decode.h"
#include "tool/import.h"
#include "tool/query.h"
#include "tool/scan.h"

struct command {
	const char *name, *what;
	int (*main)(int argc, char **argv);
};

static const struct command commands[] = {
	{ "serve", "run the filter for a mail server", serve_main },
	{ "check", "say all that is wrong with configuration and tables",
	    check_main },
	{ "scan", "show what the filter would do with stored messages",
	    scan_main },
	{ "decode", "show what a reader sees of stored messages, as tables do",
	    decode_main },
	{ "query", "look something up in a table, as postmap -q does",
	    query_main },
	{ "access", "show the key of an access map that decides",
	    access_main },
	{ "import", "write a postern.conf from the settings of a Postfix",
	    import_main },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void
print_usage(FILE *out)
{
	fputs("usage: postern COMMAND [ARGUMENT...]\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s%s\n", commands[i].name,
		    commands[i].what);
	fputs("\npostern COMMAND --help says more; postern --version.\n",
	    out);
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		print_usage(stdout);
		return 0;
	}
	if (strcmp(name, "--version") == 0) {
		puts("postern " POSTERN_VERSION);
		return 0;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(name, commands[i].name) == 0)
			return commands[i].main(argc - 1, argv + 1);
	if (*name != '\0')
		fprintf(stderr, "postern: \"%s\" is no command\n\n", name);
	print_usage(stderr);
	return 2;
}
