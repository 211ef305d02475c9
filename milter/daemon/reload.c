/* reload - the thread that reads policies and frees them. */
#include "daemon/reload.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Longer descriptions and names are cut, in the log only. */
#define TEXT_MAX	1000

struct reload {
	const char *file;
	struct log *log;

	/* The thread's own, once it runs. */
	struct current *current;
	const struct policy *policy;	/* in force: only we replace it */
	struct sources failed;		/* of a policy that was not taken */
	bool watch_failed;
	pthread_t thread;
	bool started;

	/* Covers all below; held for a few instructions, never in a call. */
	pthread_mutex_t lock;
	pthread_cond_t work;
	const char *requested;		/* why, or NULL */
	bool collect, ending;
};

enum task { TASK_COLLECT, TASK_RELOAD, TASK_LOOK, TASK_END };

struct reload *
reload_new(const char *file, struct log *log)
{
	struct reload *reload = calloc(1, sizeof(*reload));
	pthread_condattr_t monotonic;

	if (reload == NULL)
		return NULL;
	reload->file = file;
	reload->log = log;
	sources_init(&reload->failed);
	pthread_mutex_init(&reload->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&reload->work, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return reload;
}

void
reload_free(struct reload **reloadp)
{
	struct reload *reload = *reloadp;

	*reloadp = NULL;
	if (reload == NULL)
		return;
	if (reload->started) {
		pthread_mutex_lock(&reload->lock);
		reload->ending = true;
		pthread_mutex_unlock(&reload->lock);
		pthread_cond_signal(&reload->work);
		pthread_join(reload->thread, NULL);
	}
	sources_clear(&reload->failed);
	pthread_cond_destroy(&reload->work);
	pthread_mutex_destroy(&reload->lock);
	free(reload);
}

void
reload_request(struct reload *reload, const char *why)
{
	pthread_mutex_lock(&reload->lock);
	reload->requested = why;
	pthread_mutex_unlock(&reload->lock);
	pthread_cond_signal(&reload->work);
}

void
reload_collect(void *context)
{
	struct reload *reload = context;

	pthread_mutex_lock(&reload->lock);
	reload->collect = true;
	pthread_mutex_unlock(&reload->lock);
	pthread_cond_signal(&reload->work);
}

void
policy_describe(const struct policy *policy, struct buf *out)
{
	size_t rules = 0;

	for (size_t i = 0; i < policy->ntables; i++)
		rules += table_rules(policy->tables[i]);
	buf_addf(out, "mode %s, %zu table%s, %zu rule%s",
	    policy->conf.mode == MODE_SHADOW ? "shadow" : "enforce",
	    policy->ntables, policy->ntables == 1 ? "" : "s",
	    rules, rules == 1 ? "" : "s");
}

void
log_complaints(struct log *log, const struct complaints *complaints)
{
	size_t all = complaints->errors + complaints->warnings;
	struct buf text;

	buf_init(&text, LOG_LINE_MAX);
	for (size_t i = 0; i < complaints->n; i++) {
		const struct complaint *complaint = &complaints->list[i];

		buf_reset(&text);
		complaint_format(complaint, &text);
		log_line(log, complaint->kind == COMPLAINT_ERROR ?
		    LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "%s",
		    buf_string(&text));
	}
	if (all > complaints->n)
		log_line(log, LOG_LEVEL_ERROR, "and %zu more complaints",
		    all - complaints->n);
	buf_clear(&text);
}

/* What we look at from now on beside the files of the policy in force. */
static void
watch(struct reload *reload, struct sources *sources)
{
	sources_clear(&reload->failed);
	reload->failed = *sources;
	reload->watch_failed = true;
	sources_init(sources);
}

static void
keep_old(struct reload *reload, const struct complaints *complaints,
    const char *why)
{
	log_line(reload->log, LOG_LEVEL_ERROR,
	    "%s: not loaded (%s), the old policy stays: %zu error%s",
	    reload->file, why, complaints->errors,
	    complaints->errors == 1 ? "" : "s");
	log_complaints(reload->log, complaints);
}

static void
take_new(struct reload *reload, struct policy *policy,
    const struct complaints *complaints, const char *why)
{
	struct buf text;

	log_complaints(reload->log, complaints);
	if (!current_swap(reload->current, policy)) {
		log_line(reload->log, LOG_LEVEL_ERROR, "%s: not loaded, the "
		    "old policy stays: out of memory", reload->file);
		policy_free(&policy);
		return;
	}
	reload->policy = policy;
	sources_clear(&reload->failed);
	reload->watch_failed = false;
	buf_init(&text, TEXT_MAX);
	policy_describe(policy, &text);
	log_line(reload->log, LOG_LEVEL_INFO, "%s: loaded (%s): %s",
	    reload->file, why, buf_string(&text));
	buf_clear(&text);
}

static void
reload_now(struct reload *reload, const char *why)
{
	struct complaints complaints;
	struct sources sources;
	struct policy *policy;

	complaints_init(&complaints);
	sources_init(&sources);
	policy = policy_new(reload->file, &sources, &complaints);
	if (policy != NULL && !conf_same_startup(&reload->policy->conf,
	    &policy->conf, &complaints)) {
		sources_clear(&sources);
		sources = policy->sources;
		sources_init(&policy->sources);
		policy_free(&policy);
	}
	if (policy != NULL) {
		take_new(reload, policy, &complaints, why);
	} else {
		keep_old(reload, &complaints, why);
		watch(reload, &sources);
	}
	sources_clear(&sources);
	complaints_clear(&complaints);
}

/* Where the last load failed, only what that one read can mend it. */
static void
look(struct reload *reload)
{
	const char *name;
	struct buf why;

	name = sources_changed(reload->watch_failed ? &reload->failed :
	    &reload->policy->sources);
	if (name == NULL)
		return;
	buf_init(&why, TEXT_MAX);
	buf_addf(&why, "%s has changed", name);
	reload_now(reload, buf_string(&why));
	buf_clear(&why);
}

/* Waits with the lock held; true where the time has come to look at files. */
static bool
wait_for_work(struct reload *reload)
{
	uint64_t interval = reload->policy->conf.reload_interval;
	struct timespec until;

	if (interval == 0) {
		pthread_cond_wait(&reload->work, &reload->lock);
		return false;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)interval;
	return pthread_cond_timedwait(&reload->work, &reload->lock, &until) ==
	    ETIMEDOUT;
}

static enum task
next_task(struct reload *reload, const char **why_r)
{
	enum task task;
	bool time_to_look = false;

	pthread_mutex_lock(&reload->lock);
	while (!reload->ending && !reload->collect &&
	    reload->requested == NULL && !time_to_look)
		time_to_look = wait_for_work(reload);
	*why_r = reload->requested;
	if (reload->ending) {
		task = TASK_END;
	} else if (reload->requested != NULL) {
		task = TASK_RELOAD;
		reload->requested = NULL;
	} else {
		task = reload->collect ? TASK_COLLECT : TASK_LOOK;
	}
	reload->collect = false;
	pthread_mutex_unlock(&reload->lock);
	return task;
}

static void *
run(void *context)
{
	struct reload *reload = context;
	struct policy *unused;
	const char *why;
	enum task task;

	while ((task = next_task(reload, &why)) != TASK_END) {
		if (task == TASK_RELOAD)
			reload_now(reload, why);
		else if (task == TASK_LOOK)
			look(reload);
		while ((unused = current_collect(reload->current)) != NULL)
			policy_free(&unused);
	}
	return NULL;
}

int
reload_start(struct reload *reload, struct current *current)
{
	struct pin *pin = current_pin(current);

	/* The pin in force is held by `current` until we swap another in. */
	reload->current = current;
	reload->policy = pin_policy(pin);
	current_unpin(current, &pin);
	if (pthread_create(&reload->thread, NULL, run, reload) != 0)
		return -1;
	reload->started = true;
	return 0;
}
