/* maps - a list of tables that is asked in order.  See maps.h. */
#include "policy/maps.h"

#include <stdio.h>
#include <stdlib.h>

static enum answer
conclude(const struct table *table, enum answer answer, struct match *match)
{
	if (answer == ANSWER_HIT && match->text.n == 0) {
		snprintf(match->why, sizeof(match->why),
		    "%.120s: a rule without a result", table_name(table));
		answer = ANSWER_ERROR;
	}
	return answer;
}

enum answer
map_find(const struct table *table, struct span key, bool part,
    struct match *match)
{
	match->limited = 0;
	if (key.n == 0 || (part && !table_takes_parts(table)))
		return ANSWER_MISS;
	return conclude(table, table_find(table, key, match), match);
}

enum answer
map_find_screened(struct screen *screen, size_t record)
{
	screen->match->limited = 0;
	if (screen->records[record].n == 0)
		return ANSWER_MISS;
	return conclude(screen->table, screen_find(screen, record),
	    screen->match);
}

bool
maps_screen(struct maps_screen *screen, const struct maps *maps,
    struct span text, const struct record *records, size_t n,
    struct match *match)
{
	screen->n = maps->n;
	screen->list = calloc(maps->n + 1, sizeof(*screen->list));
	if (screen->list == NULL)
		return false;
	for (size_t i = 0; i < maps->n; i++) {
		screen_init(&screen->list[i]);
		screen_start(&screen->list[i], maps->tables[i], text, records,
		    n, match);
	}
	return true;
}

void
maps_screen_clear(struct maps_screen *screen)
{
	for (size_t i = 0; screen->list != NULL && i < screen->n; i++)
		screen_clear(&screen->list[i]);
	free(screen->list);
	*screen = (struct maps_screen){ .list = NULL };
}

size_t
maps_screen_next(struct maps_screen *screen, size_t from)
{
	size_t first = SIZE_MAX;

	for (size_t i = 0; i < screen->n; i++) {
		size_t next = screen_next(&screen->list[i], from);

		if (next < first)
			first = next;
	}
	return first;
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
