/* networks - mynetworks and trusted_relays.  See networks.h. */
#include "policy/networks.h"

#include "policy/maps.h"

static enum answer
item_holds(const struct network_item *item, struct span text,
    const struct network *address, struct match *match)
{
	if (item->table != NULL)
		return map_find(item->table, text, false, match);
	return network_holds(&item->network, address) ?
	    ANSWER_HIT : ANSWER_MISS;
}

enum answer
networks_hold(const struct networks *networks, struct span address,
    struct match *match)
{
	struct network parsed;

	if (!address_parse(address, &parsed))
		return ANSWER_MISS;
	for (size_t i = 0; i < networks->n; i++) {
		const struct network_item *item = &networks->items[i];
		enum answer answer = item_holds(item, address, &parsed,
		    match);

		if (answer == ANSWER_HIT && item->except)
			return ANSWER_MISS;
		if (answer != ANSWER_MISS)
			return answer;
	}
	return ANSWER_MISS;
}
