/*
 * gate - which of many patterns may match in which of many records.
 *
 * It only proposes: a pattern that it does not name for a record cannot match
 * there; one that it names may, and somebody has to look.  What a pattern
 * requires is known from required.h; a q-gram filter over all of these runs
 * is asked once for a whole buffer.  It never changes, so that any number of
 * threads may ask it.
 */
#ifndef POSTERN_TABLE_GATE_H
#define POSTERN_TABLE_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "table/required.h"

struct gate;

/* Bytes [from, from + n) of a buffer. */
struct record {
	uint32_t from, n;
};

/* A buffer is smaller than this. */
#define GATE_TEXT_MAX	((size_t)1 << 30)

struct gate_hit {
	uint32_t record, pattern;
};

/*
 * What a scan writes on; it belongs to one scan at a time.  At most
 * GATE_HITS_MAX hits are held.
 */
#define GATE_HITS_MAX	((size_t)16 * 1024)

struct gate_hits {
	struct gate_hit *list;	/* by record, then by pattern; none twice */
	size_t n;

	/* The gate's own: */
	size_t room;
	uint32_t *stamps;	/* where a run, a pattern was seen last */
	size_t n_stamps;
	uint32_t stamp;		/* of the last record that there was */
};

enum gate_kind {
	GATE_BEST,	/* what this processor does best */
	GATE_SCALAR,
	GATE_DROPS,	/* for tests alone: loses some hits */
	GATE_NONE	/* of a table: none, all is tried (gate_new: BEST) */
};

/*
 * The patterns are numbered from 0; those of which nothing is required are not
 * the gate's and never in its hits.  NULL without memory.  The claims need not
 * live on.
 */
struct gate *gate_new(const struct required *patterns, size_t n,
    enum gate_kind kind);
void gate_free(struct gate **gate);

/* Does the gate speak of that pattern at all? */
bool gate_knows(const struct gate *gate, size_t pattern);

/*
 * The records are in ascending order and do not overlap; gaps between them are
 * not looked at.  Returns how many of them, from the first on, the hits are
 * complete for; 0 where the first alone has more hits than there is room for
 * (or there is no memory): every pattern may match there.
 */
size_t gate_scan(const struct gate *gate, struct span text,
    const struct record *records, size_t n, struct gate_hits *hits);

/*
 * false: no pattern that it knows matches in the text, which is one record.
 * It says so only where that costs next to nothing.
 */
bool gate_may_hit(const struct gate *gate, struct span text);

/* Stamps are large, and a scan alone writes on them: one may use another's. */
void gate_hits_swap_stamps(struct gate_hits *hits, struct gate_hits *other);

void gate_hits_init(struct gate_hits *hits);
void gate_hits_clear(struct gate_hits *hits);

/* Bytes of memory that it takes, for the bench. */
size_t gate_size(const struct gate *gate);

#endif
