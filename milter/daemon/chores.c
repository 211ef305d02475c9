/* chores - a few threads for what takes long. */
#include "daemon/chores.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

struct chores {
	unsigned most;
	void (*run)(void *context, struct chore *chore);
	void *context;

	/* Covers what is below. */
	pthread_mutex_t lock;
	pthread_cond_t more;
	unsigned threads, idle;
	size_t waiting;
	struct chore *first, **end;
};

static struct chore *
take(struct chores *chores)
{
	struct chore *chore;

	chores->idle++;
	while (chores->first == NULL)
		pthread_cond_wait(&chores->more, &chores->lock);
	chores->idle--;
	chore = chores->first;
	if ((chores->first = chore->next) == NULL)
		chores->end = &chores->first;
	chores->waiting--;
	return chore;
}

static void *
work(void *context)
{
	struct chores *chores = context;
	struct chore *chore;

	for (;;) {
		pthread_mutex_lock(&chores->lock);
		chore = take(chores);
		pthread_mutex_unlock(&chores->lock);
		chores->run(chores->context, chore);
	}
	return NULL;
}

struct chores *
chores_new(unsigned threads, void (*run)(void *context, struct chore *chore),
    void *context)
{
	struct chores *chores = calloc(1, sizeof(*chores));

	if (chores == NULL)
		return NULL;
	chores->most = threads;
	chores->run = run;
	chores->context = context;
	chores->end = &chores->first;
	pthread_mutex_init(&chores->lock, NULL);
	pthread_cond_init(&chores->more, NULL);
	return chores;
}

/* With the lock held: one more thread, where all have something to do. */
static void
hire(struct chores *chores)
{
	pthread_t thread;

	if (chores->waiting <= chores->idle ||
	    chores->threads == chores->most ||
	    pthread_create(&thread, NULL, work, chores) != 0)
		return;
	pthread_detach(thread);
	chores->threads++;
}

bool
chores_add(struct chores *chores, struct chore *chore)
{
	bool taken;

	pthread_mutex_lock(&chores->lock);
	chores->waiting++;
	hire(chores);
	taken = chores->threads > 0;
	if (taken) {
		chore->next = NULL;
		*chores->end = chore;
		chores->end = &chore->next;
		pthread_cond_signal(&chores->more);
	} else {
		chores->waiting--;
	}
	pthread_mutex_unlock(&chores->lock);
	return taken;
}
