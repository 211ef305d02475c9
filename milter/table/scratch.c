/* scratch - what a search with PCRE2 writes on.  See scratch.h. */
#include "table/scratch.h"

#include <pthread.h>
#include <stdlib.h>

/*
 * Address space for the stack of JIT code; only what a match used is memory.
 * A match that needs more than this has met a limit.  100 KB of header under
 * a pattern that goes back byte by byte takes some 3 MB.
 */
#define JIT_STACK_FIRST	((size_t)32 * 1024)
#define JIT_STACK_MAX	((size_t)8 * 1024 * 1024)

/* Enough for $1 to $9; a rule that asks for more gets more. */
#define PAIRS_FIRST	10

/* A result's space that is larger is not kept for the next match. */
#define TEXT_KEPT	((size_t)64 * 1024)

struct scratch_pool {
	pthread_mutex_t lock;	/* covers free_list */
	struct scratch *free_list;
};

struct scratch_pool *
scratch_pool_new(void)
{
	struct scratch_pool *pool = calloc(1, sizeof(*pool));

	if (pool != NULL && pthread_mutex_init(&pool->lock, NULL) != 0) {
		free(pool);
		return NULL;
	}
	return pool;
}

static void
scratch_free(struct scratch *scratch)
{
	pcre2_match_data_free(scratch->data);
	pcre2_match_context_free(scratch->context);
	pcre2_jit_stack_free(scratch->stack);
	buf_clear(&scratch->text);
	gate_hits_clear(&scratch->hits);
	free(scratch);
}

void
scratch_pool_free(struct scratch_pool **pool)
{
	if (*pool == NULL)
		return;
	while ((*pool)->free_list != NULL) {
		struct scratch *scratch = (*pool)->free_list;

		(*pool)->free_list = scratch->next;
		scratch_free(scratch);
	}
	pthread_mutex_destroy(&(*pool)->lock);
	free(*pool);
	*pool = NULL;
}

/* NULL where there is no JIT; the interpreter does without. */
static void
make_stack(struct scratch *scratch)
{
	scratch->stack = pcre2_jit_stack_create(JIT_STACK_FIRST,
	    JIT_STACK_MAX, NULL);
	pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
	scratch->deep = false;
}

static struct scratch *
scratch_new(void)
{
	struct scratch *scratch = calloc(1, sizeof(*scratch));

	if (scratch == NULL)
		return NULL;
	buf_init(&scratch->text, RESULT_MAX);
	gate_hits_init(&scratch->hits);
	scratch->context = pcre2_match_context_create(NULL);
	if (scratch->context == NULL || scratch_data(scratch,
	    PAIRS_FIRST) == NULL) {
		scratch_free(scratch);
		return NULL;
	}
	make_stack(scratch);
	return scratch;
}

static struct scratch *
take(struct scratch_pool *pool)
{
	struct scratch *scratch;

	pthread_mutex_lock(&pool->lock);
	if ((scratch = pool->free_list) != NULL)
		pool->free_list = scratch->next;
	pthread_mutex_unlock(&pool->lock);
	return scratch;
}

struct scratch *
scratch_of(struct match *match)
{
	if (match->scratch == NULL && match->pool != NULL)
		match->scratch = take(match->pool);
	if (match->scratch == NULL)
		match->scratch = scratch_new();
	return match->scratch;
}

void
scratch_return(struct scratch_pool *pool, struct scratch *scratch)
{
	if (pool == NULL) {
		scratch_free(scratch);
		return;
	}
	if (scratch->text.size > TEXT_KEPT)
		buf_clear(&scratch->text);
	/* The interpreter leaves its backtracking points there, up to the
	 * heap limit. */
	if (scratch->interpreted) {
		pcre2_match_data_free(scratch->data);
		scratch->data = NULL;
		scratch->interpreted = false;
	}
	/* Pages that it once grew to stay with it. */
	if (scratch->deep) {
		pcre2_jit_stack_free(scratch->stack);
		make_stack(scratch);
	}
	pthread_mutex_lock(&pool->lock);
	scratch->next = pool->free_list;
	pool->free_list = scratch;
	pthread_mutex_unlock(&pool->lock);
}

void
scratch_limits_resolve(struct scratch_limits *limits)
{
	if (limits->match == 0)
		pcre2_config(PCRE2_CONFIG_MATCHLIMIT, &limits->match);
	if (limits->depth == 0)
		pcre2_config(PCRE2_CONFIG_DEPTHLIMIT, &limits->depth);
	if (limits->heap == 0)
		pcre2_config(PCRE2_CONFIG_HEAPLIMIT, &limits->heap);
}

void
scratch_set_limits(struct scratch *scratch,
    const struct scratch_limits *limits)
{
	pcre2_set_match_limit(scratch->context, limits->match);
	pcre2_set_depth_limit(scratch->context, limits->depth);
	pcre2_set_heap_limit(scratch->context, limits->heap);
}

pcre2_match_data *
scratch_data(struct scratch *scratch, uint32_t pairs)
{
	if (scratch->data != NULL && scratch->pairs >= pairs)
		return scratch->data;
	pcre2_match_data_free(scratch->data);
	scratch->data = pcre2_match_data_create(pairs, NULL);
	scratch->pairs = scratch->data != NULL ? pairs : 0;
	return scratch->data;
}
