/*
 * maps - a list of tables that is asked in order, as Postfix's maps_find().
 *
 * The first table with an answer ends the search, and so does one that could
 * not look.  An empty key is never looked up.  A rule without a text is a
 * mistake in the table: ANSWER_ERROR, as Postfix has it.
 */
#ifndef POSTERN_POLICY_MAPS_H
#define POSTERN_POLICY_MAPS_H

#include "table/table.h"

struct maps {
	const struct table **tables;
	size_t n;
};

/* One table; a part of a key is a miss where the table takes none. */
enum answer map_find(const struct table *table, struct span key, bool part,
    struct match *match);

/* The same for a record of a screen over the table. */
enum answer map_find_screened(struct screen *screen, size_t record);

/*
 * Many keys in one buffer: a screen for each table of a list.  maps_screen()
 * is false without memory.
 */
struct maps_screen {
	struct screen *list;
	size_t n;
};

bool maps_screen(struct maps_screen *screen, const struct maps *maps,
    struct span text, const struct record *records, size_t n,
    struct match *match);
void maps_screen_clear(struct maps_screen *screen);

/* As screen_next(): the first that any of the tables must be asked about. */
size_t maps_screen_next(struct maps_screen *screen, size_t from);

/* All of them; *table_r is the one that answered (or failed). */
enum answer maps_find(const struct maps *maps, struct span key,
    struct match *match, const struct table **table_r);

#endif
