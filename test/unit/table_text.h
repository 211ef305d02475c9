/*
 * table_text - for tests of tables: a table from a text, what was complained
 * about, and one lookup.
 */
#ifndef POSTERN_TEST_TABLE_TEXT_H
#define POSTERN_TEST_TABLE_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "table/table.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* A text may hold NUL. */
#define T(literal)	{ "" literal, sizeof(literal) - 1 }

struct opened {
	struct table *table;
	struct complaints complaints;
	char name[64];		/* TYPE:FILE */
	const char *file;	/* the file in it */
};

static inline void
open_named(struct opened *opened, const char *name,
    const struct table_options *options)
{
	struct sources sources;

	sources_init(&sources);
	complaints_init(&opened->complaints);
	opened->table = table_open(span_of(name), options, &sources,
	    &opened->complaints);
	sources_clear(&sources);
}

static inline void
open_text(struct opened *opened, const char *type, struct span text,
    const struct table_options *options)
{
	char path[] = "/tmp/postern-table-XXXXXX";
	int fd = mkstemp(path);

	*opened = (struct opened){ .table = NULL };
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.p, text.n), (ssize_t)text.n);
	close(fd);
	snprintf(opened->name, sizeof(opened->name), "%s:%s", type, path);
	opened->file = opened->name + strlen(type) + 1;
	open_named(opened, opened->name, options);
	unlink(path);
}

static inline void
close_opened(struct opened *opened)
{
	table_free(&opened->table);
	assert_null(opened->table);
	complaints_clear(&opened->complaints);
}

/* Each complaint as a line: E or W, its line, its text. */
static inline void
complaints_text(const struct complaints *complaints, struct buf *out)
{
	for (size_t i = 0; i < complaints->n; i++)
		buf_addf(out, "%c%u %s\n",
		    complaints->list[i].kind == COMPLAINT_ERROR ? 'E' : 'W',
		    complaints->list[i].line, complaints->list[i].text);
}

/* Says so where the complaints are not these. */
static inline bool
complains(const struct opened *opened, const char *name, const char *want)
{
	struct buf text;
	bool same;

	buf_init(&text, 100000);
	complaints_text(&opened->complaints, &text);
	same = strcmp(buf_string(&text), want) == 0;
	if (!same)
		print_error("%s: complaints are\n%swanted were\n%s", name,
		    buf_string(&text), want);
	buf_clear(&text);
	return same;
}

/* Says so where the answer for key is not this; NULL: a miss. */
static inline bool
answers(const struct table *table, const char *name, struct span key,
    const char *want)
{
	struct match match;
	enum answer answer;
	bool same;

	match_init(&match, NULL);
	answer = table_find(table, key, &match);
	if (want == NULL)
		same = answer == ANSWER_MISS;
	else
		same = answer == ANSWER_HIT &&
		    span_equal(match.text, span_of(want));
	if (!same)
		print_error("%s: \"%.*s\" has answer %d, \"%.*s\"; wanted was "
		    "%s\n", name, SPAN_ARG(key), answer, SPAN_ARG(match.text),
		    want != NULL ? want : "a miss");
	match_clear(&match);
	return same;
}

#endif
