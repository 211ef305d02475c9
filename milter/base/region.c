/* region - memory that is freed all at once.  See region.h. */
#include "base/region.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Blocks grow, so that a region that holds little costs little. */
#define BLOCK_FIRST	((size_t)64)
#define BLOCK_SIZE	((size_t)4096)

struct region_block {
	struct region_block *next;
	size_t size;
	size_t used;
	max_align_t bytes[];
};

void
region_init(struct region *region, size_t max)
{
	*region = (struct region){ .max = max };
}

static void
free_blocks(struct region_block *block)
{
	while (block != NULL) {
		struct region_block *next = block->next;

		free(block);
		block = next;
	}
}

void
region_clear(struct region *region)
{
	free_blocks(region->blocks);
	region_init(region, region->max);
}

void
region_reset(struct region *region)
{
	struct region_block *keep = region->blocks;

	if (keep != NULL && keep->size <= BLOCK_SIZE) {
		free_blocks(keep->next);
		keep->next = NULL;
		keep->used = 0;
	} else {
		free_blocks(keep);
		keep = NULL;
	}
	*region = (struct region){ .blocks = keep, .max = region->max };
}

static struct region_block *
block_for(struct region *region, size_t size)
{
	struct region_block *block = region->blocks;
	size_t space = block != NULL ? block->size * 2 : BLOCK_FIRST;

	if (block != NULL && size <= block->size - block->used)
		return block;
	if (space > BLOCK_SIZE)
		space = BLOCK_SIZE;
	if (space < size)
		space = size;
	if ((block = malloc(sizeof(*block) + space)) == NULL)
		return NULL;
	*block = (struct region_block){
		.next = region->blocks, .size = space,
	};
	region->blocks = block;
	return block;
}

void *
region_alloc(struct region *region, size_t size)
{
	const size_t align = sizeof(max_align_t);
	struct region_block *block = NULL;
	void *p;

	if (size <= SIZE_MAX / 2) {
		size = (size + align - 1) / align * align;
		if (size <= region->max - region->used)
			block = block_for(region, size);
	}
	if (block == NULL) {
		region->failed = true;
		return NULL;
	}
	p = (char *)block->bytes + block->used;
	block->used += size;
	region->used += size;
	return memset(p, 0, size);
}

struct span
region_copy(struct region *region, struct span bytes)
{
	char *p = bytes.n < SIZE_MAX ? region_alloc(region, bytes.n + 1) :
	    NULL;

	if (p == NULL)
		return span_make(NULL, 0);
	if (bytes.n > 0)
		memcpy(p, bytes.p, bytes.n);
	return span_make(p, bytes.n);
}

char *
region_printf(struct region *region, const char *format, ...)
{
	va_list args;
	char *p;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0 || (p = region_alloc(region, (size_t)n + 1)) == NULL)
		return NULL;
	va_start(args, format);
	vsnprintf(p, (size_t)n + 1, format, args);
	va_end(args);
	return p;
}
