/* regexp_set - the compiled patterns of a table, for one search at a time. */
#include "table/regexp_set.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

struct regexp_sets {
	const struct regexp_pattern *patterns;
	size_t n, groups;
	size_t most;			/* sets */

	pthread_mutex_t lock;		/* covers what follows */
	pthread_cond_t given;		/* a set, or the right to make one */
	struct regexp_set *free_list;	/* the one given last is first */
	size_t made;
};

static size_t
most_sets(size_t patterns)
{
	size_t most = REGEXP_SETS_PATTERNS / (patterns > 0 ? patterns : 1);

	return most < REGEXP_SETS_MIN ? REGEXP_SETS_MIN :
	    most > REGEXP_SETS_MAX ? REGEXP_SETS_MAX : most;
}

struct regexp_sets *
regexp_sets_new(const struct regexp_pattern *patterns, size_t n,
    size_t groups)
{
	struct regexp_sets *sets = calloc(1, sizeof(*sets));

	if (sets == NULL)
		return NULL;
	sets->patterns = patterns;
	sets->n = n;
	sets->groups = groups;
	sets->most = most_sets(n);
	if (pthread_mutex_init(&sets->lock, NULL) != 0) {
		free(sets);
		return NULL;
	}
	if (pthread_cond_init(&sets->given, NULL) != 0) {
		pthread_mutex_destroy(&sets->lock);
		free(sets);
		return NULL;
	}
	return sets;
}

static void
forget(const struct regexp_sets *sets, struct regexp_set *set)
{
	for (size_t i = 0; i < sets->n; i++) {
		if (set->ready[i])
			regfree(&set->compiled[i]);
		set->ready[i] = 0;
	}
	set->bytes = 0;
	buf_clear(&set->key);
}

static void
set_free(const struct regexp_sets *sets, struct regexp_set *set)
{
	if (set->compiled != NULL && set->ready != NULL)
		forget(sets, set);
	free(set->compiled);
	free(set->ready);
	free(set->groups);
	free(set->ends);
	buf_clear(&set->key);
	free(set);
}

static struct regexp_set *
set_new(const struct regexp_sets *sets)
{
	struct regexp_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	/* No offset of regexec()'s is larger. */
	buf_init(&set->key, INT_MAX);
	set->compiled = calloc(sets->n + 1, sizeof(*set->compiled));
	set->ready = calloc(sets->n + 1, sizeof(*set->ready));
	set->groups = calloc(sets->groups + 1, sizeof(*set->groups));
	set->ends = calloc(sets->groups + 1, 2 * sizeof(*set->ends));
	if (set->compiled != NULL && set->ready != NULL &&
	    set->groups != NULL && set->ends != NULL)
		return set;
	set_free(sets, set);
	return NULL;
}

void
regexp_sets_free(struct regexp_sets **sets)
{
	if (*sets == NULL)
		return;
	while ((*sets)->free_list != NULL) {
		struct regexp_set *set = (*sets)->free_list;

		(*sets)->free_list = set->next;
		set_free(*sets, set);
	}
	pthread_cond_destroy(&(*sets)->given);
	pthread_mutex_destroy(&(*sets)->lock);
	free(*sets);
	*sets = NULL;
}

/* NULL: there was none, and the caller may make one. */
static struct regexp_set *
take_made(struct regexp_sets *sets)
{
	struct regexp_set *set;

	pthread_mutex_lock(&sets->lock);
	while (sets->free_list == NULL && sets->made == sets->most)
		pthread_cond_wait(&sets->given, &sets->lock);
	if ((set = sets->free_list) != NULL)
		sets->free_list = set->next;
	else
		sets->made++;
	pthread_mutex_unlock(&sets->lock);
	return set;
}

struct regexp_set *
regexp_sets_take(struct regexp_sets *sets)
{
	struct regexp_set *set = take_made(sets);

	if (set != NULL || (set = set_new(sets)) != NULL)
		return set;
	pthread_mutex_lock(&sets->lock);
	sets->made--;
	pthread_cond_signal(&sets->given);
	pthread_mutex_unlock(&sets->lock);
	return NULL;
}

void
regexp_sets_give(struct regexp_sets *sets, struct regexp_set *set)
{
	if (set->bytes > REGEXP_SET_BYTES)
		forget(sets, set);
	pthread_mutex_lock(&sets->lock);
	set->next = sets->free_list;
	sets->free_list = set;
	pthread_cond_signal(&sets->given);
	pthread_mutex_unlock(&sets->lock);
}

const regex_t *
regexp_set_pattern(const struct regexp_sets *sets, struct regexp_set *set,
    size_t pattern)
{
	const struct regexp_pattern *source = &sets->patterns[pattern];

	if (!set->ready[pattern]) {
		/* It was compiled before: only memory can be missing now. */
		if (regcomp(&set->compiled[pattern], source->text,
		    source->flags) != 0)
			return NULL;
		set->ready[pattern] = 1;
	}
	return &set->compiled[pattern];
}
