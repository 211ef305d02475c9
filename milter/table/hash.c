/*
 * hash - fixed strings from a text file: hash:, texthash: and btree:.
 *
 * All read the text that postmap(1) would make a database of: "key value" in
 * logical lines.  The key ends at the first white space outside quotes, which
 * stay part of it; of several equal keys the first counts.
 */
#include <stdlib.h>
#include <unistr.h>

#include "table/keymap.h"
#include "table/type.h"

struct pair {
	struct span key, value;
};

/* At the end of the key; false where its quotes have no end. */
static bool
key_end(struct span text, size_t *end_r)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < text.n; i++) {
		if (text.p[i] == '\\') {
			if (++i == text.n)
				break;
		} else if (text.p[i] == '"') {
			quoted = !quoted;
		} else if (!quoted && ascii_space(text.p[i])) {
			break;
		}
	}
	*end_r = i;
	return !quoted;
}

/* False, having complained, where Postfix would ignore the line. */
static bool
split(const struct load *load, const struct logical_line *line,
    struct pair *pair_r)
{
	const char *ignored = "ignoring this line";
	struct span text = line->text;
	size_t end;

	if (u8_check((const uint8_t *)text.p, text.n) != NULL) {
		load_trap(load, line->line, ignored,
		    "not UTF-8: \"%.*s\"", SPAN_ARG(text));
		return false;
	}
	if (!key_end(text, &end)) {
		load_trap(load, line->line, ignored, "a quote has no end in "
		    "\"%.*s\"", SPAN_ARG(text));
		return false;
	}
	pair_r->key = span_head(text, end);
	pair_r->value = span_trim(span_skip(text, end));
	if (end == 0 || pair_r->value.n == 0) {
		load_trap(load, line->line, ignored, "no value behind "
		    "\"%.*s\" (write key, white space, value)",
		    SPAN_ARG(pair_r->key));
		return false;
	}
	if (text.p[end - 1] == ':')
		load_warn(load, line->line, LINT_COLON, "the key \"%.*s\" ends "
		    "in a colon, which is part of it (write it without, "
		    "unless this is an alias file)", SPAN_ARG(pair_r->key));
	return true;
}

static bool
add(const struct load *load, struct keymap *map, unsigned line,
    const struct pair *pair)
{
	size_t entry;

	switch (keymap_add(map, pair->key, pair->value, line, &entry)) {
	case KEYMAP_ADDED:
		return true;
	case KEYMAP_TWICE:
		/* Folded in place by now, which is how it would be found. */
		load_warn(load, line, LINT_DUPLICATE, "the key \"%.*s\" was "
		    "there already in line %u; the first one counts (remove "
		    "one of them)", SPAN_ARG(pair->key),
		    (unsigned)map->entries[entry].line);
		return true;
	default:
		load_fail(load, "out of memory");
		return false;
	}
}

/* As many as there can be; those that are not used cost no memory. */
static size_t
count_lines(struct span text)
{
	size_t n = 1, end;

	while ((end = span_find(text, '\n')) < text.n) {
		text = span_skip(text, end + 1);
		n++;
	}
	return n;
}

static bool
read_pairs(const struct load *load, struct keymap *map)
{
	struct logical lines = { .p = map->text.p, .n = map->text.n };
	struct logical_line line;
	struct pair pair;

	while (load_line(load, &lines, &line))
		if (split(load, &line, &pair) &&
		    !add(load, map, line.line, &pair))
			return false;
	keymap_settle(map);
	return true;
}

static void
hash_free(void *data)
{
	keymap_clear(data);
	free(data);
}

static void *
hash_open(struct load *load)
{
	struct keymap *map = calloc(1, sizeof(*map));

	if (map == NULL || !load_text(load, &map->text)) {
		free(map);
		return NULL;
	}
	if (!keymap_init(map, count_lines(buf_span(&map->text)))) {
		load_fail(load, "out of memory");
	} else if (read_pairs(load, map)) {
		return map;
	}
	hash_free(map);
	return NULL;
}

static size_t
hash_rules(const void *data)
{
	return ((const struct keymap *)data)->n;
}

static void
hash_rule(const void *data, size_t number, struct rule *rule_r)
{
	const struct keymap *map = data;

	rule_r->line = map->entries[number].line;
	rule_r->text = keymap_value(map, number);
}

static enum answer
hash_find(const void *data, struct span key, struct match *match)
{
	const struct keymap *map = data;

	if (!keymap_find(map, key, &match->rule))
		return ANSWER_MISS;
	match->text = keymap_value(map, match->rule);
	return ANSWER_HIT;
}

const struct table_type table_hash = {
	.name = "hash", .takes_parts = true, .reads_file = true,
	.open = hash_open, .free = hash_free, .rules = hash_rules,
	.rule = hash_rule, .find = hash_find,
};

const struct table_type table_texthash = {
	.name = "texthash", .takes_parts = true, .reads_file = true,
	.open = hash_open, .free = hash_free, .rules = hash_rules,
	.rule = hash_rule, .find = hash_find,
};

/* The same text; postmap only makes another database of it. */
const struct table_type table_btree = {
	.name = "btree", .takes_parts = true, .reads_file = true,
	.open = hash_open, .free = hash_free, .rules = hash_rules,
	.rule = hash_rule, .find = hash_find,
};
