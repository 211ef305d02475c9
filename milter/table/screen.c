/* screen - many keys that lie in one buffer.  See table.h. */
#include "table/scratch.h"
#include "table/table_data.h"

void
screen_init(struct screen *screen)
{
	*screen = (struct screen){ .table = NULL };
	gate_hits_init(&screen->hits);
}

void
screen_clear(struct screen *screen)
{
	gate_hits_clear(&screen->hits);
}

static const struct proposals *
proposals_of(const struct table *table)
{
	return table->type->proposals != NULL ?
	    table->type->proposals(table->data) : NULL;
}

/* On the stamps of the match's scratch, where it has one. */
static size_t
scan(struct screen *screen, const struct gate *gate, size_t from)
{
	struct scratch *scratch = scratch_of(screen->match);
	size_t covered;

	if (scratch != NULL)
		gate_hits_swap_stamps(&screen->hits, &scratch->hits);
	covered = gate_scan(gate, screen->text, screen->records + from,
	    screen->n - from, &screen->hits);
	if (scratch != NULL)
		gate_hits_swap_stamps(&screen->hits, &scratch->hits);
	return covered;
}

/* Looks at some records more, from `from` on. */
static void
look(struct screen *screen, size_t from)
{
	const struct proposals *proposals = proposals_of(screen->table);
	size_t covered;

	screen->from = from;
	screen->to = screen->n;
	screen->at = 0;
	screen->hits.n = 0;
	screen->each = true;
	if (proposals == NULL || proposals->gate == NULL)
		return;
	covered = scan(screen, proposals->gate, from);
	screen->each = covered == 0;
	screen->to = from + (covered > 0 ? covered : 1);
}

void
screen_start(struct screen *screen, const struct table *table,
    struct span text, const struct record *records, size_t n,
    struct match *match)
{
	screen->table = table;
	screen->text = text;
	screen->records = records;
	screen->n = n;
	screen->match = match;
	if (n > 0)
		look(screen, 0);
}

/* The next hit at or behind the record, numbered from the first covered. */
static size_t
next_hit(struct screen *screen, size_t record)
{
	const struct gate_hits *hits = &screen->hits;

	while (screen->at < hits->n &&
	    hits->list[screen->at].record < record - screen->from)
		screen->at++;
	return screen->at < hits->n ?
	    screen->from + hits->list[screen->at].record : screen->to;
}

size_t
screen_next(struct screen *screen, size_t from)
{
	const struct proposals *proposals = proposals_of(screen->table);

	while (from < screen->n) {
		if (from >= screen->to)
			look(screen, from);
		if (screen->each || !proposals->quiet)
			return from;
		if ((from = next_hit(screen, from)) < screen->to)
			return from;
	}
	return screen->n;
}

/* The hits of one record; those before it are behind us. */
static struct proposed
proposed_for(struct screen *screen, size_t record)
{
	const struct gate_hits *hits = &screen->hits;
	struct proposed proposed = { .each = screen->each };

	if (screen->each || next_hit(screen, record) != record)
		return proposed;
	proposed.hits = &hits->list[screen->at];
	while (screen->at + proposed.n < hits->n &&
	    proposed.hits[proposed.n].record == proposed.hits[0].record)
		proposed.n++;
	return proposed;
}

enum answer
screen_find(struct screen *screen, size_t record)
{
	const struct table *table = screen->table;
	struct record at = screen->records[record];
	struct span key = span_make(screen->text.p + at.from, at.n);
	struct match *match = screen->match;
	struct proposed proposed;

	if (proposals_of(table) == NULL)
		return table_find(table, key, match);
	proposed = proposed_for(screen, record);
	match_reset(match);
	return table->type->find_proposed(table->data, key, &proposed, match);
}
