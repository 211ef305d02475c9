/*
 * import_plan - which map goes where, for whom, and what may leave main.cf.
 *
 * postern.conf has one list for each class, and one set of exemptions for each
 * group; Postfix has a place for each map.  Where the two cannot be made to
 * mean the same, postern asks a map for fewer, and main.cf keeps it.
 */
#include "tool/import_state.h"

#include "policy/conf.h"

static bool
is_taken(const struct import_map *map)
{
	return map->left == NULL && map->same_as == NULL;
}

static unsigned
group_of(enum access_class class)
{
	switch (class) {
	case ACCESS_CLIENT:
	case ACCESS_REVERSE_CLIENT:
		return EXEMPT_CLIENT;
	case ACCESS_HELO:
		return EXEMPT_HELO;
	case ACCESS_SENDER:
		return EXEMPT_SENDER;
	case ACCESS_LOGIN:	/* nobody is exempt from it */
	case ACCESS_HEADER_FROM:
	case ACCESS_REPLY_TO:	/* nothing is imported for them */
	case ACCESS_LINK_DOMAIN:
		return 0;
	case ACCESS_RECIPIENT:
		break;
	}
	return EXEMPT_RECIPIENT;
}

/* Does the list permit by a map of this class, in front of `before`? */
static bool
permits_before(const struct import *import, const struct import_map *before,
    const struct import_list *list, enum access_class class)
{
	for (const struct import_map *map = import->maps; map < before; map++)
		if (is_taken(map) && map->list == list &&
		    map->class == class &&
		    (map->table.kinds & IMPORT_PERMITS) != 0)
			return true;
	return false;
}

/* What only permits, with no map of its class behind it, does nothing here. */
static void
leave_what_only_permits(struct import *import)
{
	for (size_t i = import->nmaps; i > 0; i--) {
		struct import_map *map = &import->maps[i - 1];
		bool last = map->table.kinds == IMPORT_PERMITS;

		for (size_t j = i; j < import->nmaps && last; j++)
			last = import->maps[j].left != NULL ||
			    import->maps[j].list != map->list ||
			    import->maps[j].class != map->class;
		if (last && map->left == NULL)
			map->left = "it permits and never refuses, so there "
			    "is nothing for postern to do";
	}
}

/* Is b never asked where a, in another place, has not been asked as well? */
static bool
covers(const struct import *import, const struct import_map *a,
    const struct import_map *b)
{
	return a != b && is_taken(a) && is_taken(b) && a->class == b->class &&
	    span_equal(a->table.name, b->table.name) &&
	    (a->table.kinds & IMPORT_PERMITS) == 0 &&
	    (a->behind & ~b->behind) == 0 &&
	    !permits_before(import, a, a->list, a->class);
}

static void
find_repeated(struct import *import)
{
	for (size_t i = 0; i < import->nmaps; i++)
		for (size_t j = 0; j < import->nmaps; j++)
			if (covers(import, &import->maps[i],
			    &import->maps[j]))
				import->maps[j].same_as = &import->maps[i];
}

static void
set_exempt(struct import *import)
{
	for (size_t i = 0; i < import->nmaps; i++) {
		const struct import_map *map = &import->maps[i];

		if (!is_taken(map))
			continue;
		if ((map->behind & BEHIND_MYNETWORKS) != 0)
			import->exempt_mynetworks |= group_of(map->class);
		if ((map->behind & BEHIND_AUTHENTICATED) != 0)
			import->exempt_authenticated |= group_of(map->class);
	}
}

/* An OK ends the list here, in Postfix only its own: those lists come last. */
static bool
set_order(struct import *import, enum access_class class)
{
	const struct import_map *end = import->maps + import->nmaps;
	const struct import_map **order = region_alloc(&import->region,
	    (import->nmaps + 1) * sizeof(const struct import_map *));
	size_t n = 0;

	if (order == NULL)
		return false;
	for (int permitting = 0; permitting < 2; permitting++)
		for (const struct import_map *map = import->maps; map < end;
		    map++)
			if (is_taken(map) && map->class == class &&
			    permits_before(import, end, map->list, class) ==
			    (permitting == 1))
				order[n++] = map;
	import->order[class] = order;
	import->norder[class] = n;
	return true;
}

/* Is it spared by an OK that stands in another list in Postfix? */
static bool
spared_by_order(const struct import *import, const struct import_map *map)
{
	for (size_t i = 0; i < import->norder[map->class]; i++) {
		const struct import_map *other = import->order[map->class][i];

		if (other == map)
			break;
		if (other->list != map->list &&
		    (other->table.kinds & IMPORT_PERMITS) != 0)
			return true;
	}
	return false;
}

static const char *
why_it_stays(const struct import *import, const struct import_map *map)
{
	unsigned group = group_of(map->class);

	if ((map->table.kinds & IMPORT_PERMITS) != 0)
		return "it permits, too: that guards relaying, and what "
		    "stands behind it in its list";
	if ((map->table.kinds & IMPORT_OTHER) != 0)
		return "it does more than refuse";
	if ((import->exempt_mynetworks & group) != 0 &&
	    (map->behind & BEHIND_MYNETWORKS) == 0)
		return "Postfix asks it for mynetworks, too; here they are "
		    "exempt, for another map's sake";
	if ((import->exempt_authenticated & group) != 0 &&
	    (map->behind & BEHIND_AUTHENTICATED) == 0)
		return "Postfix asks it for logins, too; here they are "
		    "exempt, for another map's sake";
	if (map->within.n > 0)
		return "it stands in a class of restrictions, which other "
		    "maps may name as their result";
	if (spared_by_order(import, map))
		return "here an OK in a map before it, which is of another "
		    "list in Postfix, spares it";
	return NULL;
}

static void
decide_who_stays(struct import *import)
{
	for (size_t i = 0; i < import->nmaps; i++)
		if (is_taken(&import->maps[i]))
			import->maps[i].stays = why_it_stays(import,
			    &import->maps[i]);
	for (size_t i = 0; i < import->nmaps; i++)
		if (import->maps[i].same_as != NULL)
			import->maps[i].stays = import->maps[i].within.n > 0 ?
			    why_it_stays(import, &import->maps[i]) :
			    import->maps[i].same_as->stays;
}

/* Before RCPT is too early for a map that stands in a later list. */
static void
decide_delay(struct import *import)
{
	static const enum import_stage known[] = {
		[ACCESS_CLIENT] = STAGE_CONNECT,
		[ACCESS_REVERSE_CLIENT] = STAGE_CONNECT,
		[ACCESS_HELO] = STAGE_HELO, [ACCESS_LOGIN] = STAGE_MAIL,
		[ACCESS_SENDER] = STAGE_MAIL,
		[ACCESS_RECIPIENT] = STAGE_RCPT,
	};

	for (size_t i = 0; i < import->nmaps; i++) {
		const struct import_map *map = &import->maps[i];

		if (is_taken(map) && map->class != ACCESS_RECIPIENT &&
		    map->list->stage > known[map->class])
			import->delay_reject = true;
	}
}

void
import_plan(struct import *import)
{
	leave_what_only_permits(import);
	find_repeated(import);
	set_exempt(import);
	for (int class = 0; class <= ACCESS_RECIPIENT; class++)
		if (!set_order(import, (enum access_class)class))
			return;
	decide_who_stays(import);
	decide_delay(import);
}
