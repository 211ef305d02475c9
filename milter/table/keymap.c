/* keymap - fixed strings and what they stand for.  See keymap.h. */
#include "table/keymap.h"

#include <stdlib.h>
#include <unistr.h>

#include "table/fold.h"

#define SLOTS_SMALLEST	16

/* An offset with this bit is one into more; neither text reaches it. */
#define IN_MORE		(UINT32_C(1) << 31)

/* Folding makes at most three bytes into one (the Kelvin sign into k). */
#define FOLD_SHRINKS	3

bool
keymap_init(struct keymap *map, size_t entries)
{
	size_t slots = SLOTS_SMALLEST;

	if (entries >= UINT32_MAX / 4 || map->text.max >= IN_MORE)
		return false;
	while (slots < entries + entries / 2)
		slots *= 2;
	buf_init(&map->more, IN_MORE - 1);
	map->room = entries;
	map->mask = slots - 1;
	map->entries = calloc(entries + 1, sizeof(*map->entries));
	map->slots = calloc(slots, sizeof(*map->slots));
	return map->entries != NULL && map->slots != NULL;
}

void
keymap_clear(struct keymap *map)
{
	buf_clear(&map->text);
	buf_clear(&map->more);
	free(map->entries);
	free(map->slots);
	*map = (struct keymap){ .entries = NULL };
}

static const char *
at(const struct keymap *map, uint32_t offset)
{
	return (offset & IN_MORE) != 0 ? map->more.p + (offset - IN_MORE) :
	    map->text.p + offset;
}

/* FNV-1a.  Keys come from the administrator: nobody else can crowd a slot. */
static size_t
hash(struct span key)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < key.n; i++) {
		h ^= (unsigned char)ascii_lower((unsigned char)key.p[i]);
		h *= UINT64_C(0x100000001b3);
	}
	/* Linear probing asks for low bits that all of the key has stirred. */
	h ^= h >> 32;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(h ^ (h >> 29));
}

/* key has no NUL, and stored ends with one; stored is folded. */
static bool
same(const char *stored, struct span key)
{
	for (size_t i = 0; i < key.n; i++)
		if ((unsigned char)stored[i] !=
		    ascii_lower((unsigned char)key.p[i]))
			return false;
	return stored[key.n] == '\0';
}

/* The slot that has the key, or the free one where it would go. */
static size_t
find_slot(const struct keymap *map, struct span key)
{
	size_t slot = hash(key) & map->mask;

	while (map->slots[slot] != 0 && !same(at(map,
	    map->entries[map->slots[slot] - 1].key), key))
		slot = (slot + 1) & map->mask;
	return slot;
}

/* Where the folded key was put, and *folded_r, which lies there. */
static bool
place_key(struct keymap *map, struct span key, uint32_t *offset_r,
    struct span *folded_r)
{
	char *to = map->text.p + (key.p - map->text.p), *folded;
	size_t n = key.n;

	*offset_r = (uint32_t)(to - map->text.p);
	if (fold_is_ascii(key)) {
		for (size_t i = 0; i < n; i++)
			to[i] = (char)ascii_lower(to[i]);
	} else {
		if ((folded = fold_unicode(key, &n)) == NULL)
			return false;
		if (n > key.n) {
			*offset_r = IN_MORE | (uint32_t)map->more.n;
			if (!buf_reserve(&map->more, n + 1)) {
				free(folded);
				return false;
			}
			to = map->more.p + map->more.n;
			map->more.n += n + 1;
		}
		memcpy(to, folded, n);
		free(folded);
	}
	to[n] = '\0';
	*folded_r = span_make(to, n);
	return true;
}

enum keymap_added
keymap_add(struct keymap *map, struct span key, struct span value,
    unsigned line, size_t *entry_r)
{
	struct keymap_entry entry = { .line = line };
	struct span folded;
	size_t slot;

	map->text.p[value.p + value.n - map->text.p] = '\0';
	entry.value = (uint32_t)(value.p - map->text.p);
	if (map->n == map->room ||
	    !place_key(map, key, &entry.key, &folded))
		return KEYMAP_NO_MEMORY;
	slot = find_slot(map, folded);
	if (map->slots[slot] != 0) {
		*entry_r = map->slots[slot] - 1;
		return KEYMAP_TWICE;
	}
	if (folded.n > map->longest)
		map->longest = folded.n;
	*entry_r = map->n;
	map->entries[map->n++] = entry;
	map->slots[slot] = (uint32_t)map->n;
	return KEYMAP_ADDED;
}

void
keymap_settle(struct keymap *map)
{
	struct keymap_entry *entries = reallocarray(map->entries, map->n + 1,
	    sizeof(*entries));

	if (entries != NULL)
		map->entries = entries;
	map->room = map->n;
}

static bool
find_folded(const struct keymap *map, struct span key, size_t *entry_r)
{
	size_t slot;

	if (key.n > map->longest || span_find(key, '\0') < key.n)
		return false;
	slot = find_slot(map, key);
	if (map->slots[slot] == 0)
		return false;
	*entry_r = map->slots[slot] - 1;
	return true;
}

bool
keymap_find(const struct keymap *map, struct span key, size_t *entry_r)
{
	char *folded;
	size_t n;
	bool found;

	if (key.n / FOLD_SHRINKS > map->longest)
		return false;
	if (fold_is_ascii(key))
		return find_folded(map, key, entry_r);
	/* What is no UTF-8 cannot be in the map, which took only such. */
	if ((folded = fold_unicode(key, &n)) == NULL)
		return false;
	found = find_folded(map, span_make(folded, n), entry_r);
	free(folded);
	return found;
}

bool
keymap_fold(struct span *key, char **memory_r)
{
	size_t n = key->n;

	*memory_r = NULL;
	if (n == 0 || u8_check((const uint8_t *)key->p, n) != NULL)
		return true;
	if ((*memory_r = fold_unicode(*key, &n)) == NULL)
		return false;
	*key = span_make(*memory_r, n);
	return true;
}

struct span
keymap_value(const struct keymap *map, size_t entry)
{
	return span_of(at(map, map->entries[entry].value));
}
