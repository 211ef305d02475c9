/*
 * gate_claims - takes claims, and keeps what a scan needs of them.
 */
#include "table/gate_state.h"

#include <stdlib.h>

/*
 * A run that is short makes a text be looked at more often.  So few of them are
 * looked for as sets are, which the text is looked at for anyway.
 */
#define SHORT_FEW	8

/* A run as sets. */
struct short_run {
	struct required_sets sets;
	struct byteset bytes[GATE_SEGMENT];
};

/* What is gathered while a gate is made. */
struct making {
	struct gate *gate;
	struct gate_use *runs, *starts;
	size_t n_runs, n_starts;
	struct gate_sets_use *sets, *start_sets;
	size_t n_sets, n_start_sets;

	size_t shortest;	/* runs that are shorter become sets */
	struct short_run short_runs[SHORT_FEW];
	size_t n_short_runs;
};

/* Of which only the length is known; each record begins with these. */
static const struct required_sets no_sets = { .at_start = true };

bool
gate_is_folded(struct span run)
{
	for (size_t i = 0; i < run.n; i++)
		if ((run.p[i] & 0x20) == 0)
			return false;
	return true;
}

bool
gate_is_sound(const struct required_clause *clause, size_t least)
{
	if (clause->n == 0 || clause->n > REQUIRED_RUNS_MAX)
		return false;
	for (size_t i = 0; i < clause->n; i++)
		if (clause->runs[i].n < least ||
		    clause->runs[i].n > REQUIRED_RUN_MAX ||
		    !gate_is_folded(clause->runs[i]))
			return false;
	return true;
}

static bool
clause_good(const struct required_clause *clause)
{
	return gate_is_sound(clause, clause->at_start ? 1 : GATE_SHORTEST);
}

static size_t
clauses(const struct required *claims)
{
	return claims->n < REQUIRED_CLAUSES_MAX ?
	    claims->n : REQUIRED_CLAUSES_MAX;
}

/* The one that a pattern is looked for by; NULL where there is none. */
static const struct required_clause *
main_clause(const struct required *claims)
{
	const struct required_clause *start = NULL;

	for (size_t i = 0; i < clauses(claims); i++) {
		const struct required_clause *clause = &claims->clauses[i];

		if (!clause_good(clause))
			continue;
		if (!clause->at_start)
			return clause;
		if (start == NULL)
			start = clause;
	}
	return start;
}

/* The sets that a pattern is looked for by; NULL where there are none. */
static const struct required_sets *
main_sets(const struct required *claims)
{
	if (claims->sets.n > 0 && claims->sets.n <= REQUIRED_SETS_MAX)
		return &claims->sets;
	return main_clause(claims) == NULL && claims->least > 0 ?
	    &no_sets : NULL;
}

static void
add_check(struct gate *gate, const struct required_clause *clause)
{
	gate->checks[gate->n_checks++] = (struct gate_check){
	    (uint32_t)gate->n_pieces, (uint16_t)clause->n, clause->at_start };
	for (size_t i = 0; i < clause->n; i++) {
		struct span run = clause->runs[i];

		gate->pieces[gate->n_pieces++] = (struct gate_piece){
		    (uint32_t)gate->n_bytes, (uint32_t)run.n };
		memcpy(gate->bytes + gate->n_bytes, run.p, run.n);
		gate->n_bytes += run.n;
	}
}

static bool
is_check(const struct required_clause *clause,
    const struct required_clause *first)
{
	return clause != first && clause_good(clause) &&
	    (clause->at_start || clause->n <= GATE_WITHIN_PIECES);
}

/* How many were added. */
static uint8_t
add_checks(struct gate *gate, const struct required *claims,
    const struct required_clause *first, bool at_start)
{
	uint8_t n = 0;

	for (size_t c = 0; c < clauses(claims); c++) {
		const struct required_clause *clause = &claims->clauses[c];

		if (clause->at_start == at_start && is_check(clause, first)) {
			add_check(gate, clause);
			n++;
		}
	}
	return n;
}

static void
add_sets(struct making *making, const struct required_sets *sets, size_t i)
{
	struct gate_sets_use use = { sets, (uint32_t)i };

	if (sets->at_start)
		making->start_sets[making->n_start_sets++] = use;
	else
		making->sets[making->n_sets++] = use;
}

/* Folded bytes: with the bit 0x20, and without. */
static void
add_short_run(struct making *making, struct span run, size_t i)
{
	struct short_run *made = &making->short_runs[making->n_short_runs++];

	*made = (struct short_run){ .sets = { .sets = made->bytes,
	    .n = run.n } };
	for (size_t at = 0; at < run.n; at++) {
		unsigned char byte = (unsigned char)run.p[at];

		byteset_add(&made->bytes[at], byte);
		byteset_add(&made->bytes[at], byte & 0xdf);
	}
	add_sets(making, &made->sets, i);
}

static void
add_uses(struct making *making, const struct required_clause *clause, size_t i)
{
	for (size_t r = 0; r < clause->n; r++) {
		struct gate_use use = { clause->runs[r], (uint32_t)i };

		if (clause->at_start)
			making->starts[making->n_starts++] = use;
		else if (use.run.n < making->shortest)
			add_short_run(making, use.run, i);
		else
			making->runs[making->n_runs++] = use;
	}
}

static void
add_pattern(struct making *making, const struct required *claims, size_t i)
{
	struct gate *gate = making->gate;
	struct gate_pattern *pattern = &gate->patterns[i];
	const struct required_sets *sets = main_sets(claims);
	const struct required_clause *first = sets == NULL ?
	    main_clause(claims) : NULL;

	pattern->least = claims->least < UINT32_MAX ?
	    (uint32_t)claims->least : UINT32_MAX;
	pattern->first = (uint32_t)gate->n_checks;
	/* Those that cost least come first. */
	pattern->n = add_checks(gate, claims, first, true);
	pattern->n += add_checks(gate, claims, first, false);
	if (sets != NULL)
		add_sets(making, sets, i);
	else
		add_uses(making, first, i);
}

/* What there has to be room for. */
struct needs {
	size_t uses, sets, checks, pieces, bytes;
};

/* False where it would be too much; the pattern is not taken then. */
static bool
add_needs(struct needs *needs, const struct required *claims)
{
	const struct required_sets *sets = main_sets(claims);
	const struct required_clause *first = sets == NULL ?
	    main_clause(claims) : NULL;
	struct needs more = *needs;

	if (sets == NULL && first == NULL)
		return false;
	more.sets += sets != NULL;
	more.uses += first != NULL ? first->n : 0;
	for (size_t c = 0; c < clauses(claims); c++) {
		const struct required_clause *clause = &claims->clauses[c];

		if (!is_check(clause, first))
			continue;
		more.checks++;
		more.pieces += clause->n;
		for (size_t r = 0; r < clause->n; r++)
			more.bytes += clause->runs[r].n;
	}
	if (more.uses > GATE_USES_MAX || more.pieces > GATE_USES_MAX)
		return false;
	*needs = more;
	return true;
}

/* Which runs are so few that they become sets. */
static size_t
find_shortest(const struct gate *gate, const struct required *patterns)
{
	size_t counts[GATE_SEGMENT] = { 0 }, few = 0, n = GATE_SHORTEST;

	for (size_t i = 0; i < gate->n; i++) {
		const struct required_clause *clause =
		    main_clause(&patterns[i]);

		if (!gate->patterns[i].known || gate->patterns[i].word ||
		    main_sets(&patterns[i]) != NULL || clause == NULL ||
		    clause->at_start)
			continue;
		for (size_t r = 0; r < clause->n; r++)
			if (clause->runs[r].n < GATE_SEGMENT)
				counts[clause->runs[r].n]++;
	}
	while (n < GATE_SEGMENT && (few += counts[n]) <= SHORT_FEW)
		n++;
	return n;
}

static bool
make_room(struct making *making, const struct required *patterns, size_t n)
{
	struct gate *gate = making->gate;
	struct needs needs = { 1, 1, 1, 1, 1 };

	if (n >= GATE_NONE)
		return false;
	gate->patterns = calloc(n + 1, sizeof(*gate->patterns));
	if (gate->patterns == NULL)
		return false;
	gate->n = n;
	if (!gate_take_words(gate, patterns, n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!gate->patterns[i].word)
			gate->patterns[i].known = add_needs(&needs,
			    &patterns[i]);
	making->shortest = find_shortest(gate, patterns);
	needs.sets += SHORT_FEW;
	making->runs = malloc(needs.uses * sizeof(*making->runs));
	making->starts = malloc(needs.uses * sizeof(*making->starts));
	making->sets = malloc(needs.sets * sizeof(*making->sets));
	making->start_sets = malloc(needs.sets *
	    sizeof(*making->start_sets));
	gate->checks = malloc(needs.checks * sizeof(*gate->checks));
	gate->pieces = malloc(needs.pieces * sizeof(*gate->pieces));
	gate->bytes = malloc(needs.bytes);
	return making->runs != NULL && making->starts != NULL &&
	    making->sets != NULL && making->start_sets != NULL &&
	    gate->checks != NULL && gate->pieces != NULL &&
	    gate->bytes != NULL;
}

static bool
take(struct making *making, const struct required *patterns, size_t n)
{
	struct gate *gate = making->gate;

	if (!make_room(making, patterns, n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (gate->patterns[i].known && !gate->patterns[i].word) {
			add_pattern(making, &patterns[i], i);
			gate->only_words = false;
		}
	return gate_group(&gate->runs, making->runs, making->n_runs) &&
	    gate_group(&gate->starts, making->starts, making->n_starts) &&
	    gate_build_maps(gate) && gate_build_starts(gate) &&
	    gate_build_sets(gate, &gate->sets, making->sets,
	    making->n_sets) &&
	    gate_build_sets(gate, &gate->start_sets, making->start_sets,
	    making->n_start_sets);
}

bool
gate_take_claims(struct gate *gate, const struct required *patterns, size_t n)
{
	struct making making = { .gate = gate };
	bool taken = take(&making, patterns, n);

	free(making.runs);
	free(making.starts);
	free(making.sets);
	free(making.start_sets);
	return taken;
}
