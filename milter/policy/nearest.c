/* nearest - the known name that somebody meant.  See nearest.h. */
#include "policy/nearest.h"

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool
same(struct span a, size_t i, struct span b, size_t j)
{
	return ascii_lower((unsigned char)a.p[i]) ==
	    ascii_lower((unsigned char)b.p[j]);
}

size_t
nearest_distance(struct span a, struct span b)
{
	size_t rows[3][NEAREST_MAX + 1];
	size_t *older = rows[0], *old = rows[1], *now = rows[2];

	if (a.n > NEAREST_MAX || b.n > NEAREST_MAX)
		return NEAREST_MAX;
	for (size_t j = 0; j <= b.n; j++)
		old[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t *free_row = older;

		now[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			bool equal = same(a, i - 1, b, j - 1);

			now[j] = least(old[j - 1] + (equal ? 0 : 1),
			    least(old[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a, i - 1, b, j - 2) &&
			    same(a, i - 2, b, j - 1))
				now[j] = least(now[j], older[j - 2] + 1);
		}
		older = old;
		old = now;
		now = free_row;
	}
	return old[b.n];
}
