/*
 * fuzz - what the fuzz targets share.
 *
 * An input begins with a line or more of parameters, and what is to be read
 * comes behind them: the corpus can be read and written by hand.  MUST()
 * names what holds for every input.
 *
 * In a fuzz target source_read() opens no file: it finds fuzz_files alone, by
 * the last part of their names.
 */
#ifndef POSTERN_TEST_FUZZ_H
#define POSTERN_TEST_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/span.h"

#define MUST(condition) do {						\
	if (!(condition)) {						\
		fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,	\
		    __LINE__, #condition);				\
		abort();						\
	}								\
} while (0)

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_file {
	const char *name;
	struct span text;
};

#define FUZZ_FILES	3
extern struct fuzz_file fuzz_files[FUZZ_FILES];

/* Takes a line from the front of *rest. */
struct span fuzz_line(struct span *rest);

/* Takes what comes before the next `end` byte, or all of it. */
struct span fuzz_until(struct span *rest, char end);

/* One of n by the next byte: 'a' is the first. */
size_t fuzz_choice(struct span *rest, size_t n);

/* A copy in memory of just its size, so that a look past it is found. */
struct span fuzz_copy(struct span bytes);
void fuzz_free(struct span copy);

/*
 * libc sets no limits: a{99} in another and a++++ take all memory, and what
 * refers back to a group all time.  Both are the administrator's to know.
 */
bool fuzz_too_much_for_libc(const char *type, struct span text);

#endif
