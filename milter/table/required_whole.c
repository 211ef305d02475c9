/* required_whole - patterns that are all of a text, byte for byte. */
#include "table/required_parts.h"

/* What the nodes so far are. */
struct whole {
	char bytes[REQUIRED_WHOLE_MAX];
	size_t n;
	bool begun, ended;	/* there was an anchor */
};

/* The one byte that all of the set are, folded; -1 where there is none. */
static int
folded_byte(const struct node *node)
{
	int folded = -1;

	if (node->literal)
		return node->byte | 0x20;
	for (unsigned byte = 0; byte < 256; byte++) {
		if (!byteset_has(&node->set, (unsigned char)byte))
			continue;
		if (folded >= 0 && folded != (int)(byte | 0x20))
			return -1;
		folded = (int)(byte | 0x20);
	}
	return folded;
}

static bool
add_set(struct whole *whole, const struct node *node)
{
	int byte = folded_byte(node);

	if (byte < 0 || !whole->begun || whole->ended ||
	    node->min != node->max ||
	    node->min > sizeof(whole->bytes) - whole->n)
		return false;
	memset(whole->bytes + whole->n, byte, node->min);
	whole->n += node->min;
	return true;
}

static bool read_branches(struct whole *whole, const struct branch *branches);

static bool
add_node(struct whole *whole, const struct node *node)
{
	switch (node->kind) {
	case NODE_SET:
		return add_set(whole, node);
	case NODE_GROUP:
		return node_once(node) && read_branches(whole, node->branches);
	case NODE_START:
		whole->begun = true;
		return node_once(node) && whole->n == 0;
	case NODE_END:
	case NODE_VERY_END:
		whole->ended = true;
		return node_once(node) && whole->begun;
	default:
		return false;
	}
}

static bool
read_branches(struct whole *whole, const struct branch *branches)
{
	if (branches->next != NULL)
		return false;
	for (const struct node *node = branches->first; node != NULL;
	    node = node->next)
		if (!add_node(whole, node))
			return false;
	return true;
}

void
required_whole(const struct branch *tree, struct region *region,
    struct required *required)
{
	struct whole whole;

	whole.n = 0;
	whole.begun = whole.ended = false;
	if (!read_branches(&whole, tree) || !whole.ended)
		return;
	required->whole = region_copy(region, span_make(whole.bytes,
	    whole.n));
	required->is_whole = !region->failed;
}
