/*
 * keymap - fixed strings and what they stand for: a hash table for many.
 *
 * Keys and values stay where they were read, in the text of the file, with a
 * NUL behind each; an entry is three offsets of 32 bits, and a slot is one.
 * Keys are folded as Postfix folds them: where they are UTF-8, by Unicode's
 * full case folding.
 *
 * A million keys, as resident memory per byte of text: 2.1 here for lines such
 * as "192.168.17.203 OK" (18 bytes) and 1.5 for an address and a short reply
 * (43 bytes).  uthash over the same text, its entries in one array, takes 5.5
 * and 2.9: its handle alone is 56 bytes a key.
 */
#ifndef POSTERN_TABLE_KEYMAP_H
#define POSTERN_TABLE_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

struct keymap_entry {
	uint32_t key;		/* offsets into text, or for a key, into more */
	uint32_t value;
	uint32_t line;
};

struct keymap {
	struct buf text;
	struct buf more;	/* keys that folding made longer */
	struct keymap_entry *entries;	/* in the order they were added */
	size_t n, room;
	uint32_t *slots;	/* an entry's number and 1; 0 is free */
	size_t mask;		/* slots, a power of two, less 1 */
	size_t longest;		/* key */
};

enum keymap_added { KEYMAP_ADDED, KEYMAP_TWICE, KEYMAP_NO_MEMORY };

/* For at most so many entries; false without memory. */
bool keymap_init(struct keymap *map, size_t entries);
void keymap_clear(struct keymap *map);

/*
 * key and value lie in the map's text, hold no NUL, and the byte behind each
 * is free to take one.  *entry_r is the new entry, or that which has the key
 * already and was left as it was.
 */
enum keymap_added keymap_add(struct keymap *map, struct span key,
    struct span value, unsigned line, size_t *entry_r);

/* Gives back the room of entries that were not added. */
void keymap_settle(struct keymap *map);

/* False where there is none. */
bool keymap_find(const struct keymap *map, struct span key, size_t *entry_r);

/*
 * Makes *key what keys are folded to; where that is not what it was, it lies in
 * *memory_r, to be freed.  What is not UTF-8 is left alone.  False without
 * memory.
 */
bool keymap_fold(struct span *key, char **memory_r);

struct span keymap_value(const struct keymap *map, size_t entry);

#endif
