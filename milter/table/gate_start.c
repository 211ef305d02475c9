/*
 * gate_start - runs with which a record has to begin, however many there are.
 *
 * They lie in the order of their bytes.  The last one that does not come after
 * the record is one that it begins with, or begins with all of those itself.
 */
#include "table/gate_state.h"

#include <stdlib.h>

static int
compare_bytes(const void *a, size_t a_n, const void *b, size_t b_n)
{
	int order = memcmp(a, b, a_n < b_n ? a_n : b_n);

	return order != 0 ? order : (a_n > b_n) - (a_n < b_n);
}

static int
compare_uses(const void *a, const void *b)
{
	const struct gate_use *x = a, *y = b;
	int order = compare_bytes(x->run.p, x->run.n, y->run.p, y->run.n);

	return order != 0 ? order :
	    (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

/* Is it another one than that before it? */
static bool
distinct(const struct gate_use *uses, size_t i)
{
	return i == 0 || !span_equal(uses[i].run, uses[i - 1].run);
}

static void
add_run(struct gate_runs *runs, struct span run)
{
	runs->list[runs->n++] = (struct gate_run){
	    .at = (uint32_t)runs->n_bytes, .next = GATE_NONE,
	    .first = (uint32_t)runs->n_lists, .n = (uint8_t)run.n };
	memcpy(runs->bytes + runs->n_bytes, run.p, run.n);
	runs->n_bytes += run.n;
}

bool
gate_group(struct gate_runs *runs, struct gate_use *uses, size_t n)
{
	size_t count = 0, bytes = 1;

	if (n == 0)
		return true;
	qsort(uses, n, sizeof(*uses), compare_uses);
	for (size_t i = 0; i < n; i++)
		if (distinct(uses, i)) {
			count++;
			bytes += uses[i].run.n;
		}
	runs->list = malloc(count * sizeof(*runs->list));
	runs->bytes = malloc(bytes);
	runs->lists = malloc(n * sizeof(*runs->lists));
	if (runs->list == NULL || runs->bytes == NULL || runs->lists == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (distinct(uses, i))
			add_run(runs, uses[i].run);
		runs->lists[runs->n_lists++] = uses[i].pattern;
		runs->list[runs->n - 1].count++;
	}
	return true;
}

static bool
begins(const struct gate_runs *runs, const struct gate_run *start,
    const unsigned char *p, uint32_t n)
{
	return start->n <= n && memcmp(p, runs->bytes + start->at,
	    start->n) == 0;
}

static void
set_bit(struct gate *gate, unsigned int bit)
{
	gate->begins[bit / 32] |= UINT32_C(1) << bit % 32;
}

bool
gate_build_starts(struct gate *gate)
{
	struct gate_runs *starts = &gate->starts;

	for (uint32_t i = 0; i < starts->n; i++) {
		struct gate_run *start = &starts->list[i];
		const unsigned char *p = starts->bytes + start->at;
		uint32_t other = i > 0 ? i - 1 : GATE_NONE;

		while (other != GATE_NONE &&
		    !begins(starts, &starts->list[other], p, start->n))
			other = starts->list[other].next;
		start->next = other;
		if (start->n >= 2)
			set_bit(gate, gate_begin(p[0], p[1]));
		for (unsigned int b = 0; start->n == 1 && b < 256; b++)
			set_bit(gate, gate_begin(p[0], (unsigned char)b));
	}
	return true;
}

uint32_t
gate_start(const struct gate *gate, const unsigned char *record, uint32_t n)
{
	const struct gate_runs *starts = &gate->starts;
	unsigned char head[REQUIRED_RUN_MAX];
	uint32_t low = 0, high = starts->n, found;

	if (n > sizeof(head))
		n = sizeof(head);
	for (uint32_t i = 0; i < n; i++)
		head[i] = record[i] | 0x20;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct gate_run *start = &starts->list[middle];

		if (compare_bytes(starts->bytes + start->at, start->n,
		    head, n) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	found = low > 0 ? low - 1 : GATE_NONE;
	while (found != GATE_NONE &&
	    !begins(starts, &starts->list[found], head, n))
		found = starts->list[found].next;
	return found;
}
