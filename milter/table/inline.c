/*
 * inline - fixed strings in the table's name: inline:{ a=b, { c = d e } }.
 */
#include <stdlib.h>
#include <unistr.h>

#include "table/braces.h"
#include "table/keymap.h"
#include "table/type.h"

#define WRITE	"write inline:{ key=value, { key = text with blanks } }"

/* At the first '=' outside quotes; s.n where there is none. */
static size_t
find_equals(struct span s, bool *quoted_r)
{
	size_t i = 0;

	*quoted_r = false;
	for (; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			*quoted_r = !*quoted_r;
		else if (s.p[i] == '=' && !*quoted_r)
			break;
	}
	return i < s.n ? i : s.n;
}

static bool
has_space(struct span s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && ascii_space(s.p[i]))
			return true;
	}
	return false;
}

static bool
split(const struct load *load, struct span word, struct span *key_r,
    struct span *value_r)
{
	struct span text = word;
	const char *why = NULL;
	bool quoted;
	size_t equals;

	if (word.p[0] == '{' && !braces_strip(word, &text, &why)) {
		load_fail(load, "\"%.*s\" %s (" WRITE ")", SPAN_ARG(word),
		    why);
		return false;
	}
	equals = find_equals(text, &quoted);
	*key_r = span_trim(span_head(text, equals));
	*value_r = span_trim(span_skip(text, equals + 1));
	if (quoted)
		why = "a quote has no end";
	else if (equals == text.n || has_space(*key_r))
		why = "no \"=\" behind the key";
	if (why != NULL)
		load_fail(load, "%s in \"%.*s\" (" WRITE ")", why,
		    SPAN_ARG(text));
	else if (value_r->n == 0)
		load_trap(load, 0, "using an empty one", "no value behind "
		    "\"%.*s\"", SPAN_ARG(text));
	return why == NULL;
}

static bool
add(const struct load *load, struct keymap *map, struct span key,
    struct span value)
{
	size_t from = map->text.n, entry;
	struct span at;

	buf_add(&map->text, key);
	buf_addc(&map->text, '\0');
	buf_add(&map->text, value);
	buf_addc(&map->text, '\0');
	at = span_skip(buf_span(&map->text), from);
	if (map->text.cut)
		return false;
	switch (keymap_add(map, span_head(at, key.n),
	    span_head(span_skip(at, key.n + 1), value.n), 0, &entry)) {
	case KEYMAP_ADDED:
		return true;
	case KEYMAP_TWICE:
		load_trap(load, 0, "the last one counts", "the key \"%.*s\" "
		    "stands there twice", SPAN_ARG(key));
		map->entries[entry].value = (uint32_t)(from + key.n + 1);
		return true;
	default:
		return false;
	}
}

static bool
read_pairs(const struct load *load, struct span rest, struct keymap *map)
{
	struct span word, key, value;
	bool right = true;

	while (braces_word(&rest, &word)) {
		if (!split(load, word, &key, &value)) {
			right = false;
		} else if (!add(load, map, key, value)) {
			load_fail(load, "out of memory");
			return false;
		}
	}
	if (right && map->n == 0)
		load_fail(load, "the table is empty (" WRITE ")");
	return right && map->n > 0;
}

static void
inline_free(void *data)
{
	keymap_clear(data);
	free(data);
}

static void *
inline_open(struct load *load)
{
	struct keymap *map;
	struct span pairs;
	const char *why;

	if (u8_check((const uint8_t *)load->name.p, load->name.n) != NULL) {
		load_fail(load, "not UTF-8");
		return NULL;
	}
	if (!braces_strip(load->name, &pairs, &why)) {
		load_fail(load, "the list %s (" WRITE ")", why);
		return NULL;
	}
	map = calloc(1, sizeof(*map));
	if (map == NULL)
		return NULL;
	/* Keys and values are longer in the table's text by a NUL each. */
	buf_init(&map->text, 4 * load->name.n);
	if (!buf_reserve(&map->text, 4 * load->name.n) ||
	    !keymap_init(map, load->name.n))
		load_fail(load, "out of memory");
	else if (read_pairs(load, pairs, map))
		return map;
	inline_free(map);
	return NULL;
}

static size_t
inline_rules(const void *data)
{
	return ((const struct keymap *)data)->n;
}

static void
inline_rule(const void *data, size_t number, struct rule *rule_r)
{
	rule_r->text = keymap_value(data, number);
}

static enum answer
inline_find(const void *data, struct span key, struct match *match)
{
	const struct keymap *map = data;

	if (!keymap_find(map, key, &match->rule))
		return ANSWER_MISS;
	match->text = keymap_value(map, match->rule);
	return ANSWER_HIT;
}

const struct table_type table_inline = {
	.name = "inline", .takes_parts = true, .open = inline_open,
	.free = inline_free, .rules = inline_rules, .rule = inline_rule,
	.find = inline_find,
};
