/* timers - a heap of what is due. */
#include "daemon/timers.h"

#include <stdlib.h>

static void
put(struct timers *timers, size_t place, struct timer *timer)
{
	timers->heap[place] = timer;
	timer->place = place;
}

/* From a place where it may be due too early, or too late. */
static void
settle(struct timers *timers, size_t place, struct timer *timer)
{
	struct timer **at = timers->heap;

	for (; place > 1 && at[place / 2]->due > timer->due; place /= 2)
		put(timers, place, at[place / 2]);
	for (;;) {
		size_t next = place * 2;

		if (next < timers->n && at[next + 1]->due < at[next]->due)
			next++;
		if (next > timers->n || at[next]->due >= timer->due)
			break;
		put(timers, place, at[next]);
		place = next;
	}
	put(timers, place, timer);
}

static bool
make_room(struct timers *timers)
{
	size_t size = timers->size * 2 + 16;
	struct timer **heap;

	if (timers->n < timers->size)
		return true;
	if (size >= SIZE_MAX / sizeof(*heap) || (heap = realloc(timers->heap,
	    (size + 1) * sizeof(*heap))) == NULL)
		return false;
	timers->heap = heap;
	timers->size = size;
	return true;
}

bool
timers_set(struct timers *timers, struct timer *timer, uint64_t due)
{
	if (timer->place == 0) {
		if (!make_room(timers))
			return false;
		put(timers, ++timers->n, timer);
	}
	timer->due = due;
	settle(timers, timer->place, timer);
	return true;
}

void
timers_forget(struct timers *timers, struct timer *timer)
{
	size_t place = timer->place;
	struct timer *last;

	if (place == 0)
		return;
	timer->place = 0;
	last = timers->heap[timers->n--];
	if (last != timer)
		settle(timers, place, last);
}

struct timer *
timers_first(const struct timers *timers)
{
	return timers->n > 0 ? timers->heap[1] : NULL;
}

void
timers_clear(struct timers *timers)
{
	free(timers->heap);
	*timers = (struct timers){ 0 };
}
