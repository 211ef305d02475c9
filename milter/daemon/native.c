/* native - connections, and the threads that serve them. */
#include "daemon/native.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "daemon/alarms.h"
#include "daemon/chores.h"
#include "daemon/connection.h"
#include "daemon/poller.h"

/*
 * Two for each processor, since some may wait for a disk or a lock.  One that
 * has nothing to do costs nothing but its stack.
 */
#define WORKERS_EACH	2
#define WORKERS_MIN	4
#define WORKERS_MAX	64

/*
 * How long nothing may be heard of a mail server: between packets, which is
 * libmilter's only time-out; and where it has begun a packet, or does not read
 * what it is told, and memory waits for it.  It is looked at so often.
 */
#define IDLE_MS		((uint64_t)7210 * 1000)
#define HALFWAY_MS	((uint64_t)600 * 1000)
#define LOOK_MS		((uint64_t)300 * 1000)

/* No connection more can be had: how long until the next attempt. */
#define FULL_MS		100

struct native {
	int fd;
	const struct shared *shared;
	struct poller *poller;
	struct alarms *alarms;
	struct chores *chores;
	struct timer retry;	/* to take connections again */
	atomic_bool full;	/* and it is said */
};

/* A connection, and who wakes it. */
struct client {
	struct connection connection;
	struct native *native;
	struct chore chore;
	struct timer timer;
	bool sleeps;		/* under the lock of the alarms */
	/*
	 * Some thread has it.  That there is never a second one is the
	 * poller's doing, which C does not know of: this tells it.
	 */
	atomic_bool taken;
	atomic_bool halfway;
	atomic_uint_least64_t heard;
};

/* From here on another thread may have it.  0, or -1, and then we still do. */
static int
let_go(struct client *client, enum poller_for want)
{
	struct native *native = client->native;
	int fd = client->connection.fd;

	atomic_store(&client->taken, false);
	if (poller_again(native->poller, fd, want, client) == 0)
		return 0;
	atomic_store(&client->taken, true);
	return -1;
}

/* One that waits for nothing any more: a worker will take it. */
static void
hand_over(struct client *client)
{
	conversation_wake(client->connection.wire.conversation);
	connection_waited(&client->connection);
	/* Cannot fail: it is watched already. */
	let_go(client, POLLER_WRITE);
}

/*
 * A client that sleeps is due; any other may have been heard from meanwhile,
 * so that to be heard costs it nothing.  The worker that has it finds its
 * socket shut.
 */
static uint64_t
ring_client(struct client *client, uint64_t now)
{
	uint64_t heard = atomic_load(&client->heard);
	uint64_t end = heard + (atomic_load(&client->halfway) ? HALFWAY_MS :
	    IDLE_MS);

	if (client->sleeps) {
		client->sleeps = false;
		hand_over(client);
	} else if (end <= now) {
		shutdown(client->connection.fd, SHUT_RDWR);
	}
	return now + LOOK_MS;
}

static uint64_t
ring(void *context, struct timer *timer, uint64_t now)
{
	struct native *native = context;

	if (timer != &native->retry)
		return ring_client((struct client *)(void *)((char *)timer -
		    offsetof(struct client, timer)), now);
	poller_again(native->poller, native->fd, POLLER_READ, native);
	return 0;
}

/* Connections begin and end */

static void
close_client(struct client *client)
{
	alarms_forget(client->native->alarms, &client->timer);
	connection_clear(&client->connection);
	free(client);
}

static bool
watch(struct native *native, struct client *client)
{
	uint64_t now = clock_ms();

	atomic_init(&client->halfway, false);
	atomic_init(&client->heard, now);
	atomic_store(&client->taken, false);
	return alarms_set(native->alarms, &client->timer, now + LOOK_MS,
	    NULL) && poller_add(native->poller, client->connection.fd,
	    POLLER_READ, client) == 0;
}

static void
begin_client(struct native *native, int fd)
{
	struct client *client = calloc(1, sizeof(*client));

	if (client == NULL) {
		close(fd);
		return;
	}
	client->native = native;
	connection_init(&client->connection, fd, native->shared);
	if (!watch(native, client))
		close_client(client);
}

static bool
is_full(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	    error == ENOMEM;
}

/* Where there is no room it is not asked again at once, which would spin. */
static void
wait_for_room(struct native *native, int error)
{
	if (!atomic_exchange(&native->full, true))
		log_line(native->shared->log, LOG_LEVEL_WARNING,
		    "warning: no connection more can be taken: %s",
		    strerrordesc_np(error));
	if (!alarms_set(native->alarms, &native->retry, clock_ms() +
	    FULL_MS, NULL))
		poller_again(native->poller, native->fd, POLLER_READ, native);
}

/* One, and then the next worker may take one. */
static void
take_client(struct native *native)
{
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	int fd = accept4(native->fd, (struct sockaddr *)&from, &size,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0 && is_full(errno)) {
		wait_for_room(native, errno);
		return;
	}
	if (fd >= 0)
		atomic_store(&native->full, false);
	poller_again(native->poller, native->fd, POLLER_READ, native);
	if (fd >= 0)
		begin_client(native, fd);
}

/* Connections are served */

/* In a thread for it; nobody else has the client meanwhile. */
static void
look(void *context, struct chore *chore)
{
	struct client *client = (struct client *)(void *)((char *)chore -
	    offsetof(struct client, chore));

	(void)context;
	conversation_look(client->connection.wire.conversation);
	hand_over(client);
}

static void
park(struct client *client)
{
	struct native *native = client->native;
	struct conversation *c = client->connection.wire.conversation;

	if (conversation_waits_for(c) == WAIT_DELAY) {
		/* It is set already, so that memory is there; not too early. */
		alarms_set(native->alarms, &client->timer, clock_ms() +
		    conversation_delay(c) + 1, &client->sleeps);
	} else if (!chores_add(native->chores, &client->chore)) {
		look(NULL, &client->chore);
	}
}

static void
serve(struct client *client, struct workspace *workspace)
{
	struct connection *connection = &client->connection;
	bool taken = atomic_exchange(&client->taken, true);
	enum connection_wants wants;

	assert(!taken);
	(void)taken;
	atomic_store(&client->heard, clock_ms());
	wants = connection_serve(connection, workspace);
	atomic_store(&client->halfway, connection_is_halfway(connection));
	switch (wants) {
	case WANTS_READ:
	case WANTS_WRITE:
		if (let_go(client, wants == WANTS_READ ? POLLER_READ :
		    POLLER_WRITE) < 0)
			close_client(client);
		break;
	case WANTS_WAIT:
		park(client);
		break;
	case WANTS_CLOSE:
		close_client(client);
		break;
	}
}

static void *
work(void *context)
{
	struct native *native = context;
	struct workspace workspace;

	if (!workspace_init(&workspace))
		return NULL;
	for (;;) {
		void *what = poller_wait(native->poller);

		if (what == native)
			take_client(native);
		else
			serve(what, &workspace);
	}
	return NULL;
}

static unsigned
count_workers(void)
{
	cpu_set_t set;
	unsigned n = WORKERS_MIN;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = (unsigned)CPU_COUNT(&set) * WORKERS_EACH;
	return n < WORKERS_MIN ? WORKERS_MIN : n > WORKERS_MAX ?
	    WORKERS_MAX : n;
}

const char *
native_run(int fd, const struct shared *shared)
{
	struct native native = { .fd = fd, .shared = shared };
	unsigned workers = count_workers();
	pthread_t thread;

	if ((native.poller = poller_new()) == NULL ||
	    poller_add(native.poller, fd, POLLER_READ, &native) < 0)
		return strerrordesc_np(errno);
	native.alarms = alarms_new(ring, &native);
	native.chores = chores_new(INSPECT_HELPERS, look, &native);
	if (native.alarms == NULL || native.chores == NULL)
		return "no thread, or no memory";
	for (unsigned i = 1; i < workers; i++)
		if (pthread_create(&thread, NULL, work, &native) == 0)
			pthread_detach(thread);
	work(&native);
	return "out of memory";
}
