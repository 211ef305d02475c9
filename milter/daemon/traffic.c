/* traffic - counts of conversations and messages. */
#include "daemon/traffic.h"

void
traffic_init(struct traffic *traffic)
{
	atomic_init(&traffic->conversations, 0);
	atomic_init(&traffic->messages, 0);
	atomic_init(&traffic->draining, false);
}

bool
traffic_join(struct traffic *traffic, uint64_t limit)
{
	uint_least64_t n = atomic_load(&traffic->conversations);

	do {
		if (limit > 0 && n >= limit)
			return false;
	} while (!atomic_compare_exchange_weak(&traffic->conversations, &n,
	    n + 1));
	return true;
}

void
traffic_leave(struct traffic *traffic)
{
	atomic_fetch_sub(&traffic->conversations, 1);
}

/*
 * Counted first, asked after: who drains sets the flag first and reads the
 * count after, so one of the two sees the other.
 */
bool
traffic_begin(struct traffic *traffic)
{
	atomic_fetch_add(&traffic->messages, 1);
	if (!atomic_load(&traffic->draining))
		return true;
	traffic_end(traffic);
	return false;
}

void
traffic_linger(struct traffic *traffic)
{
	atomic_fetch_add(&traffic->messages, 1);
}

void
traffic_end(struct traffic *traffic)
{
	atomic_fetch_sub(&traffic->messages, 1);
}

void
traffic_drain(struct traffic *traffic)
{
	atomic_store(&traffic->draining, true);
}

uint64_t
traffic_messages(struct traffic *traffic)
{
	return atomic_load(&traffic->messages);
}
