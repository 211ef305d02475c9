/*
 * complaint - what is wrong with something that the administrator wrote.
 *
 * Readers of configuration and tables do not print and do not stop at the
 * first fault: they add a complaint and go on, so that one run shows them
 * all.  An error keeps a policy from being used; a warning does not.  Each
 * says what was found and what would be right.
 */
#ifndef POSTERN_BASE_COMPLAINT_H
#define POSTERN_BASE_COMPLAINT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum complaint_kind { COMPLAINT_ERROR, COMPLAINT_WARNING };

struct complaint {
	enum complaint_kind kind;
	char *file;		/* as the administrator named it */
	unsigned line;		/* 1 is the first; 0: the file as a whole */
	char *text;		/* one line, no full stop */
};

/* At most so many are kept; the rest are counted. */
#define COMPLAINTS_MAX	10000

struct complaints {
	struct complaint *list;
	size_t n, size;
	size_t errors, warnings;	/* all, kept or not */
};

void complaints_init(struct complaints *complaints);
void complaints_clear(struct complaints *complaints);

void complain(struct complaints *complaints, enum complaint_kind kind,
    const char *file, unsigned line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Adds "FILE:LINE: text", with "warning: " before the text of a warning. */
void complaint_format(const struct complaint *complaint, struct buf *out);

#endif
