/*
 * plain_dump HOW - each line of standard input as message/plain folds it, for
 * tests.  HOW is of the letters z (zero-width), c (confusable), n (nfkc) and
 * j (joined, too).
 */
#include <stdio.h>
#include <stdlib.h>

#include "message/plain.h"

int
main(int argc, char **argv)
{
	const char *how = argc == 2 ? argv[1] : "";
	struct plain plain;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	plain_init(&plain, (strchr(how, 'z') ? PLAIN_ZERO_WIDTH : 0) |
	    (strchr(how, 'c') ? PLAIN_CONFUSABLE : 0) |
	    (strchr(how, 'n') ? PLAIN_NFKC : 0), (size_t)1 << 30);
	while ((n = getline(&line, &size, stdin)) > 0) {
		struct span text = span_make(line, (size_t)n);

		if (span_ends(text, SPAN("\n")))
			text.n--;
		text = plain_fold(&plain, text);
		if (plain.failed)
			return 1;
		if (strchr(how, 'j'))
			text = plain_join(&plain, text);
		fwrite(text.p, 1, text.n, stdout);
		putchar('\n');
	}
	plain_clear(&plain);
	free(line);
	return 0;
}
