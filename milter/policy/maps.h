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

/* All of them; *table_r is the one that answered (or failed). */
enum answer maps_find(const struct maps *maps, struct span key,
    struct match *match, const struct table **table_r);

#endif
