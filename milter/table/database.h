/*
 * database - what cdb: and lmdb: share: the file that postmap(1) made from a
 * text, and its keys and values, with or without a NUL behind each.
 */
#ifndef POSTERN_TABLE_DATABASE_H
#define POSTERN_TABLE_DATABASE_H

#include "base/datafile.h"
#include "table/load.h"

/*
 * Opens NAME.TYPE for TYPE:NAME.  A text NAME that is younger is a warning.
 * NULL, having complained, where the file cannot be had.
 */
struct datafile *database_open(const struct load *load, const char *type);

/* The file is there, and of no use: an error with what to run. */
void database_refuse(const struct load *load, const char *type,
    const char *why);

/*
 * Looks for a key as it is.  ANSWER_HIT with the value in `value`, which is
 * empty before and has RESULT_MAX for its bound; ANSWER_ERROR with a literal
 * in *why_r.
 */
typedef enum answer database_get(const void *store, struct span key,
    struct buf *value, const char **why_r);

/*
 * The key is folded, and tried with a NUL and then without, as Postfix does:
 * a postmap(1) of one build writes them, and that of another does not.  A
 * value ends at its first NUL.
 */
enum answer database_find(const void *store, database_get *get,
    struct span key, struct match *match);

/* The one rule that stands for all that is in it; `name` is the table's. */
size_t database_rules(const void *data);
void database_rule(const char *name, struct rule *rule_r);

/* ANSWER_ERROR, with this reason. */
enum answer database_error(struct match *match, const char *why);

#endif
