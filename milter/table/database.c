/* database - what cdb: and lmdb: share.  See database.h. */
#include "table/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistr.h>

#include "table/fold.h"
#include "table/scratch.h"

/*
 * Nobody writes longer keys into a text; those of a mail that are longer are
 * not there.  Folding makes at most three times as much of them.
 */
#define KEY_MAX		((size_t)1 << 20)
#define FOLD_GROWS	3

/* What the administrator would say to postmap(1). */
struct names {
	char *text, *database;
};

static bool
find_names(const struct load *load, const char *type, struct names *names_r)
{
	char suffix[16];

	snprintf(suffix, sizeof(suffix), ".%s", type);
	names_r->text = load_path(load, "");
	names_r->database = load_path(load, suffix);
	if (names_r->text != NULL && names_r->database != NULL)
		return true;
	load_fail(load, "out of memory");
	return false;
}

static void
free_names(struct names *names)
{
	free(names->text);
	free(names->database);
}

struct datafile *
database_open(const struct load *load, const char *type)
{
	struct datafile *file = NULL;
	struct names names;
	const char *why;

	if (find_names(load, type, &names)) {
		file = datafile_open(load->sources, names.database, &why);
		if (file == NULL)
			load_fail(load, "%s cannot be read: %s (is it made? "
			    "run: postmap %s:%s)", names.database, why, type,
			    names.text);
		else if (datafile_older(file, load->sources, names.text))
			load_warn(load, 0, LINT_NONE, "%s is older than its "
			    "source %s (run: postmap %s:%s)", names.database,
			    names.text, type, names.text);
	}
	free_names(&names);
	return file;
}

void
database_refuse(const struct load *load, const char *type, const char *why)
{
	struct names names;

	if (find_names(load, type, &names))
		load_fail(load, "%s is damaged: %s (run: postmap %s:%s)",
		    names.database, why, type, names.text);
	free_names(&names);
}

size_t
database_rules(const void *data)
{
	(void)data;
	return 1;
}

void
database_rule(const char *name, struct rule *rule_r)
{
	rule_r->file = name;
	rule_r->unknown = true;
}

enum answer
database_error(struct match *match, const char *why)
{
	snprintf(match->why, sizeof(match->why), "%s", why);
	return ANSWER_ERROR;
}

static enum answer
try_both(const void *store, database_get *get, struct span key,
    struct buf *value, const char **why_r)
{
	/* With the NUL that stands behind it. */
	enum answer answer = get(store, span_make(key.p, key.n + 1), value,
	    why_r);

	if (answer != ANSWER_MISS)
		return answer;
	return get(store, key, value, why_r);
}

/* To postmap keys are C strings of UTF-8, and never empty. */
static bool
may_be_there(struct span key)
{
	return key.n > 0 && key.n <= KEY_MAX / FOLD_GROWS &&
	    span_find(key, '\0') == key.n &&
	    u8_check((const uint8_t *)key.p, key.n) == NULL;
}

enum answer
database_find(const void *store, database_get *get, struct span key,
    struct match *match)
{
	struct scratch *scratch = scratch_of(match);
	const char *why = "out of memory";
	enum answer answer = ANSWER_ERROR;
	struct buf folded;

	if (!may_be_there(key))
		return ANSWER_MISS;
	buf_init(&folded, KEY_MAX);
	if (scratch != NULL && fold_key(key, &folded)) {
		buf_string(&folded);
		buf_reset(&scratch->text);
		answer = try_both(store, get, buf_span(&folded),
		    &scratch->text, &why);
	}
	buf_clear(&folded);
	if (answer == ANSWER_ERROR)
		return database_error(match, why);
	if (answer == ANSWER_HIT) {
		match->text = buf_span(&scratch->text);
		match->text.n = span_find(match->text, '\0');
	}
	return answer;
}
