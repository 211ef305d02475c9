/*
 * claims_hold - for tests of claims: are they true of a text?  As required.h
 * says it, byte by byte.
 */
#ifndef POSTERN_TEST_CLAIMS_HOLD_H
#define POSTERN_TEST_CLAIMS_HOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "table/required.h"

static inline bool
run_is_at(struct span text, size_t at, struct span run)
{
	if (run.n > text.n - at)
		return false;
	for (size_t i = 0; i < run.n; i++)
		if ((text.p[at + i] | 0x20) != run.p[i])
			return false;
	return true;
}

static inline bool
clause_holds(const struct required_clause *clause, struct span text)
{
	size_t last = clause->at_start ? 0 : text.n;

	for (size_t r = 0; r < clause->n; r++)
		for (size_t at = 0; at <= last; at++)
			if (run_is_at(text, at, clause->runs[r]))
				return true;
	return false;
}

static inline bool
sets_are_at(struct span text, size_t at, const struct required_sets *sets)
{
	if (sets->n > text.n - at)
		return false;
	for (size_t i = 0; i < sets->n; i++)
		if (!byteset_has(&sets->sets[i],
		    (unsigned char)text.p[at + i]))
			return false;
	return true;
}

/* None are everywhere. */
static inline bool
sets_hold(const struct required_sets *sets, struct span text)
{
	size_t last = sets->at_start ? 0 : text.n;

	for (size_t at = 0; at <= last; at++)
		if (sets_are_at(text, at, sets))
			return true;
	return false;
}

#endif
