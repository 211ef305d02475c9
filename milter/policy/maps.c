/* maps - a list of tables that is asked in order.  See maps.h. */
#include "policy/maps.h"

#include <stdio.h>

enum answer
map_find(const struct table *table, struct span key, bool part,
    struct match *match)
{
	enum answer answer;

	match->limited = 0;
	if (key.n == 0 || (part && !table_takes_parts(table)))
		return ANSWER_MISS;
	answer = table_find(table, key, match);
	if (answer == ANSWER_HIT && match->text.n == 0) {
		snprintf(match->why, sizeof(match->why),
		    "%.120s: a rule without a result", table_name(table));
		answer = ANSWER_ERROR;
	}
	return answer;
}

enum answer
maps_find(const struct maps *maps, struct span key, struct match *match,
    const struct table **table_r)
{
	for (size_t i = 0; i < maps->n; i++) {
		enum answer answer = map_find(maps->tables[i], key, false,
		    match);

		if (answer != ANSWER_MISS) {
			*table_r = maps->tables[i];
			return answer;
		}
	}
	return ANSWER_MISS;
}
