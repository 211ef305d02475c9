/* inspect - what is in an attachment.  See inspect.h. */
#include "service/inspect.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "service/keeper.h"
#include "service/protocol.h"

#define PIECE		((size_t)64 * 1024)

/* For a helper to start and to answer, beside its own time. */
#define GRACE		3

struct inspector {
	int keeper;
	pthread_mutex_t lock;		/* busy */
	pthread_cond_t released;	/* on CLOCK_MONOTONIC */
	unsigned busy;			/* helpers at work */
	atomic_bool gone;		/* it was said that no keeper is left */
};

/* One attachment on its way. */
struct visit {
	int fd;
	struct timespec deadline;
	const struct inspection_source *source;
	struct request request;
	size_t request_sent;
	uint64_t sent;			/* bytes of the source that are out, */
	size_t have, gone;		/* and those of the piece */
	char *piece;
	struct reply_reader reader;
	enum reply_state state;
	const char *why;
};

struct inspector *
inspector_start(int (*drop)(void *context, char *why, size_t size),
    void *context, char *why, size_t size)
{
	struct inspector *inspector = calloc(1, sizeof(*inspector));
	pthread_condattr_t attributes;

	if (inspector == NULL) {
		snprintf(why, size, "out of memory");
		return NULL;
	}
	inspector->keeper = keeper_start(drop, context, why, size);
	if (inspector->keeper < 0) {
		free(inspector);
		return NULL;
	}
	pthread_mutex_init(&inspector->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&inspector->released, &attributes);
	pthread_condattr_destroy(&attributes);
	return inspector;
}

void
inspector_stop(struct inspector **inspector_p)
{
	struct inspector *inspector = *inspector_p;

	if (inspector == NULL)
		return;
	close(inspector->keeper);
	pthread_cond_destroy(&inspector->released);
	pthread_mutex_destroy(&inspector->lock);
	free(inspector);
	*inspector_p = NULL;
}

bool
inspector_news(struct inspector *inspector, char *line, size_t size)
{
	int news = keeper_news(inspector->keeper, line, size);

	if (news < 0 && !atomic_exchange(&inspector->gone, true)) {
		snprintf(line, size, "postern-inspect and its guard are gone: "
		    "no attachment can be looked into until a restart");
		return true;
	}
	return news > 0;
}

/* Places */

static struct timespec
in_seconds(unsigned seconds)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	time.tv_sec += (time_t)seconds;
	return time;
}

/* False: there was none in all that time. */
static bool
take_place(struct inspector *inspector, const struct timespec *deadline)
{
	bool late = false, got;

	pthread_mutex_lock(&inspector->lock);
	while (inspector->busy >= INSPECT_HELPERS && !late)
		late = pthread_cond_timedwait(&inspector->released,
		    &inspector->lock, deadline) == ETIMEDOUT;
	got = inspector->busy < INSPECT_HELPERS;
	if (got)
		inspector->busy++;
	pthread_mutex_unlock(&inspector->lock);
	return got;
}

static void
give_place(struct inspector *inspector)
{
	pthread_mutex_lock(&inspector->lock);
	inspector->busy--;
	pthread_cond_signal(&inspector->released);
	pthread_mutex_unlock(&inspector->lock);
}

/* One attachment */

static bool
is_sent(const struct visit *v)
{
	return v->request_sent == sizeof(v->request) &&
	    v->sent == v->request.size;
}

/* The next bytes to go out; none where the source fails. */
static struct span
next_piece(struct visit *v)
{
	uint64_t left = v->request.size - v->sent;
	ssize_t n;

	if (v->request_sent < sizeof(v->request))
		return span_make((const char *)&v->request +
		    v->request_sent, sizeof(v->request) - v->request_sent);
	if (v->gone == v->have) {
		n = v->source->read(v->source->context, v->sent, v->piece,
		    left < PIECE ? (size_t)left : PIECE, &v->why);
		v->have = n > 0 ? (size_t)n : 0;
		v->gone = 0;
		if (n <= 0 && v->why == NULL)
			v->why = "the attachment cannot be read";
	}
	return span_make(v->piece + v->gone, v->have - v->gone);
}

static void
send_some(struct visit *v)
{
	struct span piece = next_piece(v);
	ssize_t n;

	if (v->why != NULL)
		return;
	n = send(v->fd, piece.p, piece.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0) {
		/* It is gone, and has said why, or the keeper has. */
		if (errno != EAGAIN && errno != EINTR)
			v->sent = v->request.size;
		return;
	}
	if (v->request_sent < sizeof(v->request)) {
		v->request_sent += (size_t)n;
	} else {
		v->gone += (size_t)n;
		v->sent += (size_t)n;
	}
}

static void
receive_some(struct visit *v)
{
	char bytes[4096];
	ssize_t n = recv(v->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		v->why = "the helper ended without an answer";
		return;
	}
	v->state = reply_feed(&v->reader, span_make(bytes, (size_t)n));
	if (v->state == REPLY_WRONG)
		v->why = "the helper's answer makes no sense";
}

/* Milliseconds; 0 where the deadline has passed. */
static int
time_left(const struct visit *v)
{
	struct timespec at;
	int64_t left;

	clock_gettime(CLOCK_MONOTONIC, &at);
	left = (int64_t)(v->deadline.tv_sec - at.tv_sec) * 1000 +
	    (v->deadline.tv_nsec - at.tv_nsec) / 1000000;
	return left <= 0 ? 0 : left > 1000000 ? 1000000 : (int)left;
}

static void
talk(struct visit *v)
{
	while (v->state == REPLY_GOES_ON && v->why == NULL) {
		struct pollfd poll_fd = { v->fd, POLLIN, 0 };
		int left = time_left(v);

		if (!is_sent(v))
			poll_fd.events |= POLLOUT;
		if (left == 0) {
			v->why = "the helper took too long";
			break;
		}
		if (poll(&poll_fd, 1, left) <= 0)
			continue;
		/* What it says ends it, be all sent or not. */
		if ((poll_fd.revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			receive_some(v);
		else if ((poll_fd.revents & POLLOUT) != 0)
			send_some(v);
	}
}

static void
visit(struct inspector *inspector, const struct inspection_limits *limits,
    struct visit *v)
{
	if (!take_place(inspector, &v->deadline)) {
		v->why = "all helpers are at work";
		return;
	}
	if (keeper_ask(inspector->keeper, limits->seconds, &v->fd) < 0) {
		v->why = "no helper can be started";
	} else {
		talk(v);
		close(v->fd);
	}
	give_place(inspector);
}

static uint64_t
milliseconds(void)
{
	struct timespec time = in_seconds(0);

	return (uint64_t)time.tv_sec * 1000 +
	    (uint64_t)time.tv_nsec / 1000000;
}

void
inspect(struct inspector *inspector, const struct inspection_limits *limits,
    const struct inspection_source *source, struct region *region,
    struct inspection *inspection_r)
{
	struct visit v = {
		.deadline = in_seconds(limits->seconds + GRACE),
		.source = source, .state = REPLY_GOES_ON,
		.request = {
			.size = source->size < REQUEST_BYTES_MAX ?
			    source->size : REQUEST_BYTES_MAX,
			.entries = limits->entries < REQUEST_ENTRIES_MAX ?
			    limits->entries : REQUEST_ENTRIES_MAX,
			.depth = limits->depth < REQUEST_DEPTH_MAX ?
			    limits->depth : REQUEST_DEPTH_MAX,
			.seconds = limits->seconds,
			.check = REQUEST_CHECK,
		},
	};

	uint64_t begin = milliseconds();

	v.request.cut = source->cut || source->size > v.request.size;
	reply_begin(&v.reader, v.request.entries, region, inspection_r);
	if ((v.piece = malloc(PIECE)) == NULL)
		v.why = "out of memory";
	else
		visit(inspector, limits, &v);
	free(v.piece);
	if (v.why != NULL)
		*inspection_r = (struct inspection){
			.error = region_copy(region, span_of(v.why))
		};
	inspection_r->took = milliseconds() - begin;
}
