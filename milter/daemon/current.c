/* current - the policy in force. */
#include "daemon/current.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct pin {
	struct policy *policy;	/* set once */
	/* Both belong to the lock of struct current. */
	size_t holders;		/* one of them is `current` itself */
	struct pin *next;	/* among those that nobody holds */
};

struct current {
	void (*idle)(void *context);
	void *context;

	/* Covers what is below and the counts of all pins. */
	pthread_mutex_t lock;
	struct pin *pin;	/* in force */
	struct pin *unused;
};

static struct pin *
new_pin(struct policy *policy)
{
	struct pin *pin = calloc(1, sizeof(*pin));

	if (pin != NULL) {
		pin->policy = policy;
		pin->holders = 1;
	}
	return pin;
}

struct current *
current_new(struct policy *policy, void (*idle)(void *context), void *context)
{
	struct current *current = calloc(1, sizeof(*current));

	if (current == NULL)
		return NULL;
	if ((current->pin = new_pin(policy)) == NULL) {
		free(current);
		return NULL;
	}
	current->idle = idle;
	current->context = context;
	pthread_mutex_init(&current->lock, NULL);
	return current;
}

void
current_free(struct current **currentp)
{
	struct current *current = *currentp;
	struct policy *policy;

	*currentp = NULL;
	if (current == NULL)
		return;
	while ((policy = current_collect(current)) != NULL)
		policy_free(&policy);
	assert(current->pin->holders == 1);
	policy_free(&current->pin->policy);
	free(current->pin);
	pthread_mutex_destroy(&current->lock);
	free(current);
}

struct pin *
current_pin(struct current *current)
{
	struct pin *pin;

	pthread_mutex_lock(&current->lock);
	pin = current->pin;
	pin->holders++;
	pthread_mutex_unlock(&current->lock);
	return pin;
}

const struct policy *
pin_policy(const struct pin *pin)
{
	return pin->policy;
}

/* With the lock held; true where nobody holds it any more. */
static bool
let_go(struct current *current, struct pin *pin)
{
	assert(pin->holders > 0);
	if (--pin->holders > 0)
		return false;
	pin->next = current->unused;
	current->unused = pin;
	return true;
}

void
current_unpin(struct current *current, struct pin **pinp)
{
	struct pin *pin = *pinp;
	bool last;

	*pinp = NULL;
	if (pin == NULL)
		return;
	pthread_mutex_lock(&current->lock);
	last = let_go(current, pin);
	pthread_mutex_unlock(&current->lock);
	if (last)
		current->idle(current->context);
}

bool
current_swap(struct current *current, struct policy *policy)
{
	struct pin *pin = new_pin(policy);
	bool last;

	if (pin == NULL)
		return false;
	pthread_mutex_lock(&current->lock);
	last = let_go(current, current->pin);
	current->pin = pin;
	pthread_mutex_unlock(&current->lock);
	if (last)
		current->idle(current->context);
	return true;
}

struct policy *
current_collect(struct current *current)
{
	struct policy *policy = NULL;
	struct pin *pin;

	pthread_mutex_lock(&current->lock);
	if ((pin = current->unused) != NULL)
		current->unused = pin->next;
	pthread_mutex_unlock(&current->lock);
	if (pin != NULL) {
		policy = pin->policy;
		free(pin);
	}
	return policy;
}
